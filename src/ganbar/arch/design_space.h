// Which designs of one machine an exploration looks at: axes of parameters, all their combinations or a Latin hypercube of them.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "ganbar/arch/accelerator.h"

namespace ganbar::arch {

/// Parameters that take the same value, and the values they take.
struct DesignAxis {
    std::vector<std::string> params;  ///< {"rows", "cols"}: both change together
    ParamInfo info;                   ///< of the first
    std::vector<Value> values;        ///< no two equal
    std::string name() const { return join(params, "+"); }
};

/// "rows+cols=64,128,256": a list; "units=64:4096:7": from, to and how many, evenly spaced; "units=64:4096:7:log": by equal ratios. Values
/// as
/// --set takes them ("10 ns"); whole numbers are rounded, equal ones dropped. A name may have the machine's in front ("isaac.rows").
/// Throws ConfigError with the nearest name.
DesignAxis read_axis(const std::string& text, const std::string& machine, const std::vector<ParamRow>& params);

/// What an exploration varies when no axis is named: of array size, bits of cells, drivers and converters, stacks, copies, units and
/// buffer what the machine has, each axis with the machine's own value among its values. Empty for machines that one buys as they are.
std::vector<DesignAxis> default_axes(const std::vector<ParamRow>& params);

/// One row a design: an index into the values of every axis.
struct Designs {
    std::size_t n_axes = 0;
    std::vector<std::uint32_t> levels;  ///< row-major
    double n_grid = 1;                  ///< all combinations
    std::size_t n_drawn = 0;            ///< of the Latin hypercube, before equal ones were left out
    bool sampled = false;               ///< not all of them are here
    std::size_t size() const { return n_axes == 0 ? 1 : levels.size() / n_axes; }
    std::span<const std::uint32_t> row(std::size_t i) const { return std::span(levels).subspan(i * n_axes, n_axes); }
};

/// All combinations, the last axis fastest, when they are at most `most`; else a Latin hypercube of `most` draws (McKay, Beckman, Conover,
/// Technometrics 21, 1979): every axis is cut into `most` equal strata, each is drawn from once. Draws that meet on the same combination
/// count once. Throws ConfigError for an axis that is there twice.
Designs make_designs(const std::vector<DesignAxis>& axes, std::size_t most, std::uint64_t seed);

/// `machine` with the values of one design.
std::unique_ptr<Accelerator> with_design(const Accelerator& machine, const std::vector<DesignAxis>& axes,
                                         std::span<const std::uint32_t> levels);

}  // namespace ganbar::arch
