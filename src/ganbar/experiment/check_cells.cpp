#include "ganbar/experiment/check_cells.h"

#include <fmt/format.h>

#include "ganbar/experiment/key_place.h"

namespace ganbar {

void check_cells(const Experiment& e) {
    const auto tile = [&](const char* key) { return place_of(*e.source, "tile", {key}); };
    const auto wires = [&](std::initializer_list<const char*> keys) { return place_of(*e.source, "wires", keys); };
    const CellParams& cell = e.tile.cell;
    const WriteParams& write = e.wires.write;
    if (!cell.selector.has_gate()) {
        if (e.wires.exact(e.wires.program) && write.scheme == Scheme::inhibit)
            throw ConfigError(
                "wires.scheme = \"inhibit\" puts the full amplitude on the cells of other rows unless gates keep these closed; expected "
                "tile.cell = \"1t1r\" or another scheme",
                wires({"scheme"}));
        const TileParams plain;
        for (const auto& p : TileParams::schema())
            if (p.info.name.starts_with("cell_") && p.info.name != "cell_area" && p.get(e.tile) != p.get(plain))
                throw ConfigError(
                    fmt::format("tile.{} has no effect on passive cells; expected tile.cell = \"1t1r\", or leave it out", p.info.name),
                    tile(p.info.name.c_str()));
        return;
    }
    if (e.hardware.kind == HardwareKind::software)
        throw ConfigError("weights in memory have no transistors; expected hardware.kind = \"crossbar\" with tile.cell = \"1t1r\"",
                          tile("cell"));
    if (!e.wires.exact(e.wires.program))
        throw ConfigError(
            "a transistor shares the voltage of every pulse, which is computed with wires.mode = \"exact\" and wires.program = \"exact\"; "
            "expected both with tile.cell = \"1t1r\" (resistances may be 0)",
            tile("cell"));
    validate(cell.selector);
    if (!(cell.v_gate.si > cell.selector.vt.si))
        throw ConfigError(fmt::format("tile.cell_v_gate does not open the transistors; expected more than {} V", cell.selector.vt.si),
                          tile("cell_v_gate"));
    if (write.order == WriteOrder::rank_one || write.scheme == Scheme::floating || write.compensation != WriteCompensation::none)
        throw ConfigError(
            "1t1r cells are written one row at a time under driven lines; expected wires.order = \"rows\" or \"cells\", a scheme that is "
            "not floating, and wires.compensation = \"none\"",
            wires({"order", "scheme", "compensation"}));
    if (write.programming == Programming::batched)
        throw ConfigError("1t1r cells are written a row by itself, so no phases share a batch; expected wires.programming = \"sequential\"",
                          wires({"programming"}));
}

}  // namespace ganbar
