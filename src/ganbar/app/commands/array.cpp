// ganbar array [FILE.toml] [--size RxC] ...: one crossbar on the bench.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "ganbar/app/command.h"
#include "ganbar/app/output_file.h"
#include "ganbar/circuit/spice.h"
#include "ganbar/core/file_ending.h"
#include "ganbar/report/aggregate.h"
#include "ganbar/report/number_text.h"
#include "ganbar/study/array_study.h"

namespace ganbar::app {
namespace {

struct ArrayArguments : study::ArrayRequest {
    OutputFile out;
    bool json = false, csv = false;
};

void print(const study::ArrayStudy& s) {
    for (std::size_t k = 0; k < s.answers.size(); ++k) {
        const auto& spec = s.inputs[k].question.spec;
        fmt::print("{}{} x {} {} cells of {}, {} chip{}\n", s.values.empty() ? "" : s.key + " = " + s.values[k] + ": ", spec.rows,
                   spec.cols, cell_type_names()[static_cast<std::size_t>(s.inputs[k].question.cell.selector.type)],
                   s.inputs[k].question.device.model, spec.chips, spec.chips == 1 ? "" : "s");
        for (const auto& f : s.answers[k].figures) {
            const std::string range =
                f.values.size() > 1 ? fmt::format(" ± {} ({} to {})", report::format_quantity(report::half_width_95(f.values), f.unit),
                                                  report::format_quantity(f.least(), f.unit), report::format_quantity(f.most(), f.unit))
                                    : "";
            fmt::print("  {:<24} {:>12}{}{}\n", f.key, report::format_quantity(f.mean(), f.unit), range,
                       s.values.empty() ? "  " + f.doc : "");
        }
    }
}

std::string written(const ArrayArguments& o, const study::ArrayStudy& s, const std::string& command) {
    if (has_ending(o.out.path, ".cir")) return study::array_deck(s);
    return has_ending(o.out.path, ".csv") ? study::array_csv(s) : report::render_html(study::array_page(s, command));
}

void run_array(const ArrayArguments& o, const config::Presets& presets, const Registries& registries, const std::string& command) {
    o.out.check();
    if (has_ending(o.out.path, ".cir") && !o.against.empty()) throw ConfigError("a deck holds one array; expected it without --against");
    if (o.out.to_stdout() && (o.json || o.csv))
        throw ConfigError("-o - and --json or --csv both print to standard output; expected one of them");
    if (o.json && o.csv) throw ConfigError("--json and --csv both print the figures; expected one of them");
    const auto s = study::measure_arrays(o, presets, registries);
    for (const auto& line : s.warnings) fmt::print(stderr, "warning: {}\n", line);
    if (const auto& spec = s.inputs.front().question.spec; has_ending(o.out.path, ".cir"))
        if (const auto line = deck_warning(static_cast<std::size_t>(spec.rows * spec.cols), false); !line.empty())
            fmt::print(stderr, "warning: {}\n", line);
    if (o.out.asked()) o.out.write(written(o, s, command));
    if (o.out.to_stdout()) return;
    if (o.json) fmt::print("{}\n", study::array_json(s).dump());
    else if (o.csv) fmt::print("{}", study::array_csv(s));
    else print(s);
}

}  // namespace

void ganbar_register_array(CommandContext& context) {
    auto o = std::make_shared<ArrayArguments>();
    auto* command = context.cli.add_subcommand(
        "array", "one crossbar on the bench: read errors, delivered voltages, margins, disturb, energy and time, with exact wires");
    command->add_option("file", o->file, "TOML with [array], [device], [cell], [wires]; without it the founding device, 64 x 64");
    command->add_option("--size", o->size, "rows x columns, for example 128x64; at most 1024 of each");
    command->add_option("--device", o->device, "device model, as `ganbar list devices` prints it");
    command->add_option("--cell", o->cell,
                        "passive, or the memristor in series with a transistor (1t1r), a selector (1s1r) or a diode (1d1r)");
    command->add_option("--wire", o->wire, "resistance of a segment of word and bit lines, for example 2.5ohm");
    command->add_option("--driver", o->driver, "resistance of drivers and sense amplifiers, for example 100ohm");
    command->add_option("--sense", o->sense, "resistance of the sense amplifiers alone");
    command->add_option("--scheme", o->scheme, "voltages of lines that are not selected: half, third, grounded, floating or inhibit");
    command->add_option("--compensation", o->compensation, "calibrated drivers: none, rows or cells");
    command->add_option("--ends", o->ends, "lines meet their terminals at a single end or at both");
    command->add_option("--conductances", o->conductances, "the cells, in siemens: rows x columns as NPY or as CSV without a header");
    command->add_option("--run", o->run, "the cells of an array of this trained run, with its device, cells, wires and pulses");
    command->add_option("--array", o->array, "which of them, as `ganbar netlist --array` counts, from 0")->check(Range{0, 1e19});
    command->add_option("--chips", o->chips, "arrays made, each with its own cells: figures with their range")->check(Range{1, 10'000});
    command->add_option(
        "--against", o->against,
        "WORD=VALUE,VALUE,...: one array for each value of size, wire, driver, scheme, compensation, ends, device, cell, or of a key");
    command->add_option("--set", o->sets, "key=value of [array], [device], [cell] or [wires]")->one_value();
    command->add_flag("--json", o->json, "figures and maps in SI as JSON");
    command->add_flag("--csv", o->csv, "figures as CSV, a line for each value of --against");
    o->out.endings = {".html", ".csv", ".cir"};
    o->out.declare(*command, "-o,--out,--output",
                   "a page with maps and curves (.html), the table (.csv), or the first chip's read as a SPICE deck (.cir)");
    command->callback([&context, o] {
        context.run = [&context, o] {
            run_array(*o, config::Presets(context.places.preset_folders("experiments")), context.registries, study::command_of(*o));
        };
    });
}

}  // namespace ganbar::app
