// ZARA's event-level schedule against the lockstep engine, the flow shop, and the bounds that no schedule can beat.
#include "ganbar/arch/zara_engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "ganbar/arch/models/converter_params.h"
#include "ganbar/arch/test_machines.h"

namespace ganbar::arch {
namespace {

Gan preset(const std::string& name) { return test::preset(GANBAR_SOURCE_ROOT, name); }
std::vector<Gan> gans() {
    std::vector<Gan> out;
    for (const auto& e : std::filesystem::directory_iterator(std::string(GANBAR_SOURCE_ROOT) + "/presets/networks"))
        if (Gan gan = preset(e.path().stem().string()); gan.has_generator() && gan.has_discriminator() && gan.name != "stylegan2_256")
            out.push_back(std::move(gan));
    return out;
}
Workload training(const std::string& network, Int batch, Int steps_d = 1) { return lower(preset(network), Task::training, batch, steps_d); }

CrossbarDesign zara_design(Int stack_layers) {
    AcceleratorRegistry registry("accelerator");
    register_builtin_accelerators(registry);
    const auto machine = registry.get("zara").make(nullptr)->with("stack_layers", Value{stack_layers});
    return dynamic_cast<const AcceleratorOf<CrossbarDesign>&>(*machine).design();
}
Estimate lockstep(const CrossbarDesign& d, const Workload& w) {
    Estimate e;
    run_crossbar(d, w, e);
    return e;
}
Estimate zara(const CrossbarDesign& d, const Workload& w) {
    Estimate e;
    run_zara(d, w, e);
    return e;
}

/// The flow shop of the same stages, by the pipeline's event-level simulation: every layer takes its own time instead of the slowest
/// one's. A backward stage takes as long as its error, or as the longer of error and gradient.
double flow_shop_s(const CrossbarDesign& d, const Workload& w, Int samples, bool gradients) {
    const double unit_s = 10e-9;
    Pipeline p = unit_pipeline(w.discriminator.depth, w.generator.depth, samples, w.steps_d);
    p.fused_streams = true, p.loss = 0, p.update = 0;
    for (const bool generator : {false, true}) {
        const NetworkWork& net = generator ? w.generator : w.discriminator;
        auto &forward = generator ? p.g_forward : p.d_forward, &backward = generator ? p.g_backward : p.d_backward;
        std::fill(forward.begin(), forward.end(), 0), std::fill(backward.begin(), backward.end(), 0);
        for (const LayerWork& l : net.layers) {
            const auto time = [&](Pass pass) {
                return runs(w, generator, l, pass) ? Int(std::llround(plan(d, l, pass, w.batch).time_s / unit_s)) : 0;
            };
            Int &f = forward[std::size_t(l.stage - 1)], &b = backward[std::size_t(net.depth - l.stage)];
            f = std::max(f, time(Pass::forward));
            b = std::max({b, time(Pass::error), gradients ? time(Pass::gradient) : 0});
        }
    }
    const double updates = double(w.steps_d) + 1;
    return double(simulate(p).cycles.iteration) * unit_s + updates * double(d.rows) * d.write_row.si;
}

TEST(Zara, WithOneCrossbarPerDriverItIsTheLockstepPipeline) {
    const CrossbarDesign d = zara_design(1);
    for (const Gan& gan : gans()) {
        const auto at = [&](Int batch) { return lower(gan, Task::training, batch, 1); };
        for (const Int batch : {Int{16}, gan.batch}) {
            // stages wait for nobody else's
            const double ours = zara(d, at(batch)).iteration_latency_s;
            EXPECT_LE(ours, 1.05 * lockstep(d, at(batch)).iteration_latency_s) << gan.name << " " << batch;
        }
        const Workload w = at(48);
        const ZaraMapping m = map_zara(d, w);
        const double ours = simulate_zara(d, w, m, 48).latency_s, flow = flow_shop_s(d, w, 48, true);
        EXPECT_LE(ours, 1.05 * flow) << gan.name;
        EXPECT_GE(ours, 0.95 * flow_shop_s(d, w, 48, false)) << gan.name;
        // what more samples cost: no filling and draining in it
        const double more = ours - simulate_zara(d, w, m, 32).latency_s, flow_more = flow - flow_shop_s(d, w, 32, true);
        EXPECT_NEAR(more, flow_more, 0.05 * flow_more) << gan.name;
    }
}

TEST(Zara, EqualStagesAgreeWithTheLockstepEngine) {  // where no layer is slower than another the engines describe the same schedule
    Gan gan;
    gan.name = "equal";
    gan.generator = parse_network("generator", "128", {"fc 128", "fc 128", "fc 128"});
    gan.discriminator = parse_network("discriminator", "128", {"fc 128", "fc 128", "fc 128"});
    const CrossbarDesign d = zara_design(1);
    for (const Int batch : {128, 512}) {  // from 128 samples on a gradient is one product, too
        const Workload w = lower(gan, Task::training, batch, 1);
        const double ours = zara(d, w).iteration_latency_s, theirs = lockstep(d, w).iteration_latency_s;
        EXPECT_NEAR(ours, theirs, 0.05 * theirs) << batch;
    }
}

TEST(Zara, TheTwoEnginesHaveTheSameArraysAndEnergies) {
    for (const char* network : {"dcgan", "igan", "mlp2", "resnet_cifar"}) {
        const Workload w = training(network, 32);
        CrossbarDesign d = zara_design(1);
        d.vmms_per_pe = 1;  // planes of one crossbar leave nothing over
        const Estimate ours = zara(d, w), theirs = lockstep(d, w);
        EXPECT_NEAR(ours.n_arrays, theirs.n_arrays, 1e-9 * theirs.n_arrays) << network;
        for (std::size_t i = 0; i < w.ops.size(); ++i)
            for (std::size_t c = 0; c < n_components; ++c) EXPECT_DOUBLE_EQ(ours.ops[i].energy_J[c], theirs.ops[i].energy_J[c]);
    }
}

TEST(Zara, NoScheduleBeatsTheBusiestPeAndAllWorkIsDone) {
    for (const char* network : {"dcgan", "igan", "3dgan", "artgan", "resnet101_64"})
        for (const Int steps_d : {1, 3}) {
            const Workload w = training(network, 24, steps_d);
            const CrossbarDesign d = zara_design(4);
            const ZaraMapping m = map_zara(d, w);
            const ZaraSchedule s = simulate_zara(d, w, m, 24);
            EXPECT_GE(s.latency_s, s.busiest_pe_s) << network;
            EXPECT_GE(s.latency_s, s.mesh_s) << network;
            EXPECT_DOUBLE_EQ(s.latency_s, double(steps_d) * s.d_step_s + s.g_step_s);
            double load_s = 0;
            for (const PlaneGroup& g : m.groups) load_s += double(g.n) * g.load_s;
            EXPECT_NEAR(s.mean_pe_busy_s * double(m.n_pes), load_s, 1e-9 * load_s) << network;  // what was dealt is what was done
        }
}

TEST(Zara, PlanesAreDealtByLoad) {
    for (const char* network : {"dcgan", "igan", "3dgan", "artgan"}) {
        const Workload w = training(network, 32);
        const CrossbarDesign d = zara_design(4);
        const ZaraMapping m = map_zara(d, w);
        double heaviest = 0, most = 0, all = 0;
        for (const PlaneGroup& g : m.groups) heaviest = std::max(heaviest, g.load_s);
        std::vector<std::int64_t> planes(m.groups.size(), 0);
        for (const PeKind& pe : m.pes) {
            EXPECT_LE(Int(pe.groups.size()), d.stack_layers);
            double load_s = 0;
            for (const std::uint32_t g : pe.groups) load_s += m.groups[g].load_s, planes[g] += pe.n;
            EXPECT_DOUBLE_EQ(load_s, pe.load_s);
            most = std::max(most, load_s), all += double(pe.n) * load_s;
        }
        for (std::size_t g = 0; g < planes.size(); ++g) EXPECT_EQ(planes[g], m.groups[g].n) << network;
        EXPECT_LE(most, all / double(m.n_pes) + heaviest) << network;  // longest processing time first
    }
}

TEST(Zara, PlanesDealtInTurnAreAllDealt) {
    for (const char* network : {"dcgan", "igan", "3dgan", "artgan"})
        for (const Int stack : {1, 3, 4}) {
            const Workload w = training(network, 32);
            CrossbarDesign d = zara_design(stack);
            const ZaraMapping by_load = map_zara(d, w);
            d.deal_by_load = false;
            const ZaraMapping m = map_zara(d, w);
            std::vector<std::int64_t> planes(m.groups.size(), 0);
            std::int64_t n_pes = 0;
            for (const PeKind& pe : m.pes) {
                EXPECT_LE(Int(pe.groups.size()), d.stack_layers);
                n_pes += pe.n;
                for (const std::uint32_t g : pe.groups) planes[g] += pe.n;
            }
            for (std::size_t g = 0; g < planes.size(); ++g) EXPECT_EQ(planes[g], m.groups[g].n) << network;
            EXPECT_EQ(n_pes, by_load.n_pes);
        }
}

TEST(Zara, AWideMeshIsNoLimitAndANarrowOneIs) {
    const Workload w = training("dcgan", 32);
    CrossbarDesign d = zara_design(4);
    const auto at = [&](Int bits) {
        d.bus_bits = bits;
        const ZaraSchedule s = simulate_zara(d, w, map_zara(d, w), 32);
        return std::pair{s.latency_s, s.mesh_s};
    };
    const auto [wide, wide_mesh] = at(65536);
    const auto [usual, usual_mesh] = at(384);
    const auto [narrow, narrow_mesh] = at(4);
    EXPECT_LT(usual_mesh, 0.1 * usual);  // the mesh idles nine tenths of the time, so it cannot matter
    EXPECT_NEAR(usual, wide, 0.05 * wide);
    EXPECT_NEAR(narrow_mesh, 96 * usual_mesh, 1e-9 * narrow_mesh);
    EXPECT_GT(narrow, 2 * usual);
}

TEST(Zara, LongBatchesContinueLinearly) {
    for (const char* network : {"dcgan", "igan", "gan1"}) {
        const Workload w = training(network, 128);
        const CrossbarDesign d = zara_design(4);
        const ZaraSchedule s = simulate_zara(d, w, map_zara(d, w), 128);
        EXPECT_NEAR(zara(d, w).iteration_latency_s, s.latency_s, 0.03 * s.latency_s) << network;
    }
}

TEST(Zara, MoreLayersShareMoreAndOneLayerIsFastest) {
    const Workload w = training("igan", 32);
    double before = 0;
    for (const Int layers : {1, 2, 4, 8}) {
        const Estimate e = zara(zara_design(layers), w);
        EXPECT_GT(e.iteration_latency_s, before);
        before = e.iteration_latency_s;
    }
}

TEST(Zara, WhatZerosAreWorth) {  // of the multiplications of DCGAN, and to PipeLayer's machine itself
    const MacTotals t = totals(training("dcgan", 1));
    EXPECT_NEAR(t.zero_inserted / t.deformed, 2.86, 0.005);
    AcceleratorRegistry registry("accelerator");
    register_builtin_accelerators(registry);
    const Workload w = training("dcgan", 128);
    const auto inserting = registry.get("pipelayer").make(nullptr);
    const auto skipping = inserting->with("zeros", std::string("phases"));
    Estimate slow, fast;
    inserting->estimate(w, slow);
    within_arrays(*skipping, w, inserting->arrays_needed(w))->estimate(w, fast);
    // more than the multiplications alone: the operand of a gradient shrinks too, and leaves arrays for more copies
    EXPECT_NEAR(slow.iteration_latency_s / fast.iteration_latency_s, 3.06, 0.02);
}

}  // namespace
}  // namespace ganbar::arch
