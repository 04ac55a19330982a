// The array under repeated identical writes: n_reset reset pulses, then n_set set pulses, on every cell of a column.
// A law without draws makes each column run through a fixed sequence of states that ends in a loop (mostly one resting state); short
// sequences are followed once, at construction, long ones pulse by pulse until the cells rest. A law with draws is either followed pulse
// by pulse or replaced by the moments of the written state.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ganbar/bits/trng.h"
#include "ganbar/core/parallel.h"

namespace ganbar {

namespace {
constexpr std::size_t max_pictures = 64;   // longer sequences are followed while the bits are made
constexpr std::uint64_t check_every = 16;  // writes of a drifting column between looks for cells at rest
constexpr std::size_t n_burn_in = 16, n_samples = 64;

PulseCost cost_of(const PulseBill& b) {
    return {static_cast<double>(b.n_set + b.n_reset), static_cast<double>(b.n_idle), b.energy_J, b.idle_energy_J};
}
}  // namespace

WriteCost ArrayTrng::write_column(DeviceArray& array, std::size_t column, const Rng& rng, std::span<const std::uint8_t> rows) const {
    const PulsePair pulses{p_.v_set, p_.v_reset, p_.t_pulse};
    std::vector<std::int8_t> up(n_, 1), down(n_, -1);
    for (std::size_t r = 0; r < rows.size(); ++r)
        if (!rows[r]) up[r] = down[r] = 0;
    PulseBill set, reset;
    for (std::int64_t k = 0; k < p_.n_reset; ++k)
        reset += array.program(column * n_, down, pulses, p_.energy_rule, rng.stream("reset", static_cast<std::uint64_t>(k)));
    for (std::int64_t k = 0; k < p_.n_set; ++k)
        set += array.program(column * n_, up, pulses, p_.energy_rule, rng.stream("set", static_cast<std::uint64_t>(k)));
    return {cost_of(set), cost_of(reset)};
}

void ArrayTrng::read_column(const DeviceArray& array, std::size_t column, Picture& picture) const {
    std::array<double, LineSet::max_lines> v, i;
    std::array<float, LineSet::max_lines> noise;
    std::fill_n(v.begin(), n_, p_.v_read.si);
    array.current(column * n_, {v.data(), n_}, {i.data(), n_});
    array.read_noise(p_.v_read.si, column * n_, {noise.data(), n_});
    for (std::size_t r = 0; r < n_; ++r) {
        picture.current_A(r, column) = static_cast<float>(i[r]);
        picture.variance_A2(r, column) = noise[r];
    }
}

ArrayTrng::Picture ArrayTrng::picture_of(const DeviceArray& array) const {
    Picture p{Matrix(n_, n_), Matrix(n_, n_), std::vector<WriteCost>(n_)};
    for (std::size_t c = 0; c < n_; ++c) read_column(array, c, p);
    return p;
}

void ArrayTrng::widen_bound(const Picture& picture) {
    const auto largest = [this](const Matrix& m) {
        float top = 0;
        for (std::size_t r = 0; r < m.rows(); ++r) top = std::max(top, *std::max_element(m.row(r), m.row(r) + n_));
        return static_cast<double>(top);
    };
    const auto n_read = static_cast<double>(p_.n_columns * p_.n_rows);
    const double shot_A2 = p_.shot ? shot_A() * largest(picture.current_A) : 0;
    const double bound =
        comparator_variance_A2_ + n_read * (shot_A2 + p_.read_noise_scale * largest(picture.variance_A2) + largest(written_variance_A2_));
    max_variance_A2_ = std::max(max_variance_A2_, bound * (1 + 1e-4));  // the sums are in single precision
}

// Two sources that share nothing leave the same states behind only when the law draws nothing.
bool ArrayTrng::writes_are_random() const {
    std::vector<float> first;
    for (const char* name : {"probe a", "probe b"}) {
        const auto copy = array_->clone();
        for (std::size_t c = 0; c < n_; ++c) write_column(*copy, c, write_rng_.stream(name, c));
        if (first.empty()) first = copy->state();
        else return first != copy->state();
    }
    return false;
}

void ArrayTrng::prepare_writes() {
    for (std::size_t c = 0; c < n_; ++c) write_column(*array_, c, write_rng_.stream("first", c));
    if (p_.rewrite == RewritePolicy::never) {
        now_ = picture_of(*array_);
    } else if (writes_are_random()) {
        random_writes_ = true;
        stepped_ = p_.write_model == WriteModel::pulses;
        if (stepped_) now_ = picture_of(*array_);
        else sample_moments();
    } else {
        trace_sequence();
    }
    widen_bound(now_);
    for (const auto& p : sequence_) widen_bound(p);
}

// The fields of a column's cells; they lie together, cell by cell, before the stuck flags.
std::vector<float> ArrayTrng::column_state(const DeviceArray& array, std::size_t column) const {
    const std::vector<float> all = array.state();
    const auto per_column = static_cast<std::ptrdiff_t>((all.size() - n_ * n_) / n_),
               begin = static_cast<std::ptrdiff_t>(column) * per_column;
    return {all.begin() + begin, all.begin() + begin + per_column};
}

void ArrayTrng::trace_sequence() {
    length_.assign(n_, 0);
    loop_start_.assign(n_, 0);
    at_.assign(n_, 0);
    drift_.assign(n_, {});
    const auto copy = array_->clone();
    std::vector<std::vector<float>> states;
    std::size_t n_open = n_;
    while (states.size() < max_pictures) {
        std::vector<float> state = copy->state();
        const auto per_column = static_cast<std::ptrdiff_t>((state.size() - n_ * n_) / n_);
        for (std::size_t c = 0; c < n_; ++c)
            for (std::size_t k = 0; k < states.size() && length_[c] == 0; ++k) {
                const auto begin = static_cast<std::ptrdiff_t>(c) * per_column, end = begin + per_column;
                if (!std::equal(state.begin() + begin, state.begin() + end, states[k].begin() + begin)) continue;
                length_[c] = states.size();
                loop_start_[c] = k;
                --n_open;
            }
        if (n_open == 0) break;
        states.push_back(std::move(state));
        sequence_.push_back(picture_of(*copy));
        parallel_for(n_, [&](std::size_t c) {
            if (length_[c] == 0) sequence_.back().next_write[c] = write_column(*copy, c, write_rng_);
        });
    }
    now_ = sequence_.front();
    for (std::size_t c = 0; c < n_; ++c)
        if (length_[c] == 0) drift_[c] = {std::vector<std::uint8_t>(n_, 1), {}, 0, true};
}

void ArrayTrng::step_column(std::size_t column) {
    Drift& drift = drift_[column];
    const bool look = ++drift.n_writes % check_every == 0;
    const std::vector<float> before = look ? column_state(*array_, column) : std::vector<float>{};
    WriteCost cost = write_column(*array_, column, write_rng_, drift.moving);
    cost.add(drift.rest, 1);
    tally_.writes.add(cost, 1);
    read_column(*array_, column, now_);
    if (!look) return;
    const std::vector<float> after = column_state(*array_, column);
    const std::size_t per_cell = after.size() / n_;
    drift.open = false;
    std::vector<std::uint8_t> at_rest(n_, 0);
    for (std::size_t r = 0; r < n_; ++r) {
        const auto begin = static_cast<std::ptrdiff_t>(r * per_cell), end = begin + static_cast<std::ptrdiff_t>(per_cell);
        if (drift.moving[r] && std::equal(before.begin() + begin, before.begin() + end, after.begin() + begin)) drift.moving[r] = 0;
        at_rest[r] = !drift.moving[r];
        drift.open |= drift.moving[r] != 0;
    }
    drift.rest = write_column(*array_, column, write_rng_, at_rest);  // moves nothing: what the resting cells cost each time
    now_.next_write[column] = drift.rest;
}

/// Does what comes depend on the device array, beyond the traced pictures?
bool ArrayTrng::has_moving_cells() const {
    return stepped_ || std::any_of(drift_.begin(), drift_.end(), [](const Drift& d) { return !d.moving.empty(); });
}

// After restore(): the array and the moving cells are as saved; what follows from them is made again.
void ArrayTrng::resume_drift() {
    for (std::size_t c = 0; c < n_; ++c) {
        Drift& d = drift_[c];
        if (d.moving.empty()) continue;
        d.open = std::any_of(d.moving.begin(), d.moving.end(), [](std::uint8_t m) { return m != 0; });
        read_column(*array_, c, now_);
        std::vector<std::uint8_t> at_rest(n_);
        for (std::size_t r = 0; r < n_; ++r) at_rest[r] = !d.moving[r];
        d.rest = write_column(*array_, c, write_rng_, at_rest);
        now_.next_write[c] = d.rest;
    }
    widen_bound(now_);
}

bool ArrayTrng::resting(std::size_t column) const {
    return length_[column] > 0 ? next_picture(column) == at_[column] : !drift_[column].open;
}

void ArrayTrng::sample_moments() {
    now_ = picture_of(*array_);
    written_variance_A2_ = Matrix(n_, n_);
    const auto copy = array_->clone();
    parallel_for(n_, [&](std::size_t c) {
        const Rng rng = write_rng_.stream("moments", c);
        Picture seen{Matrix(n_, n_), Matrix(n_, n_), {}};
        std::vector<double> sum(n_, 0), square(n_, 0), noise(n_, 0);
        std::vector<double> origin(n_, 0);
        for (std::size_t k = 0; k < n_burn_in + n_samples; ++k) {
            const WriteCost cost = write_column(*copy, c, rng.stream("write", k));
            if (k < n_burn_in) continue;
            read_column(*copy, c, seen);
            now_.next_write[c].add(cost, 1.0 / n_samples);
            for (std::size_t r = 0; r < n_; ++r) {
                if (k == n_burn_in) origin[r] = seen.current_A(r, c);
                const double x = seen.current_A(r, c) - origin[r];
                sum[r] += x, square[r] += x * x, noise[r] += seen.variance_A2(r, c);
            }
        }
        for (std::size_t r = 0; r < n_; ++r) {
            const double mean = sum[r] / n_samples;
            now_.current_A(r, c) = static_cast<float>(origin[r] + mean);
            now_.variance_A2(r, c) = static_cast<float>(noise[r] / n_samples);
            written_variance_A2_(r, c) = static_cast<float>(std::max(0.0, (square[r] - sum[r] * mean) / (n_samples - 1)));
        }
    });
}

std::size_t ArrayTrng::next_picture(std::size_t column) const {
    return at_[column] + 1 < length_[column] ? at_[column] + 1 : loop_start_[column];
}

void ArrayTrng::show_column(std::size_t column) {
    const Picture& p = sequence_[at_[column]];
    for (std::size_t r = 0; r < n_; ++r) {
        now_.current_A(r, column) = p.current_A(r, column);
        now_.variance_A2(r, column) = p.variance_A2(r, column);
    }
    now_.next_write[column] = p.next_write[column];
}

void ArrayTrng::advance_column(std::size_t column) {
    if (stepped_) {
        tally_.writes.add(write_column(*array_, column, write_rng_.stream("bit", next_bit_).stream("column", column)), 1);
        read_column(*array_, column, now_);
    } else if (!resting(column) && length_[column] == 0) {
        step_column(column);
    } else {
        tally_.writes.add(now_.next_write[column], 1);
        if (resting(column)) return;
        at_[column] = next_picture(column);
        show_column(column);
    }
}

void ArrayTrng::advance(const Selection& s) {
    shown_is_old_ = true;
    if (p_.rewrite == RewritePolicy::every_vector) {
        for (std::size_t c = 0; c < n_; ++c) advance_column(c);
    } else {
        s.group_a.each(n_words_, [this](std::size_t c) { advance_column(c); });
        s.group_b.each(n_words_, [this](std::size_t c) { advance_column(c); });
    }
    if (stepped_ || std::any_of(drift_.begin(), drift_.end(), [](const Drift& d) { return d.open; })) widen_bound(now_);
}

bool ArrayTrng::independent() const {
    if (p_.rewrite == RewritePolicy::never) return true;
    if (stepped_) return false;
    if (random_writes_) return true;
    for (std::size_t c = 0; c < n_; ++c)
        if (!resting(c)) return false;
    return true;
}

void ArrayTrng::draw_vector(std::uint64_t vector, Picture& picture) const {
    picture = now_;
    Rng rng = write_rng_.stream("vector", vector);
    for (std::size_t r = 0; r < n_; ++r)
        for (std::size_t c = 0; c < n_; ++c)
            picture.current_A(r, c) += static_cast<float>(std::sqrt(static_cast<double>(written_variance_A2_(r, c))) * rng.normal());
}

}  // namespace ganbar
