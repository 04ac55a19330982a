#include "ganbar/circuit/array_cells.h"

#include <fmt/format.h>

namespace ganbar {

Rng chip_stream(const ArrayQuestion& q, std::size_t k) { return Rng(static_cast<std::uint64_t>(q.spec.seed)).stream("chip", k); }

std::unique_ptr<DeviceArray> array_cells(const ArrayQuestion& q, std::size_t k) {
    const auto n = static_cast<std::size_t>(q.spec.rows * q.spec.cols);
    const Rng draws = chip_stream(q, k);
    auto array = q.device.make(n);
    auto g_S = q.g_S;
    if (g_S.empty()) {
        const Window w = array->window();
        Rng rng = draws.stream("conductances");
        for (std::size_t i = 0; i < n; ++i) g_S.push_back(static_cast<float>(w.g_min.si + (w.g_max.si - w.g_min.si) * rng.uniform()));
    }
    array->fabricate(g_S, draws.stream("cells"));
    return array;
}

void check_conductances(const ArrayQuestion& q) {
    const Window w = q.device.make(1)->window();
    for (std::size_t k = 0; k < q.g_S.size(); ++k)
        if (!(q.g_S[k] >= static_cast<float>(w.g_min.si) * (1 - 1e-6f) && q.g_S[k] <= static_cast<float>(w.g_max.si) * (1 + 1e-6f)))
            throw ConfigError(fmt::format("row {}, column {}: {:g} S lies outside the window of {}, {:g} to {:g} S",
                                          k / static_cast<std::size_t>(q.spec.cols) + 1, k % static_cast<std::size_t>(q.spec.cols) + 1,
                                          q.g_S[k], q.device.model, w.g_min.si, w.g_max.si));
}

void check_question(const ArrayQuestion& q) {
    const std::size_t n = static_cast<std::size_t>(q.spec.rows * q.spec.cols);
    if (!q.g_S.empty() && q.g_S.size() != n)
        throw ConfigError(fmt::format("{} conductances do not fill {} x {} cells", q.g_S.size(), q.spec.rows, q.spec.cols));
    if (q.spec.v_set.si <= 0 || q.spec.v_reset.si >= 0) throw ConfigError("a write needs v_set > 0 V and v_reset < 0 V");
    validate(q.cell.selector);
    if (q.write.scheme == Scheme::inhibit && !q.cell.selector.has_gate())
        throw ConfigError(
            "scheme = \"inhibit\" puts the full amplitude on the cells of other rows unless gates keep these closed; expected 1t1r cells "
            "or another scheme");
    if (q.cell.selector.type != CellType::passive &&
        (q.write.scheme == Scheme::floating || q.write.compensation != WriteCompensation::none))
        throw ConfigError(
            "floating lines and compensated drivers are computed for passive cells; expected a scheme with driven lines and compensation = "
            "\"none\"");
    check_conductances(q);
}

CrossbarProblem array_problem(const ArrayQuestion& q) {
    check_question(q);
    const auto cells = array_cells(q, 0);
    std::vector<float> chord_S(cells->size());
    cells->chord_conductance(q.spec.v_read.si, 0, chord_S);
    CrossbarProblem p;
    p.rows = static_cast<std::size_t>(q.spec.rows), p.cols = static_cast<std::size_t>(q.spec.cols);
    p.g_S.assign(chord_S.begin(), chord_S.end());
    p.selector = q.cell.selector, p.wires = q.wires;
    p.vw_V.assign(p.rows, q.spec.v_read.si), p.vb_V.assign(p.cols, 0.0);
    if (p.selector.has_gate()) p.gate_V.assign(p.rows, q.cell.v_gate.si);
    return p;
}

}  // namespace ganbar
