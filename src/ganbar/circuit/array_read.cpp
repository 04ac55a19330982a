#include "ganbar/circuit/array_read.h"

#include <algorithm>

#include "ganbar/core/error.h"
#include "ganbar/core/parallel.h"

namespace ganbar {

std::vector<double> array_currents(std::span<const double> t_S, std::size_t rows, std::size_t cols, std::span<const double> v_V,
                                   std::size_t n) {
    GANBAR_ASSERT(t_S.size() == rows * cols && v_V.size() == n * rows);
    std::vector<double> out(n * cols, 0.0);
    constexpr std::size_t together = 16;  // inputs that share a pass over T
    parallel_for((n + together - 1) / together, [&](std::size_t block) {
        for (std::size_t i = 0; i < rows; ++i)
            for (std::size_t k = block * together; k < std::min(n, (block + 1) * together); ++k) {
                const double x = v_V[k * rows + i];
                double* sum = &out[k * cols];
                const double* t = &t_S[i * cols];
                for (std::size_t j = 0; j < cols; ++j) sum[j] += x * t[j];
            }
    });
    return out;
}

}  // namespace ganbar
