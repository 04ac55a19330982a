#include "ganbar/experiment/run_array.h"

#include <fmt/format.h>

namespace ganbar {

namespace {

struct ArrayPart {
    const Block& block;
    const AnalogOp& op;
    std::size_t plane;
    /// The block's part of a map of the whole matrix.
    template <class T>
    std::vector<T> of(const std::vector<float>& all) const {
        std::vector<T> out;
        for (std::size_t r = 0; r < block.rows; ++r)
            for (std::size_t c = 0; c < block.cols; ++c) out.push_back(static_cast<T>(all[(block.row0 + r) * op.n_out() + block.col0 + c]));
        return out;
    }
};

ArrayPart part_of(const Experiment& e, const Model& model, std::int64_t k) {
    const auto& blocks = model.placement.blocks;
    const auto n_blocks = static_cast<std::int64_t>(blocks.size()),
               n_planes = static_cast<std::int64_t>(e.tile.mapping == Mapping::differential ? 2 : 1);
    if (model.analog.empty()) throw ConfigError("this run holds its weights in memory; it has no arrays");
    if (k < 0 || k >= n_blocks * n_planes)
        throw ConfigError(fmt::format("the run has no array {}; expected 0 to {}", k, n_blocks * n_planes - 1));
    const Block& b = blocks[static_cast<std::size_t>(k % n_blocks)];
    return {b, *model.analog.at(b.layer).op, static_cast<std::size_t>(k / n_blocks)};
}

}  // namespace

CrossbarProblem run_array(const Experiment& e, const Model& model, std::int64_t k) {
    const ArrayPart part = part_of(e, model, k);
    CrossbarProblem p;
    p.rows = part.block.rows, p.cols = part.block.cols, p.wires = e.wires.lines;
    p.g_S = part.of<double>(part.op.chord_conductance(e.tile.v_read, part.plane));
    p.selector = e.tile.cell.selector;
    if (p.selector.has_gate()) p.gate_V.assign(p.rows, e.tile.cell.v_gate.si);
    p.vw_V.assign(p.rows, e.tile.v_read.si);
    p.vb_V.assign(p.cols, 0.0);
    return p;
}

RunCells run_cells(const Experiment& e, const Model& model, std::int64_t k) {
    const ArrayPart part = part_of(e, model, k);
    return {part.block.rows, part.block.cols, part.of<float>(part.op.conductance(part.plane))};
}

}  // namespace ganbar
