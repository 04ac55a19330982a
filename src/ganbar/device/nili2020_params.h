// The numbers of the model of Nili et al. (models/nili2020.cpp): its window, switches, and polynomials as fitted.
#pragma once
#include <array>
#include <vector>

#include "ganbar/device/device_model.h"

namespace ganbar::config {
class Node;
}

namespace ganbar::nili2020 {

inline constexpr std::size_t n_bins = 8;
using List = std::vector<double>;

inline const char* const transcription =
    "nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, "
    "dynamic_params.txt)";
inline Source fitted() { return published(transcription); }

enum class D2d : std::uint8_t { off, a, b, b_ns, threshold };
enum class Spread : std::uint8_t { off, floored, as_fitted };
enum class Bins : std::uint8_t { stepwise, interpolated };
enum class TimeUnit : std::uint8_t { s, ns_log10, ns_ln };

struct Params {
    Siemens g_min{150e-6}, g_max{300e-6};
    OnOff window = OnOff::on;
    Volt threshold{0.8};
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
    List c3_set{9.369, 7.512, 6.801, 6.180, 5.946, 5.005, 4.936, 4.864}, c4_set{10.400, 8.419, 7.582, 6.851, 6.558, 5.792, 5.840, 5.785};
    List c1_reset{0.89, 0.51, 0.34, 0.25, 0.23, 0.21, 0.22, 0.28}, c2_reset{8.96, 6.88, 4.93, 3.63, 2.91, 2.33, 1.93, 1.68};
    List c3_reset = List(n_bins, 6.2), c4_reset{-10.90, -8.61, -8.14, -7.77, -7.42, -7.30, -7.10, -7.00};
    List d0_set{-1.26, -1.22, -1.03, -0.78, -0.37, 0.14, 0.34, 0.26}, d1_set{-0.02, -0.02, -0.02, -0.01, 5e-3, 0.01, 0.01, 0.01};
    List d2_set{0.82, 0.84, 0.72, 0.53, 0.15, -0.29, -0.41, -0.29}, d3_set{-0.57, -0.57, -0.47, -0.33, -0.01, 0.31, 0.37, 0.25};
    List d4_set{0.94, 0.81, 0.63, 0.45, 0.11, -0.21, -0.29, -0.20};
    List d0_reset{0.04, -5e-3, -0.07, -0.11, -0.15, -0.12, -0.04, 0.10}, d1_reset{2e-4, -4e-4, -3e-3, -4e-3, -6e-3, -5e-3, -2e-3, 3e-3};
    List d2_reset{0.02, -2e-3, -0.07, -0.11, -0.17, -0.16, -0.10, 0.02}, d3_reset{5e-3, -0.01, -0.05, -0.09, -0.13, -0.13, -0.11, -0.05};
    List d4_reset{0.03, 0.02, -0.02, -0.03, -0.06, -0.06, -0.04, -4e-3};

    /// What `threshold` was before: gate, off or on, and gate_voltage.
    static std::vector<std::string> old_keys() { return {"gate", "gate_voltage"}; }
    static void rename(config::Node& device);

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
            param("threshold", &Params::threshold, 0_V, 5_V,
                  "smallest magnitude of a pulse that moves a cell; below the fit's 0.8 V its tail is extrapolated, with 0 V all of it",
                  published("lower end of the fitted voltages, 0.8 V (transcription, README; its crossbar writes, devices.py: |V| > 0.8 "
                            "V); here >=, for satyam2022 writes with 0.8 V itself")),
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
            choice("time_unit", &Params::time_unit, {"s", "ns_log10", "ns_ln"},
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

}  // namespace ganbar::nili2020
