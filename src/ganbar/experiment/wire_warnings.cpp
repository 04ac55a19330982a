#include "ganbar/experiment/wire_warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ganbar/circuit/programming.h"

namespace ganbar {
namespace {

/// Mean change of mid-window cells under one pulse.
double mean_move_S(const Experiment& e, double v_V) {
    constexpr std::size_t n = 256;
    const auto cells = e.device.make(n);
    const auto [lo, hi] = cells->window();
    std::vector<float> before(n, static_cast<float>(0.5 * (lo.si + hi.si))), after(n);
    cells->fabricate(before, Rng(1));
    cells->program_at(0, std::vector<float>(n, static_cast<float>(v_V)), e.rule.pulses->width, EnergyRule::ohmic, Rng(2));
    cells->conductance(0, after);
    double sum = 0;
    for (std::size_t k = 0; k < n; ++k) sum += static_cast<double>(after[k]) - static_cast<double>(before[k]);
    return std::abs(sum) / static_cast<double>(n);
}

/// What keeps wires.programming = "batched" from doing anything.
std::string unbatched(const Experiment& e, double v_max_V) {
    if (e.wires.write.programming != Programming::batched) return "";
    if (std::string why = not_batched(e.wires.write, e.wires.lines); !why.empty()) return why;
    constexpr std::size_t n = 16;
    const auto cells = e.device.make(n);
    const auto [lo, hi] = cells->window();
    cells->fabricate(std::vector<float>(n, static_cast<float>(0.5 * (lo.si + hi.si))), Rng(1));
    return not_batched(*cells, 0, n, v_max_V);
}

}  // namespace

std::vector<std::string> wire_warnings(const Experiment& e) {
    std::vector<std::string> out;
    if (!e.wires.exact(e.wires.program) || !e.rule.pulses) return out;
    const RulePulses& p = *e.rule.pulses;
    const double highest = 1 + (p.growth.si > 0 ? p.growth.si / p.set.si : 0.0);
    if (const std::string why = unbatched(e, highest * std::max(std::abs(p.set.si), std::abs(p.reset.si))); !why.empty())
        out.push_back(fmt::format("wires: {} are written in sequence: wires.programming = \"batched\" changes nothing here", why));
    for (const auto& [name, v] : {std::pair{"set", p.set.si}, {"reset", p.reset.si}}) {
        const double whole = mean_move_S(e, v), weakened = mean_move_S(e, 0.95 * highest * v);
        if (whole > 0 && weakened == 0) {
            out.push_back(fmt::format(
                "wires: a {} pulse of {} V moves cells, 95% of it moves none; any voltage lost along the wires leaves every cell unmoved. "
                "Lower device.threshold: \"0.4 V\" keeps the range of reads safe, \"0 V\" lets every pulse act",
                name, v));
            continue;
        }
        const double part = e.wires.write.scheme == Scheme::third ? 1.0 / 3 : 0.5;
        const bool gated =
            e.tile.cell.selector.has_gate();  // closed rows are not exposed; those of the row are, unless its other bit lines follow it
        const double exposures = gated ? (e.wires.write.scheme == Scheme::inhibit ? 0.0 : 1.0)
                                       : static_cast<double>(e.tile.rows) * (e.wires.write.scheme == Scheme::third ? 1.0 : 0.5);
        const double disturbed = exposures * mean_move_S(e, part * v);
        if (whole > 0 && disturbed > 0.5 * whole)
            out.push_back(fmt::format(
                "wires: half-selected cells are exposed so often that an update moves them {:.2g} times as far as a whole {} pulse; "
                "V/3, smaller arrays, a lower amplitude or error feedback (train.manhattan.feedback) bound this",
                disturbed / whole, name));
    }
    return out;
}

}  // namespace ganbar
