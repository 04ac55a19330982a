// Cost of programming and reading the 213,632 cells of the founding network, for every device model: ns per cell.
// "polarity" half set, half reset pulses in random order; "own_voltage" every cell a voltage of its own, as exact wires give.
#include <benchmark/benchmark.h>

#include <vector>

#include "ganbar/device/test_devices.h"

namespace {

using namespace ganbar;
constexpr std::size_t n_cells = 213632;
const PulsePair pulses{{0.8}, {-0.8}, {100e-9}};

struct Bench {
    std::unique_ptr<DeviceArray> array;
    std::vector<std::int8_t> polarity;
    std::vector<float> v_V;
    Bench(const DeviceEntry& entry, const config::Node* node) : array(entry.make(node, n_cells)), polarity(n_cells), v_V(n_cells) {
        Rng rng(1);
        const Window w = array->window();
        std::vector<float> g(n_cells);
        for (std::size_t k = 0; k < n_cells; ++k) {
            g[k] = static_cast<float>(w.g_min.si + rng.uniform() * (w.g_max.si - w.g_min.si));
            polarity[k] = rng.uniform() < 0.5 ? -1 : 1;
            v_V[k] = static_cast<float>(polarity[k] * (0.8 + 0.1 * rng.uniform()));
        }
        array->fabricate(g, rng);
    }
};

void per_cell(benchmark::State& state) {
    state.counters["per_cell"] =
        benchmark::Counter(static_cast<double>(n_cells), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void add(const std::string& name, const DeviceEntry& entry, std::vector<std::pair<std::string, config::Node::Leaf>> settings = {}) {
    const auto make = [entry, settings] {
        config::Node node;
        for (const auto& [key, leaf] : settings) node.leaves[key] = leaf;
        return Bench(entry, &node);
    };
    benchmark::RegisterBenchmark((name + "/polarity").c_str(),
                                 [make](benchmark::State& state) {
                                     Bench b = make();
                                     for (auto _ : state) {
                                         auto bill = b.array->program(0, b.polarity, pulses, EnergyRule::ohmic, Rng(1));
                                         benchmark::DoNotOptimize(bill);
                                         for (auto& p : b.polarity) p = static_cast<std::int8_t>(-p);
                                     }
                                     per_cell(state);
                                 })
        ->Unit(benchmark::kMicrosecond)
        ->MinTime(0.05);
    benchmark::RegisterBenchmark((name + "/own_voltage").c_str(),
                                 [make](benchmark::State& state) {
                                     Bench b = make();
                                     for (auto _ : state) {
                                         auto bill = b.array->program_at(0, b.v_V, pulses.width, EnergyRule::ohmic, Rng(1));
                                         benchmark::DoNotOptimize(bill);
                                         for (auto& v : b.v_V) v = -v;
                                     }
                                     per_cell(state);
                                 })
        ->Unit(benchmark::kMicrosecond)
        ->MinTime(0.05);
    benchmark::RegisterBenchmark((name + "/chord_conductance").c_str(),
                                 [make](benchmark::State& state) {
                                     Bench b = make();
                                     std::vector<float> g(n_cells);
                                     for (auto _ : state) {
                                         b.array->chord_conductance(0.1, 0, g);
                                         benchmark::DoNotOptimize(g.data());
                                     }
                                     per_cell(state);
                                 })
        ->Unit(benchmark::kMicrosecond)
        ->MinTime(0.05);
}

}  // namespace

int main(int argc, char** argv) {
    const DeviceRegistry& registry = test::devices();
    for (const auto& name : registry.names()) add(name, registry.get(name));
    const auto setting = [](auto v) {
        config::Node::Leaf leaf;
        leaf.value = v;
        return leaf;
    };
    add("nili2020-interpolated", registry.get("nili2020"), {{"bins", setting(std::string("interpolated"))}});
    add("nili2020-c2c", registry.get("nili2020"), {{"c2c", setting(0.3)}});
    add("table-quiet", registry.get("table"), {{"c2c", setting(0.0)}});
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
