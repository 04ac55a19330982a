// ganbar array [FILE.toml] [--size RxC] ...: one crossbar on the bench.
#include <fmt/format.h>

#include "ganbar/app/command.h"
#include "ganbar/app/output_file.h"
#include "ganbar/data/csv.h"
#include "ganbar/data/npy.h"
#include "ganbar/report/number_text.h"
#include "ganbar/study/array_study.h"

#include <nlohmann/json.hpp>

namespace ganbar::app {
namespace {

struct Options {
    std::string file, size, device, wire, driver, sense, scheme, compensation, ends, conductances, against;
    std::int64_t chips = 0;
    std::vector<std::string> sets;
    OutputFile out;
    bool json = false, csv = false;
};

/// "128x64" as settings of rows and columns.
std::vector<std::string> size_settings(const std::string& text) {
    const auto cross = text.find('x');
    const auto digits = [](const std::string& t) { return !t.empty() && t.size() < 6 && t.find_first_not_of("0123456789") == std::string::npos; };
    const std::string rows = text.substr(0, cross), cols = cross == std::string::npos ? rows : text.substr(cross + 1);
    if (!digits(rows) || !digits(cols)) throw ConfigError("--size \"" + text + "\" is no size; expected rows x columns, for example 128x64, or one number for a square");
    return {"array.rows=" + rows, "array.cols=" + cols};
}

/// What a word of --against stands for, with one of its values.
std::vector<std::string> against_settings(const std::string& word, const std::string& value) {
    if (word == "size") return size_settings(value);
    if (word == "wire") return {"wires.rw=" + value, "wires.rb=" + value};
    if (word == "driver") return {"wires.rdrv=" + value, "wires.rsense=" + value};
    if (word == "scheme" || word == "compensation" || word == "ends") return {"wires." + word + "=" + value};
    if (word == "device") return {"device.model=" + value};
    if (word.find('.') != std::string::npos) return {word + "=" + value};
    const std::vector<std::string> words{"size", "wire", "driver", "scheme", "compensation", "ends", "device"};
    const std::string near = nearest_name(word, words);
    throw ConfigError("--against \"" + word + "\" is not known" + (near.empty() ? "" : "; did you mean \"" + near + "\"?") + "; expected one of " + join(words) + ", or a key such as device.c2c");
}

std::vector<std::string> settings_of(const Options& o) {
    std::vector<std::string> out;
    const auto add = [&](const std::vector<std::string>& more) { out.insert(out.end(), more.begin(), more.end()); };
    if (!o.size.empty()) add(size_settings(o.size));
    for (const auto& [word, value] : {std::pair{"device", o.device}, {"wire", o.wire}, {"driver", o.driver}, {"scheme", o.scheme}, {"compensation", o.compensation}, {"ends", o.ends}})
        if (!value.empty()) add(against_settings(word, value));
    if (!o.sense.empty()) out.push_back("wires.rsense=" + o.sense);
    if (o.chips > 0) out.push_back("array.chips=" + std::to_string(o.chips));
    add(o.sets);
    return out;
}

/// A matrix in siemens: NPY, or CSV without a header.
void take_conductances(const std::string& path, ArrayQuestion& q) {
    std::size_t rows = 0, cols = 0;
    if (path.ends_with(".npy")) {
        const NpyArray a = read_npy(path);
        if (a.shape.size() != 2) throw DataError("holds an array of " + std::to_string(a.shape.size()) + " dimensions; expected rows x columns of conductances in siemens", {path});
        rows = a.shape[0], cols = a.shape[1];
        for (const double g : a.values()) q.g_S.push_back(static_cast<float>(g));
    } else {
        const CsvTable table = read_csv(path);  // its first row stands as the header there
        cols = table.columns.size();
        const auto number = [&](const std::string& text, int line) {
            char* end = nullptr;
            const double g = std::strtod(text.c_str(), &end);
            if (text.empty() || *end != 0) throw DataError("\"" + text + "\" is no conductance; expected numbers in siemens and no header", {path, line});
            q.g_S.push_back(static_cast<float>(g));
        };
        for (const auto& cell : table.columns) number(cell, 1);
        for (std::size_t r = 0; r < table.rows.size(); ++r)
            for (const auto& cell : table.rows[r]) number(cell, table.lines[r]);
        rows = table.rows.size() + 1;
    }
    q.spec.rows = static_cast<std::int64_t>(rows), q.spec.cols = static_cast<std::int64_t>(cols);
    if (rows == 0 || cols == 0 || rows > 1024 || cols > 1024) throw DataError(fmt::format("holds {} x {} conductances; expected 1 to 1024 rows and columns", rows, cols), {path});
}

study::ArrayStudy measure(const Options& o, const DeviceRegistry& devices) {
    study::ArrayStudy s;
    const auto base = settings_of(o);
    std::vector<std::vector<std::string>> points(1);
    if (!o.against.empty()) {
        const auto equals = o.against.find('=');
        if (equals == std::string::npos || equals + 1 == o.against.size()) throw ConfigError("--against \"" + o.against + "\" names no values; expected for example size=16,32,64 or wire=0.5ohm,1ohm,2ohm");
        s.key = o.against.substr(0, equals);
        if (s.key == "size" && !o.conductances.empty()) throw ConfigError("--conductances gives the size; expected another word after --against");
        points.clear();
        std::size_t begin = equals + 1;
        while (begin <= o.against.size()) {
            const std::size_t comma = std::min(o.against.find(',', begin), o.against.size());
            s.values.push_back(o.against.substr(begin, comma - begin));
            points.push_back(against_settings(s.key, s.values.back()));
            begin = comma + 1;
        }
    }
    for (const auto& point : points) {  // all are read before the first is measured
        auto settings = base;
        settings.insert(settings.end(), point.begin(), point.end());
        s.inputs.push_back(study::load_array(o.file, settings, devices));
        if (!o.conductances.empty()) take_conductances(o.conductances, s.inputs.back().question);
    }
    for (const auto& input : s.inputs) s.answers.push_back(measure_array(input.question));
    return s;
}

nlohmann::ordered_json to_json(const study::ArrayStudy& s) {
    nlohmann::ordered_json out = nlohmann::ordered_json::array();
    for (std::size_t k = 0; k < s.answers.size(); ++k) {
        const auto& spec = s.inputs[k].question.spec;
        nlohmann::ordered_json one{{"rows", spec.rows}, {"cols", spec.cols}, {"device", s.inputs[k].question.device.model}, {"chips", spec.chips}};
        if (!s.values.empty()) one[s.key] = s.values[k];
        for (const auto& f : s.answers[k].figures) {
            one["figures"][f.key] = f.mean();
            if (f.values.size() > 1) one["least"][f.key] = f.least(), one["most"][f.key] = f.most();
        }
        for (const auto& p : s.answers[k].by_active) one["by_active_rows"].push_back({{"n", p.n}, {"rms", p.rms}, {"worst", p.worst}});
        one["column_error"] = s.answers[k].column_error;
        if (s.values.empty()) one["read_share"] = s.answers[k].read_share, one["delivered"] = s.answers[k].delivered;
        out.push_back(std::move(one));
    }
    return s.values.empty() ? out.front() : out;
}

void print(const study::ArrayStudy& s) {
    for (std::size_t k = 0; k < s.answers.size(); ++k) {
        const auto& spec = s.inputs[k].question.spec;
        fmt::print("{}{} x {} cells of {}, {} chip{}\n", s.values.empty() ? "" : s.key + " = " + s.values[k] + ": ", spec.rows, spec.cols, s.inputs[k].question.device.model, spec.chips, spec.chips == 1 ? "" : "s");
        for (const auto& f : s.answers[k].figures) {
            const std::string range = f.values.size() > 1 ? fmt::format("  ({} to {})", report::format_quantity(f.least(), f.unit), report::format_quantity(f.most(), f.unit)) : "";
            fmt::print("  {:<24} {:>12}{}{}\n", f.key, report::format_quantity(f.mean(), f.unit), range, s.values.empty() ? "  " + f.doc : "");
        }
    }
}

void run_array(const Options& o, const DeviceRegistry& devices, const std::string& command) {
    o.out.check();
    const auto s = measure(o, devices);
    if (o.json) fmt::print("{}\n", to_json(s).dump());
    else if (o.csv) fmt::print("{}", study::array_csv(s));
    else print(s);
    if (o.out.asked()) o.out.write(o.out.path.ends_with(".csv") ? study::array_csv(s) : report::render_html(study::array_page(s, command)));
}

std::string command_of(const Options& o) {
    std::string text = "ganbar array";
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) text += fmt::format(" {} \"{}\"", name, value);
    };
    if (!o.file.empty()) text += " " + o.file;
    add("--size", o.size), add("--device", o.device), add("--wire", o.wire), add("--driver", o.driver), add("--sense", o.sense), add("--scheme", o.scheme), add("--compensation", o.compensation);
    add("--ends", o.ends), add("--conductances", o.conductances), add("--against", o.against);
    if (o.chips > 0) text += fmt::format(" --chips {}", o.chips);
    for (const auto& s : o.sets) add("--set", s);
    return text;
}

}  // namespace

