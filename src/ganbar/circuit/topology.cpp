#include "ganbar/circuit/topology.h"

#include <algorithm>
#include <numeric>

namespace ganbar {

Topology::Topology(const CrossbarProblem& p) : rows(p.rows), cols(p.cols), group(2 * rows * cols + rows + cols), fixed(group.size()) {
    std::iota(group.begin(), group.end(), std::size_t{0});
    const auto find = [&](std::size_t k) {
        while (group[k] != k) k = group[k] = group[group[k]];
        return k;
    };
    std::vector<Wire> all;
    const auto join = [&](std::size_t a, std::size_t b, double r_ohm) {
        if (r_ohm > 0) all.push_back({a, b, 1 / r_ohm});
        else group[std::min(find(a), find(b))] = std::max(find(a), find(b));  // sources have the largest numbers and name their group
    };
    const std::size_t nw = rows * cols;
    const bool both = p.wires.ends == Ends::both;
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j + 1 < cols; ++j) join(i * cols + j, i * cols + j + 1, p.wires.rw.si);
        if (!p.vw_V[i]) continue;
        join(i * cols, 2 * nw + i, p.wires.rdrv.si);
        if (both) join(i * cols + cols - 1, 2 * nw + i, p.wires.rdrv.si);
    }
    for (std::size_t j = 0; j < cols; ++j) {
        for (std::size_t i = 0; i + 1 < rows; ++i) join(nw + i * cols + j, nw + (i + 1) * cols + j, p.wires.rb.si);
        if (!p.vb_V[j]) continue;
        join(nw + (rows - 1) * cols + j, 2 * nw + rows + j, p.wires.rsense.si);
        if (both) join(nw + j, 2 * nw + rows + j, p.wires.rsense.si);
    }
    for (std::size_t k = 0; k < group.size(); ++k) group[k] = find(k);
    for (const Wire& w : all)
        if (group[w.a] != group[w.b]) wires.push_back({group[w.a], group[w.b], w.g_S});
    for (std::size_t i = 0; i < rows; ++i) fixed[word_source(i)] = p.vw_V[i];
    for (std::size_t j = 0; j < cols; ++j) fixed[bit_terminal(j)] = p.vb_V[j];
}

}  // namespace ganbar
