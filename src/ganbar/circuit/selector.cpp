#include "ganbar/circuit/selector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ganbar/core/root_sum_square.h"

namespace ganbar {
namespace {

double thermal_V(const Selector& s) { return s.n * constants::boltzmann_J_per_K * s.temperature.si / constants::elementary_charge_C; }

/// F and its derivative.
double beyond(double e, double vt) { return std::max(e - vt, 0.0); }

SelectorPoint square_law(const Selector& s, double x, double gate, double bit) {
    const double source = beyond(gate - bit, s.vt.si), drain = beyond(gate - bit - x, s.vt.si);
    const double apart = source > 0 && drain > 0 ? x : source - drain;  // without the digits that the gate's voltage takes
    return {0.5 * s.k * apart * (source + drain) + s.g_off.si * x, s.k * drain + s.g_off.si, s.k * apart};
}

/// s(y) / width and its derivative.
void rounded_corner(double y, double& value, double& slope) {
    value = y > 30 ? y : std::log1p(std::exp(y));
    slope = y > 30 ? 1 : 1 / (1 + std::exp(-y));
}

SelectorPoint threshold(const Selector& s, double x) {
    const double w = s.width.si, rise = s.g_on.si - s.g_off.si;
    double up = 0, up_slope = 0, down = 0, down_slope = 0;
    rounded_corner((x - s.v_th.si) / w, up, up_slope), rounded_corner((-x - s.v_th.si) / w, down, down_slope);
    return {s.g_off.si * x + rise * w * (up - down), s.g_off.si + rise * (up_slope + down_slope), 0};
}

}  // namespace

const std::vector<std::string>& cell_type_names() {
    static const std::vector<std::string> names{"passive", "1t1r", "1s1r", "1d1r"};
    return names;
}

Schema<Selector> Selector::schema() {
    using S = Selector;
    const Siemens none{0}, most{1};
    Schema<S> out{
        choice("type", &S::type, cell_type_names(),
               "what a cell is: the memristor alone, or with a transistor, a selector or a diode between it and the bit line",
               assumed("passive, as satyam2022's arrays")),
        choice("transistor", &S::transistor, {"switch", "square_law"},
               "1t1r: a switch with its on-resistance, or the long-channel square law",
               assumed("the simplest that tells reads from leakage")),
        param("r_on", &S::r_on, Ohm{0.0}, Ohm{1e9}, "1t1r, switch: resistance while the gate line is above vt",
              derived("420 ohm: k and vt as here with a gate at 2.5 V, 1/(k (2.5 V - vt))")),
        param("vt", &S::vt, Volt{-10.0}, Volt{10.0}, "1t1r: threshold voltage",
              assumed("0.43 V: the 0.25 um NMOS that textbooks use (after Rabaey, Chandrakasan, Nikolic, Digital Integrated Circuits; not "
                      "looked up)")),
        param("k", &S::k, 1e-12, 1e3, "1t1r, square_law: transconductance parameter of the transistor, k' W/L",
              assumed("115 uA/V2 for the transistor of vt (from the same book, not looked up), ten times as wide as long")),
        choice("selector", &S::selector, {"exponential", "threshold"}, "1s1r: i_0 sinh(x/v_0), or two straight lines that meet at v_th",
               assumed("as mixed ionic-electronic conductors")),
        param("i_0", &S::i_0, Ampere{1e-30}, Ampere{1.0}, "1s1r, exponential: scale of the current", assumed("10 fA: some 10 nA at 0.5 V")),
        param("v_0", &S::v_0, Volt{1e-3}, Volt{10.0}, "1s1r, exponential: voltage for a factor e", assumed("37 mV: 85 mV a decade")),
        param("v_th", &S::v_th, Volt{0.0}, Volt{10.0}, "1s1r, threshold: where it opens", assumed("0.5 V")),
        param("width", &S::width, Volt{1e-4}, Volt{1.0}, "1s1r, threshold: how round the corner is", assumed("10 mV")),
        param("g_on", &S::g_on, none, Siemens{1e3}, "1s1r, threshold: slope when open, at least g_off", assumed("100 ohm")),
        param("i_s", &S::i_s, Ampere{1e-30}, Ampere{1.0}, "1d1r: saturation current", assumed("1 pA")),
        param("n", &S::n, 0.5, 100.0, "1d1r: ideality", assumed("between 1, diffusion, and 2, recombination")),
        param("temperature", &S::temperature, Kelvin{1.0}, Kelvin{2000.0}, "1d1r: of the thermal voltage kT/q",
              assumed("room temperature")),
        param("g_off", &S::g_off, none, most, "leakage beside the element, whatever its state", assumed("0.1 nA at 1 V")),
    };
    for (auto& p : out)
        if (p.info.name == "k") p.info.unit = "A/V2";
    return out;
}

Schema<CellParams> CellParams::schema() {
    using C = CellParams;
    Schema<C> out;
    for (const auto& part : Selector::schema())
        out.push_back({part.info, [set = part.set](C& c, const Value& v) { set(c.selector, v); },
                       [get = part.get](const C& c) { return get(c.selector); }});
    out.push_back(param("v_gate", &C::v_gate, Volt{0}, Volt{10}, "1t1r: gate lines of the rows in use; the others lie at 0 V",
                        assumed("2.5 V: usual supply of the 0.25 um process of vt")));
    out.push_back(param("c_gate", &C::c_gate, Farad{0}, Farad{1e-9}, "1t1r: capacitance of one cell's gate with its part of the line",
                        assumed("4 fF: 3.75 of 2.5 um x 0.25 um under 5.8 nm of oxide, and the line")));
    out.push_back(param("active_area", &C::active_area, SquareMetre{0}, SquareMetre{1e-6}, "1t1r: footprint of a cell with its transistor",
                        assumed("3 (W/L + 1) F2, the layout rule of NVSim (Dong, Xu, Xie, Jouppi, IEEE TCAD 31, 994, 2012; not looked up) "
                                "with W/L = 10, F = 0.25 um")));
    return out;
}

std::vector<std::string> Selector::keys() const {
    switch (type) {
        case CellType::passive: return {};
        case CellType::transistor:
            return transistor == Transistor::on_off ? std::vector<std::string>{"transistor", "r_on", "vt", "g_off"}
                                                    : std::vector<std::string>{"transistor", "vt", "k", "g_off"};
        case CellType::selector:
            return selector == Law::exponential ? std::vector<std::string>{"selector", "i_0", "v_0", "g_off"}
                                                : std::vector<std::string>{"selector", "v_th", "width", "g_on", "g_off"};
        case CellType::diode: return {"i_s", "n", "temperature", "g_off"};
    }
    return {};
}

SelectorPoint Selector::point(double x, double gate, double bit) const {
    switch (type) {
        case CellType::passive: break;
        case CellType::transistor: {
            if (transistor == Transistor::square_law) return square_law(*this, x, gate, bit);
            const double g = gate > vt.si ? 1 / r_on.si : g_off.si;
            return {g * x, g, 0};
        }
        case CellType::selector: {
            if (selector == Law::threshold) return threshold(*this, x);
            const double s = std::sinh(x / v_0.si);
            return {i_0.si * s + g_off.si * x, i_0.si / v_0.si * root_sum_square(1.0, s) + g_off.si, 0};
        }
        case CellType::diode: {
            const double v = thermal_V(*this), e = std::expm1(x / v);
            return {i_s.si * e + g_off.si * x, i_s.si / v * (1 + e) + g_off.si, 0};
        }
    }
    return {};
}

double Selector::most_voltage(double i, double gate) const {
    if (type == CellType::transistor && transistor == Transistor::on_off) return gate > vt.si ? i * r_on.si : i / g_off.si;
    if (type == CellType::selector && selector == Law::exponential) return v_0.si * std::asinh(i / i_0.si);
    if (type == CellType::diode && i >= 0) return thermal_V(*this) * std::log1p(i / i_s.si);
    return std::copysign(std::numeric_limits<double>::infinity(), i);
}

void validate(const Selector& s) {
    for (const auto& p : Selector::schema())
        if (p.info.type == ParamType::real && !(std::get<double>(p.get(s)) >= p.info.lo && std::get<double>(p.get(s)) <= p.info.hi))
            throw ConfigError(
                fmt::format("{} = {} {}; expected {} to {}", p.info.name, std::get<double>(p.get(s)), p.info.unit, p.info.lo, p.info.hi));
    const bool on_off = s.type == CellType::transistor && s.transistor == Selector::Transistor::on_off;
    if (on_off && !(s.r_on.si > 0)) throw ConfigError("r_on = 0 ohm; expected a resistance > 0: a cell without one is passive");
    if (s.type == CellType::selector && s.selector == Selector::Law::threshold && !(s.g_on.si >= s.g_off.si && s.g_on.si > 0))
        throw ConfigError(fmt::format("g_on = {} S lies below g_off = {} S; expected a selector that opens", s.g_on.si, s.g_off.si));
    if (s.type != CellType::passive && !(s.g_off.si > 0) && (s.type == CellType::transistor || s.type == CellType::selector))
        throw ConfigError(
            "g_off = 0 S; expected a leakage > 0, for example \"1 pS\": a closed cell would leave its memristor without a voltage");
}

}  // namespace ganbar
