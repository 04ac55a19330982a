#include "ganbar/periphery/circuits.h"

#include <gtest/gtest.h>

#include <unistd.h>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "ganbar/periphery/decks.h"

namespace ganbar::periphery {
namespace {

/// Outputs of a circuit's deck as ngspice computes them; empty when there is no ngspice.
std::vector<double> by_ngspice(const std::string& circuit, const PeripheryParams& p, const std::vector<double>& x_V) {
    const auto file = std::filesystem::temp_directory_path() / ("ganbar_circuit_" + circuit + "_" + std::to_string(::getpid()) + ".cir");
    {
        std::ofstream out(file);
        write_deck(circuit, p, x_V, out);
    }
    std::vector<double> y;
    std::FILE* pipe = ::popen(("ngspice -b " + file.string() + " 2>/dev/null").c_str(), "r");
    std::array<char, 512> line{};
    while (pipe && std::fgets(line.data(), line.size(), pipe)) {
        int i = 0;
        double v = 0;
        if (std::sscanf(line.data(), "y_%d = %lf", &i, &v) == 2 && i == static_cast<int>(y.size())) y.push_back(v);
    }
    if (pipe) ::pclose(pipe);
    std::filesystem::remove(file);
    return y;
}
bool have_ngspice() { return std::system("command -v ngspice >/dev/null 2>&1") == 0; }

std::vector<double> grid(double to, int n) {
    std::vector<double> x;
    for (int i = 0; i <= n; ++i) x.push_back(to * (2.0 * i / n - 1));
    return x;
}

struct Corner {
    const char* name;
    PeripheryParams params;
};
std::vector<Corner> corners() {
    PeripheryParams poor, slow;
    poor.opamp_gain = 50, poor.opamp_offset = {4e-3}, poor.v_swing = {0.6};
    poor.temperature = {360}, poor.slope_factor = 1.3, poor.v_unit = {0.4};
    slow.t_slot = {0.6e-6}, slow.r_switch = {4e5}, slow.t_hold = {5e-3};
    return {{"default", {}}, {"poor amplifiers, hot", poor}, {"too little time", slow}};
}

TEST(Circuits, CurvesAgreeWithNgspice) {
    if (!have_ngspice()) GTEST_SKIP() << "ngspice is not installed";
    for (const auto& [corner, p] : corners())
        for (const auto& circuit : all_circuits(p)) {
            const bool takes_time = circuit.name == "sample_hold" || circuit.name == "column_read";
            if (std::string(corner) == "too little time" && !takes_time) continue;
            const auto x = grid(1.0, 16);
            const auto spice = by_ngspice(circuit.name, p, x);
            ASSERT_EQ(spice.size(), x.size()) << corner << ": " << circuit.name;
            for (std::size_t i = 0; i < x.size(); ++i) {
                const double ours = circuit.at(x[i]).y_V;
                // The limiting diodes of the macromodel give a few millivolts; a rectifier's knee is as wide as its diode's drop over the
                // gain.
                const double limit =
                    circuit.name == "relu" || circuit.name == "leaky_relu" ? 5e-3 + 2 * p.diode_drop.si / p.opamp_gain : 4e-3;
                const bool at_rail = circuit.at(x[i]).slope == 0 || std::abs(ours) > 0.75 * (p.v_swing.si - p.diode_drop.si);
                const bool rectifies = circuit.name == "relu" || circuit.name == "leaky_relu";
                EXPECT_NEAR(spice[i], ours,
                            at_rail     ? 6e-3
                            : rectifies ? limit
                                        : 2.5e-3 * std::max(0.05, std::abs(ours)) + 1e-6)
                    << corner << ": " << circuit.name << " at " << x[i] << " V";
            }
        }
}

TEST(Circuits, SlopeIsTheDerivativeOfTheCurve) {
    for (const auto& [corner, p] : corners())
        for (const auto& circuit : all_circuits(p))
            for (const double x : grid(0.93, 31)) {
                const double h = 1e-6, left = circuit.at(x - h).slope, right = circuit.at(x + h).slope;
                if (std::abs(left - right) > 1e-3) continue;  // a knee
                EXPECT_NEAR((circuit.at(x + h).y_V - circuit.at(x - h).y_V) / (2 * h), circuit.at(x).slope, 1e-5)
                    << corner << ": " << circuit.name << " at " << x;
            }
}

TEST(Circuits, IdealAmplifiersGiveTheTextbookFunctions) {
    PeripheryParams p;
    p.opamp_gain = 1e9, p.opamp_bandwidth = {1e12}, p.v_swing = {5}, p.r_switch = {1e-3}, p.r_switch_off = {1e18}, p.r_leak = {1e18};
    const double u = p.v_unit.si;
    for (const double x : grid(0.9, 20)) {
        EXPECT_NEAR(opamp(p).at(x).y_V, x, 1e-8);
        EXPECT_NEAR(relu(p).at(x).y_V, std::max(x, 0.0), 1e-8);
        EXPECT_NEAR(leaky_relu(p, 0.2).at(x).y_V, x > 0 ? x : 0.2 * x, 1e-8);
        EXPECT_NEAR(tanh_pair(p).at(x).y_V, u * std::tanh(x / u), 1e-8);
        EXPECT_NEAR(sigmoid_pair(p).at(x).y_V, u / (1 + std::exp(-x / u)), 1e-8);
        EXPECT_NEAR(dropout_gate(p, true).at(x).y_V, x, 1e-8);
        EXPECT_NEAR(dropout_gate(p, false).at(x).y_V, 0, 1e-8);
        EXPECT_NEAR(normaliser(p, 0.1, 3).at(x).y_V, 3 * (x - 0.1), 1e-7);
        EXPECT_NEAR(normaliser(p, 0.1, 100).at(x).y_V, std::clamp(p.gain_max * (x - 0.1), -5.0, 5.0), 1e-6)
            << "a cell sets no more than its resistance ratio";
        EXPECT_NEAR(subtractor(p, 1e-3).at(x).y_V, x, 1e-6);
        EXPECT_NEAR(sample_hold(p).at(x).y_V, x, 1e-8);
        EXPECT_NEAR(column_read(p, 1e-3, 0.7).at(x).y_V, x, 1e-6);
    }
}

TEST(Circuits, EveryOutputStaysWithinTheSwing) {
    for (const auto& [corner, p] : corners())
        for (const auto& circuit : all_circuits(p))
            for (const double x : {-50.0, 50.0})
                EXPECT_LE(circuit.parts.opamps == 0 ? 0 : std::abs(circuit.at(x).y_V), p.v_swing.si + 1e-12)
                    << corner << ": " << circuit.name;
}

TEST(Circuits, ColumnReadSettlesExponentiallyTowardsItsValue) {
    PeripheryParams p;
    double last = 1;
    for (const double slots : {1.0, 2.0, 4.0, 8.0}) {
        p.t_slot = {slots * 0.4e-6};
        const Circuit b = column_read(p, 5e-4, 0.5);
        const double left = b.at(0.0).y_V / 0.5;
        EXPECT_NEAR(left, std::exp(-p.t_slot.si / b.time_constant_s), 1e-9);
        EXPECT_LT(left, last);
        last = left;
    }
}

TEST(Circuits, PowerAndAreaCountTheParts) {
    PeripheryParams p;
    const Circuit b = tanh_pair(p);
    EXPECT_DOUBLE_EQ(b.power_W(p), 1.8 * 2e-6);  // one amplifier and one pair at a microampere each
    EXPECT_NEAR(b.area_m2(p), p.opamp_area.si + 4 * p.transistor_area.si + 3 * p.resistor_area.si, 1e-18);
    EXPECT_EQ(dropout_gate(p, true).power_W(p), 0);
}

TEST(Circuits, FaultsNameTheCircuit) {
    std::ofstream nowhere("/dev/null");
    const std::vector<double> x{0.0};
    EXPECT_THROW(
        {
            try {
                write_deck("leaky_rel", {}, x, nowhere);
            } catch (const ConfigError& e) {
                EXPECT_NE(std::string(e.what()).find("leaky_relu"), std::string::npos);
                throw;
            }
        },
        ConfigError);
    PeripheryParams p;
    p.v_unit = {0.05};  // the pair's own 2 n V_T is larger
    EXPECT_THROW(write_deck("tanh", p, x, nowhere), ConfigError);
}

}  // namespace
}  // namespace ganbar::periphery
