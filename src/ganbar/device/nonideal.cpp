#include "ganbar/device/nonideal.h"

#include <cmath>

namespace ganbar {

Schema<NonidealParams> NonidealParams::schema() {
    using namespace literals;
    using T = NonidealParams;
    return {
        param("r_on_sigma", &T::r_on_sigma, 0.0, 3.0, "spread of R_ON between cells: standard deviation of its logarithm",
              assumed("off; krestinskaya2020 varies its devices by amounts not known to us")),
        param("r_off_sigma", &T::r_off_sigma, 0.0, 3.0, "spread of R_OFF between cells: standard deviation of its logarithm",
              assumed("off; as r_on_sigma")),
        param("levels", &T::levels, std::int64_t{0}, std::int64_t{65536}, "conductances a cell can hold, both ends included; 0 = any",
              assumed("any")),
        param("write_noise", &T::write_noise, 0.0, 1.0,
              "error that a pulse leaves in the cell it moved: standard deviation over the window",
              assumed("off; lin2018 uses the array's own, its size not known to us")),
        param("read_noise", &T::read_noise, 0.0, 1.0,
              "fluctuation of a cell while it is read: standard deviation of its conductance over the window, beside the model's own noise",
              assumed("off; lin2018 uses the array's own, its size not known to us")),
        param("stuck_on", &T::stuck_on, 0.0, 1.0, "fraction of cells stuck at their highest conductance", assumed("off")),
        param("stuck_off", &T::stuck_off, 0.0, 1.0, "fraction of cells stuck at their lowest conductance", assumed("off")),
        param("drift", &T::drift, 0.0, 1.0, "exponent nu of drift: G falls as (1 + t/drift_start)^-nu after a write",
              assumed("off; power law as in phase-change cells (Karpov et al. 2007: nu 0.05 to 0.1)")),
        param("drift_sigma", &T::drift_sigma, 0.0, 1.0, "spread of nu between cells (negative draws count as 0)", assumed("off")),
        param("drift_start", &T::drift_start, Second{1e-12}, Second{1e9}, "time after a write at which drift sets in", assumed("1 s")),
        param("t_update", &T::t_update, Second{0}, Second{1e9},
              "time from one update of the weights to the next, for ageing during training", assumed("0: training is short against drift")),
        param("t_shelf", &T::t_shelf, Second{0}, Second{1e12},
              "time between the last write and reads outside training (pictures, evaluations)", assumed("0: read at once")),
        param("endurance", &T::endurance, 0.0, 1e15,
              "pulses after which 63% of the cells are worn out (scale of a Weibull distribution); 0 = none wears out", assumed("off")),
        param("endurance_shape", &T::endurance_shape, 0.1, 50.0, "shape of that distribution; large = all fail together",
              assumed("2: failures spread over the life, as usual for wear-out")),
        choice("worn", &T::worn, {"on", "off", "here"}, "where a worn-out cell stays: highest, lowest or present conductance",
               assumed("on: the window closes towards the low resistance")),
    };
}

bool NonidealParams::any() const {
    return r_on_sigma > 0 || r_off_sigma > 0 || levels > 0 || write_noise > 0 || read_noise > 0 || stuck_on > 0 || stuck_off > 0 ||
           drifts() || endurance > 0;
}

std::unique_ptr<DeviceArray> with_nonidealities(std::unique_ptr<DeviceArray> inner, const NonidealParams& params) {
    if (!params.any()) return inner;
    return std::make_unique<NonidealArray>(std::move(inner), params);
}

NonidealArray::NonidealArray(std::unique_ptr<DeviceArray> inner, const NonidealParams& params)
    : inner_(std::move(inner)),
      p_(params),
      g_min_(static_cast<float>(inner_->window().g_min.si)),
      g_max_(static_cast<float>(inner_->window().g_max.si)) {
    if (p_.levels == 1) throw ConfigError("nonideal.levels is 1; expected at least 2, or 0 for any conductance");
    if (p_.stuck_on + p_.stuck_off > 1)
        throw ConfigError("nonideal.stuck_on and stuck_off add up to more than 1; expected fractions of the cells");
    const std::size_t n = size();
    low_.assign(n, g_min_), high_.assign(n, g_max_);
    if (p_.drifts()) exponent_.assign(n, 0), written_.assign(n, 0);
    if (p_.endurance > 0) pulses_.assign(n, 0), life_.assign(n, static_cast<float>(p_.endurance));
}

NonidealArray::NonidealArray(const NonidealArray& o)
    : inner_(o.inner_->clone()),
      p_(o.p_),
      g_min_(o.g_min_),
      g_max_(o.g_max_),
      low_(o.low_),
      high_(o.high_),
      exponent_(o.exponent_),
      written_(o.written_),
      waited_(o.waited_),
      pulses_(o.pulses_),
      life_(o.life_),
      clock_(o.clock_),
      on_shelf_(o.on_shelf_) {}

std::unique_ptr<DeviceArray> NonidealArray::clone() const { return std::unique_ptr<DeviceArray>(new NonidealArray(*this)); }

std::unique_ptr<DeviceArray> NonidealArray::cut(std::size_t first, std::size_t stride, std::size_t rows, std::size_t cols) const {
    auto part = std::make_unique<NonidealArray>(inner_->cut(first, stride, rows, cols), p_);
    part->clock_ = clock_, part->on_shelf_ = on_shelf_;
    if (!waited_.empty()) part->waited_.assign(rows * cols, 0);
    const auto copy = [&](const std::vector<float>& from, std::vector<float>& to) {
        for (std::size_t r = 0; r < rows && !from.empty(); ++r) std::copy_n(&from[first + r * stride], cols, &to[r * cols]);
    };
    copy(low_, part->low_), copy(high_, part->high_), copy(exponent_, part->exponent_), copy(written_, part->written_),
        copy(waited_, part->waited_), copy(pulses_, part->pulses_), copy(life_, part->life_);
    return part;
}

void NonidealArray::paste(std::size_t first, std::size_t stride, std::size_t rows, std::size_t cols, const DeviceArray& part) {
    const auto& from = dynamic_cast<const NonidealArray&>(part);
    std::vector<float> g(rows * cols);
    from.inner_->conductance(0, g);
    inner_->paste(first, stride, rows, cols, *from.inner_);
    for (std::size_t r = 0; r < rows; ++r) {
        const std::size_t to = first + r * stride, at = r * cols;
        if (!written_.empty()) std::copy_n(&from.written_[at], cols, &written_[to]);
        if (!waited_.empty()) std::copy_n(&from.waited_[at], cols, &waited_[to]);
        for (std::size_t c = 0; c < cols && !pulses_.empty(); ++c) {
            const bool worn_there = from.pulses_[at + c] >= from.life_[at + c] && pulses_[to + c] < life_[to + c];
            pulses_[to + c] = from.pulses_[at + c];
            if (worn_there) inner_->make_stuck(to + c, {double{g[at + c]}});
        }
    }
}

void NonidealArray::fabricate(std::span<const float> g_S, const Rng& rng) {
    inner_->fabricate(g_S, rng);
    const std::size_t n = size();
    const Rng own = rng.stream("nonideal");
    for (std::size_t k = 0; k < n; ++k) {
        Rng draw = own.stream("cell", k);
        // Every draw is made whatever is switched on, so that one switch does not change what another does.
        const double on = draw.normal(), off = draw.normal(), nu = draw.normal(), fate = draw.uniform(), life = draw.uniform();
        low_[k] = static_cast<float>(g_min_ * std::exp(-p_.r_off_sigma * off));
        high_[k] = std::max(static_cast<float>(g_max_ * std::exp(-p_.r_on_sigma * on)), 1.01f * low_[k]);
        if (p_.drifts()) exponent_[k] = static_cast<float>(std::max(0.0, p_.drift + p_.drift_sigma * nu));
        if (p_.endurance > 0)
            life_[k] = static_cast<float>(std::max(1.0, p_.endurance * std::pow(-std::log(life), 1 / p_.endurance_shape)));
        const float start = nearest_level(inner_of(k, g_S[k]));
        inner_->set_conductance(k, std::span(&start, 1));
        if (fate < p_.stuck_on) inner_->make_stuck(k, {g_max_});
        else if (fate < p_.stuck_on + p_.stuck_off) inner_->make_stuck(k, {g_min_});
    }
}

double NonidealArray::fade(std::size_t k) const {
    if (!p_.drifts()) return 1;
    const double age_s =
        p_.t_update.si * double{clock_ - written_[k]} + (waited_.empty() ? 0 : waited_[k]) + (on_shelf_ ? p_.t_shelf.si : 0);
    return age_s > 0 ? std::pow(1 + age_s / p_.drift_start.si, -double{exponent_[k]}) : 1;
}

float NonidealArray::shown(std::size_t k, float g_S) const {
    const float share = (g_S - g_min_) / (g_max_ - g_min_);
    return static_cast<float>((low_[k] + (high_[k] - low_[k]) * share) * fade(k));
}
float NonidealArray::inner_of(std::size_t k, double shown_S) const {
    const double share = std::clamp((shown_S - low_[k]) / double{high_[k] - low_[k]}, 0.0, 1.0);
    return static_cast<float>(g_min_ + share * (g_max_ - g_min_));
}
float NonidealArray::nearest_level(float g_S) const {
    if (p_.levels == 0) return g_S;
    const float step = (g_max_ - g_min_) / static_cast<float>(p_.levels - 1);
    return std::min(g_max_, g_min_ + step * std::nearbyint((g_S - g_min_) / step));
}

// Factors from what the inner cells would show to what these show.
void NonidealArray::scale(std::size_t first, std::span<const float> g_S, std::span<float> factor) const {
    for (std::size_t i = 0; i < g_S.size(); ++i) factor[i] = g_S[i] > 0 ? shown(first + i, g_S[i]) / g_S[i] : 1;
}

void NonidealArray::set_conductance(std::size_t first, std::span<const float> g_S) {
    std::vector<float> g(g_S.size());
    for (std::size_t i = 0; i < g.size(); ++i) {
        g[i] = nearest_level(inner_of(first + i, g_S[i]));
        if (p_.drifts()) written_now(first + i);
    }
    inner_->set_conductance(first, g);
}
void NonidealArray::conductance(std::size_t first, std::span<float> g_S) const {
    inner_->conductance(first, g_S);
    for (std::size_t i = 0; i < g_S.size(); ++i) g_S[i] = shown(first + i, g_S[i]);
}
void NonidealArray::chord_conductance(double v_V, std::size_t first, std::span<float> g_S) const {
    std::vector<float> factor(g_S.size());
    inner_->conductance(first, g_S);
    scale(first, g_S, factor);
    inner_->chord_conductance(v_V, first, g_S);
    for (std::size_t i = 0; i < g_S.size(); ++i) g_S[i] *= factor[i];
}
void NonidealArray::current(std::size_t first, std::span<const double> v_V, std::span<double> i_A) const {
    std::vector<float> g(v_V.size()), factor(v_V.size());
    inner_->conductance(first, g);
    scale(first, g, factor);
    inner_->current(first, v_V, i_A);
    for (std::size_t i = 0; i < i_A.size(); ++i) i_A[i] *= factor[i];
}
void NonidealArray::read_noise(double v_V, std::size_t first, std::span<float> variance_A2) const {
    std::vector<float> g(variance_A2.size()), factor(variance_A2.size());
    inner_->conductance(first, g);
    scale(first, g, factor);
    inner_->read_noise(v_V, first, variance_A2);
    const double own = p_.read_noise * (g_max_ - g_min_) * v_V;
    for (std::size_t i = 0; i < variance_A2.size(); ++i)
        variance_A2[i] = variance_A2[i] * factor[i] * factor[i] + static_cast<float>(own * own);
}

void NonidealArray::wear(std::size_t k, float g_S) {
    pulses_[k] += 1;
    if (pulses_[k] < life_[k]) return;
    if (pulses_[k] - life_[k] < 1)
        inner_->make_stuck(k, {double{p_.worn == WornState::on ? g_max_ : p_.worn == WornState::off ? g_min_ : g_S}});
}

// What a write leaves in a cell: its error, then one of the two nearest levels.
void NonidealArray::write_back(std::size_t k, double g_S, Rng& rng) {
    const double span = g_max_ - g_min_;
    if (p_.write_noise > 0) g_S += p_.write_noise * span * rng.normal();
    g_S = std::clamp(g_S, double{g_min_}, double{g_max_});
    if (p_.levels > 0) {
        const double step = span / static_cast<double>(p_.levels - 1), at = (g_S - g_min_) / step, below = std::floor(at + 1e-6);
        g_S = std::min(double{g_max_}, g_min_ + step * (below + (rng.uniform() < at - below ? 1 : 0)));
    }
    const float result = static_cast<float>(g_S);
    inner_->set_conductance(k, std::span(&result, 1));
}

template <class Pulse, class Pulsed>
PulseBill NonidealArray::wrapped(std::size_t first, std::size_t n, const Rng& rng, const Pulsed& pulsed, const Pulse& pulse) {
    std::vector<float> before(n), after(n);
    inner_->conductance(first, before);
    double heat_shown = 0, heat_inner = 0;
    for (std::size_t i = 0; i < n; ++i) {
        if (!pulsed(i)) continue;
        const float seen = shown(first + i, before[i]);
        heat_shown += seen, heat_inner += before[i];
        if (!p_.drifts()) continue;
        // The pulse acts on the cell as drift has left it.
        before[i] = inner_of(first + i, seen);
        inner_->set_conductance(first + i, std::span(&before[i], 1));
        written_now(first + i);
    }
    PulseBill bill = pulse();
    if (heat_inner > 0) {  // energies are of the inner cells; the mean conductance tells them apart
        const double ratio = heat_shown / heat_inner;
        for (double* energy : {&bill.energy_J, &bill.set_energy_J, &bill.reset_energy_J, &bill.idle_energy_J}) *energy *= ratio;
    }
    inner_->conductance(first, after);
    const bool rewrites = p_.write_noise > 0 || p_.levels > 0;
    const Rng errors = rng.stream("write error");
    for (std::size_t i = 0; i < n; ++i) {
        if (!pulsed(i)) continue;
        if (rewrites && after[i] != before[i]) {
            Rng own = errors.stream("cell", first + i);
            write_back(first + i, after[i], own);
        }
        if (p_.endurance > 0) wear(first + i, after[i]);
    }
    return bill;
}

PulseBill NonidealArray::program(std::size_t first, std::span<const std::int8_t> polarity, const PulsePair& pulses, EnergyRule rule,
                                 const Rng& rng) {
    return wrapped(
        first, polarity.size(), rng, [&](std::size_t i) { return polarity[i] != 0; },
        [&] { return inner_->program(first, polarity, pulses, rule, rng); });
}
PulseBill NonidealArray::program_at(std::size_t first, std::span<const float> v_V, Second width, EnergyRule rule, const Rng& rng) {
    return wrapped(
        first, v_V.size(), rng, [&](std::size_t i) { return v_V[i] != 0; },
        [&] { return inner_->program_at(first, v_V, width, rule, rng); });
}
void NonidealArray::make_stuck(std::size_t cell, Siemens g) { inner_->make_stuck(cell, {double{inner_of(cell, g.si)}}); }

bool NonidealArray::rest(bool on_shelf) {
    if (on_shelf == on_shelf_ || !p_.drifts() || p_.t_shelf.si == 0) return false;
    on_shelf_ = on_shelf;
    return true;
}

bool NonidealArray::wait(Second time) {
    if (!p_.drifts()) return false;
    waited_.resize(size(), 0);
    for (float& s : waited_) s += static_cast<float>(time.si);
    return true;
}

void NonidealArray::written_now(std::size_t k) {
    written_[k] = clock_;
    if (!waited_.empty()) waited_[k] = 0;
}

std::size_t NonidealArray::n_worn() const {
    std::size_t n = 0;
    for (std::size_t k = 0; k < pulses_.size(); ++k) n += pulses_[k] >= life_[k];
    return n;
}

std::vector<float> NonidealArray::state() const {
    std::vector<float> out = inner_->state();
    for (const auto* part : {&low_, &high_, &exponent_, &written_, &pulses_, &life_}) out.insert(out.end(), part->begin(), part->end());
    out.push_back(clock_);
    out.insert(out.end(), waited_.begin(), waited_.end());
    return out;
}
void NonidealArray::restore(std::span<const float> state) {
    const std::size_t n = size(), inner = inner_->state().size(),
                      usual = inner + (2 + (p_.drifts() ? 2 : 0) + (p_.endurance > 0 ? 2 : 0)) * n + 1;
    const bool waits = p_.drifts() && state.size() == usual + n;
    if (state.size() != usual && !waits) throw DataError("device state does not fit this array");
    const std::size_t own = state.size() - inner;
    inner_->restore(state.first(state.size() - own));
    auto at = state.begin() + static_cast<std::ptrdiff_t>(state.size() - own);
    const auto take = [&](std::vector<float>& part, bool used) {
        part.clear();
        if (!used) return;
        part.assign(at, at + static_cast<std::ptrdiff_t>(n));
        at += static_cast<std::ptrdiff_t>(n);
    };
    for (auto* part : {&low_, &high_}) take(*part, true);
    for (auto* part : {&exponent_, &written_}) take(*part, p_.drifts());
    for (auto* part : {&pulses_, &life_}) take(*part, p_.endurance > 0);
    clock_ = *at++;
    take(waited_, waits);
}

}  // namespace ganbar
