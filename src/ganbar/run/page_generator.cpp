#include "ganbar/run/page_generator.h"

#include <fmt/format.h>

#include <cmath>

#include "ganbar/core/state.h"
#include "ganbar/nn/layer.h"
#include "ganbar/run/run.h"

namespace ganbar {
namespace {

constexpr std::size_t n_latents = 48;

const char* word_of(nn::Activation f) {
    switch (f) {
        case nn::Activation::identity: return "identity";
        case nn::Activation::relu: return "relu";
        case nn::Activation::leaky_relu: return "leaky_relu";
        case nn::Activation::tanh: return "tanh";
        case nn::Activation::sigmoid: return "sigmoid";
    }
    return "identity";
}

report::DrawingLayer layer_of(nn::Dense& dense, const nn::LayerSpec& spec) {
    report::DrawingLayer out{dense.n_in(), dense.n_out(), {}, {}, word_of(spec.activation), spec.slope};
    const Matrix w = dense.ops().at(0)->weights();
    for (std::size_t i = 0; i < w.rows(); ++i) {
        auto& to = i < out.n_in ? out.weights : out.bias;  // a bias in cells is one more row
        to.insert(to.end(), w.row_span(i).begin(), w.row_span(i).end());
    }
    for (const auto& tensor : dense.state())
        if (tensor.name.ends_with("/bias"))
            out.bias.assign(tensor.values.begin(), tensor.values.begin() + static_cast<std::ptrdiff_t>(out.n_out));
    return out;
}

}  // namespace

report::DrawingNetwork drawing_network(const std::filesystem::path& folder, const Registries& registries) {
    Trained trained = load_run(folder, registries);
    const Experiment& e = trained.experiment;
    nn::Network& network = *trained.model.generator;
    const auto specs = e.generator.layer_list();
    const auto refuse = [&](const std::string& why) {
        throw ConfigError(fmt::format(
            "the generator of {} cannot draw in a page: {}; expected dense layers without norms or analog circuits", folder.string(), why));
    };
    if (e.latent.classes > 0) refuse("it is conditional");
    if (network.n_layers() != specs.size()) refuse("it has other layers than dense ones");
    report::DrawingNetwork out;
    for (std::size_t i = 0; i < specs.size(); ++i) {
        auto* dense = dynamic_cast<nn::Dense*>(&network.layer(i));
        if (dense == nullptr) refuse(fmt::format("its layer {} is not dense", i + 1));
        out.layers.push_back(layer_of(*dense, specs[i]));
    }
    const auto side = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(e.n_pixels()))));
    const nn::MapShape& end = e.generator_plan.shapes.back();
    if (end.side.size() == 2 && (end.channels == 1 || end.channels == 3))
        out.channels = end.channels, out.height = end.side[0], out.width = end.side[1];
    else if (side * side == e.n_pixels()) out.height = out.width = side;
    else refuse(fmt::format("its {} values are no square picture", e.n_pixels()));
    Ledger unbooked;
    const Rng rng = Rng(1).stream("sample");
    Step step{rng, unbooked, "sampling", false};
    gan::Gan gan = trained.model.gan();
    const Matrix z = gan::draw_latents(gan, n_latents, step);  // those of `ganbar sample --seed 1`
    for (std::size_t r = 0; r < n_latents; ++r) out.latents.emplace_back(z.row_span(r).begin(), z.row_span(r).end());
    out.in_cells = !trained.model.analog.empty();
    if (const auto n = report::page_bytes(out); n > most_page_bytes)
        refuse(fmt::format("it would take {} bytes of the page, of {}", n, most_page_bytes));
    return out;
}

}  // namespace ganbar
