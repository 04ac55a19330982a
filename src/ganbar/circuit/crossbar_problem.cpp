#include "ganbar/circuit/crossbar_problem.h"

#include <fmt/format.h>

#include <cmath>

namespace ganbar {

namespace {

void check_terminals(const char* name, const std::vector<std::optional<double>>& v, std::size_t n) {
    if (v.size() != n) throw ConfigError(fmt::format("{} has {} values; expected {}, one for each line", name, v.size(), n));
    for (std::size_t k = 0; k < n; ++k)
        if (v[k] && !std::isfinite(*v[k])) throw ConfigError(fmt::format("{}[{}] is not a finite voltage", name, k));
}

void check_resistance(const char* name, Ohm r) {
    if (!std::isfinite(r.si) || r.si < 0) throw ConfigError(fmt::format("{} = {} ohm; expected a finite resistance >= 0", name, r.si));
}

/// Lines joined by cells form groups; a group without a driven line has no defined voltage.
void check_connected(const CrossbarProblem& p) {
    std::vector<char> word(p.rows, 0), bit(p.cols, 0);
    std::vector<std::size_t> front;
    for (std::size_t i = 0; i < p.rows; ++i)
        if (p.vw_V[i]) word[i] = 1, front.push_back(i);
    for (std::size_t j = 0; j < p.cols; ++j)
        if (p.vb_V[j]) bit[j] = 1, front.push_back(p.rows + j);
    if (front.empty()) throw ConfigError("every line floats; expected at least one driven terminal");
    while (!front.empty()) {
        const std::size_t line = front.back();
        front.pop_back();
        const bool is_word = line < p.rows;
        for (std::size_t k = 0; k < (is_word ? p.cols : p.rows); ++k) {
            const std::size_t i = is_word ? line : k, j = is_word ? k : line - p.rows;
            char& other = is_word ? bit[j] : word[i];
            if (other || p.g_S[i * p.cols + j] == 0) continue;
            other = 1;
            front.push_back(is_word ? p.rows + j : i);
        }
    }
    for (std::size_t i = 0; i < p.rows; ++i)
        if (!word[i])
            throw ConfigError(fmt::format("word line {} floats and no cell joins it to a driven line; its voltage is undefined", i));
    for (std::size_t j = 0; j < p.cols; ++j)
        if (!bit[j])
            throw ConfigError(fmt::format("bit line {} floats and no cell joins it to a driven line; its voltage is undefined", j));
}

}  // namespace

void validate(const CrossbarProblem& p) {
    if (p.rows == 0 || p.cols == 0) throw ConfigError("the crossbar has no cells; expected rows >= 1 and cols >= 1");
    if (p.g_S.size() != p.rows * p.cols)
        throw ConfigError(fmt::format("G has {} values; expected rows x cols = {}", p.g_S.size(), p.rows * p.cols));
    for (std::size_t k = 0; k < p.g_S.size(); ++k)
        if (!std::isfinite(p.g_S[k]) || p.g_S[k] < 0)
            throw ConfigError(fmt::format("G[{}][{}] = {} S; expected a finite conductance >= 0", k / p.cols, k % p.cols, p.g_S[k]));
    check_resistance("rw", p.wires.rw), check_resistance("rb", p.wires.rb);
    check_resistance("rdrv", p.wires.rdrv), check_resistance("rsense", p.wires.rsense);
    if (p.curve.kind == CellCurve::Kind::cubic && !(p.curve.coefficient >= 0 && std::isfinite(p.curve.coefficient)))
        throw ConfigError(
            fmt::format("c3 = {} 1/V^2; expected a finite number >= 0, so that the current rises with the voltage", p.curve.coefficient));
    if (p.curve.kind == CellCurve::Kind::sinh && !(p.curve.coefficient > 0 && std::isfinite(p.curve.coefficient)))
        throw ConfigError(fmt::format("b = {} 1/V; expected a finite number > 0", p.curve.coefficient));
    validate(p.selector);
    if (p.selector.has_gate()) {
        if (p.gate_V.size() != p.rows)
            throw ConfigError(
                fmt::format("Vg has {} values; expected {}, one for the gate line of each row of 1t1r cells", p.gate_V.size(), p.rows));
        for (std::size_t i = 0; i < p.rows; ++i)
            if (!std::isfinite(p.gate_V[i])) throw ConfigError(fmt::format("Vg[{}] is not a finite voltage", i));
    } else if (!p.gate_V.empty()) {
        throw ConfigError(
            fmt::format("{} cells have no gate; Vg is for 1t1r", cell_type_names()[static_cast<std::size_t>(p.selector.type)]));
    }
    check_terminals("Vw", p.vw_V, p.rows), check_terminals("Vb", p.vb_V, p.cols);
    check_connected(p);
}

}  // namespace ganbar
