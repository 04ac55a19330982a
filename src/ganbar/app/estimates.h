// Estimates as the command line and the reports use them: networks by name, accelerators with overrides, JSON and tables.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>

#include "ganbar/arch/accelerator.h"
#include "ganbar/config/preset.h"

namespace ganbar::app {

/// A network preset by name, or a file by path (it ends in .toml or .onnx, or has a slash). `discriminator`: the ONNX file that goes with a
/// generator's.
arch::Gan load_gan(const std::string& name_or_path, const config::Presets& presets, const std::string& discriminator = "");

/// The file that such a name or path means.
std::string network_path(const std::string& name_or_path, const config::Presets& presets);

struct EstimateRequest {
    std::vector<std::string> accelerators;  ///< names, or "all" alone
    std::vector<std::string> overrides;     ///< "regan.steps_per_cycle=64"
    std::optional<arch::Int> batch, steps_d;
    std::optional<arch::Task> task;  ///< training, or generation where there is no discriminator
    bool intervals = true;
};

struct NamedEstimate {
    std::string name;
    const arch::AcceleratorEntry* entry = nullptr;
    std::vector<ParamRow> params;
    arch::Estimate estimate;
    arch::Uncertainty uncertainty;
    std::optional<arch::ZeroSkipping> zero_skipping;  ///< for machines that can also insert the zeros
};
struct EstimateResult {
    arch::Workload workload;
    std::vector<NamedEstimate> estimates;
    std::vector<std::pair<std::string, std::string>> unfit;  ///< with "all": name and reason
};
/// Throws ConfigError; with "all", machines that cannot run the network are listed in `unfit` instead.
EstimateResult run_estimates(const AcceleratorRegistry& registry, const arch::Gan& gan, const EstimateRequest& request);

/// The same for a workload that is there already; parameters from the tables named after the accelerators (may be null). Machines that
/// cannot run it are listed in `unfit`.
EstimateResult estimate_workload(const AcceleratorRegistry& registry, arch::Workload w, const std::vector<std::string>& names,
                                 const config::Node* tables);

nlohmann::ordered_json estimate_json(const arch::Workload& w, const NamedEstimate& n);
nlohmann::ordered_json estimates_json(const EstimateResult& result);
std::string estimates_table(const EstimateResult& result);
/// "1.57 ms": three digits and the prefix that reads best.
std::string engineering(double value, const std::string& unit);

}  // namespace ganbar::app
