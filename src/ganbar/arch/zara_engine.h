// ZARA (Chen, Song, Li, DAC 2019; chen2019 sec. 4.3-4.4) event by event: a mapper places the arrays of every layer and pass, a scheduler
// runs the samples of a batch through them. Crossbars of one vector-matrix multiplier (VMM) share its driver, so one of them works at a
// time. A plane is one crossbar of every VMM of a PE; a PE works on one of its stack_layers planes at a time. Results leave over the PE's
// bus and the mesh, in the order in which they are complete. Gradients have two sets of planes, as in the lockstep engine: one is
// programmed while the other computes, and both hold their driver.
#pragma once
#include "ganbar/arch/crossbar_engine.h"

namespace ganbar::arch {

/// Where the planes of one layer's pass lie.
struct PlaneGroup {
    bool generator = false;
    std::uint32_t layer = 0;
    Pass pass = Pass::forward;
    bool writes = false;    ///< the planes of a gradient that are programmed while their twins compute
    double compute_s = 0;   ///< a plane is busy for one sample
    double load_s = 0;      ///< and in the whole iteration
    double transfer_s = 0;  ///< and its results take so long on the PE's bus
    double mesh_s = 0;      ///< and on the mesh, all planes together
    std::int64_t n = 0;     ///< planes
};
/// PEs that hold planes of the same groups; they are busy at the same times.
struct PeKind {
    double load_s = 0;  ///< of one of them in the whole iteration
    std::int64_t n = 0;
    std::vector<std::uint32_t> groups;  ///< one entry a plane
};
struct ZaraMapping {
    std::vector<PlaneGroup> groups;
    std::vector<PeKind> pes;
    std::int64_t n_pes = 0,
                 planes_per_pe = 0;  ///< planes that a PE computes: those it stacks, or on a small chip all that come to it in turn
    double hop_s = 0;                ///< mean latency through the mesh
};
/// Throws ConfigError when the planes do not fit n_pes x stack_layers.
ZaraMapping map_zara(const CrossbarDesign& d, const Workload& w);

struct ZaraSchedule {
    double latency_s = 0, d_step_s = 0, g_step_s = 0;
    double busiest_pe_s = 0;  ///< no schedule can be shorter than this,
    double mesh_s = 0;        ///< nor than the mesh works
    double mean_pe_busy_s = 0;
    std::int64_t n_events = 0;
};
/// The whole iteration (or the generation of a batch) with `samples` per batch instead of the workload's.
ZaraSchedule simulate_zara(const CrossbarDesign& d, const Workload& w, const ZaraMapping& mapping, Int samples);

/// Estimate: energy and area of the crossbar engine, time of the event-level schedule; batches above 64 are continued linearly from 32 and
/// 64 samples.
void run_zara(const CrossbarDesign& d, const Workload& w, Estimate& out);

}  // namespace ganbar::arch
