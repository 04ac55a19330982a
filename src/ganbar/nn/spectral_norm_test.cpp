#include "ganbar/nn/spectral_norm.h"

#include <gtest/gtest.h>

#include <Eigen/SVD>
#include <cmath>

#include "ganbar/core/linalg.h"
#include "ganbar/core/test_matrix.h"
#include "ganbar/nn/digital_op.h"

namespace ganbar::nn {
namespace {

using test::random_matrix;

double largest_singular_value(const Matrix& w) {
    Eigen::MatrixXd m(w.rows(), w.cols());
    for (std::size_t r = 0; r < w.rows(); ++r)
        for (std::size_t c = 0; c < w.cols(); ++c) m(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(c)) = w(r, c);
    return Eigen::JacobiSVD<Eigen::MatrixXd>(m).singularValues()(0);
}
std::unique_ptr<SpectralNormOp> make(const Matrix& w, int n_start = 300) {
    return std::make_unique<SpectralNormOp>("a", std::make_unique<DigitalOp>("a", w), Rng(5), n_start);
}
struct Desk {
    Rng rng{1};
    Ledger ledger;
    Step training{rng, ledger, "test", true}, looking{rng, ledger, "test", false};
};

TEST(SpectralNorm, SigmaIsTheLargestSingularValue) {
    Desk desk;
    for (const auto& [rows, cols] : {std::pair<std::size_t, std::size_t>{12, 7}, {7, 12}, {9, 1}, {1, 5}}) {
        const Matrix w = random_matrix(rows, cols, rows);
        auto op = make(w);
        Matrix y, plain;
        const Matrix x = random_matrix(4, rows, 3);
        op->forward(x, y, desk.training);
        const double sigma = largest_singular_value(w);
        ASSERT_NEAR(op->sigma() / sigma, 1, 1e-5);
        multiply(x, w, plain);
        for (std::size_t r = 0; r < 4; ++r)
            for (std::size_t c = 0; c < cols; ++c) ASSERT_NEAR(y(r, c), plain(r, c) / sigma, 1e-5);
        EXPECT_NEAR(largest_singular_value(op->weights()), 1, 1e-5);
    }
}

// The weight gradient of L = sum(y t) by finite differences of the whole operator, power iteration included: at the singular vectors the
// derivative of sigma is u v^T, so the extra sample of update() must give it.
TEST(SpectralNorm, GradientsAgreeWithFiniteDifferences) {
    Desk desk;
    const Matrix w = random_matrix(5, 4, 8), x = random_matrix(3, 5, 9), t = random_matrix(3, 4, 10);
    const auto loss = [&](const Matrix& weights, const Matrix& input) {
        auto op = make(weights, 600);
        Matrix y;
        op->forward(input, y, desk.training);
        double sum = 0;
        for (std::size_t r = 0; r < 3; ++r)
            for (std::size_t c = 0; c < 4; ++c) sum += double{y(r, c)} * t(r, c);
        return sum;
    };
    auto op = make(w, 600);
    Matrix y, dx;
    op->forward(x, y, desk.training);
    const double sigma = op->sigma();
    op->backward(t, dx, desk.training);
    op->update(x, t, Sgd{1, 0}, desk.training);
    Matrix after = op->weights();  // divided by sigma
    constexpr float h = 2e-3f;
    for (std::size_t r = 0; r < 5; ++r)
        for (std::size_t c = 0; c < 4; ++c) {
            Matrix up = w, down = w;
            up(r, c) += h, down(r, c) -= h;
            const double numeric = (loss(up, x) - loss(down, x)) / (2 * h);
            ASSERT_NEAR(w(r, c) - after(r, c) * sigma, numeric, 2e-3);
        }
    for (std::size_t r = 0; r < 3; ++r)
        for (std::size_t c = 0; c < 5; ++c) {
            Matrix up = x, down = x;
            up(r, c) += h, down(r, c) -= h;
            ASSERT_NEAR(dx(r, c), (loss(w, up) - loss(w, down)) / (2 * h), 2e-3);
        }
}

TEST(SpectralNorm, FollowsWeightsInTrainingOnly) {
    Desk desk;
    const Matrix w = random_matrix(6, 6, 2), x = random_matrix(2, 6, 3);
    auto op = make(w, 3);
    Matrix y;
    op->forward(x, y, desk.training);
    const double first = op->sigma();
    op->forward(x, y, desk.looking);
    EXPECT_EQ(op->sigma(), first);
    for (int k = 0; k < 200; ++k) op->forward(x, y, desk.training);
    EXPECT_NEAR(op->sigma(), largest_singular_value(w), 1e-4);
    EXPECT_GE(op->sigma(), first - 1e-6);  // power iteration of W W^T never loses
}

TEST(SpectralNorm, StateRestores) {
    Desk desk;
    const Matrix x = random_matrix(2, 6, 3);
    auto a = make(random_matrix(6, 4, 2), 2), b = make(random_matrix(6, 4, 7), 2);
    Matrix ya, yb;
    a->forward(x, ya, desk.training);
    b->restore(a->state());
    a->forward(x, ya, desk.training);
    b->forward(x, yb, desk.training);
    for (std::size_t c = 0; c < 4; ++c) ASSERT_EQ(ya(0, c), yb(0, c));
    EXPECT_EQ(a->sigma(), b->sigma());
    auto other = make(random_matrix(6, 5, 2));
    EXPECT_THROW(other->restore(a->state()), DataError);
}

TEST(SpectralNorm, ZeroWeightsStayZero) {
    Desk desk;
    Matrix w(3, 3), y;
    w.fill(0);
    auto op = make(w);
    op->forward(random_matrix(2, 3, 1), y, desk.training);
    for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(y(0, c), 0);
}

}  // namespace
}  // namespace ganbar::nn
