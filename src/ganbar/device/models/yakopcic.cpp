// Yakopcic, Taha, Subramanyam, Pino, Rogers, "A memristor device model", IEEE Electron Device Lett. 32 (2011) 1436, and "Generalized
// memristive device SPICE model and its application in circuit design", IEEE TCAD 32 (2013) 1201; parameter sets as listed below.
#include <fmt/format.h>

#include "ganbar/device/device_registry.h"
#include "ganbar/device/fast_math.h"
#include "ganbar/device/preset.h"
#include "ganbar/device/state_flow.h"

namespace ganbar {
namespace {

///   I = a1 x sinh(b V), V >= 0;  a2 x sinh(b V), V < 0;   small-signal conductance a1 b x
///   dx/dt = A_p (e^V - e^V_p) f(x), V > V_p;  -A_n (e^-V - e^V_n) f(x), V < -V_n;  else 0
///   f = 1 except close to the end it moves to: exp(-alpha_p (x - x_p)) (1 - x)/(1 - x_p), x > x_p, upwards;
///   exp(alpha_n (x + x_n - 1)) x/(1 - x_n), x < 1 - x_n, downwards
struct Yakopcic {
    enum class Set : std::uint8_t { boise, aguirre, michigan, hp_sine };
    struct Params {
        Set set = Set::boise;
        double a1, a2, b, rate_p, rate_n, x_p, x_n, alpha_p, alpha_n, x_min = 0.01, x_max = 0.99;
        Volt v_p, v_n;
        double max_step = 0.02;
        OnOff d2d = OnOff::off;
        double d2d_sigma = 0.1, c2c = 0, read_noise = 0;
        Params() { load(set); }
        void assign(double a1_, double a2_, double b_, double v_p_, double v_n_, double rate_p_, double rate_n_, double x_p_, double x_n_,
                    double alpha_p_, double alpha_n_) {
            a1 = a1_, a2 = a2_, b = b_, v_p.si = v_p_, v_n.si = v_n_, rate_p = rate_p_, rate_n = rate_n_;
            x_p = x_p_, x_n = x_n_, alpha_p = alpha_p_, alpha_n = alpha_n_;
        }
        void load(Set which) {
            switch (which) {
                case Set::boise: return assign(0.17, 0.17, 0.05, 0.16, 0.15, 4000, 4000, 0.3, 0.5, 1, 5);
                case Set::aguirre: return assign(7e-5, 7e-5, 1.9, 0.4, 0.3, 1, 1, 0.9, 0.7, 3, 8);
                case Set::michigan: return assign(3.7e-7, 4.35e-7, 0.7, 1.5, 0.5, 0.005, 0.08, 0.2, 0.5, 1.2, 3);
                case Set::hp_sine: return assign(0.076, 0.06, 3, 0.9, 0.2, 0.1, 10, 0.15, 0.25, 1, 4);
            }
        }
        static Schema<Params> schema() {
            using namespace literals;
            const Source sets = published("Yakopcic's model, the value of the chosen set; default set boise");
            return {
                preset_choice("set", &Params::set, {"boise", "aguirre", "michigan", "hp_sine"},
                              "parameter set: boise (Oblea's chalcogenide device; Xyce reference guide), aguirre (circuit decks of Aguirre "
                              "et al., memristive_ANN_sim), "
                              "michigan (Jo's Ag/Si device) and hp_sine (HP's TiO2 device), both as recalled from the TCAD 2013 paper",
                              sets),
                param("a1", &Params::a1, 1e-12, 1e3, "current scale for V >= 0, A", sets),
                param("a2", &Params::a2, 1e-12, 1e3, "current scale for V < 0, A", sets),
                param("b", &Params::b, 1e-6, 100.0, "curvature of the I-V, 1/V", sets),
                param("v_p", &Params::v_p, Volt{0}, 100_V, "threshold of positive pulses", sets),
                param("v_n", &Params::v_n, Volt{0}, 100_V, "threshold of negative pulses, as a magnitude", sets),
                param("rate_p", &Params::rate_p, 0.0, 1e15, "speed scale A_p of positive pulses, 1/s", sets),
                param("rate_n", &Params::rate_n, 0.0, 1e15, "speed scale A_n of negative pulses, 1/s", sets),
                param("x_p", &Params::x_p, 0.0, 0.999, "state above which upward motion slows", sets),
                param("x_n", &Params::x_n, 0.0, 0.999, "1 minus the state below which downward motion slows", sets),
                param("alpha_p", &Params::alpha_p, 0.0, 1e3, "decay of upward motion beyond x_p", sets),
                param("alpha_n", &Params::alpha_n, 0.0, 1e3, "decay of downward motion beyond 1 - x_n", sets),
                param("x_min", &Params::x_min, 0.0, 1.0, "lowest state in use", assumed("keeps a finite on/off ratio")),
                param("x_max", &Params::x_max, 0.0, 1.0, "highest state in use", assumed("upward motion stops at 1")),
                param("max_step", &Params::max_step, 1e-4, 0.25, "longest integration step, in units of x at f = 1",
                      assumed("error below 1e-6 of the range")),
                choice("d2d", &Params::d2d, {"off", "on"}, "device-to-device variation of both speeds, log-normal",
                       assumed("the sources have none")),
                param("d2d_sigma", &Params::d2d_sigma, 0.0, 3.0, "its standard deviation in ln(speed)", assumed("10%")),
                param("c2c", &Params::c2c, 0.0, 10.0, "cycle-to-cycle standard deviation of a pulse's effect, relative",
                      assumed("off: the sources have none")),
                param("read_noise", &Params::read_noise, 0.0, 1.0, "standard deviation of a read relative to the current",
                      assumed("off: the sources have none")),
            };
        }
    };
    static const char* doc() {
        return "Yakopcic's memristor: I = a x sinh(b V); the state moves by exponentials of the voltage above a threshold and slows near "
               "its ends. "
               "Four parameter sets by name; single values can be overridden. The sets differ by decades in speed: choose pulse widths to "
               "suit "
               "(boise moves 4e-4 of its range in 100 ns at 0.8 V, michigan needs milliseconds to seconds).";
    }
    struct Cell {
        float g_S = 0, x = 0, speed = 1;
    };

