#include <fmt/format.h>
#include <unistd.h>

#include "ganbar/app/command.h"
#include "ganbar/app/study_context.h"
#include "ganbar/data/atomic_file.h"
#include "ganbar/report/estimate_page.h"
#include "ganbar/report/reproductions.h"
#include "ganbar/run/environment.h"
#include "ganbar/study/reproduce.h"

namespace ganbar::app {
namespace {

struct ReproduceArguments {
    std::string name, out;
    std::vector<std::string> sets;
    std::int64_t seeds = 0;
    bool quick = false, json = false, full = false;
};

void accelerators(const ReproduceArguments& o, const std::vector<std::string>& network_folders, const AcceleratorRegistry& registry) {
    if (!o.sets.empty()) throw ConfigError("--set applies to training reproductions; change an accelerator with ganbar estimate --set");
    if (o.quick || o.seeds > 0) say(o.name + " trains nothing: --quick and --seeds change nothing");
    const config::Presets networks(network_folders);
    const arch::ReproductionContext context{registry, [&](const std::string& name) { return arch::load_gan(name, networks); }, 0};
    const auto result = o.name == "regan2018"  ? arch::reproduce_regan2018(context)
                        : o.name == "zara2019" ? arch::reproduce_zara2019(context)
                                               : arch::reproduce_liu2018(context);
    if (!o.out.empty()) {
        std::filesystem::create_directories(o.out);
        write_file(std::filesystem::path(o.out) / "results.json", report::reproduction_json(result).dump(1) + "\n");
        write_file(std::filesystem::path(o.out) / "results.txt", report::reproduction_text(result));
        write_file(std::filesystem::path(o.out) / "report.html",
                   report::reproduction_page(result, "ganbar reproduce " + o.name + " --out " + o.out));
    }
    if (o.json) fmt::print("{}\n", report::reproduction_json(result).dump(1));
    else fmt::print("{}", report::reproduction_text(result));
}

}  // namespace

void ganbar_register_reproduce(CommandContext& context) {
    auto* command = context.cli.add_subcommand("reproduce", "a published result, ours beside the paper's");
    auto o = std::make_shared<ReproduceArguments>();
    command->add_option("name", o->name, "satyam2022, krestinskaya2020, lin2018, regan2018, zara2019 or liu2018")->required();
    command->add_flag("--quick", o->quick, "the main variants only, fewer rounds");
    command->add_flag("--full", o->full,
                      "krestinskaya2020: tolerance of the whole network, not of an eighth of its channels, at two values of each");
    command->add_option("--seeds", o->seeds, "seeds of each variant; default 3, with --quick 1 (lin2018: 3)")->check(Range{1, 100});
    command->add_option("--out", o->out, "folder for runs and report.html; default runs/NAME");
    command->add_option("--set", o->sets, "key=value for every run, for example data.dataset=fashion-mnist")->one_value();
    command->add_flag("--json", o->json, "print the results as JSON");
    auto experiments = std::make_shared<config::Presets>(context.places.preset_folders("experiments"));
    auto networks = std::make_shared<std::vector<std::string>>(context.places.preset_folders("networks"));
    command->callback([&context, o, experiments, networks] {
        context.run = [&context, o, experiments, networks] {
            const std::vector<std::string> names = {"krestinskaya2020", "lin2018", "liu2018", "regan2018", "satyam2022", "zara2019"};
            if (std::find(names.begin(), names.end(), o->name) == names.end()) {
                const std::string near = nearest_name(o->name, names);
                throw ConfigError(fmt::format("unknown reproduction \"{}\"{}; expected one of {}", o->name,
                                              near.empty() ? "" : "; did you mean \"" + near + "\"?", join(names)));
            }
            const std::map<std::string, decltype(&study::reproduce_satyam2022)> trained = {
                {"krestinskaya2020", &study::reproduce_krestinskaya2020},
                {"lin2018", &study::reproduce_lin2018},
                {"satyam2022", &study::reproduce_satyam2022}};
            const auto found = trained.find(o->name);
            if (o->full && o->name != "krestinskaya2020")
                throw ConfigError("--full belongs to krestinskaya2020, whose tolerance curves are of a smaller network without it");
            if (found == trained.end()) return accelerators(*o, *networks, context.registries.accelerators);
            const std::int64_t seeds = o->quick && o->name != "lin2018" ? 1 : 3;
            study::ReproduceOptions options{o->quick, o->seeds > 0 ? o->seeds : seeds, o->out.empty() ? "runs/" + o->name : o->out, o->sets,
                                            o->full};
            TerminalObserver observer(isatty(STDERR_FILENO) != 0, true);
            const config::Presets network_presets(*networks);
            found->second(options, study_context(context, *experiments, network_presets, observer));
            if (o->json) fmt::print("{}", read_text(options.out / "results.json"));
            else fmt::print("{}\n", (options.out / "report.html").string());
        };
    });
}

}  // namespace ganbar::app
