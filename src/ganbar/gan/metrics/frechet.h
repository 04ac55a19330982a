// Frechet distance between two Gaussians fitted to features (Dowson and Landau, J. Multivar. Anal. 12, 1982; as a GAN
// metric: Heusel et al., arXiv 1706.08500):  |mu1-mu2|^2 + tr S1 + tr S2 - 2 tr (S1 S2)^(1/2),  S with n-1.
#pragma once
#include <memory>
#include <vector>

#include "ganbar/core/matrix.h"

namespace ganbar::gan {

/// Mean, covariance (row-major, d x d) and a factor L with S = L L^T, all in double.
struct GaussianFit {
    std::vector<double> mean, covariance, factor;
    std::size_t n_dims() const { return mean.size(); }
    double trace() const;
};
/// Needs at least two rows.
GaussianFit fit_gaussian(const Matrix& points);
/// tr (S1 S2)^(1/2) is the sum of the singular values of L1^T L2, which holds for rank-deficient S too. Never negative.
double frechet_distance(const GaussianFit& a, const GaussianFit& b);

/// Unbiased squared maximum mean discrepancy with the kernel (x.y/d + 1)^3 (Binkowski et al., arXiv 1801.01401), over all pairs;
/// may be slightly negative. Needs at least two rows in each.
double kernel_distance(const Matrix& a, const Matrix& b);

}  // namespace ganbar::gan
