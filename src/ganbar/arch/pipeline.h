// The training pipelines of PipeLayer and ReGAN (chen2019, sec. 4.1-4.2), in closed form and event by event.
// One logical cycle = one pass of one sample through one layer. One update cycle per batch and network is counted in every schedule; the
// paper's formulas for the unpipelined case leave it out (docs/accelerators.md). Times are whole cycles.
#pragma once
#include <string>
#include <vector>

#include "ganbar/arch/tconv.h"

namespace ganbar::arch {

/// Durations of the stages in cycles (unit by default) and what may overlap.
struct Pipeline {
    std::vector<Int> d_forward, g_forward;    ///< in the order of the forward pass
    std::vector<Int> d_backward, g_backward;  ///< in the order of the backward pass (last layer first)
    Int loss = 1, update = 1;
    Int batch = 1, steps_d = 1;
    bool spatial_parallelism = false;  ///< a second copy of D: real and fake streams side by side
    bool computation_sharing = false;  ///< the last D update and the G update share the forward pass of the fake samples
    bool fused_streams = false;        ///< real and fake streams back to back on one D without draining (not in the paper)
    Int transposed_copies = 2;         ///< copies of D's transposed arrays for the two backward branches of computation sharing
    std::vector<bool> d_barrier,
        g_barrier;  ///< exact batch normalisation after this forward stage: all samples of the batch must have arrived
};
/// Every stage one cycle. Throws ConfigError for counts below 1.
Pipeline unit_pipeline(Int layers_d, Int layers_g, Int batch, Int steps_d = 1, bool spatial_parallelism = false,
                       bool computation_sharing = false);

/// d, g: cycles of one D update, one G update; with computation sharing the times at which they are done inside the shared iteration.
/// iteration: steps_d D updates and one G update.
struct CycleCounts {
    Int d = 0, g = 0, iteration = 0;
    friend bool operator==(const CycleCounts&, const CycleCounts&) = default;
};
CycleCounts unpipelined(const Pipeline& p);
CycleCounts unpipelined_as_printed(const Pipeline& p);  ///< chen2019 leaves the update cycle out here
bool closed_form_applies(
    const Pipeline& p);  ///< false where D's transposed arrays are shared by two branches, or streams are fused with unequal stages
CycleCounts closed_form(const Pipeline& p);    ///< pipelined; ConfigError where no closed form applies
Int single_network_cycles(const Pipeline& p);  ///< steps_d updates of D on one stream of samples, without a generator

/// One stage of one sample in the event-level schedule.
struct StageEvent {
    Int begin = 0, end = 0;
    int resource = 0;  ///< index into EventSchedule::resources
    int stream = 0;    ///< index into EventSchedule::streams
    Int sample = 0;
};
struct EventSchedule {
    CycleCounts cycles;
    std::vector<std::string> resources, streams;
    std::vector<Int> busy;            ///< cycles each resource worked
    std::vector<Int> d_buffer_depth;  ///< most samples waiting after forward layer l for their gradient, in a D update on real samples
    std::vector<Int> g_buffer_depth;  ///< the same for G's layers in a G update
    std::vector<StageEvent> events;   ///< filled when asked for
};
/// Discrete-event simulation: stages are exclusive resources, served in order of arrival.
EventSchedule simulate(const Pipeline& p, bool record_events = false);

/// A stream of samples: from `begin` it fills, from `full` (the first result) every stage works, from `drain` (the last sample has entered)
/// it empties, until `end`. A batch shorter than the pipe has no steady part.
struct StreamPhases {
    int stream = 0;
    Int begin = 0, full = 0, drain = 0, end = 0;
};
std::vector<StreamPhases> stream_phases(const EventSchedule& schedule);  ///< of a schedule with recorded events

/// The schedule as an SVG drawing, one row per resource; `last_cycle` cuts long schedules (0 = all).
std::string timeline_svg(const EventSchedule& schedule, Int last_cycle = 0);

}  // namespace ganbar::arch
