// Settling of reads: one cell by hand, the order of a line, ngspice's transient.
#include "ganbar/circuit/settling.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "ganbar/circuit/circuit_test_support.h"
#include "ganbar/circuit/spice.h"

namespace ganbar {
namespace {

using namespace circuit_test;
using namespace literals;

TEST(Settling, OneCellIsTwoPolesByHand) {
    CrossbarProblem p = random_crossbar(1, 1, 1, {0_ohm, 0_ohm, 1000_ohm, 500_ohm});
    p.g_S[0] = 1e-3, p.vw_V[0] = 1.0;
    const double c_w = 2e-15, c_b = 3e-15;
    const Settling s = read_settling(p, {{c_w}, {c_b}}, 1e-3);
    // Elmore: each capacitance times what it sees of the way from the source, towards the output.
    const double g[2][2] = {{1e-3 + 1e-3, -1e-3}, {-1e-3, 1e-3 + 2e-3}}, det = g[0][0] * g[1][1] - g[0][1] * g[1][0];
    const double z[2][2] = {{g[1][1] / det, -g[0][1] / det}, {-g[1][0] / det, g[0][0] / det}}, v[2] = {z[0][0] * 1e-3, z[1][0] * 1e-3};
    EXPECT_NEAR(s.elmore_s[0], (z[1][0] * c_w * v[0] + z[1][1] * c_b * v[1]) / v[1], 1e-20);
    const double half = 0.5 * (g[0][0] / c_w + g[1][1] / c_b), root = std::sqrt(half * half - det / (c_w * c_b)), slow = half - root,
                 fast = half + root;
    const double t = s.settle_s[0],
                 left = (fast * std::exp(-slow * t) - slow * std::exp(-fast * t)) / (fast - slow);  // the output begins at rest
    EXPECT_NEAR(left, 1e-3, 1e-9);
}

TEST(Settling, GrowsWithTheSquareOfALine) {
    double last = 0;
    for (const std::size_t n : {8, 16, 32}) {
        CrossbarProblem p = random_crossbar(1, n, 2, {10_ohm, 10_ohm, Ohm{1e-3}, Ohm{1e-3}}, 0.1, 1e-7, 1e-7);
        const double t = read_settling(p, {1_fF, 1_fF}, 0.01).slowest_s;
        if (last > 0) {
            EXPECT_NEAR(t / last, 4, 0.5);
        }
        last = t;
    }
}

/// Times by which each column's current is within `error` of its end, by ngspice's transient of the deck with capacitors and steps.
std::vector<double> ngspice_settling(const CrossbarProblem& p, double c_w, double c_b, double error, double stop_s) {
    std::ostringstream text;
    write_spice(p, text);
    std::istringstream lines(text.str());
    std::string deck, line;
    while (std::getline(lines, line) && line != ".control") {
        if (line.starts_with("Vw_"))
            line = line.substr(0, line.rfind(' ')) + fmt::format(" PWL(0 0 {:.6g} {})", 1e-6 * stop_s, line.substr(line.rfind(' ') + 1));
        if (!line.starts_with(".options")) deck += line + "\n";
    }
    for (std::size_t i = 0; i < p.rows; ++i)
        for (std::size_t j = 0; j < p.cols; ++j)
            deck += fmt::format("Cw_{0}_{1} w_{0}_{1} 0 {2:.17g}\nCb_{0}_{1} b_{0}_{1} 0 {3:.17g}\n", i, j, c_w, c_b);
    deck +=
        fmt::format(".options reltol=1e-7 abstol=1e-18 vntol=1e-12 chgtol=1e-24\n.control\nset numdgt=16\ntran {0:.6g} {1:.6g} 0 {0:.6g}\n",
                    stop_s / 4000, stop_s);
    for (std::size_t j = 0; j < p.cols; ++j)
        deck += fmt::format(
            "let y_{0} = i(vb_{0})\nlet end_{0} = y_{0}[length(y_{0})-1]\nlet left_{0} = abs(y_{0}/end_{0}-1)\nmeas tran t_{0} when "
            "left_{0}={1:.6g} fall=last\n",
            j, error);
    deck += "quit 0\n.endc\n.end\n";
    std::string path = (std::filesystem::temp_directory_path() / "ganbar-tran-XXXXXX").string();
    const int file = mkstemp(path.data());
    if (file < 0) return {};
    std::ofstream(path) << deck;
    FILE* pipe = popen(("ngspice -b " + path + " 2>/dev/null").c_str(), "r");
    std::string out;
    std::array<char, 4096> buffer;
    for (std::size_t n; pipe && (n = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) out.append(buffer.data(), n);
    if (pipe) pclose(pipe);
    std::filesystem::remove(path);
    std::vector<double> times;
    for (std::size_t j = 0; j < p.cols; ++j) {
        std::smatch found;
        if (std::regex_search(out, found, std::regex(fmt::format("t_{}\\s*=\\s*(\\S+)", j)))) times.push_back(std::stod(found[1]));
    }
    return times;
}

TEST(Settling, IsThatOfNgspicesTransient) {
    if (std::system("ngspice --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "ngspice is not installed";
    for (const auto& [m, n, r] : {std::tuple{4, 5, 5.0}, {12, 8, 20.0}, {3, 16, 50.0}}) {
        CrossbarProblem p =
            random_crossbar(static_cast<std::size_t>(m), static_cast<std::size_t>(n), 7, {Ohm{r}, Ohm{r}, Ohm{100}, Ohm{50}}, 0.1);
        const double c_w = 2e-15, c_b = 3e-15, error = 0.01;
        const Settling s = read_settling(p, {{c_w}, {c_b}}, error);
        const auto want = ngspice_settling(p, c_w, c_b, error, 4 * s.slowest_s);
        ASSERT_EQ(want.size(), p.cols);
        for (std::size_t j = 0; j < p.cols; ++j) EXPECT_NEAR(s.settle_s[j] / want[j], 1, 0.02) << m << "x" << n << " column " << j;
    }
}

TEST(Settling, RefusesWhatItDoesNotCompute) {
    CrossbarProblem p = random_crossbar(3, 3, 1, {1_ohm, 1_ohm, 10_ohm, 10_ohm});
    EXPECT_NO_THROW(read_settling(p, {1_fF, 1_fF}, 0.01));
    EXPECT_THROW(read_settling(p, {1_fF, {0}}, 0.01), ConfigError);
    EXPECT_THROW(read_settling(p, {1_fF, 1_fF}, 0), ConfigError);
    CrossbarProblem q = p;
    q.curve = {CellCurve::Kind::sinh, 4};
    EXPECT_THROW(read_settling(q, {1_fF, 1_fF}, 0.01), ConfigError);
    q = p, q.vw_V[1].reset();
    EXPECT_THROW(read_settling(q, {1_fF, 1_fF}, 0.01), ConfigError);
    q = p, q.vb_V[1] = 0.1;
    EXPECT_THROW(read_settling(q, {1_fF, 1_fF}, 0.01), ConfigError);
    q = p, q.wires.rsense = 0_ohm;
    EXPECT_THROW(read_settling(q, {1_fF, 1_fF}, 0.01), ConfigError);
}

}  // namespace
}  // namespace ganbar
