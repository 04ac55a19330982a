#include <Eigen/Dense>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "ganbar/circuit/circuit_test_support.h"
#include "ganbar/circuit/spice.h"
#include "ganbar/core/rng.h"

namespace ganbar::circuit_test {

CrossbarProblem random_crossbar(std::size_t rows, std::size_t cols, std::uint64_t seed, const Wires& wires, double v_max, double g_lo,
                                double g_hi) {
    CrossbarProblem p;
    p.rows = rows, p.cols = cols, p.wires = wires;
    Rng rng = Rng(seed).stream("crossbar");
    for (std::size_t k = 0; k < rows * cols; ++k) p.g_S.push_back(g_lo + (g_hi - g_lo) * rng.uniform());
    for (std::size_t i = 0; i < rows; ++i) p.vw_V.emplace_back(v_max * rng.uniform());
    p.vb_V.assign(cols, 0.0);
    return p;
}

OperatingPoint dense_solution(const CrossbarProblem& p) {
    const std::size_t n = p.rows * p.cols;
    Eigen::MatrixXd y = Eigen::MatrixXd::Zero(2 * n, 2 * n);
    Eigen::VectorXd f = Eigen::VectorXd::Zero(2 * n);
    const auto join = [&](std::size_t a, std::size_t b, double g) { y(a, a) += g, y(b, b) += g, y(a, b) -= g, y(b, a) -= g; };
    const auto drive = [&](std::size_t a, const std::optional<double>& v, double r) {
        if (v) y(a, a) += 1 / r, f(a) += *v / r;
    };
    const bool both = p.wires.ends == Ends::both;
    for (std::size_t i = 0; i < p.rows; ++i)
        for (std::size_t j = 0; j < p.cols; ++j) {
            const std::size_t w = i * p.cols + j, b = n + w;
            join(w, b, p.g_S[w]);
            if (j + 1 < p.cols) join(w, w + 1, 1 / p.wires.rw.si);
            if (i + 1 < p.rows) join(b, b + p.cols, 1 / p.wires.rb.si);
            if (j == 0) drive(w, p.vw_V[i], p.wires.rdrv.si);
            if (both && j + 1 == p.cols) drive(w, p.vw_V[i], p.wires.rdrv.si);
            if (i + 1 == p.rows) drive(b, p.vb_V[j], p.wires.rsense.si);
            if (both && i == 0) drive(b, p.vb_V[j], p.wires.rsense.si);
        }
    const Eigen::VectorXd v = y.partialPivLu().solve(f);
    OperatingPoint out;
    out.w_V.assign(v.data(), v.data() + n), out.b_V.assign(v.data() + n, v.data() + 2 * n);
    out.i_word_A.assign(p.rows, 0), out.i_bit_A.assign(p.cols, 0);
    for (std::size_t k = 0; k < n; ++k) {
        const double i = p.g_S[k] * (out.w_V[k] - out.b_V[k]);
        out.i_word_A[k / p.cols] += i, out.i_bit_A[k % p.cols] += i;
    }
    return out;
}

namespace {

constexpr double digits = 5e-16;  // of the largest source: what a voltage leaves open when it is given out as a double

/// One line seen from its terminal.
struct Line {
    std::vector<double> v_V, i_A, open_A;  ///< nodes; what cells draw; what the digits of the voltages leave open of that
    double r, r_terminal;
    std::optional<double> source_V;
    double terminal_A;  ///< as the point gives it
    bool both;
};

void check_line(const Line& l, double scale_V, Mismatch& worst) {
    double total = 0, magnitude = 0, open = 0;
    for (std::size_t k = 0; k < l.i_A.size(); ++k) total += l.i_A[k], magnitude += std::abs(l.i_A[k]), open += l.open_A[k];
    worst.current = std::max(worst.current, (std::abs(total - l.terminal_A) - open) / (magnitude + 1e-300));
    const auto drop = [&](double seen_V, double expected_V, double open_V) {
        worst.voltage = std::max(worst.voltage, (std::abs(seen_V - expected_V) - open_V) / scale_V);
    };
    double beyond_A = total;  // what the segment at hand carries
    const bool far = l.both && l.source_V.has_value(), held = far && l.r_terminal == 0;
    if (far && !held) beyond_A -= (*l.source_V - l.v_V.back()) / l.r_terminal, open += digits * scale_V / l.r_terminal;
    if (held) drop(l.v_V.back(), *l.source_V, 0);
    if (l.source_V) drop(*l.source_V - l.v_V[0], held ? 0 : l.r_terminal * beyond_A, l.r_terminal * open);
    if (held && l.v_V.size() > 1 && l.r > 0)  // the loop leaves the split open: take it from the first segment
        beyond_A = l.i_A[0] + (l.v_V[0] - l.v_V[1]) / l.r, open += digits * scale_V / l.r;
    for (std::size_t k = 0; k + 1 < l.v_V.size(); ++k) {
        beyond_A -= l.i_A[k];
        drop(l.v_V[k] - l.v_V[k + 1], l.r > 0 ? l.r * beyond_A : 0, l.r * open);
    }
}

}  // namespace

Mismatch kirchhoff_mismatch(const CrossbarProblem& p, const OperatingPoint& point) {
    Mismatch worst;
    double scale_V = 1e-300;
    for (const auto* sources : {&p.vw_V, &p.vb_V})
        for (const auto& v : *sources)
            if (v) scale_V = std::max(scale_V, std::abs(*v));
    std::vector<double> i_A(p.g_S.size()), open_A(p.g_S.size());
    for (std::size_t k = 0; k < i_A.size(); ++k) {
        const double u = point.w_V[k] - point.b_V[k], c = p.curve.coefficient;
        const bool linear = p.curve.kind == CellCurve::Kind::linear, cubic = p.curve.kind == CellCurve::Kind::cubic;
        i_A[k] = p.g_S[k] * (linear ? u : cubic ? u + c * u * u * u : std::sinh(c * u) / c);
        open_A[k] = digits * scale_V * p.g_S[k] * (linear ? 1 : cubic ? 1 + 3 * c * u * u : std::cosh(c * u));
    }
    const bool both = p.wires.ends == Ends::both;
    for (std::size_t i = 0; i < p.rows; ++i) {
        Line l{{}, {}, {}, p.wires.rw.si, p.wires.rdrv.si, p.vw_V[i], point.i_word_A[i], both};
        for (std::size_t k = i * p.cols; k < (i + 1) * p.cols; ++k)
            l.v_V.push_back(point.w_V[k]), l.i_A.push_back(i_A[k]), l.open_A.push_back(open_A[k]);
        check_line(l, scale_V, worst);
    }
    for (std::size_t j = 0; j < p.cols; ++j) {
        Line l{{}, {}, {}, p.wires.rb.si, p.wires.rsense.si, p.vb_V[j], -point.i_bit_A[j], both};
        for (std::size_t r = p.rows; r-- > 0;) {
            const std::size_t k = r * p.cols + j;
            l.v_V.push_back(point.b_V[k]), l.i_A.push_back(-i_A[k]), l.open_A.push_back(open_A[k]);
        }
        check_line(l, scale_V, worst);
    }
    return worst;
}

std::map<std::string, double> ngspice_values(const CrossbarProblem& problem) {
    std::ostringstream deck;
    write_spice(problem, deck, {.node_voltages = true});
    return ngspice_values(deck.str());
}

std::map<std::string, double> ngspice_values(const std::string& text_of_deck) {
    std::map<std::string, double> values;
    if (std::system("ngspice --version > /dev/null 2>&1") != 0) return values;
    std::string path = (std::filesystem::temp_directory_path() / "ganbar-spice-XXXXXX").string();
    const int file = mkstemp(path.data());
    if (file < 0) return values;
    std::ofstream deck(path);
    deck << text_of_deck;
    deck.close();
    FILE* pipe = popen(("ngspice -b " + path + " 2>/dev/null").c_str(), "r");
    std::string text;
    std::array<char, 4096> buffer;
    for (std::size_t n; pipe && (n = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) text.append(buffer.data(), n);
    if (pipe) pclose(pipe);
    std::filesystem::remove(path);
    std::istringstream lines(text);
    std::string line;
    while (std::getline(lines, line))
        if (const auto equals = line.find(" = "); equals != std::string::npos)
            if (char* end = nullptr; true) {
                const double v = std::strtod(line.c_str() + equals + 3, &end);
                if (end != line.c_str() + equals + 3) values[line.substr(0, equals)] = v;
            }
    return values;
}

}  // namespace ganbar::circuit_test
