#include "ganbar/core/state.h"

#include <algorithm>

#include "ganbar/core/error.h"

namespace ganbar {

void refuse_size(const std::string& name) {
    throw DataError("the checkpoint's " + name + " has another size: it belongs to another network");
}

const std::vector<float>& find_tensor(const State& state, const std::string& name, std::size_t n) {
    const auto at = std::find_if(state.begin(), state.end(), [&](const StateTensor& t) { return t.name == name; });
    if (at == state.end()) throw DataError("the checkpoint has no \"" + name + "\": it belongs to another network");
    if (n != any_size && at->values.size() != n) refuse_size(name);
    return at->values;
}

const std::vector<float>& find_tensor_or_empty(const State& state, const std::string& name, std::size_t n) {
    const auto& values = find_tensor(state, name);
    if (!values.empty() && values.size() != n) refuse_size(name);
    return values;
}

std::vector<float> flatten(const Matrix& m) {
    std::vector<float> out;
    out.reserve(m.rows() * m.cols());
    for (std::size_t r = 0; r < m.rows(); ++r) out.insert(out.end(), m.row(r), m.row(r) + m.cols());
    return out;
}
void unflatten(std::span<const float> values, Matrix& m) {
    GANBAR_ASSERT(values.size() == m.rows() * m.cols());
    for (std::size_t r = 0; r < m.rows(); ++r) std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(r * m.cols()), m.cols(), m.row(r));
}
Matrix unflattened(std::span<const float> values, std::size_t rows, std::size_t cols) {
    if (values.empty()) return {};
    Matrix m(rows, cols);
    unflatten(values, m);
    return m;
}

}  // namespace ganbar
