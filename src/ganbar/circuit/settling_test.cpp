// Settling of reads and writes: one cell by hand, the order of a line, ngspice's transient.
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

/// What ngspice's transient of the deck with capacitors and steps finds for each of these quantities: when it is within `error` of its end.
std::vector<double> ngspice_settling(const CrossbarProblem& p, double c_w, double c_b, double error, double stop_s,
                                     const std::vector<std::string>& quantities) {
    std::ostringstream text;
    write_spice(p, text);
    std::istringstream lines(text.str());
    std::string deck, line;
    while (std::getline(lines, line) && line != ".control") {
        if (line.starts_with("Vw_") || line.starts_with("Vb_"))
            line = line.substr(0, line.rfind(' ')) + fmt::format(" PWL(0 0 {:.6g} {})", 1e-6 * stop_s, line.substr(line.rfind(' ') + 1));
        if (!line.starts_with(".options")) deck += line + "\n";
    }
    for (std::size_t i = 0; i < p.rows; ++i)
        for (std::size_t j = 0; j < p.cols; ++j)
            deck += fmt::format("Cw_{0}_{1} w_{0}_{1} 0 {2:.17g}\nCb_{0}_{1} b_{0}_{1} 0 {3:.17g}\n", i, j, c_w, c_b);
    deck +=
        fmt::format(".options reltol=1e-7 abstol=1e-18 vntol=1e-12 chgtol=1e-24\n.control\nset numdgt=16\ntran {0:.6g} {1:.6g} 0 {0:.6g}\n",
                    stop_s / 4000, stop_s);
    for (std::size_t j = 0; j < quantities.size(); ++j)
        deck += fmt::format(
            "let y_{0} = {2}\nlet end_{0} = y_{0}[length(y_{0})-1]\nlet left_{0} = abs(y_{0}/end_{0}-1)\nmeas tran t_{0} when "
            "left_{0}={1:.6g} fall=last\n",
            j, error, quantities[j]);
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
    for (std::size_t j = 0; j < quantities.size(); ++j) {
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
        std::vector<std::string> currents;
        for (std::size_t j = 0; j < p.cols; ++j) currents.push_back(fmt::format("i(vb_{})", j));
        const auto want = ngspice_settling(p, c_w, c_b, error, 4 * s.slowest_s, currents);
        ASSERT_EQ(want.size(), p.cols);
        for (std::size_t j = 0; j < p.cols; ++j) EXPECT_NEAR(s.settle_s[j] / want[j], 1, 0.02) << m << "x" << n << " column " << j;
    }
}

// One row written by half voltages, and by a row alone while the other lines float.
TEST(Settling, WritesAreThoseOfNgspicesTransient) {
    if (std::system("ngspice --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "ngspice is not installed";
    const double c_w = 2e-15, c_b = 3e-15, error = 0.01;
    for (const auto& [m, n, r, floats] : {std::tuple{4, 5, 5.0, false}, {12, 8, 20.0, false}, {3, 16, 50.0, false}, {6, 5, 20.0, true}}) {
        CrossbarProblem p =
            random_crossbar(static_cast<std::size_t>(m), static_cast<std::size_t>(n), 7, {Ohm{r}, Ohm{r}, Ohm{100}, Ohm{50}});
        for (auto& v : p.vw_V) v = floats ? std::nullopt : std::optional(0.4);
        for (auto& v : p.vb_V) v = 0.4;
        p.vw_V[0] = 0.8, p.vb_V[0] = 0.0, p.vb_V[p.cols - 1] = 0.0;
        const std::vector<std::size_t> cells{0, p.cols - 1};
        std::vector<double> own;
        for (const std::size_t k : cells) own.push_back(write_settling(p, {{c_w}, {c_b}}, error, {&k, 1}));
        EXPECT_EQ(write_settling(p, {{c_w}, {c_b}}, error, cells), std::max(own[0], own[1]));
        std::vector<std::string> voltages;
        for (const std::size_t k : cells) voltages.push_back(fmt::format("v(w_0_{0})-v(b_0_{0})", k));
        const auto want = ngspice_settling(p, c_w, c_b, error, 4 * std::max(own[0], own[1]), voltages);
        ASSERT_EQ(want.size(), 2U);
        for (std::size_t k = 0; k < 2; ++k) EXPECT_NEAR(own[k] / want[k], 1, 0.02) << m << "x" << n << " cell " << k;
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
    const std::size_t cells[] = {0, 9};
    EXPECT_GT(write_settling(p, {1_fF, 1_fF}, 0.01, std::span(cells).first(1)), 0);
    EXPECT_THROW(write_settling(p, {1_fF, 1_fF}, 0.01, cells), ConfigError);
    q = p;
    for (auto& v : q.vw_V) v = 0.0;
    EXPECT_THROW(write_settling(q, {1_fF, 1_fF}, 0.01, std::span(cells).first(1)), ConfigError);  // no voltage anywhere
    CrossbarProblem ideal = random_crossbar(3, 3, 1, {0_ohm, 0_ohm, 0_ohm, 0_ohm}, 0.1);
    EXPECT_EQ(write_settling(ideal, {1_fF, 1_fF}, 0.01, std::span(cells).first(1)), 0);
}

}  // namespace
}  // namespace ganbar
