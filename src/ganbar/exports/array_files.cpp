#include "ganbar/exports/array_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "ganbar/data/npy.h"
#include "ganbar/data/safetensors.h"
#include "ganbar/experiment/sampling.h"
#include "ganbar/exports/zip.h"
#include "ganbar/run/build_info.h"
#include "ganbar/run/pictures.h"

namespace ganbar::exports {
namespace {

std::vector<NamedArray> weights_of(Trained& run) {
    auto out = torch_arrays(ActingNetwork(run.experiment, run.model, true));
    for (auto& a : torch_arrays(ActingNetwork(run.experiment, run.model, false))) out.push_back(std::move(a));
    return out;
}

std::vector<float> flat(const Matrix& m) {
    std::vector<float> out;
    out.reserve(m.rows() * m.cols());
    for (std::size_t r = 0; r < m.rows(); ++r) out.insert(out.end(), m.row_span(r).begin(), m.row_span(r).end());
    return out;
}

std::string dotted(std::string name) {
    std::replace(name.begin(), name.end(), '/', '.');
    return name;
}

void add_floats(ZipWriter& zip, const std::string& name, const std::vector<std::size_t>& shape, const std::vector<float>& values) {
    zip.add(name + ".npy", npy_bytes(shape, std::span<const float>(values)));
}

void add_table(ZipWriter& zip, const std::string& name, const report::Table& table) {
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        const std::size_t n = table.data[c].size();
        zip.add(name + "." + table.columns[c] + ".npy", npy_bytes(std::span(&n, 1), std::span<const double>(table.data[c])));
    }
}

std::string cell(double v) { return std::isnan(v) ? "" : fmt::format("{}", v); }

}  // namespace

Bytes safetensors_of(Trained& run) {
    TensorFile file;
    for (const auto& a : weights_of(run)) file.put(a.name, a.shape, a.values);
    file.metadata = {{"format", "pt"},
                     {"producer", "ganbar " + version()},
                     {"experiment", run.experiment.experiment.name},
                     {"seed", std::to_string(run.experiment.experiment.seed)},
                     {"round", std::to_string(run.round)},
                     {"dataset", run.experiment.data.dataset}};
    return safetensors_bytes(file);
}

Bytes npz_of(Trained& run, const report::RunData& tables, const ImageShape& shape, std::size_t n, std::uint64_t seed) {
    ZipWriter zip;
    const Sampled s = sample_with_latents(run.model, n, seed);
    zip.add("samples.npy", images_npy(to_pixels(s.images), shape.channels, shape.height, shape.width));
    add_floats(zip, "images", {n, shape.channels, shape.height, shape.width}, flat(s.images));
    add_floats(zip, "latents", {n, s.latents.cols()}, flat(s.latents));
    for (const auto& a : weights_of(run)) add_floats(zip, "weights." + a.name, a.shape, a.values);
    for (const auto& [name, op, counted] : run.model.analog)
        for (std::size_t plane = 0; plane < op->n_planes(); ++plane)
            add_floats(zip, fmt::format("conductances.{}.{}", dotted(name), plane), {op->n_in(), op->n_out()}, op->conductance(plane));
    add_table(zip, "metrics", tables.metrics);
    add_table(zip, "quality", tables.quality);
    return zip.finish();
}

std::string metrics_csv(const report::RunData& tables) {
    const report::Table &metrics = tables.metrics, &quality = tables.quality;
    std::vector<std::string> columns = metrics.columns;
    std::vector<std::size_t> more;
    for (std::size_t c = 0; c < quality.columns.size(); ++c)
        if (metrics.find(quality.columns[c]) == nullptr) more.push_back(c), columns.push_back(quality.columns[c]);
    std::map<double, std::size_t> row_of;
    if (const auto* rounds = quality.find("round"))
        for (std::size_t r = 0; r < rounds->size(); ++r) row_of[(*rounds)[r]] = r;
    const auto* rounds = metrics.find("round");
    std::string out = fmt::format("{}\n", fmt::join(columns, ","));
    for (std::size_t r = 0; r < metrics.n_rows(); ++r) {
        std::vector<std::string> cells;
        for (const auto& column : metrics.data) cells.push_back(cell(column[r]));
        const auto at = rounds == nullptr ? row_of.end() : row_of.find((*rounds)[r]);
        for (const std::size_t c : more) cells.push_back(at == row_of.end() ? "" : cell(quality.data[c][at->second]));
        out += fmt::format("{}\n", fmt::join(cells, ","));
    }
    return out;
}

}  // namespace ganbar::exports
