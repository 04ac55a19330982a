#include "ganbar/report/estimate_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace ganbar::report {

using namespace arch;
using Json = nlohmann::ordered_json;

namespace {

Json energies(const PerComponent& v) {
    Json out = Json::object();
    for (std::size_t c = 0; c < n_components; ++c)
        if (v[c] != 0) out[to_string(static_cast<Component>(c))] = v[c];
    return out;
}
Json interval(const Interval& i) { return Json::array({i.lo, i.hi}); }

Json layers_json(const Workload& w, const Estimate& e) {
    Json out = Json::array();
    for (std::size_t i = 0; i < w.ops.size(); ++i) {
        const Op& op = w.ops[i];
        out.push_back({{"network", op.generator ? "generator" : "discriminator"},
                       {"layer", w.layer(op).name},
                       {"phase", to_string(op.phase)},
                       {"pass", to_string(op.pass)},
                       {"cycles", e.ops[i].cycles},
                       {"macs_useful", e.ops[i].macs_useful},
                       {"macs_executed", e.ops[i].macs_executed},
                       {"energy_J", energies(e.ops[i].energy_J)}});
    }
    const Json idle = energies(e.idle_J);
    if (!idle.empty())
        out.push_back({{"network", ""},
                       {"layer", ""},
                       {"phase", "idle"},
                       {"pass", ""},
                       {"cycles", 0},
                       {"macs_useful", 0},
                       {"macs_executed", 0},
                       {"energy_J", idle}});
    return out;
}

/// Operations per joule and per area, at full use and as this network uses the machine. An operation is half a multiplication with its
/// addition; the achieved ones are useful.
void add_densities(Json& j, const Estimate& e) {
    const double area = e.area_total_m2(), peak = 2 * e.peak_macs_per_s, useful = 2 * e.macs_useful;
    j["peak_op_per_s"] = peak, j["peak_power_W"] = e.peak_power_W;
    j["peak_op_per_J"] = peak / e.peak_power_W, j["achieved_op_per_J"] = useful / e.energy_J();
    j["peak_op_per_s_m2"] = peak / area, j["achieved_op_per_s_m2"] = useful / e.iteration_latency_s / area;
    j["power_density_W_m2"] = e.power_density_W_m2();
    j["above_1_W_per_mm2"] = e.power_density_W_m2() > high_power_density_W_m2;
}

/// The published figures for full use, where there are any, and why they differ or are missing.
Json published_peak_json(const PublishedPeak& p) {
    Json out = Json::object();
    if (p.op_per_J > 0) out["op_per_J"] = p.op_per_J;
    if (p.op_per_s_m2 > 0) out["op_per_s_m2"] = p.op_per_s_m2;
    out["text"] = p.text;
    return out;
}

/// Chips of the published or stated size that the machine for this network fills.
double chips(const NamedEstimate& n) { return n.entry->chip.area_m2 > 0 ? n.estimate.area_total_m2() / n.entry->chip.area_m2 : 0; }

/// What may cross between chips in an iteration when one does not hold the machine: every activation and error, in and out. Not in its time
/// and energy.
double bytes_between_chips(const NamedEstimate& n) {
    if (chips(n) <= 1.0001 || n.estimate.chip.arrays_needed > 0) return 0;
    for (const ParamRow& p : n.params)
        if (p.info.name == "input_bits") return n.estimate.words_buffer * double(std::get<Int>(p.value)) / 8;
    return 0;
}

bool on_fixed_chip(const NamedEstimate& n) { return n.estimate.chip.arrays_needed > 0; }

double reprogram_J(const Estimate& e) {
    double sum = 0;
    for (const OpCost& op : e.ops) sum += at(op.energy_J, Component::reprogram);
    return sum;
}

/// The accounts of a chip of fixed size; of the iteration.
Json fixed_chip_json(const NamedEstimate& n) {
    const ChipUse& c = n.estimate.chip;
    Json out = {{"arrays_needed", c.arrays_needed},       {"swaps", c.swaps},
                {"cells_reprogrammed", c.cells},          {"reprogram_s", c.reprogram_s},
                {"reprogram_J", reprogram_J(n.estimate)}, {"drain_s", c.drain_s}};
    for (const ParamRow& p : n.params)
        if (p.info.name == "chip_arrays") out["arrays"] = value_json(p.value);
    out["buffer_share"] = c.buffer_share, out["bytes_dram"] = c.bytes_dram, out["dram_s"] = c.dram_s, out["bytes_mesh"] = c.bytes_mesh,
    out["mesh_s"] = c.mesh_s;
    return out;
}

Json chip_json(const NamedEstimate& n) {
    const Chip& chip = n.entry->chip;
    Json out = {{"area_m2", chip.area_m2}};
    if (chip.n_arrays > 0) out["n_arrays"] = chip.n_arrays;
    if (chip.power_W > 0) out["power_W"] = chip.power_W;
    out["source"] = chip.source.text, out["kind"] = to_string(chip.source.kind), out["filled"] = chips(n);
    if (const double bytes = bytes_between_chips(n); bytes > 0) out["bytes_between_chips_at_most"] = bytes;
    if (on_fixed_chip(n)) out["fixed"] = fixed_chip_json(n);
    return out;
}

/// What a speed-up over this machine rests on: the share of its peak it reaches, and the share its model assumes where that is a parameter.
Json efficiency_json(const NamedEstimate& n) {
    Json out = {{"reached", n.estimate.utilisation()}};
    for (const ParamRow& p : n.params)
        if (p.info.name == "efficiency") out["assumed"] = value_json(p.value), out["source"] = source_of(p);
    return out;
}

/// Every uncertain parameter alone at its low and high value: ratios of time, energy and area to the estimate, strongest first.
Json sensitivity_json(const NamedEstimate& n) {
    Json out = Json::array();
    for (const Influence& f : n.uncertainty.influences) {
        Json row = {{"name", f.param}, {"lo", value_json(f.lo)}, {"hi", value_json(f.hi)}};
        for (const ParamRow& p : n.params)
            if (p.info.name == f.param) row["lo_text"] = value_text(p.info, f.lo), row["hi_text"] = value_text(p.info, f.hi);
        row["latency_ratio"] = {f.latency_lo, f.latency_hi}, row["energy_ratio"] = {f.energy_lo, f.energy_hi},
        row["area_ratio"] = {f.area_lo, f.area_hi};
        out.push_back(std::move(row));
    }
    return out;
}

}  // namespace

