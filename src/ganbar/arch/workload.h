// A network lowered to operations: what one training iteration multiplies, reads and writes, layer by layer and pass by pass.
// Useful multiplications (both operands exist), executed ones, and those on inserted zeros are three numbers; each pass knows
// its zero-inserted form and its deformed, zero-free one (tconv.h). Counts are per sample.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ganbar/arch/network.h"

namespace ganbar::arch {

enum class Phase : std::uint8_t { d_real, d_fake, g_step, generation };
enum class Pass : std::uint8_t { forward, error, gradient, update };
const char* to_string(Phase phase);
const char* to_string(Pass pass);

/// `count` equal matrices of rows x cols, each applied to `windows` vectors per sample.
struct MatrixJob {
    Int rows = 0, cols = 0, windows = 0, count = 1;
    double macs() const { return double(rows) * double(cols) * double(windows) * double(count); }
};

/// One pass through one layer for one sample.
struct PassWork {
    double macs_useful = 0;         ///< both operands exist
    double macs_deformed = 0;       ///< zero-free: every (input, tap) pair, also those that fall outside the output
    double macs_phases = 0;         ///< the same executed as dense sub-kernels, one per output phase; equal where O = s H
    double macs_zero_inserted = 0;  ///< stride 1 over the zero-inserted map
    bool has_inserted_zeros = false;
    std::vector<MatrixJob> deformed;  ///< sub-kernels may run side by side on their own cells; together they hold every weight once
    MatrixJob zero_inserted;          ///< the same arithmetic as one matrix over the zero-inserted map
    double words_in = 0, words_out = 0;
};

/// Counts of a run (run_counts.h); negative where there is none, and machines use their own.
struct Measured {
    double pulses_per_cell = -1;                                 ///< in one update
    double forward_conversions = -1, backward_conversions = -1;  ///< in one product, on arrays of Workload::measured_array_rows word lines
};

struct LayerWork {
    std::string name;
    LayerKind kind = LayerKind::fc;
    Activation activation = Activation::identity;
    bool batch_norm = false;
    Int stage = 1;  ///< position on the longest path, 1 ... L
    double n_weights = 0;
    double words_in = 0, words_out = 0;  ///< activations of one sample
    double extra_words = 0;              ///< elements of the layers without weights behind this one (add, pool, up, d2s)
    Int taps = 1, stride_volume = 1, groups = 1;
    bool dynamic =
        false;  ///< both operands of its products are made from the sample (attention); it has no weights, and no gradient of them
    bool needs_input_error = true;  ///< false for layers fed by the network's input alone
    PassWork forward, error, gradient;
    Measured measured;
    const PassWork& work(Pass pass) const { return pass == Pass::forward ? forward : pass == Pass::error ? error : gradient; }
};

struct NetworkWork {
    std::vector<LayerWork> layers;  ///< compute layers only
    Int depth = 0;
    double n_weights = 0, input_words = 0, output_words = 0;
    std::vector<bool> exact_bn_barriers() const;  ///< per stage: a batch-normalised layer ends there
};

/// One operation of the iteration. `samples` is how often it runs (batch x steps); updates run once per step.
struct Op {
    bool generator = false;
    std::uint32_t layer = 0;
    Phase phase = Phase::d_real;
    Pass pass = Pass::forward;
    double samples = 0;
    bool shareable = false;  ///< a G-step forward pass that computation sharing takes from the last D step
};

enum class Task : std::uint8_t { training, generation };

class ScheduleMemo;

struct Workload {
    std::string network;
    Task task = Task::training;
    Int batch = 1, steps_d = 1;
    Int measured_array_rows = 0;  ///< of the run that fed LayerWork::measured
    NetworkWork generator, discriminator;
    std::vector<Op> ops;
    std::shared_ptr<ScheduleMemo> schedules = {};  ///< where many designs are estimated; of this workload alone, not of a changed copy
    const NetworkWork& net(const Op& op) const { return op.generator ? generator : discriminator; }
    const LayerWork& layer(const Op& op) const { return net(op).layers[op.layer]; }
};

NetworkWork lower(const Network& network);
/// Throws ConfigError for generation without a generator.
Workload lower(const Gan& gan, Task task, Int batch, Int steps_d);

/// Sums over the ops of multiplications per iteration.
struct MacTotals {
    double useful = 0, deformed = 0, phases = 0, zero_inserted = 0;
};
MacTotals totals(const Workload& w, bool computation_sharing = false);

}  // namespace ganbar::arch
