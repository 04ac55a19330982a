// The same quantity counted in two ways: from shapes, from the accounts, from energies over their unit.
#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/arch/crossbar_engine.h"
#include "ganbar/arch/digital_engine.h"
#include "ganbar/arch/models/converter_params.h"
#include "ganbar/arch/models/digital_params.h"
#include "ganbar/arch/models/spike_params.h"
#include "ganbar/arch/test_machines.h"

namespace ganbar::arch {
namespace {

Workload training(const std::string& name, Int batch, Int steps_d) { return test::training(GANBAR_SOURCE_ROOT, name, batch, steps_d); }
double energy(const Estimate& e, Component c) {
    double sum = 0;
    for (const OpCost& op : e.ops) sum += at(op.energy_J, c);
    return sum;
}

TEST(Conservation, ArrayStepsConversionsAndWritesAreTheirEnergies) {
    for (const char* network : {"dcgan", "igan", "mlp1_4layer", "resnet_cifar"})
        for (const ZeroPolicy zeros : {ZeroPolicy::inserted, ZeroPolicy::phases})
            for (const bool shared : {false, true}) {
                const Workload w = training(network, 8, 2);
                CrossbarDesign d = converter_defaults();
                d.zeros = zeros, d.computation_sharing = shared, d.array_step = {3e-11};
                d.write_scope = WriteScope::cell;
                Estimate e;
                run_crossbar(d, w, e);
                EXPECT_NEAR(energy(e, Component::crossbar), e.reads * d.array_step.si, 1e-9 * e.reads * d.array_step.si) << network;
                EXPECT_NEAR(energy(e, Component::conversion), e.conversions * d.column_step.si, 1e-9 * e.conversions * d.column_step.si);
                EXPECT_NEAR(energy(e, Component::cell_write), e.writes * d.write.si, 1e-9 * e.writes * d.write.si) << network;
                EXPECT_GT(e.writes, 0);
            }
}

TEST(Conservation, ArrayStepsFromTheMatricesThemselves) {  // every window of every matrix activates all arrays that hold it
    const Workload w = training("dcgan", 4, 1);
    CrossbarDesign d = spike_defaults();
    Estimate e;
    run_crossbar(d, w, e);
    double steps = 0;
    for (const Op& op : w.ops) {
        if (op.pass != Pass::forward && op.pass != Pass::error) continue;
        const MatrixJob& j = w.layer(op).work(op.pass).zero_inserted;
        steps += op.samples * double(j.windows * j.count * ceil_div(j.rows, d.rows) * ceil_div(j.cols, d.cols)) * cells_per_weight(d) *
                 slices(d);
    }
    double gradients = 0;
    for (std::size_t i = 0; i < w.ops.size(); ++i)
        if (w.ops[i].pass == Pass::gradient) gradients += at(e.ops[i].energy_J, Component::crossbar) / d.array_step.si;
    EXPECT_NEAR(e.reads, steps + gradients, 1e-9 * e.reads);
}

TEST(Conservation, NoPassIsShorterThanACycle) {
    const auto one = config::parse_toml(
        "[generator]\ninput = \"1\"\nlayers = [\"fc 1 tanh\"]\n[discriminator]\ninput = \"1\"\nlayers = [\"fc 1 sigmoid\"]\n", "one.toml");
    const Workload w = lower(read_gan(*one, "one"), Task::training, 1, 1);
    DigitalDesign d = eyeriss_like();
    d.units = 4096, d.bandwidth_B_per_s = 1e18;
    Estimate e;
    run_digital(d, w, e);
    for (std::size_t i = 0; i < w.ops.size(); ++i) EXPECT_TRUE(w.ops[i].pass == Pass::update || e.ops[i].cycles >= 1) << i;
}

TEST(Conservation, UpdatesWriteEveryStoredWeightOncePerCopy) {
    for (const Int steps_d : {1, 3}) {
        const Workload w = training("gan1", 8, steps_d);
        CrossbarDesign d = converter_defaults();
        d.steps_per_cycle = d.gradient_steps_per_cycle = Int{1} << 30;  // one copy of everything
        d.gradient = GradientMode::digital, d.digital_lanes = 64;
        Estimate e;
        run_crossbar(d, w, e);
        const double weights = double(steps_d) * w.discriminator.n_weights + w.generator.n_weights;
        // as they are and transposed; nobody asks for the error of the latent vector
        EXPECT_NEAR(e.writes, (2 * weights - w.generator.layers[0].n_weights) * cells_per_weight(d), 1e-9 * e.writes);
    }
}

// No second stream of samples, no second branch, and nobody asks for its input's error.
TEST(Conservation, OneNetworkAloneIsNotCopiedForAnother) {
    Gan alone = test::preset(GANBAR_SOURCE_ROOT, "gan1");
    alone.generator.layers.clear();
    const Workload w = lower(alone, Task::training, 64, 1);
    CrossbarDesign plain = spike_defaults(), both = plain;
    both.spatial_parallelism = both.computation_sharing = true;
    Estimate p, b;
    run_crossbar(plain, w, p), run_crossbar(both, w, b);
    EXPECT_EQ(p.n_arrays, b.n_arrays);
    EXPECT_EQ(p.area_total_m2(), b.area_total_m2());
    EXPECT_EQ(p.energy_J(), b.energy_J());
    EXPECT_EQ(p.iteration_cycles, b.iteration_cycles);
    double arrays = 0;
    for (const LayerWork& l : w.discriminator.layers)
        for (const Pass pass : {Pass::forward, Pass::error, Pass::gradient})
            if (runs(w, false, l, pass)) arrays += plan(plain, l, pass, w.batch).arrays * plan(plain, l, pass, w.batch).copies;
    EXPECT_EQ(p.n_arrays, arrays);
    EXPECT_FALSE(runs(w, false, w.discriminator.layers[0], Pass::error));
}

TEST(Conservation, ExactStatisticsHoldUpOneNetworkToo) {  // a barrier each way for every normalised layer: the batch must have arrived
    Gan alone = test::preset(GANBAR_SOURCE_ROOT, "gan1");
    alone.generator.layers.clear();
    const Workload w = lower(alone, Task::training, 64, 1);
    CrossbarDesign d = spike_defaults();
    Estimate reference, exact;
    run_crossbar(d, w, reference);
    EXPECT_EQ(reference.iteration_cycles, double(2 * w.discriminator.depth + 64 + 1));
    d.batch_norm = BatchNorm::exact;
    run_crossbar(d, w, exact);
    Int barriers = 0;
    for (const bool barrier : w.discriminator.exact_bn_barriers()) barriers += barrier ? 1 : 0;
    EXPECT_GT(barriers, 0);
    EXPECT_EQ(exact.iteration_cycles, reference.iteration_cycles + double(2 * barriers * 63));
}

TEST(Conservation, WordsLeaveOneLayerAndEnterTheNext) {
    for (const char* network : {"dcgan", "gan1", "3dgan", "mlp2"}) {
        const Workload w = training(network, 2, 1);
        for (const NetworkWork* net : {&w.generator, &w.discriminator}) {
            for (std::size_t i = 0; i < net->layers.size(); ++i) {
                const LayerWork& l = net->layers[i];
                EXPECT_EQ(l.forward.words_in, l.error.words_out);
                EXPECT_EQ(l.forward.words_out, l.error.words_in);
                EXPECT_EQ(l.gradient.words_in, l.words_in + l.words_out);
                EXPECT_EQ(l.gradient.words_out, l.n_weights);
                if (i + 1 == net->layers.size() || l.extra_words > 0) continue;
                EXPECT_EQ(l.words_out, net->layers[i + 1].words_in) << network << " " << l.name;
            }
            EXPECT_EQ(net->layers.front().words_in, net->input_words);
        }
        EXPECT_EQ(w.generator.output_words, w.discriminator.input_words) << network;
    }
}

TEST(Conservation, BytesAreTheirEnergyAndUpdatesMoveSevenWordsAWeight) {
    for (const char* network : {"dcgan", "gan1", "mlp1_4layer"}) {
        const Workload w = training(network, 16, 2);
        const DigitalDesign d = eyeriss_like();
        Estimate e;
        run_digital(d, w, e);
        const double per_byte = d.dram_word.si / (double(d.word_bits) / 8);
        EXPECT_NEAR(energy(e, Component::dram), e.bytes_dram * per_byte, 1e-9 * e.bytes_dram * per_byte);
        double updates = 0;
        for (std::size_t i = 0; i < w.ops.size(); ++i)
            if (w.ops[i].pass == Pass::update) updates += at(e.ops[i].energy_J, Component::dram);
        const double weights = 2 * w.discriminator.n_weights + w.generator.n_weights;
        EXPECT_NEAR(updates, 7 * weights * d.dram_word.si, 1e-9 * updates);
        EXPECT_NEAR(energy(e, Component::buffer), e.words_buffer * d.buffer_access.si, 1e-9 * e.words_buffer * d.buffer_access.si);
    }
}

}  // namespace
}  // namespace ganbar::arch
