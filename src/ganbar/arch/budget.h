// The fastest size of a machine that stays within an area, a power and a number of arrays. Comparisons under one budget rest on it.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ganbar/arch/accelerator.h"

namespace ganbar::arch {

/// Parameters of a crossbar machine that say how many copies of the layers it has: forward and error passes, weight gradients.
inline constexpr const char *forward_target = "steps_per_cycle", *gradient_target = "gradient_steps_per_cycle";

/// Limits; what is not set is not limited.
struct Budget {
    std::optional<double> area_m2;   ///< of the whole machine
    std::optional<double> power_W;   ///< mean over the workload: energy / latency
    std::optional<double> n_arrays;  ///< crossbars, or processing elements
    bool any() const { return area_m2 || power_W || n_arrays; }
};

/// The first limit that the estimate breaks, as a sentence; empty when it keeps all. A machine without a known area breaks every area
/// limit.
std::string beyond(const Estimate& e, const Budget& budget);

/// A sentence for every limit that no machine of today comes near, in its unit; nothing where all are plausible.
std::vector<std::string> implausible_limits(const Budget& budget);

/// A machine whose schedule is simulated event by event (ZARA's): an estimate takes a millisecond and need not be monotone in the copies.
bool is_simulated(const Accelerator& machine);

/// A machine that is bought whole, a GPU: neither arrays that follow the network nor units that cost area.
bool has_one_size(const Accelerator& machine, const Workload& w);

/// The machine with the copies of its layers (crossbars: steps_per_cycle for forward and error passes, gradient_steps_per_cycle for weight
/// gradients, chosen apart) or the units (digital machines whose units cost area) that run `w` fastest within `budget`. Parameters named in
/// `fixed` keep their values; machines without such a choice are only checked. Nothing is chosen when no limit is set.
/// For machines that advance in lockstep no other pair of the two targets within the budget is faster (docs/accelerators.md says why).
/// Throws ConfigError, with the limit that the smallest machine breaks, when none fits: nothing is throttled, and nothing reprogrammed
/// unless chip_arrays is set.
std::unique_ptr<Accelerator> within_budget(const Accelerator& machine, const Workload& w, const Budget& budget,
                                           const std::vector<std::string>& fixed = {});

/// The machine on a chip of fixed size (chip.h): that of the budget's arrays or area where they are given, else the published or stated
/// one's (`chip`, of the machine itself), or chip_arrays where `fixed` names it. Copies of the layers are what runs `w` fastest on it, all
/// loading of arrays included; what within_budget chooses for as much area is among them, unless the caller has it (`resident_too` false).
/// Machines whose chip does not depend on the network (digital ones, GPUs) are sized by within_budget.
std::unique_ptr<Accelerator> on_chip(const Accelerator& machine, const Chip& chip, const Workload& w, const Budget& budget,
                                     const std::vector<std::string>& fixed = {}, bool resident_too = true);

}  // namespace ganbar::arch
