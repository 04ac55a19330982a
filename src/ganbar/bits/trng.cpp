#include "ganbar/bits/trng.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "ganbar/core/parallel.h"

namespace ganbar {

namespace {
constexpr std::size_t bits_per_chunk = 512;  // fixed, so that sums do not depend on the number of threads
}

ArrayTrng::ArrayTrng(const TrngParams& params, std::unique_ptr<DeviceArray> array, const TrngStreams& streams)
    : p_(params),
      n_(static_cast<std::size_t>(params.size)),
      n_words_((n_ + 63) / 64),
      array_(std::move(array)),
      selection_key_(streams.selection.key()),
      noise_key_(streams.noise.key()),
      write_rng_(streams.noise.stream("write")) {
    if (p_.n_columns > p_.size || p_.n_columns % 2 != 0)
        throw ConfigError(fmt::format("trng: n_columns = {} cannot be halved within {} columns; expected an even number up to {}",
                                      p_.n_columns, p_.size, p_.size));
    if (p_.n_rows > p_.size) throw ConfigError(fmt::format("trng: n_rows = {} exceeds the {} rows of the array", p_.n_rows, p_.size));
    if (array_ == nullptr || array_->size() != n_ * n_)
        throw ConfigError(fmt::format("trng: the device array must have {} x {} cells", n_, n_));
    // The integrator turns the current of a full half (n/2 columns, m rows, top of the window) into full_scale.
    const double amperes_per_volt =
        static_cast<double>(p_.n_columns / 2 * p_.n_rows) * array_->window().g_max.si * p_.v_read.si / p_.full_scale.si;
    Rng chip = streams.chip.stream("comparator");
    offset_A_ = p_.comparator_offset.si * amperes_per_volt * chip.normal();
    comparator_variance_A2_ = std::pow(p_.comparator_noise.si * amperes_per_volt, 2);
    array_->fabricate(std::vector<float>(n_ * n_, static_cast<float>(array_->window().g_min.si)), streams.chip.stream("array"));
    if (p_.trap_depth_lo > p_.trap_depth_hi || p_.trap_tau_lo > p_.trap_tau_hi)
        throw ConfigError("trng: the lower end of a trap's range exceeds its upper end");
    if (p_.telegraph)
        traps_ = TelegraphTraps({p_.traps_per_cell, p_.trap_depth_lo, p_.trap_depth_hi, p_.trap_tau_lo, p_.trap_tau_hi}, n_,
                                {seconds_per_bit()}, streams.chip, streams.noise.stream("traps"));
    if (p_.flicker_spectrum.lo >= p_.flicker_spectrum.hi) throw ConfigError("trng: flicker_lo must be below flicker_hi");
    if (p_.flicker) flicker_ = flicker_field(streams.noise);
    prepare_writes();
}

Selection ArrayTrng::select(std::uint64_t bit) const {
    return random_selection(n_, static_cast<std::uint32_t>(p_.n_columns), static_cast<std::uint32_t>(p_.n_rows), selection_key_,
                            p_.fixed_selection ? 0 : bit);
}

ArrayTrng::Sums ArrayTrng::sums(const Matrix& m, const Selection& s) const {
    std::array<std::uint16_t, LineSet::max_lines> rows;
    std::size_t n_rows = 0;
    s.rows.each(n_words_, [&](std::size_t r) { rows[n_rows++] = static_cast<std::uint16_t>(r); });
    alignas(64) std::array<float, LineSet::max_lines> column;
    sum_rows(m.row(0), m.stride(), {rows.data(), n_rows}, column.data());
    double a = 0, b = 0;
    s.group_a.each(n_words_, [&](std::size_t c) { a += column[c]; });
    s.group_b.each(n_words_, [&](std::size_t c) { b += column[c]; });
    return {a - b, a + b};
}

double ArrayTrng::seconds_per_bit() const {
    const double write_s = static_cast<double>(p_.n_set + p_.n_reset) * p_.t_pulse.si;
    const double share = p_.rewrite == RewritePolicy::every_bit      ? 1
                         : p_.rewrite == RewritePolicy::every_vector ? 1 / static_cast<double>(p_.vector_bits)
                                                                     : 0;
    return share * write_s + p_.t_int.si;
}

void ArrayTrng::weigh_traps(const Picture& picture, TrapStates& states) const {
    const auto& traps = traps_.traps();
    states.loss_A.resize(traps.size());
    for (std::size_t k = 0; k < traps.size(); ++k) states.loss_A[k] = traps[k].depth * picture.current_A(traps[k].row, traps[k].column);
}

double ArrayTrng::telegraph_difference(const Selection& s, std::uint64_t bit, TrapStates& states) const {
    const auto& traps = traps_.traps();
    if (traps.empty()) return 0;
    const std::uint64_t block = bit / TelegraphTraps::block_bits, place = bit % TelegraphTraps::block_bits;
    if (states.block != block) {
        traps_.block(block, states.filled);
        states.block = block;
    }
    std::array<float, LineSet::max_lines> column{}, row{};
    s.group_a.each(n_words_, [&](std::size_t c) { column[c] = -1; });
    s.group_b.each(n_words_, [&](std::size_t c) { column[c] = 1; });
    s.rows.each(n_words_, [&](std::size_t r) { row[r] = 1; });
    const std::uint64_t* filled = states.filled.data() + place / 64 * traps.size();
    double sum = 0;
    for (std::size_t k = 0; k < traps.size(); ++k)  // products, not branches: the states are random
        sum += static_cast<double>(static_cast<float>(filled[k] >> (place % 64) & 1) * row[traps[k].row] * column[traps[k].column] *
                                   states.loss_A[k]);
    return sum;
}

ArrayTrng::Slow ArrayTrng::slow_noise(const Picture& picture, const Selection& s, std::uint64_t bit, TrapStates& states, bool probability) {
    Slow slow;
    slow.difference_A = telegraph_difference(s, bit, states);
    if (p_.flicker) flicker_.advance(bit);
    const bool hidden = probability && p_.observer == Observer::chip;
    if (p_.flicker) {
        std::array<float, LineSet::max_lines> side{};
        s.group_a.each(n_words_, [&](std::size_t c) { side[c] = 1; });
        s.group_b.each(n_words_, [&](std::size_t c) { side[c] = -1; });
        double squares = 0;
        s.rows.each(n_words_, [&](std::size_t r) {
            const float *current = picture.current_A.row(r), *shift = flicker_.shift().row(r);
            for (std::size_t c = 0; c < n_; ++c) {
                const float own = side[c] * current[c];
                slow.difference_A += static_cast<double>(own * shift[c]), squares += static_cast<double>(own) * static_cast<double>(own);
            }
        });
        slow.white_A2 = flicker_.white_variance() * squares;
        if (hidden) slow.variance_A2 += (flicker_.total_variance() - flicker_.white_variance()) * squares;
    }
    if (hidden) {
        std::array<double, LineSet::max_lines> side{}, row{};
        s.group_a.each(n_words_, [&](std::size_t c) { side[c] = -1; });
        s.group_b.each(n_words_, [&](std::size_t c) { side[c] = 1; });
        s.rows.each(n_words_, [&](std::size_t r) { row[r] = 1; });
        for (std::size_t k = 0; k < traps_.traps().size(); ++k) {
            const auto& trap = traps_.traps()[k];
            const double loss_A = row[trap.row] * side[trap.column] * static_cast<double>(states.loss_A[k]);
            slow.mean_A += trap.filled * loss_A, slow.variance_A2 += trap.filled * (1 - trap.filled) * loss_A * loss_A;
        }
    }
    return slow;
}

std::uint8_t ArrayTrng::decide(const Picture& picture, const Selection& s, std::uint64_t bit, const Slow& slow, Partial& partial,
                               double* probability) const {
    const Sums current = sums(picture.current_A, s);
    const double margin = current.difference_A + slow.difference_A - offset_A_;
    double noise = 0, variance = 0;
    // A margin beyond the longest possible draw decides alone, without loss of exactness.
    const bool open = margin * margin <= IndexedWords::max_normal * IndexedWords::max_normal * (max_variance_A2_ + slow.white_A2);
    if (open || probability) {
        variance = comparator_variance_A2_ + slow.white_A2 + p_.read_noise_scale * sums(picture.variance_A2, s).total_A;
        if (p_.shot) variance += shot_A() * current.total_A;
        if (!written_variance_A2_.empty() && p_.rewrite == RewritePolicy::every_bit) variance += sums(written_variance_A2_, s).total_A;
    }
    if (open && variance > 0) noise = std::sqrt(variance) * IndexedWords(noise_key_, bit).normal();
    if (probability) {
        const bool hidden = p_.observer == Observer::chip;
        const double sigma = std::sqrt(variance + slow.variance_A2),
                     expected = hidden ? current.difference_A + slow.mean_A - offset_A_ : margin;
        *probability = sigma > 0 ? 0.5 * std::erfc(-expected / (sigma * std::sqrt(2.0))) : (expected > 0 ? 1.0 : 0.0);
    }
    ++partial.tally.n_bits;
    double drawn_A = current.total_A;
    if (!picture.row_A.empty()) {
        drawn_A = 0;
        s.rows.each(n_words_, [&](std::size_t r) { drawn_A += picture.row_A[r]; });
    }
    partial.tally.read_energy_J += std::abs(p_.v_read.si * p_.t_int.si * drawn_A);
    return margin + noise > 0;
}

void ArrayTrng::bits(std::span<std::uint8_t> out, std::span<double> probability_of_one) {
    GANBAR_ASSERT(probability_of_one.empty() || probability_of_one.size() == out.size());
    std::size_t done = 0;
    while (done < out.size() && !independent()) {  // until the writes have settled
        const std::size_t n = std::min<std::size_t>(bits_per_chunk, out.size() - done);
        run_in_order(out.subspan(done, n), probability_of_one.empty() ? probability_of_one : probability_of_one.subspan(done, n));
        done += n;
    }
    if (done < out.size())
        run_independent(out.subspan(done), probability_of_one.empty() ? probability_of_one : probability_of_one.subspan(done));
}

void ArrayTrng::run_independent(std::span<std::uint8_t> out, std::span<double> probability) {
    const bool by_vector = p_.rewrite == RewritePolicy::every_vector;
    const bool fresh_draw = by_vector && random_writes_;
    // Chunks are cut at fixed places of the endless sequence of bits; a vector's write belongs to its first bit.
    const std::uint64_t chunk = by_vector ? static_cast<std::uint64_t>(p_.vector_bits) : bits_per_chunk;
    const std::uint64_t first_chunk = next_bit_ / chunk, last = next_bit_ + out.size();
    const auto n_chunks = static_cast<std::size_t>((last - 1) / chunk - first_chunk + 1);
    std::vector<Partial> partials(n_chunks, Partial{{}, std::vector<std::int64_t>(n_, 0)});
    std::vector<std::int64_t> n_writes(n_chunks, 0);
    const Picture& standing = shown();
    const auto one_chunk = [&](std::size_t i) {
        const std::uint64_t start = (first_chunk + i) * chunk, begin = std::max(next_bit_, start), end = std::min(last, start + chunk);
        Partial& partial = partials[i];
        Picture own;
        TrapStates states;
        if (fresh_draw) draw_vector(first_chunk + i, own);
        if (fresh_draw && wires_) own = through_wires(own);
        weigh_traps(fresh_draw ? own : standing, states);
        if (by_vector && begin == start) {
            n_writes[i] = 1;
            for (auto& n : partial.writes_of_column) ++n;
        }
        for (std::uint64_t bit = begin; bit < end; ++bit) {
            const Selection s = select(bit);
            if (p_.rewrite == RewritePolicy::every_bit) {
                ++n_writes[i];
                s.group_a.each(n_words_, [&](std::size_t c) { ++partial.writes_of_column[c]; });
                s.group_b.each(n_words_, [&](std::size_t c) { ++partial.writes_of_column[c]; });
            }
            const auto k = static_cast<std::size_t>(bit - next_bit_);
            const Picture& seen = fresh_draw ? own : standing;
            out[k] = decide(seen, s, bit, slow_noise(seen, s, bit, states, !probability.empty()), partial,
                            probability.empty() ? nullptr : &probability[k]);
        }
    };
    if (p_.flicker)  // its state goes from bit to bit
        for (std::size_t i = 0; i < n_chunks; ++i) one_chunk(i);
    else parallel_for(n_chunks, one_chunk);
    for (std::size_t i = 0; i < n_chunks; ++i) {
        for (std::size_t c = 0; c < n_; ++c) tally_.writes.add(now_.next_write[c], static_cast<double>(partials[i].writes_of_column[c]));
        merge(partials[i], n_writes[i]);
    }
    next_bit_ = last;
}

void ArrayTrng::run_in_order(std::span<std::uint8_t> out, std::span<double> probability) {
    TrapStates states;
    for (std::size_t k = 0; k < out.size(); ++k) {
        const Selection s = select(next_bit_);
        const bool written = p_.rewrite == RewritePolicy::every_bit ||
                             (p_.rewrite == RewritePolicy::every_vector && next_bit_ % static_cast<std::uint64_t>(p_.vector_bits) == 0);
        if (written) advance(s);
        const Picture& seen = shown();
        weigh_traps(seen, states);
        Partial partial;
        out[k] = decide(seen, s, next_bit_, slow_noise(seen, s, next_bit_, states, !probability.empty()), partial,
                        probability.empty() ? nullptr : &probability[k]);
        merge(partial, written);
        ++next_bit_;
    }
}

void ArrayTrng::merge(const Partial& partial, std::int64_t n_writes) {
    const std::int64_t n = partial.tally.n_bits;
    tally_.n_bits += n;
    tally_.n_cell_reads += n * p_.n_columns * p_.n_rows;
    tally_.read_energy_J += partial.tally.read_energy_J;
    tally_.comparator_energy_J += static_cast<double>(n) * p_.comparator_energy.si;
    tally_.read_s += static_cast<double>(n) * p_.t_int.si;
    // All selected columns take their pulses at once.
    tally_.write_s += static_cast<double>(n_writes * (p_.n_set + p_.n_reset)) * p_.t_pulse.si;
}

BitCost ArrayTrng::cost() const {
    const auto pulses = [&](const PulseCost& cost, std::int64_t n_each) {
        const double share = p_.n_set + p_.n_reset > 0 ? static_cast<double>(n_each) / static_cast<double>(p_.n_set + p_.n_reset) : 0;
        return Charge{static_cast<std::int64_t>(std::llround(cost.n)), cost.energy_J, share * tally_.write_s};
    };
    return {tally_.n_bits,
            tally_.write_s + tally_.read_s,
            {{"set_pulse", pulses(tally_.writes.set, p_.n_set)},
             {"reset_pulse", pulses(tally_.writes.reset, p_.n_reset)},
             {"read", {tally_.n_cell_reads, tally_.read_energy_J, tally_.read_s}},
             {"compare", {tally_.n_bits, tally_.comparator_energy_J, 0}}}};
}

BitArea ArrayTrng::area() const {
    return {{"cells", static_cast<double>(n_ * n_) * p_.cell_area.si}, {"comparator", p_.periphery_area.si}};
}

void ArrayTrng::restart(const Rng& selection, const Rng& noise) {
    selection_key_ = selection.key();
    noise_key_ = noise.key();
    write_rng_ = noise.stream("write");
    traps_.restart(noise.stream("traps"));
    if (p_.flicker) flicker_ = flicker_field(noise);
    next_bit_ = 0;
}

FlickerField ArrayTrng::flicker_field(const Rng& noise) const {
    return FlickerField(p_.flicker_spectrum, n_, {seconds_per_bit()}, noise.stream("flicker"));
}

std::vector<std::uint8_t> ArrayTrng::state() const {
    std::vector<std::uint8_t> bytes;
    const auto put = [&](const void* data, std::size_t n) {
        const auto* p = static_cast<const std::uint8_t*>(data);
        bytes.insert(bytes.end(), p, p + n);
    };
    put(&next_bit_, sizeof next_bit_);
    put(&tally_, sizeof tally_);
    if (p_.flicker) {
        const std::vector<float> cells = flicker_.state();
        put(cells.data(), cells.size() * sizeof(float));
    }
    for (const std::size_t k : at_) {
        const std::uint64_t wide = k;
        put(&wide, sizeof wide);
    }
    for (const Drift& d : drift_)
        if (!d.moving.empty()) {
            put(&d.n_writes, sizeof d.n_writes);
            put(d.moving.data(), d.moving.size());
        }
    if (has_moving_cells()) {
        const std::vector<float> cells = array_->state();
        put(cells.data(), cells.size() * sizeof(float));
    }
    return bytes;
}

void ArrayTrng::restore(std::span<const std::uint8_t> bytes) {
    static_assert(std::is_trivially_copyable_v<TrngTally>);
    if (bytes.size() != state().size())
        throw DataError("the saved state does not fit this bit generator; was it built with other parameters?");
    const auto take = [&](void* data, std::size_t n) {
        std::memcpy(data, bytes.data(), n);
        bytes = bytes.subspan(n);
    };
    take(&next_bit_, sizeof next_bit_);
    take(&tally_, sizeof tally_);
    shown_is_old_ = true;
    if (p_.flicker) {
        std::vector<float> cells(flicker_.state_size());
        take(cells.data(), cells.size() * sizeof(float));
        flicker_.restore(cells);
    }
    for (std::size_t c = 0; c < at_.size(); ++c) {
        std::uint64_t wide = 0;
        take(&wide, sizeof wide);
        if (wide >= std::max<std::size_t>(length_[c], 1))
            throw DataError("the saved state names a written state that this bit generator does not have");
        at_[c] = static_cast<std::size_t>(wide);
        if (length_[c] > 0) show_column(c);
    }
    for (Drift& d : drift_)
        if (!d.moving.empty()) {
            take(&d.n_writes, sizeof d.n_writes);
            take(d.moving.data(), d.moving.size());
        }
    if (!has_moving_cells()) return;
    std::vector<float> cells(bytes.size() / sizeof(float));
    take(cells.data(), cells.size() * sizeof(float));
    array_->restore(cells);
    if (stepped_) {
        now_ = picture_of(*array_);
        widen_bound(now_);
    } else {
        resume_drift();
    }
}

}  // namespace ganbar
