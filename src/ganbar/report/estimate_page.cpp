#include "ganbar/report/estimate_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "ganbar/arch/pipeline.h"
#include "ganbar/report/accelerators.h"
#include "ganbar/report/estimate_json.h"
#include "ganbar/report/number_text.h"
#include "ganbar/report/reproduction_page.h"

namespace ganbar::report {

using namespace arch;

namespace {

constexpr Int drawn_samples = 16, most_drawn_layers = 16;

/// A parameter's value, or nothing where the machine does not have it.
std::optional<Value> value_of(const NamedEstimate& n, const std::string& name) {
    for (const ParamRow& p : n.params)
        if (p.info.name == name) return p.value;
    return std::nullopt;
}
bool is_on(const NamedEstimate& n, const char* name) {
    const auto v = value_of(n, name);
    return v && std::holds_alternative<bool>(*v) && std::get<bool>(*v);
}

/// The schedule the machine runs, for the few samples of a drawing; nothing for machines without a pipeline over layers.
std::optional<Pipeline> schedule_of(const NamedEstimate& n, const Workload& w) {
    if (!n.entry->pipelined) return std::nullopt;
    Pipeline p = unit_pipeline(w.discriminator.depth, w.generator.depth, std::min(w.batch, drawn_samples), 1,
                               is_on(n, "spatial_parallelism"), is_on(n, "computation_sharing"));
    if (const auto copies = value_of(n, "transposed_copies")) p.transposed_copies = std::get<std::int64_t>(*copies);
    if (const auto norm = value_of(n, "batch_norm"); norm && *norm == Value{std::string("exact")})
        p.d_barrier = w.discriminator.exact_bn_barriers(), p.g_barrier = w.generator.exact_bn_barriers();
    return p;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> pipeline_drawings(const EstimateResult& result) {
    const Workload& w = result.workload;
    std::vector<std::pair<std::string, std::string>> out;
    if (w.task != Task::training || w.generator.depth < 1 || w.discriminator.depth < 1) return out;
    if (w.generator.depth + w.discriminator.depth > most_drawn_layers) return out;
    std::map<std::string, std::size_t> seen;  // the drawing itself tells schedules apart
    for (const auto& n : result.estimates) {
        const auto p = schedule_of(n, w);
        if (!p) continue;
        const std::string svg = timeline_svg(simulate(*p, true));
        const auto [at, fresh] = seen.emplace(svg, out.size());
        if (fresh) out.emplace_back(n.name, svg);
        else out[at->second].first += ", " + n.name;
    }
    return out;
}

std::string estimate_page(const EstimateResult& result, const std::string& command) {
    const Workload& w = result.workload;
    const double batch = double(w.batch);
    const bool training = w.task == Task::training;
    const MacTotals t = totals(w);
    report::AcceleratorPage page;
    page.title = fmt::format("{} on {} accelerator{}", w.network, result.estimates.size(), result.estimates.size() == 1 ? "" : "s");
    page.intro = training ? fmt::format(
                                "One training iteration at batch {}: {} update{} of the discriminator on real and generated samples, one "
                                "of the generator.",
                                w.batch, w.steps_d, w.steps_d == 1 ? "" : "s")
                          : fmt::format("Generation of {} images.", w.batch);
    if (training && w.generator.layers.empty()) page.intro = fmt::format("One training iteration of one network at batch {}.", w.batch);
    if (result.equal) page.intro += " " + report::equal_size_text(*result.equal) + " A second table has them at equal power.";
    else if (result.budget.any()) page.intro += fmt::format(" Every machine is sized to at most {}.", report::limits_text(result.budget));
    page.facts = {{"useful multiplications per image", engineering(t.useful / batch, "")},
                  {"without inserted zeros", engineering(t.deformed / batch, "")},
                  {"with inserted zeros", engineering(t.zero_inserted / batch, "")},
                  {"layers (generator, discriminator)", fmt::format("{}, {}", w.generator.depth, w.discriminator.depth)},
                  {"weights (generator, discriminator)",
                   fmt::format("{}, {}", report::format_number(w.generator.n_weights), report::format_number(w.discriminator.n_weights))}};
    page.set = report::read_accelerators(estimates_json(result).dump(), "estimate");
    page.set.unfit = result.unfit, page.set.warnings = result.warnings;
    for (const auto& [names, svg] : pipeline_drawings(result))
        page.drawings.push_back({"Schedule of " + names,
                                 fmt::format("One iteration drawn for {} samples (the estimate has {}): every rectangle is one sample in "
                                             "one layer's arrays, one logical cycle wide. The bars below tell filling, "
                                             "steady work and draining of each stream apart.",
                                             std::min(w.batch, drawn_samples), w.batch),
                                 svg});
    page.commands = {command};
    return report::render_accelerators(page);
}

std::string reproduction_page(const Reproduction& r, const std::string& command) { return report::render_reproduction(r, command); }

}  // namespace ganbar::report
