// Nili et al., "Comprehensive compact phenomenological modeling of integrated metal-oxide memristors", IEEE Trans. Nanotechnol. 19
// (2020) 344, doi 10.1109/TNANO.2020.2982128: Pt/Al2O3/TiO2-x/Ti/Pt, 324 devices. The model of satyam2022. The equations and the
// fitted numbers are those of the public transcription named in `transcription` below; docs/devices.md lists what we corrected in it.
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "ganbar/device/device_registry.h"
#include "ganbar/device/fast_math.h"
#include "ganbar/device/kernels/nili_steps.h"
#include "ganbar/device/nili2020_params.h"

namespace ganbar {
namespace {

using nili2020::List;
using nili2020::n_bins;
using PerBin = std::array<float, n_bins>;

/// One memristor of the founding model. T is in degrees Celsius, L the logarithm of the pulse width (time_unit: log10 of seconds), G the
/// conductance at 0.1 V and 25 degC.
///   I(V)  = (A1 + z_s s1) V + (A3 + z_s s3) V^3,  z_s ~ N(0,1) once per cell
///   A1    = a1_0 + a1_1 G + a1_2 T                     A3 = a3_0 G + a3_1 G^2 + a3_2 T^-1.33
///   s1    = s1_0 + s1_1 G + s1_2 T + s1_3 G^2          s3 = s3_0 + s3_1 G + s3_2 T + s3_3 G^2 + s3_4 G T
///   noise: variance 4 kB T_K bandwidth I/V
///   set   D = c0 (1 - tanh(c1 (L - c2))) (tanh(c3 V - c4) + 1)       reset D = c0 (-1 - tanh(c1 (L - c2))) (tanh(c3 V - c4) - 1)
///   G    += D (1 + z_d r + c2c n),  r = d0 + d1 L'^2 + d2 V L' + d3 V^2 L' + d4 V^3,  z_d ~ N(0,1) once per cell, n per pulse
/// with c1..c4 and d0..d4 by the bin of G; the bins are 10^(n/4) uS from 3.16 to 316 uS, cells outside use the nearest.
struct Nili2020 {
    using D2d = nili2020::D2d;
    using Spread = nili2020::Spread;
    using Bins = nili2020::Bins;
    using TimeUnit = nili2020::TimeUnit;
    using Params = nili2020::Params;

    static const char* doc() {
        return "Pt/Al2O3/TiO2-x/Ti/Pt memristor (Nili et al. 2020), the model of satyam2022: static I = A1 V + A3 V^3 with a spread drawn "
               "once per cell and thermal noise; one pulse moves G by a step fitted in 8 conductance bins from 3.16 to 316 uS, with a "
               "second "
               "spread. Fitted for set pulses of 0.8..1.15 V, reset pulses of -0.8..-1.5 V, 100 ns..100 ms, |V| <= 0.4 V for reads, "
               "25..100 degC; "
               "outside it extrapolates. Corrected against the public transcription: log10, not ln; degC, not K; the noise term is a "
               "variance.";
    }

    static Coverage coverage() {
        return {Volt{0.8},        Volt{1.15},        Volt{0.8},
                Volt{1.5},        Second{100e-9},    Second{0.1},
                Siemens{3.16e-6}, Siemens{316.3e-6}, "nili2020, as the transcription's README gives its fit"};
    }

    struct Cell {
        float g_S = 0;
        float z_static = 0, z_dynamic = 0;  ///< this device's place in the I-V spread and in the pulse spread
    };

    struct Step {
        float mean_S, spread_S;  ///< D, and what one unit of z_d adds to it
    };

    /// One polarity at a fixed pulse width.
    struct Branch {
        PerBin amplitude, slope, offset;  ///< c0 times the time factor; c3; c4
        PerBin r0, r_v, r_v2, r_v3;       ///< spread polynomial in V
        float sign = 1;
        Step at(std::size_t bin, float v) const {
            const float y = slope[bin] * v - offset[bin];
            const float tail = 2 * sign / (1 + fast::exp(-2 * sign * y));  // tanh(y) + sign without cancellation
            const float mean = amplitude[bin] * tail;
            const float r = r0[bin] + v * (r_v[bin] + v * (r_v2[bin] + v * r_v3[bin]));
            return {mean, mean * r};
        }
    };

