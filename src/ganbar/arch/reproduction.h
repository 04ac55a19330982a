// Published averages of accelerator papers held against the models: per benchmark, as means, as a ladder of what each idea adds, with what
// it would take to reach the published number, and which uncertain parameter moves the result most. Published headlines are references
// only.
#pragma once
#include "ganbar/arch/accelerator.h"

namespace ganbar::arch {

struct ReproductionContext {
    const AcceleratorRegistry& registry;
    std::function<Gan(const std::string& name)> network;
    Int batch = 0;  ///< 0: each network's own
};

/// Time and energy of the rival over those of the subject, with intervals from the uncertain parameters of both.
struct ReproductionRow {
    std::string benchmark, rival, basis;  ///< basis: "as configured", "equal area"
    Interval speed, energy;
    double subject_area_m2 = 0, rival_area_m2 = 0;
    double subject_utilisation = 0, rival_utilisation = 0;  ///< useful multiplications over what the peak allows
    std::string rival_assumed;                              ///< the efficiency its model assumes, where that is a parameter
};
/// A mean over the benchmarks beside the published one.
struct ReproductionMean {
    std::string rival, basis, quantity;  ///< quantity: "speed" or "energy"
    double geometric = 0, arithmetic = 0, lo = 0, hi = 0, published = 0;
    std::string source;
    double published_hi = 0;  ///< where the paper gives a range, its other end
};
/// One rung of the ladder: geometric means over the benchmarks against the first rival.
struct LadderStep {
    std::string label;
    double speed = 0, energy = 0, area_m2 = 0;
};
struct TornadoBar {
    std::string machine, param, lo, hi;                               ///< values as text
    double speed_lo = 1, speed_hi = 1, energy_lo = 1, energy_hi = 1;  ///< the mean ratios with that value
    double reach() const;
};
struct Reproduction {
    std::string name, title;
    std::vector<ReproductionRow> rows;
    std::vector<ReproductionMean> means;
    std::vector<LadderStep> ladder;
    std::vector<TornadoBar> tornado;               ///< strongest first
    double tornado_speed = 0, tornado_energy = 0;  ///< the mean ratios that it swings about
    std::vector<std::string> findings;
};

Reproduction reproduce_regan2018(const ReproductionContext& context);
Reproduction reproduce_zara2019(const ReproductionContext& context);
Reproduction reproduce_liu2018(const ReproductionContext& context);

// What the three share.
struct Contest {
    std::string benchmark;
    Workload workload;
    std::unique_ptr<Accelerator> subject, rival;
    const AcceleratorEntry *subject_entry = nullptr, *rival_entry = nullptr;
};
Contest make_contest(const ReproductionContext& context, const std::string& benchmark, const std::string& subject,
                     const std::string& rival);
/// One contest a benchmark; the subject has these settings.
std::vector<Contest> contests_on(const ReproductionContext& context, const std::vector<std::string>& benchmarks, const std::string& subject,
                                 const std::string& rival, const std::vector<std::pair<std::string, Value>>& settings);
ReproductionRow row_of(const Contest& contest, const std::string& rival, const std::string& basis);
/// Mean over the rows with this rival and basis.
ReproductionMean mean_of(const std::vector<ReproductionRow>& rows, const std::string& rival, const std::string& basis,
                         const std::string& quantity, double published, const std::string& source);
/// Geometric means of time and energy ratios over the contests, with the machines replaced where given.
std::pair<double, double> mean_ratios(const std::vector<Contest>& contests, const std::string& machine = "", const std::string& param = "",
                                      const Value* value = nullptr);
/// Geometric mean of the subjects' areas.
double mean_area_m2(const std::vector<Contest>& contests);
/// The rung with this label; the first one after the rung `below`, where that is given. Throws std::out_of_range where there is none.
const LadderStep& rung_named(const Reproduction& r, const std::string& label, const std::string& below = "");
/// The mean over a rival. Throws std::out_of_range where there is none.
const ReproductionMean& mean_named(const Reproduction& r, const std::string& rival, const std::string& basis, const std::string& quantity);
LadderStep rung(const std::string& label, const std::vector<Contest>& contests);
std::vector<TornadoBar> tornado_of(const std::vector<Contest>& contests, const std::string& subject, const std::string& rival);

}  // namespace ganbar::arch
