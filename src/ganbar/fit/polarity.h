// One polarity while it is being fitted. Of device d, y = m(G) (1 + z_d r(G)) + noise is the step of a pulse in its own direction: m the
// mean over devices, for each amplitude and width; r the relative spread by conductance; z_d the device's place in it, mean 0 and
// variance 1.
#pragma once
#include <algorithm>

#include "ganbar/fit/device_fit.h"
#include "ganbar/fit/population.h"

namespace ganbar::fit {

/// Where each device's conductance is held by a hard bound: -infinity, infinity where it showed none.
struct Bounds {
    std::vector<double> lo_S, hi_S;
};
/// A device that rests under a pulse at its own lowest or highest conductance is at a hard bound; one that only just came to where others
/// rest, too. `range_S`: of all conductances.
Bounds hard_bounds(const std::vector<StepGroup>& groups, std::size_t n_devices, double range_S);

/// Alternates between m, r and z by weighted least squares. Steps that a bound may have cut are left out by where they began, whatever came
/// of them, so that nothing is selected by its outcome. Devices without any step left that rest at the bound behind them (the pulse would
/// move them the wrong way, or not) count as z below -1/r.
class Polarity {
public:
    /// `groups`: those of this polarity; weights of their steps are changed. `read_variance_S2`: of one read.
    Polarity(std::vector<StepGroup*> groups, const std::vector<double>& nodes, const Bounds& bounds, double read_variance_S2);

    void fit();
    /// What is known of each device's z.
    std::vector<DevicePlace> places() const;
    /// z is given mean 0 and variance 1 in the population; `expected`: of each device. Then the table.
    StepTable table(double mean, double deviation, const std::vector<double>& expected);
    std::size_t n_outliers() const { return n_outliers_; }
    std::size_t n_resting() const { return static_cast<std::size_t>(std::count(resting_.begin(), resting_.end(), true)); }

private:
    struct Curve {
        std::vector<double> mean, weight;
        double penalty = 0;  ///< of its bending, relative
    };
    struct Sums {
        double over = 0, under = 0;  ///< of w m r (y - m), w m^2 r^2
        std::size_t n = 0;           ///< steps that count
    };
    double y(const Step& s) const { return sign_ * s.dg_S; }
    double mean_at(std::size_t group, double g) const;
    double spread_at(double g) const;
    double factor(const Step& s) const { return 1 + z_[s.device] * spread_at(s.g_S); }
    double noise_at(std::size_t group, double g) const;
    double precision(std::size_t group, double g) const;
    double largest_change(const std::vector<Curve>& before) const;
    void solve_means();
    void solve_noise();
    void sum_places();
    void solve_places();
    void solve_spread();
    void centre(double shift, double scale);
    void leave_out_cut_steps();
    void drop_outliers();
    void orient();
    void find_resting();
    void layout(StepTable& out);
    void ascend_in_amplitude(const StepTable& out);

    std::vector<StepGroup*> groups_;
    const std::vector<double>& nodes_;
    const Bounds& bounds_;
    double read_variance_, sign_;
    std::vector<Curve> curves_;                  ///< by group
    std::vector<std::vector<double>> variance_;  ///< of steps about the curves, by group and node
    std::vector<double> spread_, z_;             ///< by node; by device
    std::vector<Sums> sums_;                     ///< by device
    std::vector<std::vector<bool>> outlier_;
    std::vector<std::size_t> order_;
    std::vector<bool> resting_;
    std::size_t n_outliers_ = 0;
};

}  // namespace ganbar::fit
