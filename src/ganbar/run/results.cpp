#include "ganbar/run/results.h"

#include "ganbar/run/accelerators_json.h"
#include "ganbar/tile/converter.h"

namespace ganbar {

nlohmann::ordered_json value_json(const Value& value) {
    return std::visit([](const auto& v) -> nlohmann::ordered_json { return v; }, value);
}

double crossbar_area_m2(const Experiment& e, const Placement& placement) {
    return static_cast<double>(n_crossbars(e, placement)) * static_cast<double>(e.tile.rows * e.tile.cols) * e.tile.footprint().si;
}

std::vector<AreaRow> area_of(const Experiment& e, const Placement& placement) {
    const auto n = static_cast<std::int64_t>(n_crossbars(e, placement));
    if (n == 0) return {};
    std::vector<AreaRow> rows = {{"cells", crossbar_area_m2(e, placement), n * e.tile.rows * e.tile.cols}};
    // Every line of a crossbar has a DAC, each crossbar one ADC per direction of reading.
    const TileConverters converters = converters_of(e.tile);
    if (converters.dac_bits > 0)
        rows.push_back(
            {"dac", static_cast<double>(n * (e.tile.rows + e.tile.cols)) * converters.dac.area.si, n * (e.tile.rows + e.tile.cols)});
    if (converters.adc_bits > 0) rows.push_back({"adc", static_cast<double>(2 * n) * converters.adc.area.si, 2 * n});
    return rows;
}

namespace {
std::size_t cells_used(const Experiment& e, const Placement& placement) {
    return e.hardware.kind != HardwareKind::software ? placement.cells_used() * static_cast<std::size_t>(e.cells_per_weight()) : 0;
}

/// Pulses per cell of all cells on crossbars; with an endurance how many such trainings they survive.
void add_lifetime(nlohmann::ordered_json& s, const Lifetime& l, std::int64_t counted_since) {
    s["pulses_per_cell_mean"] = l.all.mean;
    s["pulses_per_cell_p999"] = l.all.p999;
    s["pulses_per_cell_most"] = l.all.most;
    s["most_pulsed_layer"] = l.layers.empty() ? "" : l.layers[l.most_pulsed].name;
    if (counted_since > 0) s["pulses_counted_since_round"] = counted_since;
    if (!(l.endurance > 0)) return;
    s["trainings_survived"] = l.all.trainings;
    s["first_worn_layer"] = l.layers.empty() ? "" : l.layers[l.first].name;
}

void add_programming(nlohmann::ordered_json& s, const Deployment& d) {
    s["programming_error_rms"] = d.error_rms;
    s["programming_error_largest"] = d.error_largest;
    s["programming_unreached"] = d.unreached;
    s["programming_pulses_per_cell"] = d.pulses_per_cell;
}
}  // namespace

nlohmann::ordered_json hardware_json(const Experiment& e, const Placement& placement, const Ledger& ledger, std::int64_t rounds,
                                     double sampled_per_epoch_J, const Lifetime& lifetime) {
    using json = nlohmann::ordered_json;
    json out;
    out["accounts"] = json::array();
    const std::string training = "training/";
    double evaluation = 0;
    for (const auto& [account, c] : ledger.accounts()) {
        if (!account.starts_with(training)) {
            evaluation += c.energy_J;
            continue;
        }
        out["accounts"].push_back(
            {{"account", account.substr(training.size())}, {"n", c.n}, {"energy_J", c.energy_J}, {"busy_s", c.busy_s}});
    }
    out["area"] = json::array();
    double area = 0;
    for (const auto& row : area_of(e, placement)) {
        out["area"].push_back({{"component", row.component}, {"area_m2", row.area_m2}, {"n", row.n}});
        area += row.area_m2;
    }
    const Charge all = ledger.total(training);
    const TrainingCost cost = training_cost(ledger);
    out["totals"] = {{"rounds", rounds},
                     {"update_energy_per_update_J", cost.of(Part::update)},
                     {"update_energy_sampled_per_epoch_J", sampled_per_epoch_J},
                     {"read_energy_J", cost.of(Part::read)},
                     {"converter_energy_J", cost.of(Part::converter)},
                     {"noise_energy_J", cost.of(Part::noise)},
                     {"digital_energy_J", cost.of(Part::digital)},
                     {"amplifier_energy_J", cost.of(Part::amplifier)},
                     {"programming_energy_J", cost.of(Part::programming)},
                     {"noise_energy_per_vector_J", noise_energy_per_vector_J(ledger)},
                     {"training_energy_J", cost.training_J()},
                     {"training_busy_s", all.busy_s},
                     {"evaluation_energy_J", evaluation},
                     {"crossbar_area_m2", crossbar_area_m2(e, placement)},
                     {"area_with_periphery_m2", area},
                     {"n_crossbars", n_crossbars(e, placement)},
                     {"cells_used", cells_used(e, placement)}};
    for (const auto& layer : lifetime.layers) {
        json row = {{"layer", layer.name},
                    {"cells", layer.n_cells},
                    {"pulses_per_cell_mean", layer.mean},
                    {"pulses_per_cell_p999", layer.p999},
                    {"pulses_per_cell_most", layer.most}};
        if (lifetime.endurance > 0) row["trainings_survived"] = layer.trainings;
        out["lifetime"].push_back(std::move(row));
    }
    if (!e.accelerators.machines.empty()) out["accelerators"] = run_estimates_json(estimate_run(e, ledger, rounds), ledger);
    out["assumptions"] = json::array();
    for (const auto& section : resolved(e))
        for (const auto& row : section.rows) {
            json entry = {{"name", section.path + "." + row.info.name},
                          {"value", value_json(row.value)},
                          {"unit", row.info.unit},
                          {"source", source_of(row)},
                          {"kind", kind_of(row)}};
            if (!row.is_default()) entry["default"] = value_json(*row.declared);
            out["assumptions"].push_back(std::move(entry));
        }
    return out;
}

nlohmann::ordered_json summary_outline(const Experiment& e) {
    Experiment bare = e;
    bare.accelerators.machines.clear();  // their results lie deeper, under "accelerators"
    auto s = summary_json(bare, Model{}, Dataset{}, Ledger{}, RunEnd{});
    if (e.hardware.kind != HardwareKind::software) add_programming(s, Deployment{});
    return s;
}

nlohmann::ordered_json summary_json(const Experiment& e, const Model& model, const Dataset& images, const Ledger& ledger,
                                    const RunEnd& end) {
    nlohmann::ordered_json s;
    s["name"] = e.experiment.name;
    s["seed"] = e.experiment.seed;
    s["rounds"] = end.rounds;
    s["stopped_early"] = !end.stop_reason.empty();
    s["stop_reason"] = end.stop_reason;
    s["wall_s"] = end.wall_s;
    s["dataset"] = e.data.dataset;
    s["dataset_sha256"] = images.sha256;
    s["classes"] = e.data.classes;
    if (e.data.side > 0) s["image_side"] = e.data.side;
    if (e.data.fit != Fit::stretch) s["image_fit"] = name_of(e.data.fit);
    if (e.data.background != Background::black) s["image_background"] = name_of(e.data.background);
    s["n_crossbars"] = n_crossbars(e, model.placement);
    s["cells_used"] = cells_used(e, model.placement);
    s["area_m2"] = crossbar_area_m2(e, model.placement);
    const TrainingCost cost = training_cost(ledger);
    s["training_energy_J"] = cost.training_J();
    s["update_energy_J"] = cost.of(Part::update);
    s["update_energy_sampled_per_epoch_J"] = end.sampled_per_epoch_J;
    s["read_energy_J"] = cost.of(Part::read);
    s["converter_energy_J"] = cost.of(Part::converter);
    s["digital_energy_J"] = cost.of(Part::digital);
    s["amplifier_energy_J"] = cost.of(Part::amplifier);
    s["programming_energy_J"] = cost.of(Part::programming);
    if (e.hardware.fold_norm) s["fold_clipped"] = end.deployment.clipped;
    if (!model.ex_situ.empty() || (e.hardware.fold_norm && !model.analog.empty())) {
        add_programming(s, end.deployment);
    }
    s["noise_energy_J"] = cost.of(Part::noise);
    if (e.hardware.kind != HardwareKind::software) add_lifetime(s, lifetime_of(model, e.nonideal), end.counted_since);
    for (const auto& [key, value] : gan::fields(end.quality)) s[key] = value_json(value);
    s["final_loss_d"] = end.loss_d;
    s["final_loss_g"] = end.loss_g;
    if (!e.accelerators.machines.empty()) s["accelerators"] = run_estimates_summary(estimate_run(e, ledger, end.rounds));
    return s;
}

}  // namespace ganbar