    struct WidthLaw {
        Branch set, reset;
        float g_min = 0, g_max = 0, threshold_sigma = 0, c2c = 0;
        double threshold = 0;
        bool windowed = true, interpolated = false, clamp = false, random = false;

        void apply(Cell& c, float v, PulseDraw draw) const {
            if (!reaches(v, threshold)) return;
            const Branch& branch = v > 0 ? set : reset;
            const float seen = v - threshold_sigma * c.z_dynamic;
            move(c, lookup(c.g_S, interpolated, [&](std::size_t bin) { return branch.at(bin, seen); }), draw);
        }
        void move(Cell& c, Step step, PulseDraw draw) const {
            float dg = step.mean_S + c.z_dynamic * step.spread_S;
            if (clamp && dg * step.mean_S < 0) dg = 0;
            dg += std::abs(step.mean_S) * c2c * draw.a;
            const float lo = windowed ? std::min(c.g_S, g_min) : 0.0f;
            const float hi = windowed ? std::max(c.g_S, g_max) : 1.0f;
            c.g_S = std::clamp(c.g_S + dg, lo, hi);
        }
    };

    /// A fixed pulse: the steps of all bins tabulated, unless every cell sees a voltage of its own (threshold spread).
    struct PulseLaw {
        WidthLaw law;
        float v = 0;
        bool random = false, tabulated = true, inert = false;
        std::array<Step, n_bins> steps{};
        void apply(Cell& c, PulseDraw draw) const {
            if (inert) return;
            if (!tabulated) return law.apply(c, v, draw);
            law.move(c, lookup(c.g_S, law.interpolated, [this](std::size_t bin) { return steps[bin]; }), draw);
        }
    };

    /// Stepwise: the entry of g's bin. Interpolated: linear in log10 g between bin centres, constant beyond the outer centres.
    template <class Entry>
    static Step lookup(float g, bool interpolated, const Entry& entry) {
        if (!interpolated) return entry(bin_of(g));
        const float position =
            std::clamp(4 * fast::log10(std::max(g, 1e-9f)) + 21.5f, 0.0f, n_bins - 1.0f);  // 0 at 10^(-21.5/4) S, the first centre
        const auto below = std::min(static_cast<std::size_t>(position), n_bins - 2);
        const float w = position - static_cast<float>(below);
        const Step a = entry(below), b = entry(below + 1);
        return {a.mean_S + w * (b.mean_S - a.mean_S), a.spread_S + w * (b.spread_S - a.spread_S)};
    }
    static std::size_t bin_of(float g) {  // inner edges 10^(n/4) uS; a count of comparisons has no branches
        return static_cast<std::size_t>((g >= 5.62341325e-6f) + (g >= 10e-6f) + (g >= 17.7827941e-6f) + (g >= 31.6227766e-6f) +
                                        (g >= 56.2341325e-6f) + (g >= 100e-6f) + (g >= 177.827941e-6f));
    }

    Params p;
    double celsius, a1_offset, a3_offset, s1_offset, s3_offset, s3_linear;

    explicit Nili2020(Params params) : p(std::move(params)), celsius(p.temperature.si - constants::zero_celsius_K) {
        if (p.g_min >= p.g_max) throw ConfigError("nili2020: g_min must be below g_max");
        for (const auto& row : Params::schema()) {
            if (row.info.type != ParamType::reals) continue;
            const std::size_t n = std::get<List>(row.get(p)).size(), due = row.info.name == "a1" || row.info.name == "a3" ? 3
                                                                           : row.info.name == "s1"                        ? 4
                                                                           : row.info.name == "s3"                        ? 5
                                                                                                                          : n_bins;
            if (n != due)
                throw ConfigError("nili2020: " + row.info.name + " has " + std::to_string(n) + " values; expected " + std::to_string(due));
        }
        a1_offset = p.a1[0] + p.a1[2] * celsius;
        a3_offset = p.a3[2] * std::pow(celsius, -1.33);
        s1_offset = p.s1[0] + p.s1[2] * celsius;
        s3_offset = p.s3[0] + p.s3[2] * celsius;
        s3_linear = p.s3[1] + p.s3[4] * celsius;
    }
    Window window() const { return {p.g_min, p.g_max}; }
    Cell fresh_cell(Siemens g, Rng& rng) const {
        if (p.d2d == D2d::off) return {static_cast<float>(g.si)};
        const auto z_static = static_cast<float>(rng.normal()), z_dynamic = static_cast<float>(rng.normal());
        return {static_cast<float>(g.si), z_static, z_dynamic};
    }

