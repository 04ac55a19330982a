#include "ganbar/experiment/run_array.h"

#include <fmt/format.h>

namespace ganbar {

CrossbarProblem run_array(const Experiment& e, const Model& model, std::int64_t k) {
    const auto& blocks = model.placement.blocks;
    const auto n_blocks = static_cast<std::int64_t>(blocks.size()),
               n_planes = static_cast<std::int64_t>(e.tile.mapping == Mapping::differential ? 2 : 1);
    if (model.analog.empty()) throw ConfigError("this run holds its weights in memory; it has no arrays");
    if (k < 0 || k >= n_blocks * n_planes)
        throw ConfigError(fmt::format("the run has no array {}; expected 0 to {}", k, n_blocks * n_planes - 1));
    const Block& b = blocks[static_cast<std::size_t>(k % n_blocks)];
    const AnalogOp& op = *model.analog.at(b.layer).op;
    CrossbarProblem p;
    p.rows = b.rows, p.cols = b.cols, p.wires = e.wires.lines;
    const auto g = op.chord_conductance(e.tile.v_read, static_cast<std::size_t>(k / n_blocks));
    for (std::size_t r = 0; r < b.rows; ++r)
        for (std::size_t c = 0; c < b.cols; ++c) p.g_S.push_back(static_cast<double>(g[(b.row0 + r) * op.n_out() + b.col0 + c]));
    p.selector = e.tile.cell.selector;
    if (p.selector.has_gate()) p.gate_V.assign(b.rows, e.tile.cell.v_gate.si);
    p.vw_V.assign(b.rows, e.tile.v_read.si);
    p.vb_V.assign(b.cols, 0.0);
    return p;
}

}  // namespace ganbar
