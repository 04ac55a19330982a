#include "ganbar/app/run_accelerators.h"

#include <fmt/format.h>

#include "ganbar/app/build.h"

namespace ganbar::app {

using namespace arch;
using Json = nlohmann::ordered_json;

namespace {

arch::Activation activation_of(nn::Activation a) {
    switch (a) {
        case nn::Activation::identity: return arch::Activation::none;
        case nn::Activation::relu: return arch::Activation::relu;
        case nn::Activation::leaky_relu: return arch::Activation::lrelu;
        case nn::Activation::tanh: return arch::Activation::tanh;
        case nn::Activation::sigmoid: return arch::Activation::sigmoid;
    }
    return arch::Activation::none;
}

arch::Network dense_network(const NetworkSpec& spec, const std::string& name) {
    arch::Network net{name, {spec.layers.front(), 0, {1, 1, 1}}, {}};
    for (std::size_t i = 1; i < spec.layers.size(); ++i) {
        arch::Layer l;
        l.name = fmt::format("dense{}", i);
        l.inputs = {int(i) - 2};
        l.in.channels = spec.layers[i - 1], l.out.channels = spec.layers[i];
        l.activation = activation_of(i + 1 == spec.layers.size() ? spec.output : spec.hidden);
        net.layers.push_back(l);
    }
    return net;
}

/// Counts of one layer's accounts; products from the cells that were read.
LayerCounts layer_counts(const Ledger& ledger, const std::string& network, const std::string& layer, double cells, double reads_per_product) {
    const std::string head = "training/" + network + "/" + layer + "/";
    const auto n = [&](const char* account) { return double(ledger.total(head + account).n); };
    LayerCounts c;
    c.name = layer, c.cells = cells;
    c.forward_products = n("forward/cells") / reads_per_product, c.backward_products = n("backward/cells") / reads_per_product;
    c.pulses = n("update/set") + n("update/reset") + n("update/idle");
    if (const double forward = n("forward/adc"); forward > 0) c.forward_conversions = forward;
    if (const double backward = n("backward/adc"); backward > 0) c.backward_conversions = backward;
    return c;
}

}  // namespace

Gan workload_network(const Experiment& e) {
    Gan gan;
    gan.name = e.experiment.name, gan.doc = e.experiment.doc, gan.dataset = e.data.dataset;
    gan.source = "the experiment", gan.batch = e.train.batch, gan.steps_d = e.train.steps_d;
    gan.generator = dense_network(e.generator, "generator");
    gan.discriminator = dense_network(e.discriminator, "discriminator");
    return gan;
}

RunCounts run_counts(const Experiment& e, const Workload& w, const Ledger& ledger, std::int64_t rounds) {
    RunCounts out;
    out.rounds = rounds, out.array_rows = e.tile.rows;
    const std::vector<Shape2> shapes = layer_shapes(e);
    const double planes = e.tile.mapping == Mapping::differential ? 2 : 1;
    std::size_t matrix = 0;
    for (const bool generator : {true, false})
        for (const LayerWork& l : (generator ? w.generator : w.discriminator).layers) {
            const Shape2 shape = shapes.at(matrix++);
            const double cells = double(shape.rows * shape.cols) * planes;
            // a convolution reads its cells once for every position of the kernel
            const double windows = l.kind == LayerKind::fc ? 1 : double(l.forward.deformed.front().windows);
            (generator ? out.generator : out.discriminator)
                .push_back(layer_counts(ledger, generator ? "generator" : "discriminator", l.name, cells, cells * windows));
        }
    return out;
}

RunEstimates estimate_run(const Experiment& e, const Ledger& ledger, std::int64_t rounds) {
    RunEstimates out;
    out.rounds = rounds;
    if (e.accelerators.names.empty() || rounds < 1) return out;
    auto registry = std::make_shared<AcceleratorRegistry>("accelerator");
    register_builtin_accelerators(*registry);
    out.registry = registry;
    Workload w = lower(workload_network(e), Task::training, e.train.batch, e.train.steps_d);
    if (e.hardware.kind == HardwareKind::crossbar) feed(w, run_counts(e, w, ledger, rounds)), out.counted = true;
    const auto table = e.source->tables.find("accelerators");
    out.result = estimate_workload(*registry, std::move(w), e.accelerators.names,
                                   table == e.source->tables.end() ? nullptr : table->second.get());
    return out;
}

Json run_estimates_json(const RunEstimates& r, const Ledger& ledger) {
    Json out = Json::array();
    const double rounds = double(r.rounds);
    const auto n = [&](const char* ending) { return ledger.total("training/", ending).n; };
    for (const auto& named : r.result.estimates) {
        const Estimate& e = named.estimate;
        Json j = estimate_json(r.result.workload, named);
        j.erase("assumptions");  // they stand with all the others of the run
        j["rounds"] = r.rounds;
        j["run_latency_s"] = rounds * e.iteration_latency_s;
        j["run_energy_J"] = rounds * e.energy_J();
        j["counts_of_the_run"] = r.counted;
        j["counts"] = {{"run_cell_reads", n("/forward/cells") + n("/backward/cells")},
                       {"run_conversions", n("/adc")},
                       {"run_pulses", n("/update/set") + n("/update/reset") + n("/update/idle")},
                       {"array_steps", rounds * e.reads},
                       {"conversions", rounds * e.conversions},
                       {"cells_written", rounds * e.writes}};
        out.push_back(std::move(j));
    }
    for (const auto& [name, reason] : r.result.unfit) out.push_back({{"accelerator", name}, {"does_not_run_it", reason}});
    return out;
}

Json run_estimates_summary(const RunEstimates& r) {
    Json out = Json::object();
    for (const auto& named : r.result.estimates)
        out[named.name] = {{"run_latency_s", double(r.rounds) * named.estimate.iteration_latency_s},
                           {"run_energy_J", double(r.rounds) * named.estimate.energy_J()},
                           {"area_m2", named.estimate.area_total_m2()}};
    return out;
}

}  // namespace ganbar::app