Json value_json(const Value& v) {
    return std::visit([](const auto& x) { return Json(x); }, v);
}

Json estimate_json(const Workload& w, const NamedEstimate& n) {
    const Estimate& e = n.estimate;
    const double energy = e.energy_J(), batch = double(w.batch);
    Json j;
    j["accelerator"] = n.name, j["network"] = w.network, j["batch"] = w.batch;
    j["iteration_cycles"] = e.iteration_cycles;
    j["iteration_latency_s"] = e.iteration_latency_s;
    j["images_per_s"] = batch / e.iteration_latency_s;
    j["iteration_energy_J"] = energy;
    j["energy_per_image_J"] = energy / batch;
    j["area_m2"] = e.area_total_m2();
    j["power_W"] = energy / e.iteration_latency_s;
    j["macs_useful"] = e.macs_useful, j["macs_executed"] = e.macs_executed, j["macs_zero_inserted"] = e.macs_zero_inserted;
    j["utilisation"] = e.utilisation();
    add_densities(j, e);
    if (e.writes_per_cell > 0) j["writes_per_cell"] = e.writes_per_cell;
    if (e.lifetime_s() > 0) j["lifetime_h"] = e.lifetime_s() / 3600;
    if (!n.warnings.empty()) j["warnings"] = n.warnings;
    j["task"] = w.task == Task::training ? "training" : "generation";
    j["steps_d"] = w.steps_d, j["cycle_s"] = e.cycle_s, j["n_arrays"] = e.n_arrays;
    j["platform"] = n.entry->platform, j["scope"] = n.entry->scope;
    j["published_for_training"] = n.entry->trains;
    j["interval"] = {{"iteration_latency_s", interval(n.uncertainty.latency_s)},
                     {"iteration_energy_J", interval(n.uncertainty.energy_J)},
                     {"area_m2", interval(n.uncertainty.area_m2)}};
    if (n.zero_skipping)
        j["zero_skipping"] = {
            {"macs_ratio", n.zero_skipping->macs}, {"latency_ratio", n.zero_skipping->latency}, {"energy_ratio", n.zero_skipping->energy}};
    if (n.entry->chip.area_m2 > 0) j["chip"] = chip_json(n);
    j["published_peak"] = published_peak_json(n.entry->peak);
    j["efficiency"] = efficiency_json(n);
    j["sensitivity"] = sensitivity_json(n);
    j["area_by_component_m2"] = energies(e.area_m2);
    j["layers"] = layers_json(w, e);
    j["assumptions"] = Json::array();
    for (const ParamRow& p : n.params)
        j["assumptions"].push_back(
            {{"name", p.info.name}, {"value", value_json(p.value)}, {"unit", p.info.unit}, {"source", source_of(p)}, {"kind", kind_of(p)}});
    return j;
}

