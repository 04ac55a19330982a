#define EIGEN_MPL2_ONLY
#define EIGEN_DONT_PARALLELIZE  // Eigen's own threads would make sums depend on their number
#include "ganbar/gan/metrics/frechet.h"

#include <Eigen/Eigenvalues>
#include <Eigen/SVD>
#include <algorithm>
#include <limits>

#include "ganbar/core/linalg.h"
#include "ganbar/core/parallel.h"

namespace ganbar::gan {

namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::MatrixXd as_eigen(const Matrix& m) {
    Eigen::MatrixXd out(m.rows(), m.cols());
    for (std::size_t r = 0; r < m.rows(); ++r)
        for (std::size_t c = 0; c < m.cols(); ++c) out(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(c)) = m(r, c);
    return out;
}

std::vector<double> flat(const Eigen::MatrixXd& m) {
    std::vector<double> out(static_cast<std::size_t>(m.size()));
    Eigen::Map<RowMajor>(out.data(), m.rows(), m.cols()) = m;
    return out;
}

/// Sum over the pairs of (x.y/d + 1)^3; skip_diagonal leaves out i = j.
double kernel_sum(const Matrix& a, const Matrix& b, bool skip_diagonal) {
    Matrix b_t, products;
    transpose(b, b_t);
    multiply(a, b_t, products);
    const double scale = 1.0 / static_cast<double>(a.cols());
    std::vector<double> row_sum(a.rows(), 0.0);
    parallel_for(a.rows(), [&](std::size_t i) {
        for (std::size_t j = 0; j < b.rows(); ++j) {
            const double k = products(i, j) * scale + 1;
            if (!(skip_diagonal && i == j)) row_sum[i] += k * k * k;
        }
    });
    double total = 0;
    for (const double v : row_sum) total += v;
    return total;
}

}  // namespace

double GaussianFit::trace() const {
    double t = 0;
    for (std::size_t i = 0; i < n_dims(); ++i) t += covariance[i * n_dims() + i];
    return t;
}

GaussianFit fit_gaussian(const Matrix& points) {
    GANBAR_ASSERT(points.rows() >= 2 && points.cols() >= 1);
    Eigen::MatrixXd x = as_eigen(points);
    const Eigen::RowVectorXd mean = x.colwise().mean();
    x.rowwise() -= mean;
    Eigen::MatrixXd s = Eigen::MatrixXd::Zero(x.cols(), x.cols());
    s.selfadjointView<Eigen::Lower>().rankUpdate(x.transpose(), 1.0 / static_cast<double>(x.rows() - 1));
    s.triangularView<Eigen::StrictlyUpper>() = s.transpose();
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(s);
    Eigen::VectorXd lambda = solver.eigenvalues();
    // eigenvalues below the solver's rounding are directions without spread; their square roots would add 1e-8 noise
    const double cutoff = static_cast<double>(lambda.size()) * std::numeric_limits<double>::epsilon() * std::max(lambda.maxCoeff(), 0.0);
    for (auto& v : lambda) v = v > cutoff ? v : 0;
    const Eigen::MatrixXd factor = solver.eigenvectors() * lambda.cwiseSqrt().asDiagonal();
    return {{mean.data(), mean.data() + mean.size()}, flat(s), flat(factor)};
}

double frechet_distance(const GaussianFit& a, const GaussianFit& b) {
    GANBAR_ASSERT(a.n_dims() == b.n_dims());
    const auto d = static_cast<Eigen::Index>(a.n_dims());
    const Eigen::Map<const RowMajor> la(a.factor.data(), d, d), lb(b.factor.data(), d, d);
    const Eigen::MatrixXd product = la.transpose() * lb;
    const double cross = Eigen::BDCSVD<Eigen::MatrixXd>(product).singularValues().sum();
    double shift = 0;
    for (std::size_t i = 0; i < a.n_dims(); ++i) shift += (a.mean[i] - b.mean[i]) * (a.mean[i] - b.mean[i]);
    return std::max(0.0, shift + a.trace() + b.trace() - 2 * cross);
}

double kernel_distance(const Matrix& a, const Matrix& b) {
    GANBAR_ASSERT(a.rows() >= 2 && b.rows() >= 2 && a.cols() == b.cols());
    const double n = static_cast<double>(a.rows()), m = static_cast<double>(b.rows());
    return kernel_sum(a, a, true) / (n * (n - 1)) + kernel_sum(b, b, true) / (m * (m - 1)) - 2 * kernel_sum(a, b, false) / (n * m);
}

}  // namespace ganbar::gan
