// One description of network, hardware and training: what an experiment file says, bound and checked.
#pragma once
#include <memory>

#include "ganbar/bits/noise_tables.h"
#include "ganbar/config/preset.h"
#include "ganbar/config/write.h"
#include "ganbar/device/nonideal.h"
#include "ganbar/experiment/registries.h"
#include "ganbar/experiment/specs.h"
#include "ganbar/gan/metrics/quality.h"
#include "ganbar/gan/trainer.h"
#include "ganbar/periphery/periphery_params.h"
#include "ganbar/tile/tile_params.h"
#include "ganbar/tile/wire_params.h"

namespace ganbar {

struct Experiment {
    /// Cells that hold one weight: two for differential mapping, one more for the fast array of Tiki-Taka.
    std::int64_t cells_per_weight() const { return (tile.mapping == Mapping::differential ? 2 : 1) + (rule.join_arrays ? 1 : 0); }
    ExperimentSpec experiment;
    DataSpec data;
    NetworkSpec generator, discriminator;
    nn::NetworkPlan generator_plan, discriminator_plan;  ///< shapes and weight matrices that follow from them
    LatentSpec latent;
    NoiseTables noise;
    HardwareSpec hardware;
    DeviceSpec device;        ///< every cell that holds a weight
    DeviceSpec noise_device;  ///< cells of the array that makes random bits
    NonidealParams nonideal;
    periphery::PeripheryParams periphery;
    TileParams tile;
    WireParams wires;
    TrainSpec train;
    RuleSpec rule;  ///< the one that train.rule names, with its table
    EvaluationSpec evaluation;
    gan::QualitySpec quality;
    AcceleratorSpec accelerators;
    std::shared_ptr<config::Node> source;  ///< everything the user and the presets said
    std::vector<std::string> notes;        ///< of keys by an old name, or of another rule: what to tell the user
    std::size_t n_latent() const { return generator_plan.shapes.front().size(); }
    std::size_t n_pixels() const { return generator_plan.shapes.back().size(); }
};

/// What an experiment is read from: a preset's name or a path, or a tree; then settings.
struct ExperimentSource {
    std::string name;                     ///< of a preset or a file; of a tree, what it is called
    const config::Node* given = nullptr;  ///< a tree in place of a file; a key `preset` in it names what it starts from
    std::span<const std::string> sets{};  ///< as --set takes them, in order; of a file
    const config::Node* over = nullptr;   ///< a tree that wins over all
    std::string origin{};                 ///< who said the trees: config::said_in_python
};
/// As load_experiment().
Experiment read_experiment(const ExperimentSource& source, const config::Presets& presets, const Registries& registries);

/// Reads an experiment file or preset, binds every key, rejects the unknown ones, checks what no single key can (shapes that fit).
Experiment load_experiment(const std::string& name_or_path, const config::Presets& presets, std::span<const std::string> overrides,
                           const Registries& registries);
/// All sections with all values, and who said each.
std::vector<config::Section> resolved(const Experiment& e);
/// The same as text, with what presets said: run.toml. Running it again gives the same bytes.
std::string run_toml(const Experiment& e);

}  // namespace ganbar
