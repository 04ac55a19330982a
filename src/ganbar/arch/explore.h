// Design-space exploration: thousands of designs of one machine for one network, and the ones that no other beats in time, energy and area.
#pragma once
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "ganbar/arch/design_space.h"
#include "ganbar/arch/estimates.h"

namespace ganbar::arch {

/// What a design may need; what is not set is not limited.
struct Limits {
    std::optional<double> latency_s;  ///< of the iteration, or of the generated batch
    std::optional<double> area_m2;    ///< of the whole machine
    std::optional<double> power_W;    ///< energy / latency
    bool any() const { return latency_s || area_m2 || power_W; }
};

struct ExploreRequest {
    std::string machine;
    std::vector<std::string> axes;       ///< as read_axis takes them; none: default_axes
    std::vector<std::string> overrides;  ///< "isaac.step=50 ns": the same in all designs
    std::optional<Int> batch, steps_d;
    std::optional<Task> task;
    Limits limits;
    std::size_t most_points = 20'000;
    std::uint64_t seed = 1;  ///< of the Latin hypercube where the combinations are more
};

/// What the estimate of one design says, in sum. Time and energy of the iteration.
struct DesignPoint {
    double latency_s = 0, energy_J = 0, area_m2 = 0, n_arrays = 0, utilisation = 0;
    double macs_executed = 0, writes = 0, conversions = 0;
    double bits_lost = 0;           ///< bits that its converters lack (Accelerator::bits_lost)
    bool runs = true, fits = true;  ///< whether the machine runs the network at all; within the limits
    double power_W() const { return latency_s > 0 ? energy_J / latency_s : 0; }
};

/// What trainings with some settings of an experiment reached; mean NaN: they failed.
struct MeasuredLoss {
    std::string design;                 ///< what of a design they stand for: "adc_bits = 6"
    std::vector<std::string> settings;  ///< of the experiment: "tile.adc_bits=6"
    double mean = std::numeric_limits<double>::quiet_NaN(), lo = mean, hi = mean;
    std::size_t n_runs = 0;
};

struct Exploration {
    Workload workload;
    std::string machine;
    std::shared_ptr<const AcceleratorEntry> entry;
    std::vector<ParamRow> params;  ///< of the machine as set
    std::vector<DesignAxis> axes;
    Limits limits;
    Designs designs;
    std::vector<DesignPoint> points;    ///< parallel to designs
    std::optional<DesignPoint> as_set;  ///< the machine as published or set; none when it does not run the network
    std::vector<double> loss;           ///< the fourth objective, one a point, less is better; NaN: not known, never on the front
    std::string loss_name = "bits_lost";
    std::vector<MeasuredLoss> measured;   ///< where trainings gave the loss
    std::vector<std::size_t> trained_as;  ///< a point's entry of `measured`; parallel to points
    std::string training;                 ///< what was trained: "small, 20 rounds, seeds 1 to 2"
    std::vector<std::size_t> front;       ///< fastest first
    std::string unfit;                    ///< why the first design that does not run does not
    std::vector<std::string> warnings;
    std::size_t n_fit() const;
    /// "isaac.rows=256": the design as --set takes it.
    std::vector<std::string> settings(std::size_t point) const;
};

/// Runs all designs, in parallel; the result does not depend on the number of threads. On the front is what fits the limits and is beaten
/// by no other that does in time, energy, area and loss; the loss is bits_lost until somebody measures it. Throws ConfigError when no
/// design runs the network.
Exploration explore(const AcceleratorRegistry& registry, const Gan& gan, const ExploreRequest& request);

/// The front anew, after `loss` or the limits changed.
void find_front(Exploration& e);

}  // namespace ganbar::arch
