#include "ganbar/circuit/cell_curve.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ganbar {
namespace {

using Kind = CellCurve::Kind;

TEST(CellCurve, VoltageUndoesShape) {
    for (const CellCurve curve :
         {CellCurve{}, CellCurve{Kind::cubic, 0}, CellCurve{Kind::cubic, 1e-12}, CellCurve{Kind::cubic, 2.81}, CellCurve{Kind::cubic, 1e12},
          CellCurve{Kind::sinh, 1e-300}, CellCurve{Kind::sinh, 4.1}, CellCurve{Kind::sinh, 500}})
        for (double u = 1e-12; u < 1.3; u *= 7)
            for (const double sign : {1.0, -1.0}) {
                const double z = curve.shape(sign * u);
                EXPECT_NEAR(curve.voltage(z), sign * u, 4e-15 * u) << curve.coefficient;
                EXPECT_NEAR(curve.slope_at_shape(z) / curve.slope(u), 1, 1e-12) << curve.coefficient << " " << u;
            }
}

TEST(CellCurve, VoltageIsFiniteForEveryShape) {
    EXPECT_NEAR((CellCurve{Kind::sinh, 500}.voltage(1e306)), (std::log(1e3) + std::log(1e306)) / 500, 1e-12);
    EXPECT_TRUE(std::isfinite((CellCurve{Kind::cubic, 1e12}.voltage(1e300))));
    EXPECT_EQ((CellCurve{Kind::sinh, 20}.voltage(0)), 0);
}

TEST(CellCurve, SlopeAndContentBelongToShape) {  // content' = shape, shape' = slope
    for (const CellCurve curve : {CellCurve{}, CellCurve{Kind::cubic, 2.81}, CellCurve{Kind::sinh, 4.1}, CellCurve{Kind::sinh, 1e-9}})
        for (const double u : {-0.7, -0.01, 0.2, 0.9}) {
            const double h = 1e-5;
            EXPECT_NEAR((curve.content(u + h) - curve.content(u - h)) / (2 * h), curve.shape(u), 1e-8);
            EXPECT_NEAR((curve.shape(u + h) - curve.shape(u - h)) / (2 * h), curve.slope(u), 1e-7);
        }
}

}  // namespace
}  // namespace ganbar
