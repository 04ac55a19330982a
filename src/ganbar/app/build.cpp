#include "ganbar/app/build.h"

#include "ganbar/app/latents.h"
#include "ganbar/nn/digital_op.h"

namespace ganbar::app {

std::vector<Shape2> layer_shapes(const Experiment& e) {
    std::vector<Shape2> shapes;
    for (const NetworkSpec* n : {&e.generator, &e.discriminator})
        for (std::size_t i = 1; i < n->layers.size(); ++i)
            shapes.push_back({static_cast<std::size_t>(n->layers[i - 1]) + (n->bias == nn::BiasKind::cells ? 1 : 0), static_cast<std::size_t>(n->layers[i])});
    return shapes;
}

Placement placement_of(const Experiment& e) {
    return place(layer_shapes(e), {static_cast<std::size_t>(e.tile.rows), static_cast<std::size_t>(e.tile.cols)}, e.tile.placement);
}

std::size_t n_crossbars(const Experiment& e, const Placement& placement) {
    if (e.hardware.kind == HardwareKind::software) return 0;
    // Packing leaves the generator of bits a home only when it is dense (53 + 1); otherwise the paper's count holds no array for it.
    const bool own_array = e.latent.source == LatentKind::array && e.tile.placement == PlacementPolicy::dense;
    return placement.n_crossbars * (e.tile.mapping == Mapping::differential ? 2 : 1) + (own_array ? 1 : 0);
}

State Model::state() const {
    State out = generator->state();
    for (auto& t : discriminator->state()) out.push_back(std::move(t));
    for (auto& t : latents->state()) out.push_back(std::move(t));
    return out;
}

void Model::restore(const State& state) {
    generator->restore(state);
    discriminator->restore(state);
    latents->restore(state);
}

Model build(const Experiment& e, const DeviceRegistry& devices) {
    Model model;
    model.placement = placement_of(e);
    const Rng root(static_cast<std::uint64_t>(e.experiment.seed));
    std::size_t index = 0;
    const auto network = [&](const NetworkSpec& n, const std::string& name) {
        std::vector<std::unique_ptr<nn::Layer>> layers;
        for (std::size_t i = 1; i < n.layers.size(); ++i, ++index) {
            const std::string layer = "dense" + std::to_string(i);
            const Rng rng = root.stream(name + "/" + layer);
            const Shape2 shape = layer_shapes(e)[index];
            Matrix w = nn::initial_weights(shape.rows, shape.cols, n.init, n.init_scale, rng.stream("weights"));
            if (n.bias == nn::BiasKind::cells)
                for (float& v : w.row_span(shape.rows - 1)) v = 0;
            std::unique_ptr<LinearOp> op;
            if (e.hardware.kind == HardwareKind::crossbar) {
                std::vector<Block> blocks;
                for (const auto& b : model.placement.blocks)
                    if (b.layer == index) blocks.push_back(b);
                std::vector<std::unique_ptr<DeviceArray>> planes;
                for (int p = 0; p < (e.tile.mapping == Mapping::differential ? 2 : 1); ++p)
                    planes.push_back(devices.get(e.device_model).make(e.device_node(), shape.rows * shape.cols, nullptr));
                auto analog = std::make_unique<AnalogOp>(layer, std::move(planes), std::move(blocks), w, n.w_max, e.tile, rng);
                model.analog.push_back(analog.get());
                op = std::move(analog);
            } else {
                op = std::make_unique<nn::DigitalOp>(layer, std::move(w), e.hardware.clip_software ? n.w_max : 0.0);
            }
            const bool last = i + 1 == n.layers.size();
            layers.push_back(std::make_unique<nn::Dense>(layer, std::move(op), n.bias, last ? n.output : n.hidden, n.slope));
        }
        return std::make_unique<nn::Network>(name, std::move(layers));
    };
    model.generator = network(e.generator, "generator");
    model.discriminator = network(e.discriminator, "discriminator");
    model.latents = make_latents(e, devices);
    return model;
}

}  // namespace ganbar::app
