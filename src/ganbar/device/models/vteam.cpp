// VTEAM: Kvatinsky, Ramadan, Friedman, Kolodny, "VTEAM: a general model for voltage-controlled memristors", IEEE Trans. Circuits Syst. II
// 62 (2015) 786, doi 10.1109/TCSII.2015.2433536. Default numbers as in MemTorch. Here a positive pulse sets, so the paper's voltage is -V.
#include <fmt/format.h>

#include "ganbar/device/device_registry.h"
#include "ganbar/device/state_flow.h"

namespace ganbar {
namespace {

/// x = 0 is the ON end, 1 the OFF end (the paper's state over its length d); v = -V.
///   dx/dt = k_off/d (v/v_off - 1)^a_off f(x)   v > v_off > 0        dx/dt = k_on/d (v/v_on - 1)^a_on f(x)   v < v_on < 0        else 0
///   R = R_on + (R_off - R_on) x   or   R = R_on (R_off/R_on)^x,   I = V/R
struct Vteam {
    enum class Resistance : std::uint8_t { linear, exponential };
    enum class Boundary : std::uint8_t { hard, joglekar, biolek };
    struct Params {
        Ohm r_on{50}, r_off{1000};
        Resistance resistance = Resistance::linear;
        Metre length{3e-9};
        double k_on = -10, k_off = 5e-4, a_on = 3, a_off = 1;
        Volt v_on{-0.2}, v_off{0.02};
        Boundary boundary = Boundary::hard;
        std::int64_t boundary_p = 2;
        double max_step = 0.02;
        OnOff d2d = OnOff::off;
        double d2d_sigma = 0.1, c2c = 0, read_noise = 0;
        static Schema<Params> schema() {
            using namespace literals;
            const Source memtorch = published("default set of MemTorch's VTEAM (coreylammie/MemTorch)");
            const Source paper = published("Kvatinsky et al. 2015: form of the model");
            return {
                param("r_on", &Params::r_on, Ohm{1e-3}, Ohm{1e12}, "resistance at x = 0", memtorch),
                param("r_off", &Params::r_off, Ohm{1e-3}, Ohm{1e12}, "resistance at x = 1", memtorch),
                choice("resistance", &Params::resistance, {"linear", "exponential"},
                       "R(x): linear, or exponential as in the paper's second form", paper),
                param("length", &Params::length, Metre{1e-12}, Metre{1}, "length d over which the state moves", memtorch),
                param("k_on", &Params::k_on, -1e12, 0.0, "speed scale of setting, m/s", memtorch),
                param("k_off", &Params::k_off, 0.0, 1e12, "speed scale of resetting, m/s", memtorch),
                param("a_on", &Params::a_on, 0.0, 100.0, "exponent of setting", memtorch),
                param("a_off", &Params::a_off, 0.0, 100.0, "exponent of resetting", memtorch),
                param("v_on", &Params::v_on, Volt{-100}, Volt{-1e-6},
                      "threshold of setting in the paper's orientation; here pulses above -v_on set", memtorch),
                param("v_off", &Params::v_off, Volt{1e-6}, 100_V,
                      "threshold of resetting in the paper's orientation; here pulses below -v_off reset", memtorch),
                choice("boundary", &Params::boundary, {"hard", "joglekar", "biolek"},
                       "f(x): 1 within 0..1; 1-(2x-1)^2p; 1-x^2p towards OFF and 1-(1-x)^2p towards ON",
                       assumed("hard: the simplest window the paper admits")),
                param("boundary_p", &Params::boundary_p, 1, 20, "p of the window function", assumed("a common choice")),
                param("max_step", &Params::max_step, 1e-4, 0.25, "longest integration step, in units of x at f = 1",
                      assumed("error below 1e-6 of the range for p <= 4")),
                choice("d2d", &Params::d2d, {"off", "on"}, "device-to-device variation of both speeds, log-normal",
                       assumed("the source has none")),
                param("d2d_sigma", &Params::d2d_sigma, 0.0, 3.0, "its standard deviation in ln(speed)", assumed("10%")),
                param("c2c", &Params::c2c, 0.0, 10.0, "cycle-to-cycle standard deviation of a pulse's effect, relative",
                      assumed("off: the source has none")),
                param("read_noise", &Params::read_noise, 0.0, 1.0, "standard deviation of a read relative to the current",
                      assumed("off: the source has none")),
            };
        }
    };
    static const char* doc() {
        return "VTEAM, a general voltage-threshold memristor (Kvatinsky et al. 2015): ohmic, resistance linear or exponential in a state "
               "that "
               "moves with a power of the voltage above a threshold. Orientation reversed so that positive pulses set. The default numbers "
               "describe a fast low-ohmic device whose reset threshold (20 mV) lies below usual read voltages.";
    }
    struct Cell {
        float g_S = 0, x = 0, speed = 1;
    };

