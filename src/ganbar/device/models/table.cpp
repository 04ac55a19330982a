// A measured device as a table: what one pulse does, by conductance, amplitude and width, with its noise and spread. `ganbar device fit`
// writes such tables from measured pulses (docs/devices.md).
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numeric>

#include "ganbar/device/device_registry.h"
#include "ganbar/device/fast_math.h"
#include "ganbar/device/monotone_cubic.h"

namespace ganbar {
namespace {

/// dG = m(G, V, t) (1 + z r(G)) + c2c s(G, V, t) n: m, s monotone cubic in G and V and linear in log t between the points of the table, r
/// monotone cubic in G; z is the device's own N(0,1), one each for set and reset, n a pulse's. log_normal: exp(z r) in place of 1 + z r.
struct Table {
    using List = std::vector<double>;
    enum class Spread : std::uint8_t { normal, log_normal };
    enum class Iv : std::uint8_t { linear, sinh, power };

    struct Params {
        Siemens g_min{150e-6}, g_max{300e-6};
        Volt threshold{0.5};
        List g{150e-6, 187.5e-6, 225e-6, 262.5e-6, 300e-6};
        List v_set{0.8, 1.2}, t_set{5e-8, 1e-5};
        List dg_set{1.2e-6, 1.1e-6, 0.9e-6, 0.6e-6, 0.3e-6, 2.4e-6, 2.2e-6, 1.8e-6, 1.2e-6, 0.6e-6,
                    2.4e-6, 2.2e-6, 1.8e-6, 1.2e-6, 0.6e-6, 4.8e-6, 4.4e-6, 3.6e-6, 2.4e-6, 1.2e-6};
        List v_reset{0.8, 1.2}, t_reset{5e-8, 1e-5};
        List dg_reset{-0.3e-6, -0.6e-6, -0.9e-6, -1.1e-6, -1.2e-6, -0.6e-6, -1.2e-6, -1.8e-6, -2.2e-6, -2.4e-6,
                      -0.6e-6, -1.2e-6, -1.8e-6, -2.2e-6, -2.4e-6, -1.2e-6, -2.4e-6, -3.6e-6, -4.4e-6, -4.8e-6};
        double c2c = 1;
        List noise_set = List(20, 1e-7), noise_reset = List(20, 1e-7);
        OnOff d2d = OnOff::on;
        Spread spread = Spread::normal;
        List spread_set = List(5, 0.1), spread_reset = List(5, 0.1);
        double spread_correlation = 0;
        Iv iv = Iv::linear;
        double iv_b = 1;
        Volt iv_scale{1};
        double iv_power = 2, read_noise = 0;
        static Schema<Params> schema();
    };
    static const char* doc() {
        return "A device from its measured pulses: the step of a pulse stands in a table over conductance, amplitude and width, with the "
               "noise from "
               "pulse to pulse and the spread between devices. Monotone cubic between the points; beyond the outer amplitudes and widths "
               "the outer "
               "values hold, and between `threshold` and the lowest amplitude the step falls linearly to nothing. `ganbar device fit` "
               "writes such a table; the default numbers are an example.";
    }

    struct Cell {
        float g_S = 0;
        float z[2] = {0, 0};  ///< this device's place in the spread of its set steps, of its reset steps
    };

    /// What is known at a node of the fine, even grid in G: step, noise, relative spread; and how each goes on to the next node.
    struct alignas(32) Node {
        float mean_S = 0, noise_S = 0, spread = 0;
        float mean_rise_S = 0, noise_rise_S = 0, spread_rise = 0, unused[2] = {0, 0};
        Node mix(const Node& b, float u) const {
            return {mean_S + u * (b.mean_S - mean_S),
                    noise_S + u * (b.noise_S - noise_S),
                    spread + u * (b.spread - spread),
                    mean_rise_S + u * (b.mean_rise_S - mean_rise_S),
                    noise_rise_S + u * (b.noise_rise_S - noise_rise_S),
                    spread_rise + u * (b.spread_rise - spread_rise)};
        }
    };
    static constexpr std::size_t n_fine = 257, per_interval = 8;  ///< nodes in G; rows an interval of amplitudes is cut into
    using Row = std::array<Node, n_fine>;
    static void find_rises(Row& row) {
        for (std::size_t i = 0; i + 1 < n_fine; ++i)
            row[i].mean_rise_S = row[i + 1].mean_S - row[i].mean_S, row[i].noise_rise_S = row[i + 1].noise_S - row[i].noise_S,
            row[i].spread_rise = row[i + 1].spread - row[i].spread;
    }

