// Architecture models: analytic design points per second (a ten-layer GAN, full breakdown by operation and component), the bare closed form
// of a schedule, its event-level form, a chip of fixed size, whole explorations, the lowering of a network, and ZARA's event-level
// iteration of DCGAN at batch 64.
#include <benchmark/benchmark.h>

#include "ganbar/arch/crossbar_engine.h"
#include "ganbar/arch/digital_engine.h"
#include "ganbar/arch/estimates.h"
#include "ganbar/arch/explore.h"
#include "ganbar/arch/models/converter_params.h"
#include "ganbar/arch/models/digital_params.h"
#include "ganbar/arch/models/spike_params.h"
#include "ganbar/arch/zara_engine.h"

namespace {

using namespace ganbar;
using namespace ganbar::arch;

Workload dcgan(Int batch) {
    std::vector<std::string> folders;
    folders.push_back(GANBAR_SOURCE_ROOT "/presets/networks");
    return lower(load_gan("dcgan", config::Presets(folders)), Task::training, batch, 1);  // five layers in each network
}

void crossbar_design_point(benchmark::State& state) {
    const Workload w = dcgan(64);
    CrossbarDesign d = spike_defaults();
    d.spatial_parallelism = d.computation_sharing = true;
    Estimate e;
    Int n = 0;
    for (auto _ : state) {
        d.steps_per_cycle = 16 + n++ % 256;  // another design every time
        run_crossbar(d, w, e);
        benchmark::DoNotOptimize(e.energy_J());
    }
    state.counters["design_points_per_s"] = benchmark::Counter(double(state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(crossbar_design_point);

/// The same on a chip that holds a third of the network: cuts of the schedule are chosen anew for every design.
void chip_design_point(benchmark::State& state) {
    const Workload w = dcgan(64);
    CrossbarDesign d = spike_defaults();
    d.computation_sharing = true, d.chip_arrays = 24'000;
    Estimate e;
    Int n = 0;
    for (auto _ : state) {
        d.steps_per_cycle = 16 + n++ % 256;
        run_crossbar(d, w, e);
        benchmark::DoNotOptimize(e.energy_J());
    }
    state.counters["design_points_per_s"] = benchmark::Counter(double(state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(chip_design_point);

void digital_design_point(benchmark::State& state) {
    const Workload w = dcgan(64);
    DigitalDesign d = eyeriss_like();
    Estimate e;
    Int n = 0;
    for (auto _ : state) {
        d.units = 64 + n++ % 4096;
        run_digital(d, w, e);
        benchmark::DoNotOptimize(e.energy_J());
    }
    state.counters["design_points_per_s"] = benchmark::Counter(double(state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(digital_design_point);

void schedule_closed_form(benchmark::State& state) {
    const Pipeline p = unit_pipeline(5, 5, 64);
    for (auto _ : state) benchmark::DoNotOptimize(closed_form(p));
}
BENCHMARK(schedule_closed_form);

void schedule_event_level(benchmark::State& state) {
    const Pipeline p = unit_pipeline(5, 5, 64);
    for (auto _ : state) benchmark::DoNotOptimize(simulate(p).cycles);
}
BENCHMARK(schedule_event_level);

void lowering(benchmark::State& state) {
    std::vector<std::string> folders;
    folders.push_back(GANBAR_SOURCE_ROOT "/presets/networks");
    const Gan gan = load_gan("dcgan", config::Presets(folders));
    for (auto _ : state) benchmark::DoNotOptimize(lower(gan, Task::training, 64, 1));
}
BENCHMARK(lowering);

void zara_event_level_batch_64(benchmark::State& state) {
    const Workload w = dcgan(64);
    CrossbarDesign d = converter_defaults();
    d.zeros = ZeroPolicy::phases, d.stack_layers = 4, d.clock = {1e-9}, d.bus_bits = 384, d.n_pes = 0;
    double events = 0;
    for (auto _ : state) events = double(simulate_zara(d, w, map_zara(d, w), 64).n_events);
    state.counters["events"] = events;
}
BENCHMARK(zara_event_level_batch_64)->Unit(benchmark::kMillisecond);

/// `ganbar explore dcgan`: every design with its whole breakdown and its machine made anew, and the front; on as many threads as there are.
void exploration(benchmark::State& state, const char* machine) {
    std::vector<std::string> folders;
    folders.push_back(GANBAR_SOURCE_ROOT "/presets/networks");
    const Gan gan = load_gan("dcgan", config::Presets(folders));
    AcceleratorRegistry registry("accelerator");
    register_builtin_accelerators(registry);
    ExploreRequest request;
    request.machine = machine;
    if (registry.get(machine).platform == "CMOS") request.axes = {"units=64:16384:200", "buffer_bytes=16384:4194304:100"};
    std::size_t n = 0;
    for (auto _ : state) n += explore(registry, gan, request).points.size();
    state.counters["design_points_per_s"] = benchmark::Counter(double(n), benchmark::Counter::kIsRate);
}
BENCHMARK_CAPTURE(exploration, isaac, "isaac")->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(exploration, zara, "zara")->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(exploration, ganax, "ganax")->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
