#include "ganbar/nn/bias.h"

#include <algorithm>

#include "ganbar/core/kernels/columns.h"
#include "ganbar/core/parallel.h"
#include "ganbar/nn/digital_op.h"

namespace ganbar::nn {

void DigitalVector::append_state(State& out) const {
    out.push_back({name_, flatten(values_)});
    out.push_back({name_ + "_moment1", moments_.first});
    out.push_back({name_ + "_moment2", moments_.second});
    out.push_back({name_ + "_steps", {static_cast<float>(moments_.steps)}});
}

void DigitalVector::restore(const State& state) {
    unflatten(find_tensor(state, name_, values_.cols()), values_);
    moments_.first = find_tensor(state, name_ + "_moment1");
    moments_.second = find_tensor(state, name_ + "_moment2");
    moments_.steps = find_tensor(state, name_ + "_steps", 1)[0];
}

std::vector<float> column_sums(const Matrix& m) {
    constexpr std::size_t rows_per_item = 64;
    const std::size_t n = (m.rows() + rows_per_item - 1) / rows_per_item;
    Matrix part(n, m.cols()), unused(n, m.cols()), zero(1, m.cols());
    parallel_for(n, [&](std::size_t item) {
        const std::size_t r = item * rows_per_item;
        kernels::column_moments(m.row(r), m.stride(), std::min(rows_per_item, m.rows() - r), m.cols(), zero.row(0), part.row(item),
                                unused.row(item));
    });
    std::vector<float> out(m.cols());
    for (std::size_t c = 0; c < m.cols(); ++c) {
        double sum = 0;
        for (std::size_t item = 0; item < n; ++item) sum += part(item, c);
        out[c] = static_cast<float>(sum);
    }
    return out;
}

}  // namespace ganbar::nn