void ganbar_register_array(CommandContext& context) {
    auto o = std::make_shared<Options>();
    auto* command = context.cli.add_subcommand("array", "one crossbar on the bench: read errors, delivered voltages, margins, disturb, energy and time, with exact wires");
    command->add_option("file", o->file, "TOML with [array], [device], [wires]; without it the founding device, 64 x 64");
    command->add_option("--size", o->size, "rows x columns, for example 128x64");
    command->add_option("--device", o->device, "device model, as `ganbar list devices` prints it");
    command->add_option("--wire", o->wire, "resistance of a segment of word and bit lines, for example 2.5ohm");
    command->add_option("--driver", o->driver, "resistance of drivers and sense amplifiers, for example 100ohm");
    command->add_option("--sense", o->sense, "resistance of the sense amplifiers alone");
    command->add_option("--scheme", o->scheme, "voltages of lines that are not selected: half, third, grounded or floating");
    command->add_option("--compensation", o->compensation, "calibrated drivers: none, rows or cells");
    command->add_option("--ends", o->ends, "lines meet their terminals at a single end or at both");
    command->add_option("--conductances", o->conductances, "the cells, in siemens: rows x columns as NPY or as CSV without a header");
    command->add_option("--chips", o->chips, "arrays made, each with its own cells: figures with their range")->check(Range{1, 10'000});
    command->add_option("--against", o->against, "WORD=VALUE,VALUE,...: one array for each value of size, wire, driver, scheme, compensation, ends, device, or of a key");
    command->add_option("--set", o->sets, "key=value of [array], [device] or [wires]")->one_value();
    command->add_flag("--json", o->json, "figures and maps in SI as JSON");
    command->add_flag("--csv", o->csv, "figures as CSV, a line for each value of --against");
    o->out.endings = {".html", ".csv"};
    o->out.declare(*command, "-o,--out,--output", "a page with maps and curves (.html), or the table (.csv)");
    command->callback([&context, o] { context.run = [devices = &context.registries.devices, o] { run_array(*o, *devices, command_of(*o)); }; });
}

}  // namespace ganbar::app