    /// One polarity, resampled: rows by amplitude for each width.
    struct Branch {
        List volts;                          ///< of the fine rows
        std::vector<std::vector<Row>> rows;  ///< [width][fine amplitude]
        List log_t;
    };
    struct Grid {
        Branch set, reset;
        float g_lo = 0, per_S = 0;
    };
    /// Where an amplitude lies among the rows; the rows below the first amplitude fall to nothing at the threshold.
    struct Place {
        std::size_t row = 0;
        float u = 0;     ///< way to the next row
        float weak = 1;  ///< factor of the mean and the noise
    };

    struct WidthLaw {
        std::shared_ptr<const Grid> grid;
        std::shared_ptr<const std::vector<Row>> set, reset;  ///< rows at this width
        double threshold = 0;
        float g_min = 0, g_max = 0, c2c = 0, g_lo = 0, per_S = 0;
        bool log_normal = false, random = false;

        Place place(float v) const {
            const List& volts = (v > 0 ? grid->set : grid->reset).volts;
            const double a = std::abs(double{v});
            if (a <= volts.front())
                return {0, 0,
                        volts.front() > threshold ? static_cast<float>(std::clamp((a - threshold) / (volts.front() - threshold), 1e-3, 1.0))
                                                  : 1};
            if (a >= volts.back()) return {volts.size() - 1, 0, 1};
            const auto i = static_cast<std::size_t>(std::upper_bound(volts.begin(), volts.end(), a) - volts.begin()) - 1;
            return {i, static_cast<float>((a - volts[i]) / (volts[i + 1] - volts[i])), 1};
        }
        void apply(Cell& c, float v, PulseDraw draw) const {
            if (!reaches(v, threshold)) return;
            const Place at = place(v);
            const std::vector<Row>& rows = v > 0 ? *set : *reset;
            const Row& row = rows[at.row];
            const auto [i, w] = locate(c.g_S);
            const std::size_t down = v < 0;  // an index, not a branch: signs are random
            if (at.u > 0) move(c, row[i].mix(rows[at.row + 1][i], at.u), w, at.weak, c.z[down], draw);
            else move(c, row[i], w, at.weak, c.z[down], draw);
        }
        struct Between {
            std::size_t i;  ///< node below, or the last
            float w;        ///< way to the next
        };
        Between locate(float g_S) const {
            const float x = std::max(0.0f, std::min((g_S - g_lo) * per_S, n_fine - 1.0f));
            const auto i = static_cast<std::int32_t>(x);  // the last node rises by 0
            return {static_cast<std::size_t>(i), x - static_cast<float>(i)};
        }
        void move(Cell& c, const Node& at, float w, float weak, float z, PulseDraw draw) const {
            float dg = at.mean_S + w * at.mean_rise_S;
            const float r = z * (at.spread + w * at.spread_rise);
            dg *= log_normal ? fast::exp(r) : 1 + r;
            if (random) dg += c2c * (at.noise_S + w * at.noise_rise_S) * draw.a;
            c.g_S = std::max(std::min(c.g_S, g_min), std::min(c.g_S + weak * dg, std::max(c.g_S, g_max)));
        }
    };
    /// A fixed pulse: the row of its amplitude, mixed once for all cells.
    struct PulseLaw {
        WidthLaw law;
        std::shared_ptr<const Row> row;
        float weak = 1;
        std::uint32_t down = 0;
        bool inert = true, random = false;
        void apply(Cell& c, PulseDraw draw) const {
            if (inert) return;
            const auto [i, w] = law.locate(c.g_S);
            law.move(c, (*row)[i], w, weak, c.z[down], draw);
        }
    };

    Params p;
    std::shared_ptr<const Grid> grid;

