// Pages and sections that compare accelerators.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ganbar/core/error.h"
#include "ganbar/report/accelerators.h"
#include "ganbar/report/html_sections.h"
#include "ganbar/report/html_text.h"
#include "ganbar/report/marks.h"
#include "ganbar/report/number_text.h"

namespace ganbar::report {
namespace {

/// Colours by kind of machine, so that they mean the same in every figure.
int slot_of(const std::string& platform) {
    static const std::vector<std::string> order{"ReRAM", "GPU", "CMOS", "FPGA", "MRAM"};
    const auto it = std::find(order.begin(), order.end(), platform);
    return it == order.end() ? 7 : int(it - order.begin());
}

std::string spread(const Spanned& s, double by, const std::string& unit) {
    std::string out = format_quantity(s.value / by, unit);
    if (s.hi > s.lo)
        out += fmt::format(" <span class=\"range\">{} … {}</span>", format_quantity(s.lo / by, unit), format_quantity(s.hi / by, unit));
    return out;
}

std::string area_spread(const Spanned& s) {
    std::string out = chip_area_text(s.value);
    if (s.hi > s.lo) out += fmt::format(" <span class=\"range\">{} … {}</span>", chip_area_text(s.lo), chip_area_text(s.hi));
    return out;
}

/// "gtx1080, taken at 28 % of its peak, reaches 22.7 %": what a speed-up over it assumes.
std::string baseline_text(const AcceleratorResult& b) {
    const std::string assumed =
        b.assumed_efficiency ? fmt::format("taken at {} % of its peak in convolutions, ", format_number(100 * *b.assumed_efficiency, 2))
                             : "";
    return fmt::format("{} ({}useful multiplications fill {} % of its peak here)", b.name, assumed, format_number(100 * b.utilisation, 2));
}

void comparison_table(Page& page, const AcceleratorSet& set) {
    const AcceleratorResult& base = *set.find(set.baseline);
    std::vector<std::vector<Cell>> rows;
    bool extended = false;
    for (const auto& m : set.machines) {
        const bool beyond = m.training && !m.published_for_training;
        extended = extended || beyond;
        rows.push_back({{"<strong>" + escape(m.name) + "</strong>" + (beyond ? "*" : "")},
                        {escape(m.platform)},
                        {format_number(m.cycles, 4), true},
                        {format_quantity(m.cycle_s, "s"), true},
                        {spread(m.latency_s, m.batch, "s"), true},
                        {times_text(base.latency_s.value / m.latency_s.value), true},
                        {spread(m.energy_J, m.batch, "J"), true},
                        {times_text(base.energy_J.value / m.energy_J.value), true},
                        {area_spread(m.area_m2), true},
                        {format_quantity(m.power_W, "W"), true},
                        {format_number(m.macs_executed / m.batch / 1e9) + " G", true},
                        {format_number(100 * m.utilisation, 2) + "\u202f%", true}});
    }
    std::string caption = fmt::format(
        "Per image, fastest first. Ranges: what the uncertain parameters of each model leave. Speed-up and energy saving are over {}.",
        escape(baseline_text(base)));
    if (extended) caption += " * published for inference only; its training passes are our extension.";
    page.table(caption,
               {"accelerator", "kind", "cycles", "cycle", "time", "speed-up", "energy", "saving", "area", "power", "executed", "use"}, rows,
               "sortable machines");
}

/// The same machines within one power, fastest first.
void equal_power_table(Page& page, const AcceleratorSet& set) {
    std::vector<const AcceleratorResult*> machines;
    for (const auto& m : set.machines)
        if (m.equal_power) machines.push_back(&m);
    if (machines.empty()) return;
    const auto before = [](const AcceleratorResult* a, const AcceleratorResult* b) {
        const EqualPowerRow &p = *a->equal_power, &q = *b->equal_power;
        return p.unfit.empty() != q.unfit.empty() ? p.unfit.empty() : p.latency_s < q.latency_s;
    };
    std::stable_sort(machines.begin(), machines.end(), before);
    std::vector<std::vector<Cell>> rows;
    for (const AcceleratorResult* m : machines) {
        const EqualPowerRow& p = *m->equal_power;
        if (!p.unfit.empty()) {
            rows.push_back(
                {{"<strong>" + escape(m->name) + "</strong>"}, {escape(raised(p.unfit))}, {"–", true}, {"–", true}, {"–", true}});
            continue;
        }
        rows.push_back({{"<strong>" + escape(m->name) + "</strong>"},
                        {format_quantity(p.latency_s / m->batch, "s"), true},
                        {format_quantity(p.energy_J / m->batch, "J"), true},
                        {chip_area_text(p.area_m2), true},
                        {format_quantity(p.power_W, "W"), true}});
    }
    const EqualPowerRow& limit = *machines.front()->equal_power;
    page.table(fmt::format("At equal power: the same machines sized to at most {} (mean over the workload), which {} draws, whatever their "
                           "area. What a machine leaves unused would not make it faster.",
                           format_quantity(limit.limit_W, "W"), escape(limit.limit_of)),
               {"accelerator", "time", "energy", "area", "power"}, rows, "sortable equal-power");
}

/// What a chip of each kind could do, does here, and must lose as heat.
void density_table(Page& page, const AcceleratorSet& set) {
    std::vector<std::vector<Cell>> rows;
    for (const auto& m : set.machines) {
        if (m.power_density_W_m2 == 0) continue;
        const bool hot = m.power_density_W_m2 > 1e6;
        const auto published = [](double v) { return v > 0 ? format_number(v) : std::string(); };
        rows.push_back({{"<strong>" + escape(m.name) + "</strong>"},
                        {format_number(1e-12 * m.peak_op_per_J), true},
                        {published(1e-12 * m.published_op_per_J), true},
                        {format_number(1e-12 * m.achieved_op_per_J), true},
                        {format_number(1e-18 * m.peak_op_per_s_m2), true},
                        {published(1e-18 * m.published_op_per_s_m2), true},
                        {format_number(1e-18 * m.achieved_op_per_s_m2), true},
                        {format_number(1e-6 * m.power_density_W_m2) + (hot ? " <strong>!</strong>" : ""), true}});
    }
    if (rows.empty()) return;
    page.table(
        "Operations (two a multiplication) per energy and area: every array or unit at work, and the useful ones of this network. ! above "
        "1 W/mm²: more than a chip in a package can lose without special cooling.",
        {"accelerator", "peak TOPS/W", "published", "achieved TOPS/W", "peak TOPS/mm²", "published", "achieved TOPS/mm²", "W/mm²"}, rows,
        "sortable densities");
}

/// Machines on one chip: what is loaded in turn, and what goes to memory.
void chip_table(Page& page, const AcceleratorSet& set) {
    std::vector<std::vector<Cell>> rows;
    for (const auto& m : set.machines) {
        if (!m.chip) continue;
        const ChipRow& c = *m.chip;
        rows.push_back({{"<strong>" + escape(m.name) + "</strong>"},
                        {format_number(c.arrays), true},
                        {format_number(c.needed), true},
                        {format_number(c.loads), true},
                        {format_quantity(c.load_s / m.batch, "s"), true},
                        {format_quantity(c.load_J / m.batch, "J"), true},
                        {format_quantity(c.drain_s / m.batch, "s"), true},
                        {format_number(100 * c.buffer_share, 2) + "\u202f%", true},
                        {format_number(1e-6 * c.memory_B / m.batch) + "\u202fMB", true}});
    }
    if (rows.empty()) return;
    page.table(
        "On one chip: arrays that do not fit are loaded in turn, so many times an iteration; times, energies and bytes per image. "
        "Draining: the pipeline empties before a load. Buffered: the share of what waits for its gradient that stays on the chip.",
        {"accelerator", "arrays", "needed", "loads", "loading", "its energy", "draining", "buffered", "memory traffic"}, rows,
        "sortable chips");
}

void notes(Page& page, const AcceleratorSet& set) {
    for (const auto& m : set.machines)
        for (const auto& warning : m.warnings)
            page.html(fmt::format("<p class=\"note\">{}.{}</p>", escape(m.name), escape(raised(warning))));
    for (const auto& warning : set.warnings) page.html(fmt::format("<p class=\"note\">{}</p>", escape(raised(warning))));
    for (const auto& [name, reason] : set.unfit)
        page.html(fmt::format("<p class=\"note\"><strong>{}</strong> does not run it: {}</p>", escape(name), escape(raised(reason))));
}

std::vector<ShareRow> shares(const AcceleratorSet& set, Parts AcceleratorResult::*parts, bool per_image) {
    std::vector<ShareRow> rows;
    for (const auto& m : set.machines) {
        rows.push_back({m.name, m.*parts});
        if (per_image)
            for (auto& [name, v] : rows.back().parts) v /= m.batch;
    }
    return rows;
}

void time_and_energy(Page& page, const AcceleratorSet& set) {
    std::vector<SpanRow> time, energy, area, use;
    std::vector<PlanePoint> plane;
    for (const auto& m : set.machines) {
        const int slot = slot_of(m.platform);
        const double b = m.batch;
        time.push_back({m.name, m.latency_s.value / b, m.latency_s.lo / b, m.latency_s.hi / b, slot});
        energy.push_back({m.name, m.energy_J.value / b, m.energy_J.lo / b, m.energy_J.hi / b, slot});
        area.push_back({m.name, m.area_m2.value, m.area_m2.lo, m.area_m2.hi, slot});
        use.push_back({m.name, 100 * m.utilisation, 100 * m.utilisation, 100 * m.utilisation, slot});
        plane.push_back(
            {m.name, time.back().value, time.back().lo, time.back().hi, energy.back().value, energy.back().lo, energy.back().hi, slot});
    }
    page.html("<div class=\"chart-grid\">");
    span_figure(page, "Time per image",
                "Iteration time over the batch, with the interval of the uncertain parameters. Blue: ReRAM, red: GPU, green: CMOS, purple: "
                "FPGA, brown: MRAM.",
                "s", time);
    span_figure(page, "Energy per image", "Iteration energy over the batch; what each machine counts is in the table of scopes.", "J",
                energy);
    page.html("</div>");
    pareto_figure(page, "Energy against time",
                  "Each machine with its intervals; down and left is better. Dashed: machines that no other beats on both.",
                  "time per image", "s", "energy per image", "J", plane);
    page.html("<div class=\"chart-grid\">");
    share_figure(page, "Energy by component", "Shares of the energy of one image, with its total.", "J",
                 shares(set, &AcceleratorResult::energy_by_component, true));
    share_figure(page, "Energy by pass", "The same by pass: forward, error, weight gradient, update, and what belongs to none.", "J",
                 shares(set, &AcceleratorResult::energy_by_pass, true));
    share_figure(
        page, "Busy cycles by phase",
        "Cycles in which some layer worked, in each machine's own cycles, summed over layers: D on real samples, D on fake ones, G's step.",
        "", shares(set, &AcceleratorResult::cycles_by_phase, false));
    share_figure(page, "Area by component", "Shares of the area, with its total.", "m2",
                 shares(set, &AcceleratorResult::area_by_component, false));
    span_figure(page, "Area", "With the interval of the uncertain parameters.", "m2", area);
    span_figure(page, "Utilisation", "Useful multiplications per multiplication that the machine could have made in the time, in per cent.",
                "", use);
    page.html("</div>");
}

void zero_table(Page& page, const AcceleratorSet& set) {
    std::vector<std::vector<Cell>> rows;
    for (const auto& m : set.machines)
        if (m.zero_skipping && (*m.zero_skipping)[0] > 1.0005)
            rows.push_back({{escape(m.name)},
                            {times_text((*m.zero_skipping)[0]), true},
                            {times_text((*m.zero_skipping)[1]), true},
                            {times_text((*m.zero_skipping)[2]), true}});
    if (!rows.empty())
        page.table("What skipping inserted zeros saves on the same machine at the same number of arrays or units: three different numbers.",
                   {"accelerator", "multiplications", "time", "energy"}, rows);
}

void sensitivity(Page& page, const AcceleratorSet& set) {
    bool any = false;
    for (const auto& m : set.machines) any = any || !m.sensitivity.empty();
    if (!any) return;
    page.open_section("sensitivity", "What the figures hang on",
                      prose("Every uncertain parameter alone at its low and its high value; ratios to the estimate. A machine's interval "
                            "lets all of them vary at once: 5th to 95th percentile of 32 joint draws."));
    bool first = true;
    for (const auto& m : set.machines) {
        if (m.sensitivity.empty()) continue;
        std::vector<TornadoRow> time, energy;
        for (const auto& s : m.sensitivity) {
            if (std::abs(std::log(s.latency_hi / s.latency_lo)) > 1e-6)
                time.push_back({s.name, s.lo_text, s.hi_text, s.latency_lo, s.latency_hi});
            if (std::abs(std::log(s.energy_hi / s.energy_lo)) > 1e-6)
                energy.push_back({s.name, s.lo_text, s.hi_text, s.energy_lo, s.energy_hi});
        }
        page.html(fmt::format("<details{}><summary>{}</summary><div class=\"chart-grid\">", first ? " open" : "", escape(m.name)));
        if (!time.empty()) tornado_figure(page, m.name + ": time", "Ratio of the time to the estimate.", time);
        if (!energy.empty()) tornado_figure(page, m.name + ": energy", "Ratio of the energy to the estimate.", energy);
        page.html("</div></details>\n");
        first = false;
    }
    page.close_section();
}

void scopes_and_parameters(Page& page, const AcceleratorSet& set) {
    page.open_section("scope", "What each figure counts");
    std::vector<std::vector<Cell>> rows;
    for (const auto& m : set.machines) rows.push_back({{escape(m.name)}, {escape(m.platform)}, {escape(raised(m.scope))}});
    page.table("Time, energy and area include this and nothing else; scopes differ, so do not read small differences.",
               {"accelerator", "kind", "counted"}, rows);
    page.close_section();
    rows.clear();
    for (const auto& m : set.machines)
        for (const auto& p : m.parameters)
            rows.push_back({{"<code>" + escape(m.name + "." + p.name) + "</code>"},
                            {escape(p.value), true},
                            {fmt::format("<span class=\"kind {0}\">{0}</span>", escape(p.kind))},
                            {escape(raised(p.source))}});
    if (rows.empty()) return;
    page.open_section("assumptions", "What it rests on",
                      prose("Every parameter of every model, and how it is known: *published* is printed in the source, *derived* is "
                            "computed from published numbers, *assumed* is a choice of ours. Change any of them with `--set`."));
    page.html("<div class=\"filter\" data-filter=\"assumptions\"></div>");
    page.table("Parameters as they were in these estimates.", {"parameter", "value", "kind", "source or reason"}, rows,
               "sortable filtered");
    page.close_section();
}

}  // namespace

std::string render_accelerators(const AcceleratorPage& input) {
    if (input.set.machines.empty()) throw ConfigError("no accelerator runs this network; there is nothing to draw");
    Page page;
    page.html("<header class=\"title\"><h1>" + escape(input.title) + "</h1><div class=\"intro\">" + prose(input.intro) +
              "</div><dl class=\"facts\">");
    for (const auto& [name, text] : input.facts) page.html(fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", escape(name), escape(text)));
    page.html("</dl></header>\n");
    const std::size_t navigation_at = page.body().size();
    page.open_section("comparison", "Side by side");
    comparison_table(page, input.set);
    equal_power_table(page, input.set);
    density_table(page, input.set);
    chip_table(page, input.set);
    notes(page, input.set);
    time_and_energy(page, input.set);
    zero_table(page, input.set);
    page.close_section();
    if (!input.drawings.empty()) {
        page.open_section("timeline", "Pipelines");
        for (const auto& d : input.drawings)
            page.html(
                fmt::format("<figure><h3>{}</h3><div class=\"timeline\" tabindex=\"0\" role=\"region\" "
                            "aria-label=\"{}\">{}</div><figcaption>{}{}</figcaption></figure>\n",
                            escape(d.title), escape(d.title), d.svg, page.next_figure_number(), escape(d.caption)));
        page.close_section();
    }
    sensitivity(page, input.set);
    scopes_and_parameters(page, input.set);
    if (!input.commands.empty()) {
        page.open_section("reproduce", "Reproduce");
        page.html("<pre class=\"commands\" tabindex=\"0\"><code>");
        for (const auto& c : input.commands) page.html(escape(c) + "\n");
        page.html("</code></pre>");
        page.close_section();
    }
    return whole_page(input.title, page, navigation_at);
}

void run_accelerator_section(Page& page, const AcceleratorSet& set, double run_energy_J, double run_area_m2, const std::string& merit) {
    if (set.machines.empty() && set.unfit.empty()) return;
    const bool counted = !set.machines.empty() && set.machines.front().counts_of_the_run;
    // several variants may name machines; every section has an id of its own
    const bool again = page.body().find("<section id=\"accelerators\"") != std::string::npos;
    page.open_section(again ? "accelerators-" + std::to_string(page.body().size()) : "accelerators", "The same training on accelerators",
                      prose(std::string("What this run would take on the machines that the experiment names. ") +
                            (counted ? "Passes, pulses and conversions are the run's own, from the same ledger as its energy above"
                                     : "The run kept its weights in digital memory, so passes and updates are the schedule's") +
                            "; time and energy of each action are the machine's. " + merit));
    std::vector<std::vector<Cell>> rows;
    if (run_energy_J > 0)
        rows.push_back({{"<strong>this run's crossbars</strong>"},
                        {"ReRAM"},
                        {"–", true},
                        {format_quantity(run_energy_J, "J"), true},
                        {chip_area_text(run_area_m2), true},
                        {"–", true},
                        {"–", true},
                        {"cells and converters in the ledger"}});
    std::vector<SpanRow> energy, time;
    for (const auto& m : set.machines) {
        const double n = m.rounds;
        double written = 0, conversions = 0;
        for (const auto& [name, v] : m.counts) {
            if (name == "cells_written") written = v;
            if (name == "conversions") conversions = v;
        }
        rows.push_back({{escape(m.name)},
                        {escape(m.platform)},
                        {spread(m.latency_s, 1 / n, "s"), true},
                        {spread(m.energy_J, 1 / n, "J"), true},
                        {area_spread(m.area_m2), true},
                        {written > 0 ? format_number(written) : "–", true},
                        {conversions > 0 ? format_number(conversions) : "–", true},
                        {escape(raised(m.scope))}});
        time.push_back({m.name, n * m.latency_s.value, n * m.latency_s.lo, n * m.latency_s.hi, slot_of(m.platform)});
        energy.push_back({m.name, n * m.energy_J.value, n * m.energy_J.lo, n * m.energy_J.hi, slot_of(m.platform)});
    }
    if (run_energy_J > 0) energy.insert(energy.begin(), {"this run's crossbars", run_energy_J, run_energy_J, run_energy_J, 7});
    page.table("The whole run, with the intervals of each model's uncertain parameters.",
               {"machine", "kind", "time", "energy", "area", "cells written", "conversions", "counted"}, rows, "sortable machines");
    notes(page, set);
    if (!set.machines.empty()) {
        page.html("<div class=\"chart-grid\">");
        span_figure(page, "Energy of the run", "Energy of all rounds with its interval; grey: the run's own ledger.", "J", energy);
        span_figure(page, "Time of the run", "Time of all rounds with its interval.", "s", time);
        share_figure(page, "Energy by component", "Shares of the energy of one round, with its total.", "J",
                     shares(set, &AcceleratorResult::energy_by_component, false));
        share_figure(page, "Energy by pass", "The same by pass.", "J", shares(set, &AcceleratorResult::energy_by_pass, false));
        page.html("</div>");
    }
    page.close_section();
}

void accelerators_section(Page& page, const std::vector<Group>& groups) {
    for (const auto& group : groups) {
        const RunData& run = *group.runs.front();
        if (run.hardware.accelerators_json.empty()) continue;
        const AcceleratorSet set = read_accelerators(run.hardware.accelerators_json, run.folder + "/hardware.json");
        const auto total = run.hardware.totals.find("training_energy_J"), area = run.hardware.totals.find("area_with_periphery_m2");
        const auto frechet = run.summary.number("frechet_distance");
        const std::string merit = frechet ? fmt::format("The run reached a Fréchet distance of {}.", format_number(*frechet)) : "";
        run_accelerator_section(page, set, total == run.hardware.totals.end() ? 0 : total->second,
                                area == run.hardware.totals.end() ? 0 : area->second,
                                (groups.size() > 1 ? group.name + ", " + run.label + ": " : "") + merit);
    }
}

}  // namespace ganbar::report
