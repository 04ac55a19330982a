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

namespace ganbar {
namespace {

constexpr std::size_t n_bins = 8;
using PerBin = std::array<float, n_bins>;
using List = std::vector<double>;

const char* const transcription =
    "nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, "
    "dynamic_params.txt)";
Source fitted() { return published(transcription); }

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
    enum class D2d : std::uint8_t { off, a, b, b_ns, threshold };
    enum class Spread : std::uint8_t { off, floored, as_fitted };
    enum class Bins : std::uint8_t { stepwise, interpolated };
    enum class TimeUnit : std::uint8_t { s, ns_log10, ns_ln };

    struct Params {
        Siemens g_min{150e-6}, g_max{300e-6};
        OnOff window = OnOff::on, gate = OnOff::on;
        Volt gate_voltage{0.8};
        Kelvin temperature{298.15};
        Hertz bandwidth{100e6};
        D2d d2d = D2d::a;
        bool clamp_nonneg = false;
        Volt threshold_sigma{0.12};
        Spread static_spread = Spread::floored;
        double spread_floor = 0.02, c2c = 0;
        Bins bins = Bins::stepwise;
        TimeUnit time_unit = TimeUnit::s;
        List a1{-2.58e-6, 0.977, 1.166e-7}, a3{1.18, 6596, 1.605e-3};
        List s1{-1.07e-6, 0.25, 2.20e-8, -1300}, s3{1.17e-5, 1.30, -1.0e-7, -6500, -2.50e-3};
        Siemens c0_set{1.55e-4}, c0_reset{-0.89e-4};
        List c1_set = List(n_bins, -0.47), c2_set{-3.851, -3.769, -3.729, -3.517, -3.426, -3.373, -3.422, -3.572};
        List c3_set{9.369, 7.512, 6.801, 6.180, 5.946, 5.005, 4.936, 4.864},
            c4_set{10.400, 8.419, 7.582, 6.851, 6.558, 5.792, 5.840, 5.785};
        List c1_reset{0.89, 0.51, 0.34, 0.25, 0.23, 0.21, 0.22, 0.28}, c2_reset{8.96, 6.88, 4.93, 3.63, 2.91, 2.33, 1.93, 1.68};
        List c3_reset = List(n_bins, 6.2), c4_reset{-10.90, -8.61, -8.14, -7.77, -7.42, -7.30, -7.10, -7.00};
        List d0_set{-1.26, -1.22, -1.03, -0.78, -0.37, 0.14, 0.34, 0.26}, d1_set{-0.02, -0.02, -0.02, -0.01, 5e-3, 0.01, 0.01, 0.01};
        List d2_set{0.82, 0.84, 0.72, 0.53, 0.15, -0.29, -0.41, -0.29}, d3_set{-0.57, -0.57, -0.47, -0.33, -0.01, 0.31, 0.37, 0.25};
        List d4_set{0.94, 0.81, 0.63, 0.45, 0.11, -0.21, -0.29, -0.20};
        List d0_reset{0.04, -5e-3, -0.07, -0.11, -0.15, -0.12, -0.04, 0.10}, d1_reset{2e-4, -4e-4, -3e-3, -4e-3, -6e-3, -5e-3, -2e-3, 3e-3};
        List d2_reset{0.02, -2e-3, -0.07, -0.11, -0.17, -0.16, -0.10, 0.02},
            d3_reset{5e-3, -0.01, -0.05, -0.09, -0.13, -0.13, -0.11, -0.05};
        List d4_reset{0.03, 0.02, -0.02, -0.03, -0.06, -0.06, -0.04, -4e-3};

