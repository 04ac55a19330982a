#include <fmt/format.h>

#include "ganbar/app/command.h"
#include "ganbar/app/inspect.h"
#include "ganbar/run/results.h"

namespace ganbar::app {
namespace {

struct InspectPlacementArguments {
    std::string experiment;
    std::vector<std::string> sets;
    bool json = false;
};

void show(const InspectPlacementArguments& o, const config::Presets& presets, const Registries& registries) {
    const Experiment e = load_experiment(o.experiment, presets, o.sets, registries);
    const Placement p = placement_of(e);
    const auto planes = static_cast<std::size_t>(e.cells_per_weight());
    const auto matrices = weight_matrices(e);
    if (o.json) {
        nlohmann::ordered_json out = {
            {"n_crossbars", n_crossbars(e, p)}, {"cells_used", p.cells_used() * planes}, {"blocks", nlohmann::ordered_json::array()}};
        for (std::size_t plane = 0; plane < planes; ++plane)
            for (const auto& b : p.blocks)
                out["blocks"].push_back({{"layer", b.layer},
                                         {"row0", b.row0},
                                         {"col0", b.col0},
                                         {"rows", b.rows},
                                         {"cols", b.cols},
                                         {"crossbar", b.crossbar + plane * p.n_crossbars},
                                         {"at_row", b.at_row},
                                         {"at_col", b.at_col}});
        out["matrices"] = nlohmann::ordered_json::array();
        for (const auto& m : matrices)
            out["matrices"].push_back({{"name", m.network + "/" + m.name}, {"rows", m.shape.rows}, {"cols", m.shape.cols}});
        fmt::print("{}\n", out.dump(1));
        return;
    }
    if (n_crossbars(e, p) == 0)
        fmt::print("{} is trained in software, without crossbars; on arrays of {} x {} its layers would lie so:\n", e.experiment.name,
                   e.tile.rows, e.tile.cols);
    else
        fmt::print("{} crossbars of {} x {}, {} cells used ({:.1f}%), {:.4g} mm2 of cells\n", n_crossbars(e, p), e.tile.rows, e.tile.cols,
                   p.cells_used() * planes,
                   100.0 * static_cast<double>(p.cells_used()) / static_cast<double>(p.n_crossbars * p.crossbar.rows * p.crossbar.cols),
                   crossbar_area_m2(e, p) * 1e6);
    fmt::print("layer  weights    shape          name\n");
    for (std::size_t i = 0; i < matrices.size(); ++i)
        fmt::print("{:<6} {:<10} {:<14} {}/{}\n", i, matrices[i].shape.rows * matrices[i].shape.cols,
                   fmt::format("{} x {}", matrices[i].shape.rows, matrices[i].shape.cols), matrices[i].network, matrices[i].name);
    fmt::print("layer  rows       columns    crossbar  at\n");
    for (const auto& b : p.blocks)
        fmt::print("{:<6} {:<10} {:<10} {:<9} ({}, {})\n", b.layer, fmt::format("{}-{}", b.row0, b.row0 + b.rows - 1),
                   fmt::format("{}-{}", b.col0, b.col0 + b.cols - 1), b.crossbar, b.at_row, b.at_col);
}

}  // namespace

void ganbar_register_inspect_placement(CommandContext& context) {
    auto* command = inspect_command(context.cli)->add_subcommand("placement", "which block of which layer sits on which crossbar");
    auto o = std::make_shared<InspectPlacementArguments>();
    command->add_option("experiment", o->experiment, "TOML file or preset")->required();
    command->add_option("--set", o->sets, "key=value")->one_value();
    command->add_flag("--json", o->json, "print JSON");
    auto presets = std::make_shared<config::Presets>(context.places.preset_folders("experiments"));
    command->callback([&context, o, presets] { context.run = [&context, o, presets] { show(*o, *presets, context.registries); }; });
}

}  // namespace ganbar::app
