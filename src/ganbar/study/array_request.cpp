#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "ganbar/circuit/array_cells.h"
#include "ganbar/circuit/spice.h"
#include "ganbar/core/file_ending.h"
#include "ganbar/data/csv.h"
#include "ganbar/data/npy.h"
#include "ganbar/device/device_pulses.h"
#include "ganbar/experiment/run_array.h"
#include "ganbar/report/aggregate.h"
#include "ganbar/run/run.h"
#include "ganbar/study/array_study.h"

namespace ganbar::study {
namespace {

/// "128x64" as settings of rows and columns.
std::vector<std::string> size_settings(const std::string& text) {
    const auto cross = text.find('x');
    const auto digits = [](const std::string& t) {
        return !t.empty() && t.size() < 6 && t.find_first_not_of("0123456789") == std::string::npos;
    };
    const std::string rows = text.substr(0, cross), cols = cross == std::string::npos ? rows : text.substr(cross + 1);
    if (!digits(rows) || !digits(cols))
        throw ConfigError("--size \"" + text + "\" is no size; expected rows x columns, for example 128x64, or one number for a square");
    return {"array.rows=" + rows, "array.cols=" + cols};
}

/// What a word of --against stands for, with one of its values.
std::vector<std::string> against_settings(const std::string& word, const std::string& value) {
    if (word == "size") return size_settings(value);
    if (word == "wire") return {"wires.rw=" + value, "wires.rb=" + value};
    if (word == "driver") return {"wires.rdrv=" + value, "wires.rsense=" + value};
    if (word == "scheme" || word == "compensation" || word == "ends") return {"wires." + word + "=" + value};
    if (word == "device") return {"device.model=" + value};
    if (word == "cell") return {"cell.type=" + value};
    if (word.find('.') != std::string::npos) return {word + "=" + value};
    const std::vector<std::string> words{"size", "wire", "driver", "scheme", "compensation", "ends", "device", "cell"};
    const std::string near = nearest_name(word, words);
    throw ConfigError("--against \"" + word + "\" is not known" + (near.empty() ? "" : "; did you mean \"" + near + "\"?") +
                      "; expected one of " + join(words) + ", or a key such as device.c2c");
}

std::vector<std::string> settings_of(const ArrayRequest& o) {
    std::vector<std::string> out;
    const auto add = [&](const std::vector<std::string>& more) { out.insert(out.end(), more.begin(), more.end()); };
    if (!o.size.empty()) add(size_settings(o.size));
    for (const auto& [word, value] : {std::pair{"device", o.device},
                                      {"cell", o.cell},
                                      {"wire", o.wire},
                                      {"driver", o.driver},
                                      {"scheme", o.scheme},
                                      {"compensation", o.compensation},
                                      {"ends", o.ends}})
        if (!value.empty()) add(against_settings(word, value));
    if (!o.sense.empty()) out.push_back("wires.rsense=" + o.sense);
    if (o.chips > 0) out.push_back("array.chips=" + std::to_string(o.chips));
    add(o.sets);
    return out;
}

/// A matrix in siemens: NPY, or CSV without a header.
void take_conductances(const std::string& path, ArrayQuestion& q) {
    std::size_t rows = 0, cols = 0;
    if (has_ending(path, ".npy")) {
        const NpyArray a = read_npy(path);
        if (a.shape.size() != 2)
            throw DataError(
                "holds an array of " + std::to_string(a.shape.size()) + " dimensions; expected rows x columns of conductances in siemens",
                {path});
        rows = a.shape[0], cols = a.shape[1];
        for (const double g : a.values()) q.g_S.push_back(static_cast<float>(g));
    } else {
        const CsvTable table = read_csv(path);  // its first row stands as the header there
        cols = table.columns.size();
        const auto number = [&](const std::string& text, int line) {
            char* end = nullptr;
            const double g = std::strtod(text.c_str(), &end);
            if (text.empty() || *end != 0)
                throw DataError("\"" + text + "\" is no conductance; expected numbers in siemens and no header", {path, line});
            q.g_S.push_back(static_cast<float>(g));
        };
        for (const auto& cell : table.columns) number(cell, 1);
        for (std::size_t r = 0; r < table.rows.size(); ++r)
            for (const auto& cell : table.rows[r]) number(cell, table.lines[r]);
        rows = table.rows.size() + 1;
    }
    q.spec.rows = static_cast<std::int64_t>(rows), q.spec.cols = static_cast<std::int64_t>(cols);
    if (rows == 0 || cols == 0 || rows > 1024 || cols > 1024)
        throw DataError(fmt::format("holds {} x {} conductances; expected 1 to 1024 rows and columns", rows, cols), {path});
}

/// [array], [device], [cell] and [wires] as a run has them.
std::unique_ptr<config::Node> sections_of(const std::string& run) {
    const std::string file = (std::filesystem::path(run) / "run.toml").string();
    const auto all = config::load_toml(file);
    auto out = std::make_unique<config::Node>();
    const auto take = [&](const config::Node* from, const std::string& key, const char* section, const std::string& as) {
        if (from == nullptr) return;
        if (const auto leaf = from->leaves.find(key); leaf != from->leaves.end()) out->child(section).leaves[as] = leaf->second;
    };
    const config::Node *device = all->table("device"), *wires = all->table("wires"), *tile = all->table("tile"),
                       *train = all->table("train");
    if (device != nullptr) out->tables["device"] = device->clone();
    for (const auto& row : param_rows(Wires::schema(), Wires{})) take(wires, row.info.name, "wires", row.info.name);
    for (const auto& row : param_rows(WriteParams::schema(), WriteParams{})) take(wires, row.info.name, "wires", row.info.name);
    for (const char* key : {"v_read", "cell_area"}) take(tile, key, "array", key);
    if (train != nullptr)
        for (const auto& [rule, table] : train->tables)
            for (const char* key : {"v_set", "v_reset", "t_pulse"}) take(table.get(), key, "array", key);
    take(tile, "cell", "cell", "type");
    if (const auto type = out->child("cell").leaves.find("type");
        type != out->child("cell").leaves.end() && type->second.value != decltype(type->second.value)(std::string("passive")))
        for (const char* key : {"r_on", "g_off", "v_gate", "c_gate", "active_area"}) take(tile, std::string("cell_") + key, "cell", key);
    out->set_origin("run " + run);
    return out;
}

/// Without blanks at both ends.
std::string without_blanks(const std::string& text) {
    const auto first = text.find_first_not_of(' ');
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// A line that several arrays give is told once.
void tell(std::vector<std::string>& lines, const std::string& line) {
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
}

/// The array of a trained run; what lies beyond the device's window (cells that are stuck, or of bounds of their own) goes to its end, and
/// a line says so.
void take_cells(const RunCells& cells, ArrayQuestion& q, std::vector<std::string>& warnings) {
    q.spec.rows = static_cast<std::int64_t>(cells.rows), q.spec.cols = static_cast<std::int64_t>(cells.cols);
    const Window w = q.device.make(1)->window();
    std::size_t beyond = 0;
    for (const float g : cells.g_S) {
        const float in = std::clamp(g, static_cast<float>(w.g_min.si), static_cast<float>(w.g_max.si));
        beyond += std::abs(in - g) > 1e-4f * in ? 1 : 0, q.g_S.push_back(in);
    }
    if (beyond > 0)
        tell(warnings, fmt::format("{} of {} cells lie outside the device's window and are taken at its end", beyond, cells.g_S.size()));
}

/// What a figure's value does not say by itself.
std::vector<std::string> caveats(const ArrayInput& input, const ArrayAnswer& a) {
    constexpr double blocked = 0.5;
    std::vector<std::string> out;
    const auto has = [&](const char* key) {
        return std::any_of(a.figures.begin(), a.figures.end(), [&](const auto& f) { return f.key == key; });
    };
    if (has("selector_share_mean") && a.figure("selector_share_mean").mean() < blocked)
        out.push_back(fmt::format(
            "at v_read the selectors pass {:.2g} of what the memristors alone would: the errors and margins of reads are those of "
            "so little current; a higher array.v_read or cell.v_gate opens them",
            a.figure("selector_share_mean").mean()));
    if (has("selector_share_mean") && a.figure("delivered_least").least() < 0.1)
        out.push_back(
            fmt::format("a selected memristor gets {:.2g} of the amplitude at worst: its selector takes the rest (a diode passes no reset)",
                        a.figure("delivered_least").least()));
    const auto& spec = input.question.spec;
    if (spec.c_node.si > 0 && !has("read_settle_s"))
        out.push_back(input.question.wires.rsense.si > 0 ? fmt::format("settling is not computed beyond {} cells", most_settling_cells)
                                                         : "no read_settle_s: it is of the current through the sense amplifiers, whose "
                                                           "resistance is 0; --sense gives them one");
    const auto& params = input.question.device.params;
    const bool held = std::any_of(params.begin(), params.end(), [](const ParamRow& p) {
        const auto* volts = std::get_if<double>(&p.value);
        return p.info.name == "threshold" && volts != nullptr && *volts > 0;
    });
    if (held && a.figure("disturb").most() == 0 && input.question.spec.disturb_writes > 0)
        out.push_back(
            "disturb is 0 because device.threshold holds cells below it as they are; a lower one (--set \"device.threshold=0 V\") lets "
            "half-selected pulses move them");
    return out;
}

}  // namespace

ArrayStudy measure_arrays(const ArrayRequest& o, const config::Presets& presets, const Registries& registries) {
    ArrayStudy s;
    if (!o.size.empty() && !o.conductances.empty()) throw ConfigError("--conductances gives the size; expected it without --size");
    if (!o.run.empty() && (!o.size.empty() || !o.conductances.empty() || !o.device.empty()))
        throw ConfigError("--run gives size, conductances and device; expected it without --size, --conductances and --device");
    if (o.run.empty() && o.array != 0) throw ConfigError("--array names an array of a trained run; expected --run DIR with it");
    std::unique_ptr<config::Node> base;
    RunCells cells;
    if (!o.run.empty()) {
        const Trained trained = load_run(o.run, registries);
        for (const auto& text : trained.passed_over) s.warnings.push_back("passed over a damaged checkpoint: " + text);
        cells = run_cells(trained.experiment, trained.model, o.array), base = sections_of(o.run);
        if (trained.experiment.wires.mode == WirePhysics::ideal)
            s.warnings.push_back(
                "the run trained with ideal wires; the array has those of its [wires], unless --wire and --driver say others");
    }
    const auto words = settings_of(o);
    std::vector<std::vector<std::string>> points(1);
    if (!o.against.empty()) {
        const auto equals = o.against.find('=');
        if (equals == std::string::npos || equals + 1 == o.against.size())
            throw ConfigError("--against \"" + o.against +
                              "\" names no values; expected for example size=16,32,64 or wire=0.5ohm,1ohm,2ohm");
        s.key = o.against.substr(0, equals);
        if (s.key == "size" && (!o.conductances.empty() || !o.run.empty()))
            throw ConfigError("the size is given by --conductances or --run; expected another word after --against");
        points.clear();
        std::size_t begin = equals + 1;
        while (begin <= o.against.size()) {
            const std::size_t comma = std::min(o.against.find(',', begin), o.against.size());
            s.values.push_back(without_blanks(o.against.substr(begin, comma - begin)));
            points.push_back(against_settings(s.key, s.values.back()));
            begin = comma + 1;
        }
    }
    for (const auto& point : points) {  // all are read before the first is measured
        auto settings = words;
        settings.insert(settings.end(), point.begin(), point.end());
        s.inputs.push_back(load_array(o.file, settings, presets, registries.devices, base.get()));
        if (!o.run.empty()) take_cells(cells, s.inputs.back().question, s.warnings);
        if (o.conductances.empty()) continue;
        take_conductances(o.conductances, s.inputs.back().question);
        try {
            check_conductances(s.inputs.back().question);
        } catch (const ConfigError& fault) {
            throw DataError(fault.what(), {o.conductances});
        }
    }
    for (const auto& [question, sections] : s.inputs)
        for (const Volt v : {question.spec.v_set, question.spec.v_reset})
            for (const auto& line : beyond_fit(question.device, v, question.spec.t_pulse)) tell(s.warnings, line);
    for (const auto& input : s.inputs) {
        s.answers.push_back(measure_array(input.question));
        for (const auto& line : caveats(input, s.answers.back())) tell(s.warnings, line);
    }
    return s;
}

std::string command_of(const ArrayRequest& o) {
    std::string text = "ganbar array";
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) text += fmt::format(" {} \"{}\"", name, value);
    };
    if (!o.file.empty()) text += " " + o.file;
    add("--size", o.size), add("--device", o.device), add("--cell", o.cell), add("--wire", o.wire), add("--driver", o.driver),
        add("--sense", o.sense), add("--scheme", o.scheme), add("--compensation", o.compensation);
    add("--ends", o.ends), add("--conductances", o.conductances), add("--run", o.run);
    if (o.array > 0) text += fmt::format(" --array {}", o.array);
    add("--against", o.against);
    if (o.chips > 0) text += fmt::format(" --chips {}", o.chips);
    for (const auto& s : o.sets) add("--set", s);
    return text;
}

