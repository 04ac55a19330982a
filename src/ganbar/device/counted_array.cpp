#include "ganbar/device/counted_array.h"

#include "ganbar/core/error.h"

namespace ganbar {

void CountedArray::set_counts(std::vector<std::uint32_t> counts) {
    if (counts.size() != size()) throw DataError("pulse counts do not fit this array");
    counts_ = std::move(counts);
}

PulseBill CountedArray::program(std::size_t first, std::span<const std::int8_t> polarity, const PulsePair& pulses, EnergyRule rule,
                                const Rng& rng) {
    std::uint32_t* const count = counts_.data() + first;
    for (std::size_t i = 0; i < polarity.size(); ++i) count[i] += polarity[i] != 0;
    return inner_->program(first, polarity, pulses, rule, rng);
}

PulseBill CountedArray::program_at(std::size_t first, std::span<const float> v_V, Second width, EnergyRule rule, const Rng& rng) {
    std::vector<float> before(v_V.size()), after(v_V.size());
    inner_->conductance(first, before);
    const PulseBill bill = inner_->program_at(first, v_V, width, rule, rng);
    inner_->conductance(first, after);
    for (std::size_t i = 0; i < v_V.size(); ++i) counts_[first + i] += v_V[i] != 0 && after[i] != before[i];
    return bill;
}

PulseBill CountedArray::program_listed(std::span<const std::uint32_t> cells, std::span<const float> v_V, Second width, EnergyRule rule,
                                       const Rng& rng, std::span<std::uint8_t> moved) {
    std::vector<std::uint8_t> own(moved.empty() ? cells.size() : 0);
    const std::span<std::uint8_t> seen = moved.empty() ? std::span(own) : moved;
    const PulseBill bill = inner_->program_listed(cells, v_V, width, rule, rng, seen);
    for (std::size_t k = 0; k < cells.size(); ++k) counts_[cells[k]] += seen[k];
    return bill;
}

std::unique_ptr<DeviceArray> CountedArray::clone() const {
    auto out = std::make_unique<CountedArray>(inner_->clone());
    out->counts_ = counts_;
    return out;
}

std::unique_ptr<DeviceArray> CountedArray::cut(std::size_t first, std::size_t stride, std::size_t rows, std::size_t cols) const {
    auto part = std::make_unique<CountedArray>(inner_->cut(first, stride, rows, cols));
    for (std::size_t r = 0; r < rows; ++r) std::copy_n(&counts_.at(first + r * stride), cols, &part->counts_[r * cols]);
    return part;
}

void CountedArray::paste(std::size_t first, std::size_t stride, std::size_t rows, std::size_t cols, const DeviceArray& part) {
    const auto& from = dynamic_cast<const CountedArray&>(part);
    inner_->paste(first, stride, rows, cols, *from.inner_);
    for (std::size_t r = 0; r < rows; ++r) std::copy_n(&from.counts_[r * cols], cols, &counts_[first + r * stride]);
}

}  // namespace ganbar