    struct WidthLaw {
        Params p;
        double width_s = 0;
        bool random = false;
        float dose(float v) const {  // signed like the conductance change; in units of x
            const double set_threshold = -p.v_on.si, reset_threshold = -p.v_off.si;
            if (v > set_threshold) return bounded_dose(-p.k_on * std::pow(v / set_threshold - 1, p.a_on) * width_s / p.length.si);
            if (v < reset_threshold) return -bounded_dose(p.k_off * std::pow(v / reset_threshold - 1, p.a_off) * width_s / p.length.si);
            return 0;
        }
        void apply(Cell& c, float v, PulseDraw draw) const { move(c, dose(v), draw); }
        void move(Cell& c, float dose, PulseDraw draw) const {
            const float own = dose * c.speed * std::max(0.0f, 1 + static_cast<float>(p.c2c) * draw.a);
            if (own == 0) return;
            const float x = c.x;
            if (p.boundary == Boundary::hard) c.x = std::clamp(c.x - own, 0.0f, 1.0f);
            else if (own > 0) c.x = 1 - flow(1 - c.x, own, static_cast<float>(p.max_step), [this](float y) { return boundary(y); });
            else c.x = flow(c.x, -own, static_cast<float>(p.max_step), [this](float y) { return boundary(y); });
            if (c.x != x) c.g_S = conductance(p, c.x);
        }
        float boundary(float y) const {  // y: distance from the end it leaves
            return 1 - power(p.boundary == Boundary::joglekar ? 2 * y - 1 : y, 2 * p.boundary_p);
        }
    };
    using PulseLaw = DosedPulse<WidthLaw>;

    static float conductance(const Params& p, double x) {
        const double r =
            p.resistance == Resistance::linear ? p.r_on.si + (p.r_off.si - p.r_on.si) * x : p.r_on.si * std::pow(p.r_off.si / p.r_on.si, x);
        return static_cast<float>(1 / r);
    }

    Params p;
    explicit Vteam(Params params) : p(params) {
        if (p.r_on >= p.r_off) throw ConfigError("vteam: r_on must be below r_off");
    }
    Window window() const { return {{1 / p.r_off.si}, {1 / p.r_on.si}}; }
    void set_conductance(Cell& c, Siemens g) const {
        const double r = 1 / std::clamp(g.si, 1 / p.r_off.si, 1 / p.r_on.si);
        const double x = p.resistance == Resistance::linear ? (r - p.r_on.si) / (p.r_off.si - p.r_on.si)
                                                            : std::log(r / p.r_on.si) / std::log(p.r_off.si / p.r_on.si);
        c.x = static_cast<float>(std::clamp(x, 0.0, 1.0));
        c.g_S = conductance(p, c.x);
    }
    Cell fresh_cell(Siemens g, Rng& rng) const {
        Cell c;
        if (p.d2d == OnOff::on) c.speed = static_cast<float>(std::exp(p.d2d_sigma * rng.normal()));
        set_conductance(c, g);
        return c;
    }
    double current_A(const Cell& c, double v) const { return c.g_S * v; }
    double read_noise_A2(const Cell& c, double v) const { return p.read_noise * p.read_noise * c.g_S * v * c.g_S * v; }
    WidthLaw width_law(Second width) const { return {p, width.si, p.c2c > 0}; }
    PulseLaw pulse_law(Volt v, Second width) const { return {width_law(width), v}; }
    CircuitLaw circuit_law(Second, Siemens g) const {
        Cell cell;
        set_conductance(cell, g);
        const auto window = [this](const char* leaves) {  // the state's distance from the end that it leaves
            if (p.boundary == Boundary::hard) return std::string("1");
            return fmt::format("(1-pow(abs({}),{}))", p.boundary == Boundary::joglekar ? "2*@s-1" : leaves, 2 * p.boundary_p);
        };
        const std::string resistance = p.resistance == Resistance::linear
                                           ? fmt::format("({:.17g}+{:.17g}*@s)", p.r_on.si, p.r_off.si - p.r_on.si)
                                           : fmt::format("({:.17g}*exp({:.17g}*@s))", p.r_on.si, std::log(p.r_off.si / p.r_on.si));
        CircuitLaw law;
        law.state = "x, 0 at r_on to 1 at r_off", law.current = "@v/" + resistance, law.conductance = "1/" + resistance,
        law.start = double{cell.x};
        law.rate = fmt::format(
            "(@v>{0:.17g}?{1:.17g}*pow(max(@v/{0:.17g}-1,0),{2:.17g})*{3}:(@v<{4:.17g}?{5:.17g}*pow(max(@v/"
            "({4:.17g})-1,0),{6:.17g})*{7}:0))",
            -p.v_on.si, p.k_on / p.length.si, p.a_on, window("1-@s"), -p.v_off.si, p.k_off / p.length.si, p.a_off, window("@s"));
        law.note = "any pulse";
        return law;
    }
};

}  // namespace
GANBAR_DEVICE_MODEL(vteam, Vteam)
}  // namespace ganbar