    struct WidthLaw {
        float x_min = 0, x_max = 1, x_p = 0, x_n = 0, alpha_p = 0, alpha_n = 0, max_step = 0, c2c = 0, siemens = 0;
        double rate_p = 0, rate_n = 0, v_p = 0, v_n = 0, e_p = 0, e_n = 0, width_s = 0;
        bool random = false;
        float dose(float v) const {
            if (v > v_p) return bounded_dose(rate_p * (std::exp(double{v}) - e_p) * width_s);
            if (v < -v_n) return -bounded_dose(rate_n * (std::exp(-double{v}) - e_n) * width_s);
            return 0;
        }
        void apply(Cell& c, float v, PulseDraw draw) const { move(c, dose(v), draw); }
        void move(Cell& c, float dose, PulseDraw draw) const {
            const float own = dose * c.speed * std::max(0.0f, 1 + c2c * draw.a);
            if (own == 0) return;
            const float x = c.x;
            if (own > 0) c.x = std::clamp(travel(x, own, x_p, alpha_p), x_min, std::max(x, x_max));
            else c.x = std::clamp(1 - travel(1 - x, -own, x_n, alpha_n), std::min(x, x_min), x_max);
            if (c.x != x) c.g_S = siemens * c.x;
        }
        /// y runs from the end it leaves (0) to the end it nears (1); free until `knee`, then slowed.
        float travel(float y, float dose, float knee, float alpha) const {
            const float free = std::clamp(knee - y, 0.0f, dose);  // split at the kink, which would spoil the order of the integration
            if (dose - free > 20000 * max_step) return travel_far(y + free, dose - free, knee, alpha);
            const float rest = 1 / (1 - knee);
            return flow(y + free, dose - free, max_step, [=](float z) { return fast::exp(-alpha * (z - knee)) * (1 - z) * rest; });
        }
        /// A dose of many steps. With u = -ln(1 - y) the slowed motion is du/ds = exp(-alpha (y - knee))/(1 - knee), so the dose that
        /// reaches u is a plain integral; it is summed by Simpson's rule, 4096 intervals up to where y is 1 in single precision.
        static float travel_far(float y, float dose, float knee, float alpha) {
            const auto y_of = [](double u) { return -std::expm1(-u); };
            const auto slowness = [&](double u) { return (1.0 - knee) * std::exp(alpha * (y_of(u) - knee)); };
            const auto needed = [&](double u, double h) { return h / 6 * (slowness(u) + 4 * slowness(u + h / 2) + slowness(u + h)); };
            constexpr double u_end = 17;
            double u = -std::log1p(-double{y}), left = dose;
            const double whole = (u_end - u) / 4096;
            if (!(whole > 0)) return y;
            for (double h = whole; u < u_end && h > 1e-9;) {  // whole intervals, then halves of the one in which the dose ends
                const double part = needed(u, h);
                if (part <= left) left -= part, u += h;
                else h /= 2;
            }
            return static_cast<float>(y_of(std::min(u, u_end)));
        }
    };
    using PulseLaw = DosedPulse<WidthLaw>;