    struct Coefficients {
        double linear, cubic;
    };
    Coefficients iv(const Cell& c) const {
        const double g = c.g_S;
        const double a1 = a1_offset + p.a1[1] * g, a3 = a3_offset + g * (p.a3[0] + p.a3[1] * g);
        if (c.z_static == 0 || p.static_spread == Spread::off) return {a1, a3};
        const double s1 = s1_offset + g * (p.s1[1] + p.s1[3] * g), s3 = s3_offset + g * (s3_linear + p.s3[3] * g);
        if (p.static_spread == Spread::as_fitted) return {a1 + c.z_static * s1, a3 + c.z_static * s3};
        return {std::max(0.0, a1 + c.z_static * std::max(std::abs(s1), p.spread_floor * a1)),
                std::max(0.0, a3 + c.z_static * std::max(std::abs(s3), p.spread_floor * a3))};
    }
    double current_A(const Cell& c, double v) const {
        const auto [linear, cubic] = iv(c);
        return v * (linear + cubic * v * v);
    }
    double read_noise_A2(const Cell& c, double v) const {
        const auto [linear, cubic] = iv(c);
        return std::max(0.0, 4 * constants::boltzmann_J_per_K * p.temperature.si * p.bandwidth.si * (linear + cubic * v * v));
    }

