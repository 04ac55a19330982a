#include "ganbar/app/build.h"

#include "ganbar/app/latents.h"
#include "ganbar/nn/digital_op.h"

namespace ganbar::app {

std::vector<MatrixInfo> weight_matrices(const Experiment& e) {
    std::vector<MatrixInfo> out;
    for (const auto& m : e.generator_plan.matrices) out.push_back({"generator", m.name, {m.rows, m.cols}});
    for (const auto& m : e.discriminator_plan.matrices) out.push_back({"discriminator", m.name, {m.rows, m.cols}});
    return out;
}

std::vector<Shape2> layer_shapes(const Experiment& e) {
    std::vector<Shape2> shapes;
    for (const auto& m : weight_matrices(e)) shapes.push_back(m.shape);
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
        const auto draws = [&](const std::string& layer) { return root.stream(name + "/" + layer); };
        const auto make_op = [&](const nn::OpRequest& r) -> std::unique_ptr<LinearOp> {
            const std::size_t matrix = index++;
            if (e.hardware.kind == HardwareKind::software) return std::make_unique<nn::DigitalOp>(r.name, r.initial(), e.hardware.clip_software ? r.w_max : 0.0);
            std::vector<Block> blocks;
            for (const auto& b : model.placement.blocks)
                if (b.layer == matrix) blocks.push_back(b);
            std::vector<std::unique_ptr<DeviceArray>> planes;
            for (int p = 0; p < (e.tile.mapping == Mapping::differential ? 2 : 1); ++p)
                planes.push_back(devices.get(e.device_model).make(e.device_node(), r.rows * r.cols, nullptr));
            auto analog = std::make_unique<AnalogOp>(r.name, std::move(planes), std::move(blocks), r.initial(), r.w_max, e.tile, draws(r.name));
            model.analog.push_back(analog.get());
            model.analog_names.push_back(name + "/" + r.name);
            return analog;
        };
        return nn::build_network(name, {n.input_shape(), static_cast<std::size_t>(e.latent.classes)}, n.layer_list(), n.defaults(), draws, make_op);
    };
    model.generator = network(e.generator, "generator");
    model.discriminator = network(e.discriminator, "discriminator");
    model.latents = make_latents(e, devices);
    model.n_classes = static_cast<std::size_t>(e.latent.classes);
    return model;
}

}  // namespace ganbar::app
