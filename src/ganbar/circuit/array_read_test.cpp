#include "ganbar/circuit/array_read.h"

#include <gtest/gtest.h>

#include "ganbar/core/parallel.h"
#include "ganbar/core/rng.h"

namespace ganbar {
namespace {

TEST(ArrayRead, IsTheProductForAnyNumberOfInputsAndThreads) {
    constexpr std::size_t rows = 7, cols = 5;
    Rng rng = Rng(3).stream("array");
    std::vector<double> t(rows * cols);
    for (double& x : t) x = 1e-4 * rng.uniform();
    const int before = max_threads();
    for (const std::size_t n : {1u, 15u, 16u, 17u, 40u}) {
        std::vector<double> v(n * rows);
        for (double& x : v) x = rng.uniform() - 0.5;
        set_threads(1);
        const auto one = array_currents(t, rows, cols, v, n);
        set_threads(2);
        EXPECT_EQ(array_currents(t, rows, cols, v, n), one);
        for (std::size_t k = 0; k < n; ++k)
            for (std::size_t j = 0; j < cols; ++j) {
                double sum = 0;
                for (std::size_t i = 0; i < rows; ++i) sum += v[k * rows + i] * t[i * cols + j];
                EXPECT_DOUBLE_EQ(one[k * cols + j], sum);
            }
    }
    set_threads(before);
}

}  // namespace
}  // namespace ganbar
