#include "ganbar/experiment/build.h"

#include <algorithm>
#include <cmath>

#include "ganbar/experiment/latents.h"
#include "ganbar/nn/digital_op.h"
#include "ganbar/nn/spectral_norm.h"
#include "ganbar/periphery/analog_neurons.h"
#include "ganbar/tile/ex_situ_op.h"

namespace ganbar {

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
    const bool own_array = e.latent.source == LatentKind::array && e.noise.noise.generator == GeneratorKind::columns &&
                           e.tile.placement == PlacementPolicy::dense;
    return placement.n_crossbars * static_cast<std::size_t>(e.cells_per_weight()) + (own_array ? 1 : 0);
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

/// Cells of the experiment's device; noted in `cells`, for the pulses that each is given.
static std::unique_ptr<DeviceArray> counted(const Experiment& e, std::size_t n, std::vector<CountedArray*>& cells) {
    auto array = std::make_unique<CountedArray>(with_nonidealities(e.device.make(n), e.nonideal));
    cells.push_back(array.get());
    return array;
}

// A rule's second set of cells: one cell a weight around mid-window.
static std::unique_ptr<LinearOp> with_fast_array(const Experiment& e, const std::string& layer, double w_max, std::vector<Block> blocks,
                                                 std::unique_ptr<LinearOp> slow, const Rng& rng, std::vector<CountedArray*>& cells) {
    TileParams tile = e.tile;
    tile.mapping = Mapping::offset;
    tile.start = CellStart::weights;
    Matrix zero(slow->n_in(), slow->n_out());
    std::vector<std::unique_ptr<DeviceArray>> planes;
    planes.push_back(counted(e, zero.rows() * zero.cols(), cells));
    auto fast = std::make_unique<AnalogOp>(layer + "_fast", std::move(planes), std::move(blocks), zero, w_max, tile, rng.stream("fast"));
    fast->attach_wires(e.wires);
    return e.rule.join_arrays(layer, std::move(fast), std::move(slow));
}

static double software_clip(const Experiment& e, double w_max, bool discriminator) {
    const double window = e.hardware.clip_software ? w_max : 0, clip = discriminator ? e.train.clip_d : 0;
    return window > 0 && clip > 0 ? std::min(window, clip) : std::max(window, clip);
}

/// The conductance of a summing line: as many cells as a crossbar has word lines, at a fifth of their window.
static double line_conductance_S(const Experiment& e, std::size_t fan_in) {
    const auto [g_min, g_max] = e.device.make(1)->window();
    const auto cells = static_cast<double>(std::min(fan_in, static_cast<std::size_t>(e.tile.rows)));
    return cells * (g_min.si + 0.2 * (g_max.si - g_min.si));
}

static void use_analog_neurons(const Experiment& e, const std::function<Rng(const std::string&)>& draws, nn::NetworkDefaults& defaults) {
    defaults.neurons_normalise = e.periphery.normalise;
    defaults.neurons = [&e, draws](const nn::NeuronRequest& r) -> std::unique_ptr<nn::Layer> {
        const bool logit = r.is_last && r.activation == nn::Activation::identity;
        periphery::NeuronSpec spec{r.name,
                                   r.columns,
                                   r.positions,
                                   r.activation,
                                   r.slope,
                                   line_conductance_S(e, r.fan_in),
                                   logit ? e.periphery.logit_scale : 1.0,
                                   !r.is_last,
                                   r.normalises};
        return std::make_unique<periphery::AnalogNeurons>(std::move(spec), e.periphery, draws(r.name));
    };
}

TuneSpec writing_of(const Experiment& e) {
    const RulePulses pulses = e.rule.pulses.value_or(RulePulses{Volt{0.8}, Volt{-0.8}, {}, {}, Second{100e-9}});
    const auto stated = [](auto own, auto otherwise) { return own.si != 0 ? own : otherwise; };
    const HardwareSpec& h = e.hardware;
    return {{stated(h.write_v_set, pulses.set), stated(h.write_v_reset, pulses.reset), stated(h.write_t_pulse, pulses.width), {}},
            stated(h.write_ramp, pulses.ramp),
            h.write_tolerance,
            h.write_pulses};
}

FoldReport Model::fold(const Experiment& e, const Rng& rng, Ledger& ledger) {
    const TuneSpec spec = writing_of(e);
    FoldReport report;
    Step step{rng, ledger, "training/" + generator->name(), true};
    report.norms = generator->fold([&](LinearOp& op, const Matrix& wanted) {
        report.n_weights += wanted.rows() * wanted.cols();
        auto* cells = dynamic_cast<AnalogOp*>(&op);
        auto* both = dynamic_cast<ExSituOp*>(&op);  // not in cells yet
        if (cells != nullptr) report.written += cells->tune(wanted, spec, step);
        else dynamic_cast<nn::DigitalOp&>(both != nullptr ? both->digital() : op).set_weights(wanted);
        const double limit = cells != nullptr ? cells->w_max() : 0;
        const Matrix held = op.weights();
        for (std::size_t r = 0; r < wanted.rows(); ++r)
            for (std::size_t c = 0; c < wanted.cols(); ++c)
                report.n_clipped += limit > 0 ? std::abs(double{wanted(r, c)}) > limit : held(r, c) != wanted(r, c);
    });
    return report;
}

TuneReport Model::deploy(const Experiment& e, const Rng& rng, Ledger& ledger) {
    const TuneSpec spec = writing_of(e);
    TuneReport sum;
    for (const auto& [network, op] : ex_situ) {
        const Rng own = rng.stream(network);
        Step step{own, ledger, "training/" + network, true};
        if (!op->deployed()) sum += op->deploy(spec, step);
    }
    return sum;
}

Model build(const Experiment& e) {
    Model model;
    model.placement = placement_of(e);
    const Rng root(static_cast<std::uint64_t>(e.experiment.seed));
    std::size_t index = 0;
    const auto network = [&](const NetworkSpec& n, const std::string& name) {
        const auto draws = [&](const std::string& layer) { return root.stream(name + "/" + layer); };
        const auto make_op = [&](const nn::OpRequest& r) -> std::unique_ptr<LinearOp> {
            const std::size_t matrix = index++;
            const Rng rng = draws(r.name);
            std::unique_ptr<LinearOp> op;
            if (e.hardware.kind == HardwareKind::software) {
                op = std::make_unique<nn::DigitalOp>(r.name, r.initial(), software_clip(e, r.w_max, name == "discriminator"));
            } else {
                std::vector<Block> blocks;
                for (const auto& b : model.placement.blocks)
                    if (b.layer == matrix) blocks.push_back(b);
                std::vector<std::unique_ptr<DeviceArray>> planes;
                std::vector<CountedArray*> cells;
                for (int p = 0; p < (e.tile.mapping == Mapping::differential ? 2 : 1); ++p)
                    planes.push_back(counted(e, r.rows * r.cols, cells));
                const bool written_later = e.hardware.kind == HardwareKind::ex_situ;  // cells that nothing was written into yet
                auto analog = std::make_unique<AnalogOp>(r.name, std::move(planes), blocks,
                                                         written_later ? Matrix(r.rows, r.cols) : r.initial(), r.w_max, e.tile, rng);
                analog->attach_wires(e.wires);
                model.analog.push_back({name + "/" + r.name, analog.get(), std::move(cells)});
                op = std::move(analog);
                if (e.hardware.kind == HardwareKind::ex_situ) {
                    auto digital = std::make_unique<nn::DigitalOp>(r.name, r.initial(), r.w_max);
                    auto both = std::make_unique<ExSituOp>(r.name, std::move(digital),
                                                           std::unique_ptr<AnalogOp>(static_cast<AnalogOp*>(op.release())),
                                                           e.hardware.weight_noise * r.w_max);
                    model.ex_situ.emplace_back(name, both.get());
                    op = std::move(both);
                }
                if (e.rule.join_arrays)
                    op = with_fast_array(e, r.name, r.w_max, std::move(blocks), std::move(op), rng, model.analog.back().cells);
            }
            if (n.spectral_norm) op = std::make_unique<nn::SpectralNormOp>(r.name, std::move(op), rng);
            return op;
        };
        auto defaults = n.defaults();
        if (e.periphery.kind == periphery::PeripheryKind::analog) use_analog_neurons(e, draws, defaults);
        return nn::build_network(name, {n.input_shape(), static_cast<std::size_t>(e.latent.classes)}, n.layer_list(), defaults, draws,
                                 make_op);
    };
    model.generator = network(e.generator, "generator");
    model.discriminator = network(e.discriminator, "discriminator");
    model.latents = make_latents(e);
    model.n_classes = static_cast<std::size_t>(e.latent.classes);
    return model;
}

}  // namespace ganbar
