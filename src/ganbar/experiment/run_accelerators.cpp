#include "ganbar/experiment/run_accelerators.h"

#include "ganbar/experiment/workload_network.h"

namespace ganbar {

using arch::LayerCounts;
using arch::LayerKind;
using arch::LayerWork;
using arch::RunCounts;
using arch::Task;
using arch::Workload;

namespace {

/// Cells of a layer's matrices, and cells that one product of the layer reads: every window of the kernel reads its matrix once.
struct LayerCells {
    double stored = 0, read = 0;
};
LayerCells layer_cells(const nn::NetworkPlan& plan, const nn::LayerSpec* spec, const LayerWork& l, double planes) {
    LayerCells out;
    for (const auto& m : plan.matrices) {
        if (m.name != l.name && !m.name.starts_with(l.name + "/phase")) continue;
        out.stored += planes * double(m.rows * m.cols);
        out.read = planes * double(m.rows * m.cols) * double(l.forward.deformed.front().windows);
    }
    if (l.kind == LayerKind::tconv) {  // its matrices have different windows
        const bool zero_free = spec == nullptr || spec->form == nn::TransposedForm::zero_free;
        out.read = planes * (zero_free ? l.forward.macs_phases : l.forward.macs_zero_inserted);
    }
    return out;
}

/// The layer of the experiment that an estimated layer is, or part of.
const nn::LayerSpec* spec_of(const nn::NetworkPlan& plan, const std::vector<nn::LayerSpec>& specs, const std::string& name) {
    for (std::size_t i = 0; i < specs.size(); ++i)
        if (plan.names[i] == name) return &specs[i];
    return nullptr;
}

/// Counts of one layer's accounts; products from the cells that were read.
LayerCounts layer_counts(const Ledger& ledger, const std::string& network, const std::string& layer, const LayerCells& cells) {
    const std::string head = "training/" + network + "/" + layer + "/";
    const auto n = [&](const char* account) { return double(ledger.total(head, account).n); };
    LayerCounts c;
    c.name = layer, c.cells = cells.stored;
    if (cells.read > 0) c.forward_products = n("forward/cells") / cells.read, c.backward_products = n("backward/cells") / cells.read;
    c.pulses = n("update/set") + n("update/reset") + n("update/idle");
    if (const double forward = n("forward/adc"); forward > 0) c.forward_conversions = forward;
    if (const double backward = n("backward/adc"); backward > 0) c.backward_conversions = backward;
    return c;
}

}  // namespace

RunCounts run_counts(const Experiment& e, const Workload& w, const Ledger& ledger, std::int64_t rounds) {
    RunCounts out;
    out.rounds = rounds, out.array_rows = e.tile.rows;
    const double planes = e.tile.mapping == Mapping::differential ? 2 : 1;
    for (const bool generator : {true, false}) {
        const nn::NetworkPlan& plan = generator ? e.generator_plan : e.discriminator_plan;
        const auto specs = (generator ? e.generator : e.discriminator).layer_list();
        for (const LayerWork& l : (generator ? w.generator : w.discriminator).layers)
            (generator ? out.generator : out.discriminator)
                .push_back(layer_counts(ledger, generator ? "generator" : "discriminator", l.name,
                                        layer_cells(plan, spec_of(plan, specs, l.name), l, planes)));
    }
    return out;
}

RunEstimates estimate_run(const Experiment& e, const Ledger& ledger, std::int64_t rounds) {
    RunEstimates out;
    out.rounds = rounds;
    if (e.accelerators.machines.empty() || rounds < 1) return out;
    Workload w = lower(workload_network(e), Task::training, e.train.batch, e.train.steps_d);
    if (e.hardware.kind == HardwareKind::crossbar) feed(w, run_counts(e, w, ledger, rounds)), out.counted = true;
    out.result = estimate_workload(std::move(w), e.accelerators.machines);
    return out;
}

}  // namespace ganbar