namespace {

Json equal_power_json(const AtEqualPower& p, const EqualSize& size, double batch) {
    Json out = {{"limit_W", size.power_W}, {"limit_of", size.power_of}};
    if (!p.unfit.empty()) {
        out["does_not_fit"] = p.unfit;
        return out;
    }
    out["iteration_latency_s"] = p.latency_s, out["images_per_s"] = batch / p.latency_s, out["iteration_energy_J"] = p.energy_J;
    out["energy_per_image_J"] = p.energy_J / batch, out["area_m2"] = p.area_m2, out["power_W"] = p.energy_J / p.latency_s;
    return out;
}

}  // namespace

Json estimates_json(const EstimateResult& result) {
    Json out = Json::array();
    for (const auto& n : result.estimates) {
        out.push_back(estimate_json(result.workload, n));
        if (!result.budget.any()) continue;
        Json budget = Json::object();
        if (result.budget.area_m2) budget["area_m2"] = *result.budget.area_m2;
        if (result.budget.power_W) budget["power_W"] = *result.budget.power_W;
        if (result.budget.n_arrays) budget["n_arrays"] = *result.budget.n_arrays;
        if (result.equal) budget["area_of"] = result.equal->area_of;
        out.back()["budget"] = std::move(budget);
        if (n.equal_power) out.back()["equal_power"] = equal_power_json(*n.equal_power, *result.equal, double(result.workload.batch));
    }
    return out;
}

std::string engineering(double value, const std::string& unit) {
    if (value == 0) return "0 " + unit;
    static const std::pair<double, const char*> prefixes[] = {{1e12, "T"}, {1e9, "G"},  {1e6, "M"},  {1e3, "k"},   {1, ""},
                                                              {1e-3, "m"}, {1e-6, "µ"}, {1e-9, "n"}, {1e-12, "p"}, {1e-15, "f"}};
    for (const auto& [scale, prefix] : prefixes)
        if (std::abs(value) >= scale * 0.9995) return fmt::format("{:.3g} {}{}", value / scale, prefix, unit);
    return fmt::format("{:.3g} {}", value, unit);
}

