#include "ganbar/core/patches.h"

#include <algorithm>

#include "ganbar/core/parallel.h"

namespace ganbar {

void gather_patches(const PatchMap& map, const Matrix& x, std::size_t samples, bool constant_one, Matrix& patches) {
    const std::size_t c = x.cols(), n = map.n_patches();
    GANBAR_ASSERT(x.rows() == samples * map.n_source);
    patches.resize(samples * n, map.n_taps * c + (constant_one ? 1 : 0));
    parallel_for(samples, [&](std::size_t s) {
        for (std::size_t i = 0; i < n; ++i) {
            float* out = patches.row(s * n + i);
            const std::int32_t* from = &map.source[i * map.n_taps];
            for (std::size_t t = 0; t < map.n_taps; ++t, out += c) {
                if (from[t] < 0) std::fill_n(out, c, 0.0f);
                else std::copy_n(x.row(s * map.n_source + static_cast<std::size_t>(from[t])), c, out);
            }
            if (constant_one) *out = 1;
        }
    });
}

void scatter_patches(const PatchMap& map, const Matrix& d_patches, std::size_t samples, Matrix& dx) {
    const std::size_t c = dx.cols(), n = map.n_patches();
    GANBAR_ASSERT(d_patches.rows() == samples * n && dx.rows() == samples * map.n_source && d_patches.cols() >= map.n_taps * c);
    parallel_for(samples, [&](std::size_t s) {
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t t = 0; t < map.n_taps; ++t) {
                const std::int32_t to = map.source[i * map.n_taps + t];
                if (to < 0) continue;
                const float* in = d_patches.row(s * n + i) + t * c;
                float* out = dx.row(s * map.n_source + static_cast<std::size_t>(to));
                for (std::size_t k = 0; k < c; ++k) out[k] += in[k];
            }
    });
}

void rows_to_targets(const PatchMap& map, const Matrix& rows, std::size_t samples, Matrix& y) {
    GANBAR_ASSERT(rows.cols() == y.cols() && y.rows() == samples * map.n_target);
    parallel_for(samples, [&](std::size_t s) {
        for (std::size_t i = 0; i < map.n_patches(); ++i)
            std::copy_n(rows.row(s * map.n_patches() + i), rows.cols(), y.row(s * map.n_target + static_cast<std::size_t>(map.target[i])));
    });
}

void rows_from_targets(const PatchMap& map, const Matrix& y, std::size_t samples, Matrix& rows) {
    rows.resize(samples * map.n_patches(), y.cols());
    parallel_for(samples, [&](std::size_t s) {
        for (std::size_t i = 0; i < map.n_patches(); ++i)
            std::copy_n(y.row(s * map.n_target + static_cast<std::size_t>(map.target[i])), y.cols(), rows.row(s * map.n_patches() + i));
    });
}

}  // namespace ganbar
