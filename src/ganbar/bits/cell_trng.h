// Random bits from single cells that are asked in turn: bit b is visit b / n of cell b mod n. Cells are independent of each other, so
// they are simulated in parallel; the draws of a visit come from a counter-based generator at (key of the cell, visit).
#pragma once
#include <cstring>
#include <vector>

#include "ganbar/bits/bit_generator.h"
#include "ganbar/bits/trng_select.h"
#include "ganbar/core/error.h"
#include "ganbar/core/parallel.h"

namespace ganbar {

/// Law has
///   Cell                   plain struct: what is fixed on this chip, and the state between visits
///   n_cells(), cell(k, Rng chip), start(Cell&, IndexedWords&)
///   visit(Cell&, IndexedWords&, double* probability) -> Visit
///   accounts: three names ("" = unused) and whether the account is busy all the time; seconds(n_bits); area().
struct Visit {
    bool bit = false;
    std::array<double, 3> energy_J{};  ///< by account of the law
    std::array<std::int32_t, 3> n{};
};

template <class Law>
class CellTrng final : public BitGenerator {
public:
    using Cell = typename Law::Cell;
    static_assert(std::is_trivially_copyable_v<Cell>);
    CellTrng(Law law, const Rng& chip, const Rng& selection, const Rng& noise) : law_(std::move(law)), booths_(law_.n_cells()) {
        for (std::size_t k = 0; k < booths_.size(); ++k) booths_[k].cell = law_.cell(k, chip.stream("cell", k));
        restart(selection, noise);
    }
    using BitGenerator::bits;
    void bits(std::span<std::uint8_t> out, std::span<double> probability) override {
        GANBAR_ASSERT(probability.empty() || probability.size() == out.size());
        const std::size_t n = booths_.size(), first = next_bit_ % n;
        parallel_for(n, [&](std::size_t k) {
            Booth& booth = booths_[k];
            for (std::size_t i = (k + n - first) % n; i < out.size(); i += n) {
                IndexedWords words(booth.key, ++booth.visits);
                const Visit v = law_.visit(booth.cell, words, probability.empty() ? nullptr : &probability[i]);
                out[i] = v.bit;
                for (std::size_t a = 0; a < v.n.size(); ++a) booth.energy_J[a] += v.energy_J[a], booth.n[a] += v.n[a];
            }
        });
        next_bit_ += out.size();
        n_bits_ += static_cast<std::int64_t>(out.size());
    }
    BitCost cost() const override {
        BitCost cost{n_bits_, law_.seconds(n_bits_), {}};
        for (std::size_t a = 0; a < Law::accounts.size(); ++a) {
            if (Law::accounts[a].first[0] == 0) continue;
            Charge c{0, 0, Law::accounts[a].second ? cost.time_s : 0};
            for (const Booth& booth : booths_) c.n += booth.n[a], c.energy_J += booth.energy_J[a];
            cost.accounts.emplace_back(Law::accounts[a].first, c);
        }
        return cost;
    }
    BitArea area() const override { return law_.area(); }
    void restart(const Rng&, const Rng& noise) override {
        for (std::size_t k = 0; k < booths_.size(); ++k) {
            booths_[k].key = noise.stream("visits", k).key();
            booths_[k].visits = 0;
            IndexedWords words(booths_[k].key, 0);
            law_.start(booths_[k].cell, words);
        }
        next_bit_ = 0;
    }
    std::vector<std::uint8_t> state() const override {
        std::vector<std::uint8_t> bytes(sizeof next_bit_ + sizeof n_bits_ + booths_.size() * sizeof(Booth));
        std::memcpy(bytes.data(), &next_bit_, sizeof next_bit_);
        std::memcpy(bytes.data() + sizeof next_bit_, &n_bits_, sizeof n_bits_);
        std::memcpy(bytes.data() + sizeof next_bit_ + sizeof n_bits_, booths_.data(), booths_.size() * sizeof(Booth));
        return bytes;
    }
    void restore(std::span<const std::uint8_t> bytes) override {
        if (bytes.size() != sizeof next_bit_ + sizeof n_bits_ + booths_.size() * sizeof(Booth))
            throw DataError("the saved state does not fit this bit generator; was it built with other parameters?");
        std::memcpy(&next_bit_, bytes.data(), sizeof next_bit_);
        std::memcpy(&n_bits_, bytes.data() + sizeof next_bit_, sizeof n_bits_);
        std::memcpy(booths_.data(), bytes.data() + sizeof next_bit_ + sizeof n_bits_, booths_.size() * sizeof(Booth));
    }
    const Cell& cell(std::size_t k) const { return booths_[k].cell; }

private:
    struct Booth {
        Cell cell{};
        std::uint64_t key = 0, visits = 0;
        std::array<double, 3> energy_J{};
        std::array<std::int64_t, 3> n{};
    };
    Law law_;
    std::vector<Booth> booths_;
    std::uint64_t next_bit_ = 0;
    std::int64_t n_bits_ = 0;
};

}  // namespace ganbar
