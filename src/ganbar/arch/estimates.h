// Estimates by name: networks from presets and files, accelerators with overrides.
#pragma once
#include <optional>

#include "ganbar/arch/accelerator.h"
#include "ganbar/arch/budget.h"
#include "ganbar/arch/equal_size.h"
#include "ganbar/config/preset.h"

namespace ganbar::arch {

/// A network preset by name, or a file by path (it ends in .toml or .onnx, or has a slash). `discriminator`: the ONNX file that goes with a
/// generator's.
Gan load_gan(const std::string& name_or_path, const config::Presets& presets, const std::string& discriminator = "");

/// The file that such a name or path means.
std::string network_path(const std::string& name_or_path, const config::Presets& presets);

/// Names of a machine's parameters that overrides set ("isaac.rows = 64").
std::vector<std::string> parameters_set(const std::string& machine, const std::vector<std::string>& overrides);

struct EstimateRequest {
    std::vector<std::string> accelerators;  ///< names, or "all" alone
    std::vector<std::string> overrides;     ///< "regan.steps_per_cycle=64"
    std::optional<Int> batch, steps_d;
    std::optional<Task> task;  ///< training, or generation where there is no discriminator
    bool intervals = true;
    Budget budget;            ///< every machine is sized to it (budget.h); none: machines as published or set
    bool fixed_chip = false;  ///< crossbar machines on a chip of fixed size (on_chip): the budget's, else the published or stated one
    /// "all" without a budget or a chip compares at equal size (equal_size.h); true: each machine as published or set.
    bool as_published = false;
};

/// An accelerator with its parameters.
struct NamedMachine {
    std::string name;
    std::shared_ptr<const AcceleratorEntry> entry;
    std::shared_ptr<const Accelerator> machine;
    std::vector<std::string> set = {};  ///< parameters that the user gave: known, so no interval swings them
};

struct NamedEstimate {
    std::string name;
    std::shared_ptr<const AcceleratorEntry> entry;
    std::vector<ParamRow> params;
    std::vector<std::string> warnings;  ///< changed parameters whose consequences the model does not follow
    Estimate estimate;
    Uncertainty uncertainty;
    std::optional<ZeroSkipping> zero_skipping;  ///< for machines that can also insert the zeros
    std::optional<AtEqualPower> equal_power;    ///< beside the estimate at equal area
};
struct EstimateResult {
    Workload workload;
    Budget budget;
    bool fixed_chip = false;
    std::optional<EqualSize> equal;  ///< where machines are compared so; its area is then the budget
    std::vector<NamedEstimate> estimates;
    std::vector<std::pair<std::string, std::string>> unfit;  ///< with "all": name and reason
    std::vector<std::string> warnings;                       ///< of the request itself
};
/// Throws ConfigError; with "all", machines that cannot run the network, or not within the budget, are listed in
/// `unfit` instead. Parameters that `overrides` name are known: the intervals do not swing them.
EstimateResult run_estimates(const AcceleratorRegistry& registry, const Gan& gan, const EstimateRequest& request);

/// The same for a workload and machines that are there already. Machines that cannot run it are listed in `unfit`.
EstimateResult estimate_workload(Workload w, const std::vector<NamedMachine>& machines);

}  // namespace ganbar::arch