    Params p;
    explicit Yakopcic(Params params) : p(params) {
        if (p.x_min >= p.x_max) throw ConfigError("yakopcic: x_min must be below x_max");
    }
    double siemens() const { return p.a1 * p.b; }
    Window window() const { return {{siemens() * p.x_min}, {siemens() * p.x_max}}; }
    void set_conductance(Cell& c, Siemens g) const {
        double x = g.si / siemens();
        for (const double end : {p.x_min, p.x_max})  // conductances come in single precision: one at the end is meant to be there
            if (std::abs(x - end) < 1e-6) x = end;
        c.x = static_cast<float>(std::clamp(x, p.x_min, p.x_max));
        c.g_S = static_cast<float>(siemens()) * c.x;
    }
    Cell fresh_cell(Siemens g, Rng& rng) const {
        Cell c;
        if (p.d2d == OnOff::on) c.speed = static_cast<float>(std::exp(p.d2d_sigma * rng.normal()));
        set_conductance(c, g);
        return c;
    }
    double current_A(const Cell& c, double v) const { return (v < 0 ? p.a2 : p.a1) * c.x * std::sinh(p.b * v); }
    double read_noise_A2(const Cell& c, double v) const {
        const double sigma = p.read_noise * current_A(c, v);
        return sigma * sigma;
    }
    WidthLaw width_law(Second width) const {
        const auto f = [](double value) { return static_cast<float>(value); };
        return {f(p.x_min), f(p.x_max), f(p.x_p), f(p.x_n), f(p.alpha_p),       f(p.alpha_n),       f(p.max_step), f(p.c2c), f(siemens()),
                p.rate_p,   p.rate_n,   p.v_p.si, p.v_n.si, std::exp(p.v_p.si), std::exp(p.v_n.si), width.si,      p.c2c > 0};
    }
    PulseLaw pulse_law(Volt v, Second width) const { return {width_law(width), v}; }
    CircuitLaw circuit_law(Second, Siemens g) const {
        Cell cell;
        set_conductance(cell, g);
        const auto slowed = [](const char* y, double knee, double alpha) {
            return fmt::format("({0}>{1:.17g}?exp({2:.17g}*({1:.17g}-{0}))*(1-{0})/{3:.17g}:1)", y, knee, alpha, 1 - knee);
        };
        CircuitLaw law;
        law.state = "x", law.lo = p.x_min, law.hi = p.x_max, law.start = double{cell.x};
        law.current = fmt::format("(@v<0?{:.17g}:{:.17g})*@s*sinh({:.17g}*@v)", p.a2, p.a1, p.b);
        law.conductance = fmt::format("{:.17g}*@s", siemens());
        law.rate = fmt::format("(@v>{0:.17g}?{1:.17g}*(exp(@v)-{2:.17g})*{3}:(@v<{4:.17g}?{5:.17g}*({6:.17g}-exp(-(@v)))*{7}:0))", p.v_p.si,
                               p.rate_p, std::exp(p.v_p.si), slowed("@s", p.x_p, p.alpha_p), -p.v_n.si, p.rate_n, std::exp(p.v_n.si),
                               slowed("(1-@s)", p.x_n, p.alpha_n));
        law.note = "any pulse";
        return law;
    }
};

}  // namespace
GANBAR_DEVICE_MODEL(yakopcic, Yakopcic)
}  // namespace ganbar