namespace {

std::string densities_table(const std::vector<NamedEstimate>& rows) {
    std::string out = fmt::format("\n{:<36}{:>10}{:>30}{:>11}\n", "at full use / achieved (published)", "TOPS/W", "TOPS/mm2", "W/mm2");
    bool hot = false;
    const auto with_published = [](const std::string& ours, double published) {
        return published > 0 ? ours + fmt::format(" ({:.3g})", published) : ours;
    };
    for (const auto& n : rows) {
        const Estimate& e = n.estimate;
        const double peak = 2e-12 * e.peak_macs_per_s, useful = 2e-12 * e.macs_useful, mm2 = 1e6 * e.area_total_m2();
        const bool above = e.power_density_W_m2() > high_power_density_W_m2;
        hot = hot || above;
        out += fmt::format(
            "{:<12}{:>34}{:>30}{:>11}{}\n", n.name,
            with_published(fmt::format("{:.3g} / {:.3g}", peak / e.peak_power_W, useful / e.energy_J()), 1e-12 * n.entry->peak.op_per_J),
            with_published(fmt::format("{:.3g} / {:.3g}", peak / mm2, useful / e.iteration_latency_s / mm2),
                           1e-18 * n.entry->peak.op_per_s_m2),
            fmt::format("{:.3g}", 1e-6 * e.power_density_W_m2()), above ? " !" : "");
    }
    if (hot) out += "! above 1 W/mm2: more than a chip in a package can lose without special cooling\n";
    return out;
}

/// How much of its published or stated chip each machine fills with this network.
std::string chips_table(const std::vector<NamedEstimate>& rows) {
    std::string out = fmt::format("\n{:<12}{:>22}{:>14}{:>36}\n", "chip, published or stated", "area", "filled", "between chips, at most");
    bool several = false;
    for (const auto& n : rows) {
        const Chip& chip = n.entry->chip;
        if (chip.area_m2 <= 0) continue;
        const double bytes = bytes_between_chips(n);
        several = several || bytes > 0;
        out += fmt::format("{:<12}{:>35}{:>14}{:>36}\n", n.name,
                           fmt::format("{:.3g} mm2{}", chip.area_m2 * 1e6, chip.source.kind == Kind::assumed ? " ?" : ""),
                           chips(n) < 10 ? fmt::format("{:.3g} %", 100 * chips(n)) : fmt::format("{:.3g} chips", chips(n)),
                           bytes > 0 ? engineering(bytes, "B per iteration") : "");
    }
    if (several) out += "above 100 %: so many chips side by side; what crosses between them is in neither time nor energy. ? assumed\n";
    return out;
}

/// What does not fit onto a chip of fixed size, and what that costs in an iteration.
std::string fixed_chips_table(const std::vector<NamedEstimate>& rows, double batch) {
    std::string out;
    for (const auto& n : rows) {
        if (!on_fixed_chip(n)) continue;
        const Estimate& e = n.estimate;
        const ChipUse& c = e.chip;
        double arrays = 0;
        for (const ParamRow& p : n.params)
            if (p.info.name == "chip_arrays") arrays = double(std::get<Int>(p.value));
        if (out.empty())
            out = fmt::format("\n{:<12}{:>18}{:>10}{:>8}{:>24}{:>12}{:>12}{:>12}{:>14}\n", "on one chip", "arrays", "needed", "loads",
                              "loading: time, energy", "draining", "buffered", "memory", "bounded by");
        const double own = e.iteration_latency_s - c.reprogram_s - c.drain_s;
        out += fmt::format("{:<12}{:>17.0f}{:>11.0f}{:>8.0f}{:>24}{:>12}{:>11.0f}%{:>12}{:>14}\n", n.name, arrays, c.arrays_needed, c.swaps,
                           engineering(c.reprogram_s / batch, "s") + ", " + engineering(reprogram_J(e) / batch, "J"),
                           engineering(c.drain_s / batch, "s"), 100 * c.buffer_share, engineering(c.bytes_dram / batch, "B"),
                           c.dram_s >= own && c.dram_s > 0 ? "memory"
                           : c.mesh_s >= own               ? "mesh"
                                                           : "arrays");
    }
    if (!out.empty())
        out +=
            "times, energies and bytes per image; loads per iteration: arrays take the weights of other layers; draining: the pipeline "
            "empties before\n";
    return out;
}

/// The same machines within one power instead of one area.
std::string equal_power_table(std::vector<NamedEstimate> rows, const EstimateResult& result) {
    if (!result.equal) return {};
    const double batch = double(result.workload.batch);
    const auto time = [](const NamedEstimate& n) {
        return n.equal_power->unfit.empty() ? n.equal_power->latency_s : std::numeric_limits<double>::infinity();
    };
    std::stable_sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) { return time(a) < time(b); });
    std::string out =
        fmt::format("\n{:<28}{:>12}{:>14}{:>16}{:>12}\n", fmt::format("at {:.4g} W, {}'s", result.equal->power_W, result.equal->power_of),
                    "time/image", "energy/image", "area", "power");
    for (const auto& n : rows) {
        const AtEqualPower& p = *n.equal_power;
        if (!p.unfit.empty()) out += fmt::format("{:<12}{}\n", n.name, p.unfit);
        else
            out += fmt::format("{:<28}{:>12}{:>14}{:>16}{:>12}\n", n.name, engineering(p.latency_s / batch, "s"),
                               engineering(p.energy_J / batch, "J"), fmt::format("{:.3g} mm2", 1e6 * p.area_m2),
                               engineering(p.energy_J / p.latency_s, "W"));
    }
    return out;
}

/// Of machines whose cells have an endurance given.
std::string lifetimes_table(const std::vector<NamedEstimate>& rows) {
    std::string out;
    for (const auto& n : rows) {
        const Estimate& e = n.estimate;
        if (!(e.lifetime_s() > 0)) continue;
        if (out.empty())
            out = fmt::format("\n{:<12}{:>20}{:>12}{:>32}\n", "training without pause", "writes/cell/s", "endurance",
                              "hours to the first failed cell");
        out += fmt::format("{:<12}{:>30.4g}{:>12.3g}{:>32.4g}\n", n.name, e.writes_per_cell / e.iteration_latency_s, e.endurance,
                           e.lifetime_s() / 3600);
    }
    return out;
}

}  // namespace