        static Schema<Params> schema() {
            using namespace literals;
            const double big = 1e6;
            Schema<Params> s{
                param("g_min", &Params::g_min, 1_nS, 0.1_S, "lower edge of the clipping window and of the weight mapping",
                      published("satyam2022, sec. II: 150-300 uS")),
                param("g_max", &Params::g_max, 1_nS, 0.1_S, "upper edge of the clipping window and of the weight mapping",
                      published("satyam2022, sec. II: 150-300 uS")),
                choice("window", &Params::window, {"off", "on"},
                       "on: no pulse carries a cell out of (or further away from) g_min..g_max; off: only G >= 0 holds",
                       published("satyam2022, sec. III.B: clipped at Gmin and Gmax")),
                choice(
                    "gate", &Params::gate, {"off", "on"},
                    "on: pulses with |V| < gate_voltage do nothing; off: the fit's tail is extrapolated",
                    published(
                        "the transcription's crossbar writes, devices.py: |V| > 0.8 V; here >=, for satyam2022 writes with 0.8 V itself")),
                param("gate_voltage", &Params::gate_voltage, 0_V, 5_V, "smallest magnitude that moves a cell while the gate is on",
                      published("lower end of the fitted voltages, 0.8 V (transcription, README)")),
                param("temperature", &Params::temperature, Kelvin{298.15}, Kelvin{373.15}, "ambient temperature (the fit takes degC)",
                      published("nili2020: 25 to 100 degC; default room temperature")),
                param("bandwidth", &Params::bandwidth, 0_Hz, Hertz{1e12}, "noise bandwidth f of a read",
                      published("transcription, README: 1-1000 MHz, 100 MHz used")),
                choice("d2d", &Params::d2d, {"off", "A", "B", "B_ns", "threshold"},
                       "device-to-device variation: off (neither pulses nor I-V vary); L' = log10(t/s) (A), -log10(t/s) (B), log10(t/ns) "
                       "(B_ns); threshold: V -> V - z_d threshold_sigma",
                       assumed("the time convention of the spread polynomial is open; A matches the threshold spread of measured arrays, B "
                               "gives 0.5-1.5%")),
                param("clamp_nonneg", &Params::clamp_nonneg, "a cell's spread may stop a step but not reverse it (1 + z_d r >= 0)",
                      assumed("off: as written in the source")),
                param("threshold_sigma", &Params::threshold_sigma, 0_V, 1_V, "spread of the voltage shift under d2d = threshold",
                      assumed("0.1-0.25 V from the switching-voltage spreads of such arrays; 0.12 V equals mode A at the working point")),
                choice("static_spread", &Params::static_spread, {"off", "floored", "as_fitted"},
                       "spread of the I-V: floored: max(|s1|, spread_floor A1), likewise s3, and the current keeps its sign; as_fitted: "
                       "the parabolas, which change sign near 195 uS",
                       assumed("the parabolas were fitted at low G; their zero crossing is an artefact")),
                param("spread_floor", &Params::spread_floor, 0.0, 1.0, "smallest relative spread of the I-V under static_spread = floored",
                      assumed("2%")),
                param("c2c", &Params::c2c, 0.0, 10.0, "cycle-to-cycle standard deviation of a step, relative to |D|",
                      assumed("off: the source has none")),
                choice("bins", &Params::bins, {"stepwise", "interpolated"},
                       "step and spread by conductance bin, or linear in log10 G between bin centres", published("stepwise as fitted")),
                choice(
                    "time_unit", &Params::time_unit, {"s", "ns_log10", "ns_ln"},
                    "how the pulse width enters the step: log10 of seconds (s), log10 of nanoseconds (ns_log10), natural logarithm of "
                    "nanoseconds (ns_ln); the spread has its own under d2d",
                    assumed("log10 of seconds: only it puts c2 inside the measured widths and agrees with measured steps of 0.5 ms pulses; "
                            "with nanoseconds a pulse moves a cell several times as far, which satyam2022's energies would fit")),
                param("a1", &Params::a1, -big, big, "A1: constant (S), per G (1), per T (S/degC)", fitted()),
                param("a3", &Params::a3, -big, big, "A3: per G (1/V2), per G^2 (1/(S V2)), per T^-1.33 (degC^1.33 S/V2)", fitted()),
                param("s1", &Params::s1, -big, big, "s1: constant (S), per G (1), per T (S/degC), per G^2 (1/S)", fitted()),
                param("s3", &Params::s3, -big, big,
                      "s3: constant (S/V2), per G (1/V2), per T (S/(V2 degC)), per G^2 (1/(S V2)), per G T (1/(V2 degC))", fitted()),
                param("c0_set", &Params::c0_set, 0_S, 1_S, "amplitude of a set step", fitted()),
                param("c0_reset", &Params::c0_reset, Siemens{-1}, 0_S, "amplitude of a reset step", fitted()),
            };
            const auto bin_list = [&](const char* name, List Params::*member, const char* doc) {
                s.push_back(param(name, member, -big, big, std::string(doc) + ", one for each of the 8 bins", fitted()));
            };
            bin_list("c1_set", &Params::c1_set, "time slope of a set step (1/decade, with ns_ln 1/e-fold)");
            bin_list("c2_set", &Params::c2_set, "time midpoint of a set step (logarithm as time_unit says)");
            bin_list("c3_set", &Params::c3_set, "voltage slope of a set step (1/V)");
            bin_list("c4_set", &Params::c4_set, "voltage offset of a set step");
            bin_list("c1_reset", &Params::c1_reset, "time slope of a reset step (1/decade, with ns_ln 1/e-fold)");
            bin_list("c2_reset", &Params::c2_reset, "time midpoint of a reset step (logarithm as time_unit says)");
            bin_list("c3_reset", &Params::c3_reset, "voltage slope of a reset step (1/V)");
            bin_list("c4_reset", &Params::c4_reset, "voltage offset of a reset step");
            bin_list("d0_set", &Params::d0_set, "relative spread of a set step: constant");
            bin_list("d1_set", &Params::d1_set, "relative spread of a set step: per L'^2");
            bin_list("d2_set", &Params::d2_set, "relative spread of a set step: per V L' (1/V)");
            bin_list("d3_set", &Params::d3_set, "relative spread of a set step: per V^2 L' (1/V2)");
            bin_list("d4_set", &Params::d4_set, "relative spread of a set step: per V^3 (1/V3)");
            bin_list("d0_reset", &Params::d0_reset, "relative spread of a reset step: constant");
            bin_list("d1_reset", &Params::d1_reset, "relative spread of a reset step: per L'^2");
            bin_list("d2_reset", &Params::d2_reset, "relative spread of a reset step: per V L' (1/V)");
            bin_list("d3_reset", &Params::d3_reset, "relative spread of a reset step: per V^2 L' (1/V2)");
            bin_list("d4_reset", &Params::d4_reset, "relative spread of a reset step: per V^3 (1/V3)");
            return s;
        }
    };
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
        double gate = 0;
        bool windowed = true, interpolated = false, clamp = false, random = false;