    /// L of the step equations.
    double log_width(Second width) const {
        switch (p.time_unit) {
            case TimeUnit::s: break;
            case TimeUnit::ns_log10: return std::log10(width.si) + 9;
            case TimeUnit::ns_ln: return std::log(width.si) - std::log(1e-9);
        }
        return std::log10(width.si);
    }
    double least_pulse_V() const { return p.threshold.si * (1 - 1e-6); }  // as reaches() has it
    WidthLaw width_law(Second width) const {
        if (!(width.si > 0)) throw ConfigError("nili2020: a pulse needs a width above 0 s");
        const double l = log_width(width), l_s = std::log10(width.si);
        const double l_spread = p.d2d == D2d::b ? -l_s : p.d2d == D2d::b_ns ? l_s + 9 : l_s;
        WidthLaw law;
        fill(law.set, 1, l, l_spread, p.c0_set.si,
             {&p.c1_set, &p.c2_set, &p.c3_set, &p.c4_set, &p.d0_set, &p.d1_set, &p.d2_set, &p.d3_set, &p.d4_set});
        fill(law.reset, -1, l, l_spread, p.c0_reset.si,
             {&p.c1_reset, &p.c2_reset, &p.c3_reset, &p.c4_reset, &p.d0_reset, &p.d1_reset, &p.d2_reset, &p.d3_reset, &p.d4_reset});
        law.g_min = static_cast<float>(p.g_min.si), law.g_max = static_cast<float>(p.g_max.si);
        law.threshold = p.threshold.si;
        law.threshold_sigma = p.d2d == D2d::threshold ? static_cast<float>(p.threshold_sigma.si) : 0.0f;
        law.windowed = p.window == OnOff::on, law.interpolated = p.bins == Bins::interpolated, law.clamp = p.clamp_nonneg;
        law.c2c = static_cast<float>(p.c2c), law.random = p.c2c > 0;
        return law;
    }
    PulseLaw pulse_law(Volt v, Second width) const {
        PulseLaw pulse{width_law(width), static_cast<float>(v.si)};
        pulse.random = pulse.law.random;
        pulse.tabulated = p.d2d != D2d::threshold;
        pulse.inert = !reaches(v.si, pulse.law.threshold);
        const Branch& branch = pulse.v > 0 ? pulse.law.set : pulse.law.reset;
        for (std::size_t bin = 0; bin < n_bins; ++bin) pulse.steps[bin] = branch.at(bin, pulse.v);
        return pulse;
    }
    /// A pulse of this width moves G by D; at D a width all along, a pulse of another width by its share. Stepwise in the bins, as fitted.
    CircuitLaw circuit_law(Second width, Siemens g) const {
        if (p.bins != Bins::stepwise)
            throw ConfigError("nili2020: the law for circuit simulators has the bins as fitted; expected bins = \"stepwise\"");
        const WidthLaw law = width_law(width);
        static constexpr std::array<const char*, n_bins - 1> edges{"5.62341325e-6", "10e-6",  "17.7827941e-6", "31.6227766e-6",
                                                                   "56.2341325e-6", "100e-6", "177.827941e-6"};
        const auto step = [](const Branch& b) {
            const auto in_bin = [&b](std::size_t bin) {
                return fmt::format("{:.9g}*{:g}/(1+exp({:g}*({:.9g}*@v-{:.9g})))", b.amplitude[bin], 2 * b.sign, -2 * b.sign, b.slope[bin],
                                   b.offset[bin]);
            };
            std::string text = in_bin(n_bins - 1);
            for (std::size_t bin = n_bins - 1; bin-- > 0;) text = fmt::format("(@s<{}?{}:{})", edges[bin], in_bin(bin), text);
            return text;
        };
        CircuitLaw out;
        out.state = "G, S", out.conductance = "@s", out.start = g.si;
        out.lo = law.windowed ? p.g_min.si : 0, out.hi = law.windowed ? p.g_max.si : 1e-3;
        out.current = fmt::format("(({:.17g}+{:.17g}*@s)*@v+({:.17g}+@s*({:.17g}+{:.17g}*@s))*@v*@v*@v)", a1_offset, p.a1[1], a3_offset,
                                  p.a3[0], p.a3[1]);
        const std::string least = fmt::format("{:.9g}", least_pulse_V());
        out.rate = fmt::format("((@v>{0}?{1}:(@v<-({0})?{2}:0))/{3:.17g})", least, step(law.set), step(law.reset), width.si);
        out.note = fmt::format("pulses of {:g} s", width.si);
        return out;
    }
    void fill(Branch& out, int sign, double l, double l_spread, double c0, const std::array<const List*, 9>& k) const {
        out.sign = static_cast<float>(sign);
        for (std::size_t i = 0; i < n_bins; ++i) {
            const auto at = [&](std::size_t which) { return (*k[which])[i]; };
            out.amplitude[i] = static_cast<float>(c0 * (sign - std::tanh(at(0) * (l - at(1)))));
            out.slope[i] = static_cast<float>(at(2)), out.offset[i] = static_cast<float>(at(3));
            const bool spread = p.d2d != D2d::threshold;  // that mode shifts the voltage instead
            out.r0[i] = spread ? static_cast<float>(at(4) + at(5) * l_spread * l_spread) : 0;
            out.r_v[i] = spread ? static_cast<float>(at(6) * l_spread) : 0;
            out.r_v2[i] = spread ? static_cast<float>(at(7) * l_spread) : 0;
            out.r_v3[i] = spread ? static_cast<float>(at(8)) : 0;
        }
    }
};

/// A width's law with its bins side by side.
nili_steps::Tables tables_of(const Nili2020::WidthLaw& law) {
    nili_steps::Tables t;
    for (std::size_t k = 0; k < 2 * n_bins; ++k) {
        const auto& b = k < n_bins ? law.set : law.reset;
        const std::size_t bin = k % n_bins;
        t.amplitude[k] = b.amplitude[bin], t.slope[k] = b.slope[bin], t.offset[k] = b.offset[bin], t.r0[k] = b.r0[bin],
        t.r_v[k] = b.r_v[bin], t.r_v2[k] = b.r_v2[bin], t.r_v3[k] = b.r_v3[bin], t.sign[k] = b.sign;
    }
    return t;
}

}  // namespace

/// gate = "off" is a threshold of 0 V, gate = "on" the threshold of gate_voltage. Who speaks later wins, as among all keys; one voice says
/// it in one way.
void nili2020::Params::rename(config::Node& device) {
    auto& leaves = device.leaves;
    ParamInfo switch_info;
    switch_info.name = "gate", switch_info.type = ParamType::choice, switch_info.choices = {"off", "on"};
    const auto gate = leaves.find("gate"), volts = leaves.find("gate_voltage");
    const bool off = gate != leaves.end() && std::get<std::string>(config::read_value(switch_info, gate->second)) == "off";
    if (off || volts != leaves.end()) {
        config::Node::Leaf now = off ? gate->second : volts->second;
        if (off) now.value = std::string("0 V"), now.raw.clear();
        const auto rank = [](const std::string& origin) { return origin == "--set" ? 2 : origin.starts_with("preset ") ? 0 : 1; };
        const auto there = leaves.find("threshold");
        if (there != leaves.end() && there->second.origin == now.origin)
            throw ConfigError(
                std::string(off ? "gate" : "gate_voltage") + " is an old name of threshold, which is here too; expected threshold alone",
                now.where);
        if (there == leaves.end() || rank(now.origin) >= rank(there->second.origin)) leaves["threshold"] = now;
    }
    leaves.erase("gate"), leaves.erase("gate_voltage");
}

/// Many pulses of one phase on cells as fitted: steps for a chunk at a time, in vectors. The same bits as one by one (tests).
template <>
PulseBill DeviceArrayOf<Nili2020>::program_listed(std::span<const std::uint32_t> cells, std::span<const float> v_V, Second width,
                                                  EnergyRule rule, const Rng& rng, std::span<std::uint8_t> moved) {
    const Nili2020::WidthLaw law = model_.width_law(width);
    const nili_steps::Tables tables = tables_of(law);
    PulseBill bill;
    Chunk chunk;
    alignas(64) std::array<std::int32_t, chunk_size> bin{};
    alignas(64) std::array<float, chunk_size> seen{}, mean, spread;
    for (std::size_t done = 0; done < cells.size(); done += chunk_size) {
        const std::size_t n = std::min(chunk_size, cells.size() - done);
        for (std::size_t i = 0; i < n; ++i) {
            const Cell& cell = cells_[cells[done + i]];
            const float v = v_V[done + i];
            chunk.before[i] = cell.g_S;
            chunk.pulsed[i] = v != 0;
            chunk.energy_J[i] = Dissipation(model_, v, width, rule).energy_J(cell);
            seen[i] = v - law.threshold_sigma * cell.z_dynamic;
            bin[i] = static_cast<std::int32_t>(Nili2020::bin_of(cell.g_S) + (v > 0 ? 0 : n_bins));
        }
        if (!law.interpolated) nili_steps::steps(tables, seen.data(), bin.data(), mean.data(), spread.data(), (n + 15) / 16 * 16);
        for (std::size_t i = 0; i < n; ++i) {
            const std::size_t k = cells[done + i];
            const float v = v_V[done + i];
            if (law.random) pulse_draws(rng.key(), k, std::span(chunk.draws).subspan(i, 1));
            if (v == 0 || stuck_[k]) continue;
            if (law.interpolated) law.apply(cells_[k], v, chunk.draws[i]);
            else if (reaches(v, law.threshold)) law.move(cells_[k], {mean[i], spread[i]}, chunk.draws[i]);
        }
        for (std::size_t i = 0; i < n && !moved.empty(); ++i) moved[done + i] = cells_[cells[done + i]].g_S != chunk.before[i];
        bill += booked(chunk, n, [&](std::size_t i) { return cells_[cells[done + i]].g_S; });
    }
    return bill;
}

GANBAR_DEVICE_MODEL(nili2020, Nili2020)
}  // namespace ganbar