std::string array_deck(const ArrayStudy& s) {
    const ArrayQuestion& q = s.inputs.front().question;
    std::ostringstream out;
    out << fmt::format("* {} x {} {} cells of {}: chip 1, all rows on, memristors linear as they show at {:g} V\n", q.spec.rows,
                       q.spec.cols, cell_type_names()[static_cast<std::size_t>(q.cell.selector.type)], q.device.model, q.spec.v_read.si);
    write_spice(array_problem(q), out);
    return out.str();
}

nlohmann::ordered_json array_json(const ArrayStudy& s) {
    nlohmann::ordered_json out = nlohmann::ordered_json::array();
    for (std::size_t k = 0; k < s.answers.size(); ++k) {
        const auto& spec = s.inputs[k].question.spec;
        nlohmann::ordered_json one{{"rows", spec.rows},
                                   {"cols", spec.cols},
                                   {"device", s.inputs[k].question.device.model},
                                   {"cell", cell_type_names()[static_cast<std::size_t>(s.inputs[k].question.cell.selector.type)]},
                                   {"chips", spec.chips}};
        if (!s.values.empty()) one[s.key] = s.values[k];
        for (const auto& f : s.answers[k].figures) {
            one["figures"][f.key] = f.mean();
            if (f.values.size() > 1)
                one["least"][f.key] = f.least(), one["most"][f.key] = f.most(),
                one["half_width_95"][f.key] = report::half_width_95(f.values);
        }
        for (const auto& p : s.answers[k].by_active) one["by_active_rows"].push_back({{"n", p.n}, {"rms", p.rms}, {"worst", p.worst}});
        one["column_error"] = s.answers[k].column_error;
        if (s.values.empty()) one["read_share"] = s.answers[k].read_share, one["delivered"] = s.answers[k].delivered;
        out.push_back(std::move(one));
    }
    return s.values.empty() ? out.front() : out;
}

}  // namespace ganbar::study
