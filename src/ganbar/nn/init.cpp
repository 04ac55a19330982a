#include "ganbar/nn/init.h"

#include <cmath>

namespace ganbar::nn {

Matrix initial_weights(std::size_t n_in, std::size_t n_out, Init init, double scale, Rng rng, double fan_in) {
    Matrix w(n_in, n_out);
    if (fan_in <= 0) fan_in = static_cast<double>(n_in);
    const double fan = fan_in + static_cast<double>(n_out);
    for (std::size_t r = 0; r < n_in; ++r)
        for (float& v : w.row_span(r)) {
            double x = 0;
            switch (init) {
                case Init::normal_fan_in: x = rng.normal() / std::sqrt(fan_in); break;
                case Init::glorot_normal: x = rng.normal() * std::sqrt(2 / fan); break;
                case Init::normal: x = rng.normal(); break;
                case Init::uniform_fan_in: x = (2 * rng.uniform() - 1) / std::sqrt(fan_in); break;
            }
            v = static_cast<float>(scale * x);
        }
    return w;
}

}  // namespace ganbar::nn