std::string limits_text(const Budget& b) {
    std::vector<std::string> limits;
    if (b.area_m2) limits.push_back(fmt::format("{:.4g} mm2", *b.area_m2 * 1e6));
    if (b.power_W) limits.push_back(fmt::format("{:.4g} W", *b.power_W));
    if (b.n_arrays) limits.push_back(fmt::format("{:.0f} arrays or units", *b.n_arrays));
    return join(limits);
}

std::string equal_size_text(const EqualSize& size) {
    return fmt::format("Every machine fills at most {:.4g} mm2, the area of {}, the largest that is bought whole.", 1e6 * size.area_m2,
                       size.area_of);
}

std::string estimates_table(const EstimateResult& result) {
    const Workload& w = result.workload;
    const auto span = [](const Interval& i, double batch, const char* unit) {
        return fmt::format("{} ... {}", engineering(i.lo / batch, unit), engineering(i.hi / batch, unit));
    };
    std::string out =
        fmt::format("{}: {} at batch {}", w.network, w.task == Task::training ? "one training iteration" : "generation", w.batch);
    if (w.task == Task::training) out += fmt::format(", {} D step{} per G step", w.steps_d, w.steps_d == 1 ? "" : "s");
    const MacTotals t = totals(w);
    if (result.equal) out += "\n" + equal_size_text(*result.equal) + " --as-published: each at its own size";
    else if (result.budget.any()) out += "\nmachines sized to at most " + limits_text(result.budget);
    if (result.fixed_chip) out += "\ncrossbar machines on one chip: what does not fit is loaded in turn";
    out += fmt::format("\nmultiplications per image: {} useful, {} zero-free, {} zero-inserted\n\n",
                       engineering(t.useful / double(w.batch), ""), engineering(t.deformed / double(w.batch), ""),
                       engineering(t.zero_inserted / double(w.batch), ""));
    out += fmt::format("{:<12}{:<6}{:>12}  {:<24}{:>12}  {:<24}{:>12}{:>9}{:>10}{:>8}\n", "accelerator", "", "time/image", "",
                       "energy/image", "", "area", "power", "executed", "use");
    auto rows = result.estimates;
    std::sort(rows.begin(), rows.end(),
              [](const auto& a, const auto& b) { return a.estimate.iteration_latency_s < b.estimate.iteration_latency_s; });
    bool extended = false;
    for (const auto& n : rows) {
        const Estimate& e = n.estimate;
        const double batch = double(w.batch), energy = e.energy_J();
        const bool beyond = w.task == Task::training && !n.entry->trains;
        extended = extended || beyond;
        out += fmt::format("{:<12}{:<6}{:>12}  {:<24}{:>12}  {:<24}{:>12}{:>9}{:>10}{:>7.2f}%\n", n.name, n.entry->platform.substr(0, 5),
                           engineering(e.iteration_latency_s / batch, "s"), span(n.uncertainty.latency_s, batch, "s"),
                           engineering(energy / batch, "J"), span(n.uncertainty.energy_J, batch, "J"),
                           fmt::format("{:.3g} mm2", e.area_total_m2() * 1e6), engineering(energy / e.iteration_latency_s, "W"),
                           engineering(e.macs_executed / batch, ""), 100 * e.utilisation());
        if (beyond) out.insert(out.size() - 1, " *");
    }
    if (extended) out += "* published for inference only; its training passes are our extension\n";
    for (const auto& [name, reason] : result.unfit) out += fmt::format("{:<12}does not run it: {}\n", name, reason);
    out +=
        "ranges: the uncertain parameters of each model (--json lists all with their sources); scopes differ, see `ganbar describe "
        "accelerator NAME`\n";
    out += equal_power_table(rows, result) + densities_table(rows) + chips_table(rows) + fixed_chips_table(rows, double(w.batch)) +
           lifetimes_table(rows);
    for (const auto& warning : result.warnings) out += "warning: " + warning + "\n";
    for (const auto& n : rows)
        for (const auto& warning : n.warnings) out += fmt::format("warning: {}.{}\n", n.name, warning);
    bool head = false;
    for (const auto& n : rows) {
        if (!n.zero_skipping || n.zero_skipping->macs < 1.0005) continue;
        if (!head) out += "\nwhat skipping inserted zeros saves at the same number of arrays or units: multiplications / time / energy\n";
        head = true;
        out += fmt::format("{:<12}{:>8.2f}x{:>8.2f}x{:>8.2f}x\n", n.name, n.zero_skipping->macs, n.zero_skipping->latency,
                           n.zero_skipping->energy);
    }
    return out;
}

}  // namespace ganbar::report