    explicit Table(Params params) : p(std::move(params)) {
        check();
        Grid made;
        made.g_lo = static_cast<float>(p.g.front());
        made.per_S = static_cast<float>((n_fine - 1) / (p.g.back() - p.g.front()));
        made.set = branch(p.v_set, p.t_set, p.dg_set, p.noise_set, p.spread_set);
        made.reset = branch(p.v_reset, p.t_reset, p.dg_reset, p.noise_reset, p.spread_reset);
        grid = std::make_shared<const Grid>(std::move(made));
    }
    Window window() const { return {p.g_min, p.g_max}; }
    std::optional<Coverage> own_coverage() const {
        const auto [t_lo, t_hi] = std::minmax({p.t_set.front(), p.t_set.back(), p.t_reset.front(), p.t_reset.back()});
        return Coverage{{p.v_set.front()}, {p.v_set.back()}, {p.v_reset.front()},     {p.v_reset.back()}, {t_lo}, {t_hi},
                        {p.g.front()},     {p.g.back()},     "the table's own points"};
    }
    Cell fresh_cell(Siemens g, Rng& rng) const {
        if (p.d2d == OnOff::off) return {static_cast<float>(g.si)};
        const double a = rng.normal(), b = rng.normal(), r = p.spread_correlation;
        return {static_cast<float>(g.si), {static_cast<float>(a), static_cast<float>(r * a + std::sqrt(1 - r * r) * b)}};
    }
    double current_A(const Cell& c, double v) const {
        if (p.iv == Iv::linear) return c.g_S * v;
        if (p.iv == Iv::sinh) return c.g_S * std::sinh(p.iv_b * v) / p.iv_b;
        return c.g_S * v * (1 + std::pow(std::abs(v) / p.iv_scale.si, p.iv_power));
    }
    double read_noise_A2(const Cell& c, double v) const { return p.read_noise * p.read_noise * c.g_S * v * c.g_S * v; }
    WidthLaw width_law(Second t) const {
        WidthLaw law = bare_law();
        law.set = rows_at(grid->set, t.si), law.reset = rows_at(grid->reset, t.si);
        return law;
    }
    PulseLaw pulse_law(Volt v, Second t) const {
        PulseLaw law{bare_law(), nullptr, 1, v.si<0, !reaches(v.si, p.threshold.si), p.c2c> 0};
        if (law.inert) return law;
        const auto rows = rows_at(v.si > 0 ? grid->set : grid->reset, t.si);
        const Place at = law.law.place(static_cast<float>(v.si));
        law.weak = at.weak;
        law.row = std::shared_ptr<const Row>(rows, &(*rows)[at.row]);
        if (!(at.u > 0)) return law;
        auto mixed = std::make_shared<Row>(*law.row);
        for (std::size_t i = 0; i < n_fine; ++i) (*mixed)[i] = (*mixed)[i].mix((*rows)[at.row + 1][i], at.u);
        find_rises(*mixed);
        law.row = std::move(mixed);
        return law;
    }

private:
    /// A law without its rows.
    WidthLaw bare_law() const {
        return {grid,
                nullptr,
                nullptr,
                p.threshold.si,
                static_cast<float>(p.g_min.si),
                static_cast<float>(p.g_max.si),
                static_cast<float>(p.c2c),
                grid->g_lo,
                grid->per_S,
                p.spread == Spread::log_normal,
                p.c2c > 0};
    }
    Branch branch(const List& v, const List& t, const List& dg, const List& noise, const List& spread) const;
    std::shared_ptr<const std::vector<Row>> rows_at(const Branch& b, double t_s) const;
    void check() const;
    void check_axis(const char* name, const List& axis, std::size_t least) const;
};

Schema<Table::Params> Table::Params::schema() {
    using namespace literals;
    const Source own = assumed("an example without a device behind it; `ganbar device fit` writes measured ones");
    const double big = 1;  // siemens; a step of one pulse
    return {
        param("g_min", &Params::g_min, Siemens{0}, 10_S, "lower end of the window", own),
        param("g_max", &Params::g_max, Siemens{1e-15}, 10_S, "upper end of the window", own),
        param("threshold", &Params::threshold, Volt{0}, 100_V,
              "pulses below this magnitude do nothing; from here to the lowest amplitude of the table the step grows linearly", own),
        param("g", &Params::g, 0.0, 10.0, "conductances of the table (S), ascending", own),
        param("v_set", &Params::v_set, 1e-6, 100.0, "amplitudes of set pulses (V), ascending", own),
        param("t_set", &Params::t_set, 1e-15, 1e6, "widths of set pulses (s), ascending", own),
        param("dg_set", &Params::dg_set, -big, big,
              "mean step of a set pulse (S): for each width and each amplitude one value a conductance, in that order", own),
        param("v_reset", &Params::v_reset, 1e-6, 100.0, "amplitudes of reset pulses as magnitudes (V), ascending", own),
        param("t_reset", &Params::t_reset, 1e-15, 1e6, "widths of reset pulses (s), ascending", own),
        param("dg_reset", &Params::dg_reset, -big, big, "mean step of a reset pulse (S, negative), ordered as dg_set", own),
        param("c2c", &Params::c2c, 0.0, 100.0, "factor of the noise from pulse to pulse: 1 as in noise_set and noise_reset, 0 none", own),
        param("noise_set", &Params::noise_set, 0.0, big,
              "standard deviation of a set pulse's step from cycle to cycle (S), ordered as dg_set", own),
        param("noise_reset", &Params::noise_reset, 0.0, big,
              "standard deviation of a reset pulse's step from cycle to cycle (S), ordered as dg_reset", own),
        choice("d2d", &Params::d2d, {"off", "on"}, "device-to-device variation of the steps", own),
        choice("spread", &Params::spread, {"normal", "log_normal"}, "a device's factor on its steps: 1 + z r, or exp(z r)", own),
        param("spread_set", &Params::spread_set, 0.0, 10.0, "r of set pulses, one a conductance of the table", own),
        param("spread_reset", &Params::spread_reset, 0.0, 10.0, "r of reset pulses, one a conductance of the table", own),
        param("spread_correlation", &Params::spread_correlation, -1.0, 1.0, "correlation of z between set and reset", own),
        choice("iv", &Params::iv, {"linear", "sinh", "power"}, "static current: G V; G sinh(b V)/b; G V (1 + (|V|/scale)^power)", own),
        param("iv_b", &Params::iv_b, 1e-6, 100.0, "b of iv = sinh (1/V)", own),
        param("iv_scale", &Params::iv_scale, Volt{1e-3}, Volt{1e6}, "voltage at which iv = power doubles the ohmic current", own),
        param("iv_power", &Params::iv_power, 0.1, 20.0, "power of iv = power", own),
        param("read_noise", &Params::read_noise, 0.0, 1.0, "standard deviation of a read relative to the current", own),
    };
}

void Table::check_axis(const char* name, const List& axis, std::size_t least) const {
    if (axis.size() < least)
        throw ConfigError(std::string("table: ") + name + " has " + std::to_string(axis.size()) + " values; expected at least " +
                          std::to_string(least));
    if (axis.size() > 4096)
        throw ConfigError(std::string("table: ") + name + " has " + std::to_string(axis.size()) + " values; expected at most 4096");
    for (std::size_t i = 1; i < axis.size(); ++i)
        if (!(axis[i] > axis[i - 1]))
            throw ConfigError(std::string("table: value ") + std::to_string(i + 1) + " of " + name +
                              " is not above the one before it; expected ascending values");
}

void Table::check() const {
    if (p.g_min >= p.g_max) throw ConfigError("table: g_min must be below g_max");
    check_axis("g", p.g, 2);
    check_axis("v_set", p.v_set, 1), check_axis("v_reset", p.v_reset, 1), check_axis("t_set", p.t_set, 1),
        check_axis("t_reset", p.t_reset, 1);
    const auto sized = [](const char* name, const List& list, std::size_t due, const char* product) {
        if (list.size() != due)
            throw ConfigError(std::string("table: ") + name + " has " + std::to_string(list.size()) + " values; expected " +
                              std::to_string(due) + ", " + product);
    };
    const std::size_t set = p.g.size() * p.v_set.size() * p.t_set.size(), reset = p.g.size() * p.v_reset.size() * p.t_reset.size();
    sized("dg_set", p.dg_set, set, "one for each of g in each of v_set in each of t_set");
    sized("noise_set", p.noise_set, set, "as many as dg_set");
    sized("dg_reset", p.dg_reset, reset, "one for each of g in each of v_reset in each of t_reset");
    sized("noise_reset", p.noise_reset, reset, "as many as dg_reset");
    sized("spread_set", p.spread_set, p.g.size(), "as many as g");
    sized("spread_reset", p.spread_reset, p.g.size(), "as many as g");
    if (set > 100000 || reset > 100000)
        throw ConfigError("table: more than 100000 values; expected fewer conductances, amplitudes or widths");
    for (std::size_t i = 0; i < set; ++i)
        if (p.dg_set[i] < 0)
            throw ConfigError("table: value " + std::to_string(i + 1) +
                              " of dg_set is negative; expected 0 or more, as set raises the conductance");
    for (std::size_t i = 0; i < reset; ++i)
        if (p.dg_reset[i] > 0)
            throw ConfigError("table: value " + std::to_string(i + 1) +
                              " of dg_reset is positive; expected 0 or less, as reset lowers the conductance");
}

Table::Branch Table::branch(const List& v, const List& t, const List& dg, const List& noise, const List& spread) const {
    const std::size_t n_g = p.g.size(), n_v = v.size();
    Branch out;
    for (std::size_t k = 0; k + 1 < n_v; ++k)
        for (std::size_t s = 0; s < per_interval; ++s)
            out.volts.push_back(v[k] + (v[k + 1] - v[k]) * static_cast<double>(s) / per_interval);
    out.volts.push_back(v.back());
    for (const double width : t) out.log_t.push_back(std::log(width));
    const MonotoneCubic relative(p.g, spread);
    for (std::size_t w = 0; w < t.size(); ++w) {
        std::vector<Row> rows(out.volts.size());
        std::vector<MonotoneCubic> means, noises;
        for (std::size_t k = 0; k < n_v; ++k) {
            means.emplace_back(p.g, std::span(dg).subspan((w * n_v + k) * n_g, n_g));
            noises.emplace_back(p.g, std::span(noise).subspan((w * n_v + k) * n_g, n_g));
        }
        List mean_at(n_v), noise_at(n_v);
        for (std::size_t i = 0; i < n_fine; ++i) {
            const double g = p.g.front() + (p.g.back() - p.g.front()) * static_cast<double>(i) / (n_fine - 1);
            for (std::size_t k = 0; k < n_v; ++k) mean_at[k] = means[k](g), noise_at[k] = noises[k](g);
            const MonotoneCubic by_mean(v, mean_at), by_noise(v, noise_at);
            for (std::size_t r = 0; r < rows.size(); ++r)
                rows[r][i] = {static_cast<float>(by_mean(out.volts[r])), static_cast<float>(by_noise(out.volts[r])),
                              static_cast<float>(relative(g))};
        }
        for (auto& row : rows) find_rises(row);
        out.rows.push_back(std::move(rows));
    }
    return out;
}

std::shared_ptr<const std::vector<Table::Row>> Table::rows_at(const Branch& b, double t_s) const {
    const double x = std::log(t_s);
    const auto whole = [this, &b](std::size_t w) { return std::shared_ptr<const std::vector<Row>>(grid, &b.rows[w]); };
    if (x <= b.log_t.front()) return whole(0);
    if (x >= b.log_t.back()) return whole(b.log_t.size() - 1);
    const auto w = static_cast<std::size_t>(std::upper_bound(b.log_t.begin(), b.log_t.end(), x) - b.log_t.begin()) - 1;
    const auto u = static_cast<float>((x - b.log_t[w]) / (b.log_t[w + 1] - b.log_t[w]));
    if (u <= 0) return whole(w);
    auto mixed = std::make_shared<std::vector<Row>>(b.rows[w]);
    for (std::size_t r = 0; r < mixed->size(); ++r)
        for (std::size_t i = 0; i < n_fine; ++i) (*mixed)[r][i] = (*mixed)[r][i].mix(b.rows[w + 1][r][i], u);
    for (auto& row : *mixed) find_rises(row);
    return mixed;
}

}  // namespace
GANBAR_DEVICE_MODEL(table, Table)
}  // namespace ganbar
