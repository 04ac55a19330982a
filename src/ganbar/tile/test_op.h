// For tests: a weight matrix on crossbars.
#pragma once
#include "ganbar/device/test_devices.h"
#include "ganbar/tile/analog_op.h"

namespace ganbar::test {

/// A device model by name, with its table as TOML.
struct CellKind {
    std::string model = "ideal", settings = "";
};

/// The operator `name` on cells of one kind; weights span +-w_max.
inline AnalogOp analog_op(const Matrix& w, const TileParams& params, const CellKind& cells, double w_max,
                          const std::string& name = "dense1", std::uint64_t seed = 3) {
    const std::vector<Shape2> shapes = {{w.rows(), w.cols()}};
    const auto placement = place(shapes, {static_cast<std::size_t>(params.rows), static_cast<std::size_t>(params.cols)}, params.placement);
    const auto node = config::parse_toml(cells.settings, "test");
    std::vector<std::unique_ptr<DeviceArray>> planes;
    for (int p = 0; p < (params.mapping == Mapping::differential ? 2 : 1); ++p)
        planes.push_back(devices().get(cells.model).make(node.get(), w.rows() * w.cols()));
    return AnalogOp(name, std::move(planes), placement.blocks, w, w_max, params, Rng(seed));
}

/// A training step with draws and accounts of its own.
struct Play {
    Rng rng{5};
    Ledger ledger;
    Step step{rng, ledger, "training", true};
};

}  // namespace ganbar::test
