#include "ganbar/gan/loss.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

namespace ganbar::gan {
namespace {

const std::vector<Loss> all = {Loss::non_saturating, Loss::minimax, Loss::wasserstein, Loss::hinge, Loss::least_squares};

TEST(Losses, SlopesAreTheDerivatives) {
    constexpr double h = 1e-6;
    for (const Loss loss : all)
        for (double s = -6.011; s < 6; s += 0.37) {  // never on the kinks at -1 and 1
            const std::vector<std::function<LossTerm(double)>> terms = {
                [&](double x) { return loss_real(loss, x); }, [&](double x) { return loss_real(loss, x, 0.9); },
                [&](double x) { return loss_fake(loss, x); }, [&](double x) { return loss_generator(loss, x); }};
            for (std::size_t t = 0; t < terms.size(); ++t)
                ASSERT_NEAR(terms[t](s).slope, (terms[t](s + h).value - terms[t](s - h).value) / (2 * h), 1e-8)
                    << static_cast<int>(loss) << " term " << t << " at " << s;
        }
}

TEST(Losses, KnownValues) {
    EXPECT_NEAR(loss_real(Loss::non_saturating, 0).value + loss_fake(Loss::non_saturating, 0).value, 2 * std::log(2),
                1e-15);  // a coin's discriminator
    EXPECT_NEAR(loss_generator(Loss::minimax, 0).value, -std::log(2), 1e-15);
    EXPECT_EQ(loss_real(Loss::hinge, 1.5).slope, 0);  // beyond the margin nothing is learnt
    EXPECT_EQ(loss_fake(Loss::hinge, -1.5).value, 0);
    EXPECT_EQ(loss_real(Loss::wasserstein, 3).value + loss_fake(Loss::wasserstein, 1).value, -2);
    EXPECT_EQ(loss_real(Loss::least_squares, 3).value, 2);
    EXPECT_EQ(loss_generator(Loss::least_squares, 1).slope, 0);
}

TEST(Losses, PlayersWantOpposites) {  // a fake that the discriminator believes costs it more and the generator less
    for (const Loss loss : all)
        for (double s = -0.85; s < 0.95; s += 0.1) {
            const bool above_goal = loss != Loss::least_squares || s >= 0;  // least squares wants fakes at 0
            EXPECT_EQ(loss_fake(loss, s + 0.01).value > loss_fake(loss, s).value, above_goal) << s;
            EXPECT_LT(loss_generator(loss, s + 0.01).value, loss_generator(loss, s).value);
            EXPECT_LT(loss_real(loss, s + 0.01).value, loss_real(loss, s).value);
        }
}

TEST(Losses, LargeScoresStayFinite) {
    for (const Loss loss : all)
        for (const double s : {-1e4, 1e4})
            for (const auto& t : {loss_real(loss, s), loss_fake(loss, s), loss_generator(loss, s)}) {
                EXPECT_TRUE(std::isfinite(t.value));
                EXPECT_TRUE(std::isfinite(t.slope));
            }
}

}  // namespace
}  // namespace ganbar::gan
