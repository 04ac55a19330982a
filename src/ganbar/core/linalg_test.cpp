#include "ganbar/core/linalg.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "ganbar/core/parallel.h"
#include "ganbar/core/test_matrix.h"

namespace ganbar {
namespace {

using test::random_matrix;

struct Shape {
    std::size_t m, k, n;
};
const Shape shapes[] = {{1, 1, 1}, {3, 5, 7}, {6, 64, 64}, {7, 100, 128}, {25, 13, 65}, {50, 784, 17}, {31, 128, 784}, {608, 128, 1}};

TEST(Multiply, AgreesWithFusedSumsInDouble) {
    for (const auto& s : shapes) {
        const Matrix a = random_matrix(s.m, s.k, 1), b = random_matrix(s.k, s.n, 2);
        Matrix c;
        multiply(a, b, c);
        for (std::size_t i = 0; i < s.m; ++i)
            for (std::size_t j = 0; j < s.n; ++j) {
                double want = 0, scale = 0;
                for (std::size_t k = 0; k < s.k; ++k) want += double{a(i, k)} * b(k, j), scale += std::fabs(double{a(i, k)} * b(k, j));
                ASSERT_NEAR(c(i, j), want, 1e-6 * scale + 1e-30) << s.m << "x" << s.k << "x" << s.n;
            }
    }
}

TEST(Multiply, SumsRunInAscendingOrder) {  // one fused multiply-add per k: the definition that every instruction set shares
    const Matrix a = random_matrix(5, 77, 3), b = random_matrix(77, 33, 4);
    Matrix c;
    multiply(a, b, c);
    for (std::size_t i = 0; i < 5; ++i)
        for (std::size_t j = 0; j < 33; ++j) {
            float sum = 0;
            for (std::size_t k = 0; k < 77; ++k) sum = std::fma(a(i, k), b(k, j), sum);
            ASSERT_EQ(c(i, j), sum);
        }
}

TEST(MultiplyAtB, EqualsProductWithTranspose) {
    for (const auto& s : shapes) {
        const Matrix a = random_matrix(s.k, s.m, 5), b = random_matrix(s.k, s.n, 6);
        Matrix at, want, got;
        transpose(a, at);
        multiply(at, b, want);
        multiply_at_b(a, b, got);
        for (std::size_t i = 0; i < s.m; ++i)
            for (std::size_t j = 0; j < s.n; ++j) ASSERT_EQ(got(i, j), want(i, j));
        multiply_at_b(a, b, got, true);
        for (std::size_t i = 0; i < s.m; ++i)
            for (std::size_t j = 0; j < s.n; ++j) ASSERT_NEAR(got(i, j), 2 * want(i, j), 1e-3);
    }
}

TEST(Multiply, SameBitsForAnyNumberOfThreads) {
    const Matrix a = random_matrix(131, 200, 7), b = random_matrix(200, 77, 8);
    const int before = max_threads();
    Matrix one, three;
    set_threads(1);
    multiply(a, b, one);
    set_threads(3);
    multiply(a, b, three);
    set_threads(before);
    for (std::size_t r = 0; r < one.rows(); ++r) ASSERT_EQ(std::memcmp(one.row(r), three.row(r), one.cols() * sizeof(float)), 0);
}

}  // namespace
}  // namespace ganbar
