// What others see and set of a weight matrix on crossbars: blocks as reads see them, ranges of converters, time without pulses.
#include "ganbar/device/nonideal.h"
#include "ganbar/tile/analog_op.h"

namespace ganbar {

std::vector<AnalogOp::BlockRead> AnalogOp::block_reads() {
    before_read(false);
    std::vector<BlockRead> out;
    for (const auto& tile : tiles_) {
        const Side& side = tile.side[0];
        BlockRead b{tile.block, side.g, side.variance_at_zero, side.variance_slope, side.range_A};
        b.variance_zero_A2.resize(tile.block.cols), b.variance_slope_S2.resize(tile.block.cols);
        out.push_back(std::move(b));
    }
    return out;
}

std::vector<float> AnalogOp::ranges() const {
    std::vector<float> out;
    for (const auto& tile : tiles_)
        for (const auto& side : tile.side) out.push_back(side.range_A);
    return out;
}

void AnalogOp::set_ranges(std::span<const float> ranges_A) {
    GANBAR_ASSERT(ranges_A.size() == 2 * tiles_.size());
    for (std::size_t t = 0; t < tiles_.size(); ++t)
        for (std::size_t s = 0; s < 2; ++s) tiles_[t].side[s].range_A = ranges_A[2 * t + s];
}

bool AnalogOp::rest(Second time) {
    bool drifts = false;
    for (const auto& plane : cells_.planes)
        if (auto* cells = dynamic_cast<NonidealArray*>(plane.get())) drifts = cells->wait(time) || drifts;
    if (!drifts) return false;
    cells_moved();
    wired_due();
    return true;
}

}  // namespace ganbar
