#include "ganbar/core/linalg.h"

#include <algorithm>

#include "ganbar/core/parallel.h"

namespace ganbar {

void multiply(const Matrix& a, const Matrix& b, Matrix& c) {
    GANBAR_ASSERT(a.cols() == b.rows() && &c != &a && &c != &b);
    c.resize(a.rows(), b.cols());
    parallel_for(a.rows(), [&](std::size_t r) {
        float* out = c.row(r);
        std::fill_n(out, b.cols(), 0.0f);
        for (std::size_t k = 0; k < a.cols(); ++k)
            for (std::size_t j = 0; j < b.cols(); ++j) out[j] += a(r, k) * b(k, j);
    });
}

void multiply_at_b(const Matrix& a, const Matrix& b, Matrix& c, bool accumulate) {
    GANBAR_ASSERT(a.rows() == b.rows() && &c != &a && &c != &b);
    c.resize(a.cols(), b.cols());
    parallel_for(a.cols(), [&](std::size_t i) {
        float* out = c.row(i);
        if (!accumulate) std::fill_n(out, b.cols(), 0.0f);
        for (std::size_t k = 0; k < a.rows(); ++k)
            for (std::size_t j = 0; j < b.cols(); ++j) out[j] += a(k, i) * b(k, j);
    });
}

void transpose(const Matrix& a, Matrix& out) {
    out.resize(a.cols(), a.rows());
    for (std::size_t r = 0; r < a.rows(); ++r)
        for (std::size_t c = 0; c < a.cols(); ++c) out(c, r) = a(r, c);
}

}  // namespace ganbar
