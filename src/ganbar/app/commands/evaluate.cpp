// `ganbar evaluate`: the quality of a run's samples, or of any images in an NPY file, against a data set.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "ganbar/app/command.h"
#include "ganbar/data/bytes.h"
#include "ganbar/data/npy.h"
#include "ganbar/experiment/evaluator.h"

namespace ganbar::app {
namespace {

namespace fs = std::filesystem;

struct EvaluateArguments {
    std::string run, samples, reference, features, fit, background;
    std::size_t side = 0;
    std::vector<std::int64_t> classes;
    bool json = false;
};

/// What a run's summary.json says about its data.
void add_run_defaults(const fs::path& run, ReferenceSpec& spec) {
    const fs::path file = run / "summary.json";
    if (fs::exists(run / "run.toml") && !fs::exists(file))
        throw DataError("the run has not ended yet, so there is no summary.json; wait for it, or take it up by train --resume",
                        {run.string()});
    const Bytes bytes = read_file(file);
    try {
        const auto summary = nlohmann::json::parse(bytes.begin(), bytes.end());
        std::tie(spec.dataset, spec.split) = parse_reference(summary.at("dataset").get<std::string>(), "");
        spec.classes = summary.value("classes", std::vector<std::int64_t>{});
        spec.read = {background_of(summary.value("image_background", std::string("black"))),
                     fit_of(summary.value("image_fit", std::string("stretch"))), summary.value("image_side", std::size_t{0})};
        spec.features = summary.value("features", spec.features);
    } catch (const nlohmann::json::exception& e) {
        throw DataError(fmt::format("no summary of a run ({}); expected the keys dataset and classes", e.what()), {file.string()});
    }
}

void evaluate(const EvaluateArguments& options, const Places& places) {
    if (options.run.empty() == options.samples.empty())
        throw ConfigError("evaluate takes a run folder or --samples FILE.npy; expected one of the two");
    if (options.run.empty() && options.reference.empty())
        throw ConfigError("--samples needs to know what real images are; expected --reference DATASET, for example mnist:test");
    ReferenceSpec spec;
    if (!options.run.empty()) add_run_defaults(options.run, spec);
    if (!options.reference.empty()) std::tie(spec.dataset, spec.split) = parse_reference(options.reference, ""), spec.features = "auto";
    if (spec.split.empty()) spec.split = reference_split(spec.dataset, places.data);
    if (!options.features.empty()) spec.features = options.features;
    if (!options.classes.empty()) spec.classes = options.classes;
    if (options.side > 0) spec.read.side = options.side;
    if (!options.fit.empty()) spec.read.fit = fit_of(options.fit);
    if (!options.background.empty()) spec.read.background = background_of(options.background);
    const fs::path file = options.run.empty() ? fs::path(options.samples) : fs::path(options.run) / "samples.npy";
    const Dataset samples = dataset_from_npy(read_npy(file), file.string());  // before the long part, so that a wrong name is told at once
    if (options.run.empty())
        for (const auto& line : image_warnings(samples)) fmt::print(stderr, "warning: {}: {}\n", file.string(), line);
    const Evaluator evaluator(spec, places, [](const std::string& line) { fmt::print(stderr, "{}\n", line); });
    const auto quality = evaluator.evaluate(samples);
    nlohmann::ordered_json out;
    for (const auto& [key, value] : fields(quality)) std::visit([&, &k = key](const auto& v) { out[k] = v; }, value);
    if (options.json) {
        fmt::print("{}\n", out.dump(2));
        return;
    }
    fmt::print("{}\n", headline(quality));
    for (const auto& [key, value] : out.items()) fmt::print("{:28} {}\n", key, value.is_string() ? value.get<std::string>() : value.dump());
}

}  // namespace

void ganbar_register_evaluate(CommandContext& context) {
    auto options = std::make_shared<EvaluateArguments>();
    auto* command = context.cli.add_subcommand("evaluate", "how real and how varied a run's samples, or any images, are");
    command->add_option("run", options->run, "run folder: its samples.npy against its data set");
    command->add_option("--samples", options->samples, "images: uint8 (or float) NPY file, n x h x w or n x h x w x channels");
    command->add_option("--reference", options->reference,
                        "DATASET[:train|:test], what real images are; default: the run's data set; split test where there is one");
    command->add_option(
        "--features", options->features,
        "whose classifier sees the images: a labelled data set, or untrained; default: the run's, else the reference's own");
    command->add_option("--classes", options->classes, "classes wanted, for example 3,5; default: the run's, else all")->delimiter(',');
    command->add_option("--side", options->side, "real images are made this high and wide; default: the run's data.side, else as they are")
        ->check(Range{1, 4096});
    command->add_option("--fit", options->fit,
                        "real images that are not square: stretch, crop or pad; default: the run's data.fit, else stretch");
    command->add_option(
        "--background", options->background,
        "under transparent pixels and around padded images: black or white; default: the run's data.background, else black");
    command->add_flag("--json", options->json, "as JSON");
    command->callback([&context, options] { context.run = [&context, options] { evaluate(*options, context.places); }; });
}

}  // namespace ganbar::app
