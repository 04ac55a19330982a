#include "ganbar/exports/export.h"

#include <fmt/format.h>

#include <algorithm>

#include "ganbar/core/file_ending.h"
#include "ganbar/experiment/sampling.h"
#include "ganbar/exports/array_files.h"
#include "ganbar/exports/film.h"
#include "ganbar/exports/onnx_export.h"
#include "ganbar/exports/paper_figures.h"
#include "ganbar/run/environment.h"

namespace ganbar::exports {
namespace fs = std::filesystem;
namespace {

struct Request {
    const fs::path& run;
    const ExportOptions& options;
    const Registries& registries;
};

Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

Bytes onnx(const Request& r) {
    Trained t = load_run(r.run, r.registries);
    sample_images(t.model, 64, 1);  // settles the ranges of converters that no read has settled yet
    return onnx_bytes(ActingNetwork(t.experiment, t.model, true), {r.options.read_noise, r.options.converters},
                      image_shape(r.run, t.experiment), t.round);
}
Bytes safetensors(const Request& r) {
    Trained t = load_run(r.run, r.registries);
    return safetensors_of(t);
}
Bytes npz(const Request& r) {
    Trained t = load_run(r.run, r.registries);
    return npz_of(t, report::read_run(r.run.string()), image_shape(r.run, t.experiment), static_cast<std::size_t>(r.options.n.value_or(64)),
                  static_cast<std::uint64_t>(r.options.seed.value_or(1)));
}
Bytes gif(const Request& r) { return gif_bytes(sample_frames(report::read_run(r.run.string()))); }
Bytes mp4(const Request& r) { return mp4_bytes(sample_frames(report::read_run(r.run.string()))); }
Drawing drawing(const Request& r) {
    const auto figures = paper_figures(report::read_run(r.run.string()));
    const auto at = std::find_if(figures.begin(), figures.end(), [&](const PaperFigure& f) { return f.name == *r.options.figure; });
    if (at != figures.end()) return draw_figure(*at, r.options.column.value_or(Column::single));
    std::vector<std::string> names;
    for (const auto& f : figures) names.push_back(f.name);
    const std::string near = nearest_name(*r.options.figure, names);
    throw ConfigError(fmt::format("no figure of this run is called \"{}\"{}; expected one of: {}", *r.options.figure,
                                  near.empty() ? "" : "; did you mean \"" + near + "\"?", join(names)));
}
Bytes svg(const Request& r) { return bytes_of(svg_of(drawing(r))); }
Bytes pdf(const Request& r) { return pdf_of(drawing(r)); }
Bytes csv(const Request& r) { return bytes_of(metrics_csv(report::read_run(r.run.string()))); }

/// What a kind of file can be asked for beside the run.
enum Takes : std::uint8_t { nothing = 0, reads = 1, draws = 2, figures = 4 };
struct Kind {
    const char* ending;
    std::uint8_t takes;
    Bytes (*make)(const Request&);
};
const std::vector<Kind>& kinds() {
    static const std::vector<Kind> all = {{".onnx", reads, onnx}, {".safetensors", nothing, safetensors},
                                          {".npz", draws, npz},   {".gif", nothing, gif},
                                          {".mp4", nothing, mp4}, {".csv", nothing, csv},
                                          {".svg", figures, svg}, {".pdf", figures, pdf}};
    return all;
}

void check(const Kind& kind, const ExportOptions& o, const std::string& name) {
    const auto refuse = [&](bool said, Takes needed, const char* option, const char* endings) {
        if (said && (kind.takes & needed) == 0)
            throw ConfigError(fmt::format("{} has no use for {}; expected it with {}", kind.ending, option, endings), {name});
    };
    refuse(o.read_noise, reads, "--noise", ".onnx"), refuse(o.converters, reads, "--converters", ".onnx");
    refuse(o.n.has_value(), draws, "-n", ".npz"), refuse(o.seed.has_value(), draws, "--seed", ".npz");
    refuse(o.figure.has_value(), figures, "--figure", ".svg or .pdf"), refuse(o.column.has_value(), figures, "--column", ".svg or .pdf");
    if ((kind.takes & figures) != 0 && !o.figure)
        throw ConfigError(fmt::format("{} holds one figure of the report; expected --figure NAME (--list names them)", kind.ending),
                          {name});
}

}  // namespace

const std::vector<std::string>& export_endings() {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> out;
        for (const auto& k : kinds()) out.push_back(k.ending);
        return out;
    }();
    return all;
}

Bytes export_run(const fs::path& run, const std::string& name, const ExportOptions& options, const Registries& registries) {
    const auto kind = std::find_if(kinds().begin(), kinds().end(), [&](const Kind& k) { return has_ending(name, k.ending); });
    if (kind == kinds().end())
        throw ConfigError(
            fmt::format("cannot be exported in the format of its name; expected a name ending in {}", join(export_endings(), ", ")),
            {name});
    check(*kind, options, name);
    return kind->make({run, options, registries});
}

std::vector<std::string> figure_names(const fs::path& run) {
    std::vector<std::string> out;
    for (const auto& f : paper_figures(report::read_run(run.string()))) out.push_back(f.name);
    return out;
}

}  // namespace ganbar::exports
