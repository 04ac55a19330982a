#include <Eigen/Dense>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "ganbar/circuit/circuit_test_support.h"
#include "ganbar/circuit/spice.h"
#include "ganbar/core/rng.h"

namespace ganbar::circuit_test {

CrossbarProblem random_crossbar(std::size_t rows, std::size_t cols, std::uint64_t seed, const Wires& wires, double v_max, double g_lo, double g_hi) {
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

std::map<std::string, double> ngspice_values(const CrossbarProblem& problem) {
    std::map<std::string, double> values;
    if (std::system("ngspice --version > /dev/null 2>&1") != 0) return values;
    std::string path = (std::filesystem::temp_directory_path() / "ganbar-spice-XXXXXX").string();
    const int file = mkstemp(path.data());
    if (file < 0) return values;
    std::ofstream deck(path);
    write_spice(problem, deck);
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