        void apply(Cell& c, float v, PulseDraw draw) const {
            if (!reaches(v, gate)) return;
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
    double least_pulse_V() const { return p.gate == OnOff::on ? p.gate_voltage.si * (1 - 1e-6) : 0.0; }  // as reaches() has it
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
        law.gate = p.gate == OnOff::on ? p.gate_voltage.si : 0.0;
        law.threshold_sigma = p.d2d == D2d::threshold ? static_cast<float>(p.threshold_sigma.si) : 0.0f;
        law.windowed = p.window == OnOff::on, law.interpolated = p.bins == Bins::interpolated, law.clamp = p.clamp_nonneg;
        law.c2c = static_cast<float>(p.c2c), law.random = p.c2c > 0;
        return law;
    }
    PulseLaw pulse_law(Volt v, Second width) const {
        PulseLaw pulse{width_law(width), static_cast<float>(v.si)};
        pulse.random = pulse.law.random;
        pulse.tabulated = p.d2d != D2d::threshold;
        pulse.inert = !reaches(v.si, pulse.law.gate);
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
            else if (reaches(v, law.gate)) law.move(cells_[k], {mean[i], spread[i]}, chunk.draws[i]);
        }
        for (std::size_t i = 0; i < n && !moved.empty(); ++i) moved[done + i] = cells_[cells[done + i]].g_S != chunk.before[i];
        bill += booked(chunk, n, [&](std::size_t i) { return cells_[cells[done + i]].g_S; });
    }
    return bill;
}

GANBAR_DEVICE_MODEL(nili2020, Nili2020)
}  // namespace ganbar
