// ganbar device fit DATA.csv -o mydevice.toml: a device model from measured pulses, and the page about it.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "ganbar/app/output_file.h"
#include "ganbar/app/study_context.h"
#include "ganbar/data/atomic_file.h"
#include "ganbar/report/write_report.h"
#include "ganbar/study/device_file_check.h"

namespace ganbar::app {
namespace {

struct DeviceFitArguments {
    std::string data, iv, plan, read_V, width, unit, report, preset = "measured-device";
    std::optional<std::int64_t> rounds;
    std::vector<std::string> sets;
    OutputFile out;
    bool json = false;
};

fit::ReadOptions read_options(const DeviceFitArguments& o) {
    fit::ReadOptions read;
    if (!o.plan.empty()) read.plan = fit::parse_plan(o.plan);
    if (!o.read_V.empty()) read.read_V = config::parse_quantity(o.read_V, "V", "--read-voltage", {});
    if (!o.width.empty()) read.width_s = config::parse_quantity(o.width, "s", "--width", {});
    read.unit = o.unit;
    return read;
}

/// Before the work: the folder of the short training must not be there, or, under --force, be a run folder, which is then replaced.
void check_folder(const std::filesystem::path& folder, bool force) {
    if (!std::filesystem::exists(folder)) return;
    if (!force)
        throw ConfigError("the folder of the short training is there already; expected another -o, --rounds 0, or --force",
                          {folder.string()});
    if (!std::filesystem::is_regular_file(folder / "run.toml"))
        throw ConfigError("is no run folder and stays; expected another -o", {folder.string()});
}

void fit_device(const DeviceFitArguments& o, const CommandContext& context, const config::Presets& presets) {
    const Replace replace = o.out.force ? Replace::yes : Replace::no;
    const std::int64_t rounds = o.rounds.value_or(100);
    o.out.check();
    if (o.report.empty() && ((o.rounds && rounds > 0) || !o.sets.empty()))
        throw ConfigError("--rounds and --set are of the short training on the page; expected --report FILE.html too");
    if (rounds == 0 && !o.sets.empty())
        throw ConfigError("--set is of the short training, which --rounds 0 leaves out; expected one or the other");
    const bool named = o.out.asked() && !o.out.to_stdout();
    if (!o.report.empty() && !named)
        throw ConfigError("--report needs the device file that its training runs on; expected -o NAME.toml too");
    if (o.json && o.out.to_stdout()) throw ConfigError("--json and -o - both go to stdout; expected a file for the device");
    study::DeviceSheet sheet;
    const std::filesystem::path toml = o.out.path, folder = (toml.has_parent_path() ? toml.parent_path() : std::filesystem::path(".")) /
                                                            (toml.stem().string() + "-run");
    if (!o.report.empty()) check_target(o.report, replace);
    if (!o.report.empty() && rounds > 0) check_folder(folder, o.out.force);
    sheet.data = fit::read_pulses(o.data, read_options(o));
    sheet.fit = fit::fit_device(sheet.data);
    if (!o.iv.empty()) sheet.fit.iv = fit::fit_iv(report::read_file(o.iv), o.iv);
    sheet.fit.name = std::filesystem::path(named ? o.out.path : o.data).stem().string();
    sheet.verdict = fit::judge(sheet.fit);
    if (!o.report.empty() || o.json) sheet.families = fit::fit_families(sheet.data, sheet.fit);
    sheet.toml = fit::device_toml(sheet.fit, o.preset);
    TerminalObserver observer(isatty(STDERR_FILENO) != 0, true);
    const config::Presets networks(context.places.preset_folders("networks"));
    const auto study = study_context(context, presets, networks, observer);
    study::check_device_file(sheet, named ? toml : std::filesystem::path(sheet.fit.name + ".toml"), [&](const std::filesystem::path& file) {
        if (!o.report.empty() && rounds > 0) static_cast<void>(study::device_experiment(sheet, file, rounds, o.sets, study));
        else static_cast<void>(load_experiment(file.string(), presets, {}, context.registries));
    });
    for (const auto& note : sheet.fit.notes) fmt::print(stderr, "{}\n", note);
    if (o.out.asked()) o.out.write(sheet.toml);
    else if (!o.json) fmt::print("{}", sheet.toml);
    if (o.json) fmt::print("{}\n", study::device_json(sheet).dump(1));
    if (o.report.empty()) return;
    if (rounds > 0 && std::filesystem::exists(folder)) std::filesystem::remove_all(folder);  // check_folder has looked at it
    if (rounds > 0) sheet.runs.push_back(study::try_device(sheet, toml, folder, rounds, o.sets, study));
    report::write_report(study::compose_device_page(sheet), o.report, o.out.force);
    say("wrote " + o.report);
}

}  // namespace

void ganbar_register_device_fit(CommandContext& context) {
    auto o = std::make_shared<DeviceFitArguments>();
    auto* command = context.cli.find_subcommand("device")->add_subcommand(
        "fit", "a device model from measured pulses: conductance after each pulse, in a CSV");
    command
        ->add_option("data", o->data,
                     "CSV with a header: device,cycle,pulse,v_V,t_s,g_S; other names, units and layouts are in docs/own_device.md")
        ->required();
    o->out.endings = {".toml"};
    o->out.declare(*command, "-o,--out", "TOML to write; without it the text is printed");
    command->add_option("--report", o->report,
                        "page to write: data, fit, verdict, and the images of a short training, whose run folder lies beside the TOML");
    command->add_option("--rounds", o->rounds, "rounds of that training (100); 0 for none")->check(Range{0, 1000000});
    command->add_option("--set", o->sets, "key=value of that training")->one_value();
    command->add_option("--iv", o->iv, "CSV of I-V sweeps, columns v_V and i_A in any unit");
    command->add_option(
        "--pulses", o->plan,
        "amplitude and width of the pulses of a cycle, where the file has none: \"100 x 1.0 V,100 ns; 100 x -1.2 V,100 ns\"");
    command->add_option("--width", o->width, "width of every pulse, where the file has none: \"100 ns\"");
    command->add_option("--read-voltage", o->read_V, "at which currents were read: \"0.1 V\"");
    command->add_option("--unit", o->unit, "of conductance, resistance or current, where the header has none: uS, kohm, uA");
    command->add_option("--preset", o->preset, "experiment that the written file starts from");
    command->add_flag("--json", o->json, "the fit, the verdict and the parametric laws as JSON");
    auto presets = std::make_shared<config::Presets>(context.places.preset_folders("experiments"));
    command->callback([&context, o, presets] { context.run = [&context, o, presets] { fit_device(*o, context, *presets); }; });
}

}  // namespace ganbar::app
