#include "ganbar/core/linalg.h"

#include <algorithm>

#include "ganbar/core/kernels/gemm.h"
#include "ganbar/core/parallel.h"

namespace ganbar {
namespace {
constexpr std::size_t product_rows_per_item = 24;  // four register tiles: small enough to balance two threads, large enough to reuse b
std::size_t n_items(std::size_t n) { return (n + product_rows_per_item - 1) / product_rows_per_item; }
}  // namespace

void multiply(const Matrix& a, const Matrix& b, Matrix& c) {
    GANBAR_ASSERT(a.cols() == b.rows() && &c != &a && &c != &b);
    c.resize(a.rows(), b.cols());
    parallel_for(n_items(a.rows()), [&](std::size_t item) {
        const std::size_t r = item * product_rows_per_item;
        kernels::gemm_rows(a.row(r), a.stride(), b.row(0), b.stride(), c.row(r), c.stride(), std::min(product_rows_per_item, a.rows() - r),
                           a.cols(), b.cols());
    });
}

void multiply_at_b(const Matrix& a, const Matrix& b, Matrix& c, bool accumulate) {
    GANBAR_ASSERT(a.rows() == b.rows() && &c != &a && &c != &b);
    c.resize(a.cols(), b.cols());
    parallel_for(n_items(a.cols()), [&](std::size_t item) {
        const std::size_t i = item * product_rows_per_item;
        kernels::gemm_at_b(a.row(0) + i, a.stride(), b.row(0), b.stride(), c.row(i), c.stride(), a.rows(),
                           std::min(product_rows_per_item, a.cols() - i), b.cols(), accumulate);
    });
}

void transpose(const Matrix& a, Matrix& out) {
    out.resize(a.cols(), a.rows());
    constexpr std::size_t side = 16;  // one cache line each way
    for (std::size_t r0 = 0; r0 < a.rows(); r0 += side)
        for (std::size_t c0 = 0; c0 < a.cols(); c0 += side)
            for (std::size_t r = r0; r < std::min(r0 + side, a.rows()); ++r)
                for (std::size_t c = c0; c < std::min(c0 + side, a.cols()); ++c) out(c, r) = a(r, c);
}

}  // namespace ganbar
