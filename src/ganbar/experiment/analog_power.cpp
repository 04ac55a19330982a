#include "ganbar/experiment/analog_power.h"

#include <algorithm>
#include <limits>
#include <set>

#include "ganbar/periphery/analog_neurons.h"

namespace ganbar {
namespace {

/// The circuits of each layer, as the network would get them.
std::vector<periphery::NeuronSpec> neuron_specs(const Experiment& e, const NetworkSpec& n, const std::string& name) {
    std::vector<periphery::NeuronSpec> out;
    auto defaults = n.defaults();
    defaults.neurons_normalise = e.periphery.normalise;
    nn::plan_neurons(name, {n.input_shape(), static_cast<std::size_t>(e.latent.classes)}, n.layer_list(), defaults,
                     [&](const nn::NeuronRequest& r) {
                         out.push_back({r.name, r.columns, r.positions, r.activation, r.slope, 0, 1, !r.is_last, r.normalises});
                     });
    return out;
}

struct Cell {
    double mean_S, drive_V;
};

AnalogLayer layer_of(const Experiment& e, const std::string& network, const nn::NetworkPlan& plan, std::size_t layer,
                     const periphery::NeuronSpec& spec, const Cell& cell, const std::map<std::string, std::set<std::size_t>>& crossbars) {
    const auto& p = e.periphery;
    AnalogLayer out;
    out.network = network;
    out.name = plan.names[layer];
    out.columns = static_cast<std::int64_t>(spec.columns);
    out.reads = static_cast<std::int64_t>(spec.positions);
    std::int64_t parts = 0;
    for (const auto& m : plan.matrices) {
        if (m.layer != layer) continue;
        ++parts;
        out.rows += static_cast<std::int64_t>(m.rows);
        out.devices += static_cast<std::int64_t>(m.rows * m.cols);
        if (const auto it = crossbars.find(network + "/" + m.name); it != crossbars.end())
            out.crossbars += static_cast<std::int64_t>(it->second.size());
    }
    if (e.tile.mapping == Mapping::signed_cell) out.sign_bits = out.devices;
    if (e.tile.mapping == Mapping::differential) out.devices *= 2, out.crossbars *= 2;
    const auto turn = p.columns_per_amplifier == 0 ? out.columns : std::min(out.columns, p.columns_per_amplifier);
    out.readouts = (out.columns + turn - 1) / turn;
    // The phases of a zero-free transposed convolution share their inputs' positions: a neuron sums over one phase's rows.
    const double fan_in = static_cast<double>(out.rows) / static_cast<double>(std::max<std::int64_t>(1, parts));
    out.device_W = cell.mean_S * cell.drive_V * cell.drive_V;
    out.cells_W = fan_in * out.device_W * (e.tile.mapping == Mapping::differential ? 2 : 1);
    const periphery::AnalogNeurons circuits(spec, p, Rng(0));
    out.slot_W = out.cells_W;
    double neuron_m2 = 0;
    int opamps = 0;
    for (const auto& c : circuits.chain()) {
        out.circuit_W[c.name] += c.power_W(p);
        out.slot_W += c.power_W(p);
        neuron_m2 += c.area_m2(p);
        opamps += c.parts.opamps;
    }
    out.opamps = out.readouts * opamps;
    // A neuron whose gate is open switches off; its column is read or not, the cells' inputs are there.
    if (spec.drops && p.dropout_at_inference) out.working = 1 - p.dropout * (1 - p.gated_power);
    const double taken_W = out.cells_W + out.working * (out.slot_W - out.cells_W);
    out.average_W = taken_W / static_cast<double>(turn);
    const double computations = static_cast<double>(out.columns * out.reads);
    out.image_J = computations * taken_W * p.t_slot.si;
    out.image_s = static_cast<double>(turn * out.reads) * p.t_slot.si;
    out.cells_m2 = static_cast<double>(out.crossbars * e.tile.rows * e.tile.cols) * e.tile.footprint().si;
    out.periphery_m2 = static_cast<double>(out.readouts) * neuron_m2;
    return out;
}

}  // namespace

AnalogSystem analog_system(const Experiment& e, const Drive& drive) {
    AnalogSystem s;
    const auto window = e.device.make(1)->window();
    const Cell cell{window.g_min.si + drive.cell_level * (window.g_max.si - window.g_min.si), drive.input_rms * e.tile.v_read.si};
    std::map<std::string, std::set<std::size_t>> crossbars;
    const auto matrices = weight_matrices(e);
    for (const auto& b : placement_of(e).blocks) crossbars[matrices[b.layer].network + "/" + matrices[b.layer].name].insert(b.crossbar);
    s.least_average_W = s.least_slot_W = std::numeric_limits<double>::infinity();
    double computations = 0;
    for (const bool generator : {true, false}) {
        const std::string name = generator ? "generator" : "discriminator";
        const auto& plan = generator ? e.generator_plan : e.discriminator_plan;
        const auto specs = neuron_specs(e, generator ? e.generator : e.discriminator, name);
        for (const auto& spec : specs) {
            const auto layer = static_cast<std::size_t>(
                std::find(plan.names.begin(), plan.names.end(), spec.name.substr(0, spec.name.find('/'))) - plan.names.begin());
            AnalogLayer l = layer_of(e, name, plan, layer, spec, cell, crossbars);
            if (l.devices == 0) continue;
            s.devices += l.devices, s.sign_bits += l.sign_bits, s.opamps += l.opamps;
            s.area_m2 += l.periphery_m2;
            s.least_average_W = std::min(s.least_average_W, l.average_W);
            s.least_slot_W = std::min(s.least_slot_W, l.slot_W);
            const auto n = static_cast<double>(l.columns * l.reads);
            s.mean_average_W += n * l.average_W, computations += n;
            (generator ? s.generate_J : s.judge_J) += l.image_J;
            (generator ? s.generate_s : s.judge_s) += l.image_s;
            s.layers.push_back(std::move(l));
        }
    }
    if (computations > 0) s.mean_average_W /= computations;
    s.crossbars = static_cast<std::int64_t>(placement_of(e).n_crossbars) * (e.tile.mapping == Mapping::differential ? 2 : 1);
    s.area_m2 += static_cast<double>(s.crossbars * e.tile.rows * e.tile.cols) * e.tile.footprint().si;
    return s;
}

}  // namespace ganbar
