// Files as laboratories export them: read right, or refused with the place.
#include "ganbar/fit/pulse_data.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

#include "ganbar/core/error.h"

namespace ganbar::fit {
namespace {

void expect_fault(const std::string& text, const std::string& place, const std::string& what, const ReadOptions& options = {}) {
    try {
        parse_pulses(text, "x.csv", options);
        ADD_FAILURE() << "read without a fault: " << text;
    } catch (const DataError& e) {
        EXPECT_NE(std::string(e.what()).find(place), std::string::npos) << e.what();
        EXPECT_NE(std::string(e.what()).find(what), std::string::npos) << e.what();
    }
}

TEST(PulseData, ReadsThePlainForm) {
    const auto d =
        parse_pulses("device,cycle,pulse,v_V,t_s,g_S\na,1,0,0,1e-7,1e-4\na,1,1,1.0,1e-7,1.1e-4\nb,1,1,-1.2,1e-7,9e-5\n", "x.csv");
    ASSERT_EQ(d.rows.size(), 3u);
    EXPECT_EQ(d.devices, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(d.rows[1].v_V, 1.0);
    EXPECT_EQ(d.rows[2].device, 1);
    EXPECT_EQ(d.rows[2].g_S, 9e-5);
    EXPECT_EQ(d.rows[2].t_s, 1e-7);
}
TEST(PulseData, UnitsInTheHeaderInEverySpelling) {
    for (const char* header : {"v_mV,t_ns,g_uS", "V (mV),width [ns],G (\u00b5S)", "Voltage (mV),Pulse width (ns),Conductance (\u03bcS)",
                               "v_mV,t_ns,g_us", "\"v_mV\",\"t_ns\",\"g_uS\"", "amplitude_mV,duration_ns,conductance_uS"}) {
        const auto d = parse_pulses(std::string(header) + "\n-1200,100,150\n", "x.csv");
        EXPECT_NEAR(d.rows.at(0).g_S, 150e-6, 1e-18) << header;
        EXPECT_NEAR(d.rows.at(0).v_V, -1.2, 1e-12) << header;
        EXPECT_NEAR(d.rows.at(0).t_s, 1e-7, 1e-20) << header;
    }
}
TEST(PulseData, SemicolonsAndDecimalCommas) {
    const auto d = parse_pulses("\xef\xbb\xbfv_V;t_s;g_uS\r\n1,05;1e-7;150,25\r\n-1,2;1E-7;149\r\n", "x.csv");
    ASSERT_EQ(d.rows.size(), 2u);
    EXPECT_NEAR(d.rows[0].g_S, 150.25e-6, 1e-15);
    EXPECT_EQ(d.rows[0].v_V, 1.05);
}
TEST(PulseData, TabsAndCommentsBeforeTheHeader) {
    const auto d = parse_pulses("# Keithley export\n# wafer 7\n\nv_V\tt_us\tg_uS\tremark\n1\t0.1\t150\tgood\n", "x.csv");
    EXPECT_NEAR(d.rows.at(0).t_s, 1e-7, 1e-20);
    EXPECT_EQ(d.notes.front(), "column \"remark\" is not used");
}
TEST(PulseData, TitlesAboveTheHeader) {
    const auto d = parse_pulses("Potentiation of three devices\n12 March\nv_V,t_us,g_uS\n1,0.1,150\n", "x.csv");
    EXPECT_NEAR(d.rows.at(0).g_S, 150e-6, 1e-15);
    EXPECT_EQ(d.notes.at(1), "\"12 March\" is not used: it stands above the header");
    expect_fault("Potentiation\n1\n2\n", "x.csv:1:1", "no column holds what was measured");
}
TEST(PulseData, OtherEncodings) {
    EXPECT_NEAR(parse_pulses("v_V,t_ns,G (\xb5S)\n1,100,150\n", "x.csv").rows.at(0).g_S, 150e-6, 1e-15);  // Latin-1
    expect_fault(std::string("\xff\xfev\0_\0V\0", 8), "x.csv", "UTF-16");
}
TEST(PulseData, AColumnADevice) {
    for (const char* header : {"pulse,v_V,t_ns,dev1_g_uS,dev2_g_uS", "pulse,v_V,t_ns,cell 1 G (uS),cell 2 G (uS)",
                               "pulse,v_V,t_ns,Device 1 g_uS,Device 2 g_uS"}) {
        const auto d = parse_pulses(std::string(header) + "\n0,0,100,150,20\n1,1,100,151,22\n", "x.csv");
        ASSERT_EQ(d.rows.size(), 4u) << header;
        EXPECT_EQ(d.devices.size(), 2u) << header;
        EXPECT_NEAR(d.rows[1].g_S, 151e-6, 1e-15) << header;
        EXPECT_NEAR(d.rows[3].g_S, 22e-6, 1e-15) << header;
        EXPECT_EQ(d.rows[3].device, 1) << header;
    }
    expect_fault("v_V,t_ns,dev1_g_uS,g_uS\n1,100,1,1\n", "x.csv:1:4", "a second one of a measured quantity");
    expect_fault("device,v_V,t_ns,dev1_g_uS\na,1,100,1\n", "x.csv:1:4", "one device's");
}
TEST(PulseData, ResistanceInsteadOfConductance) {
    const auto d = parse_pulses("v_V,t_s,R (kΩ)\n1,1e-7,5\n1,1e-7,4\n", "x.csv");
    EXPECT_NEAR(d.rows[0].g_S, 200e-6, 1e-12);
    EXPECT_NEAR(d.rows[1].g_S, 250e-6, 1e-12);
    EXPECT_NEAR(parse_pulses("v_V,t_s,r_kohm\n1,1e-7,5\n", "x.csv").rows[0].g_S, 200e-6, 1e-12);
}
TEST(PulseData, CurrentAtAReadVoltage) {
    EXPECT_NEAR(parse_pulses("v_V,t_s,v_read_V,i_uA\n1,1e-7,0.1,15\n", "x.csv").rows[0].g_S, 150e-6, 1e-12);
    ReadOptions at;
    at.read_V = -0.2;
    EXPECT_NEAR(parse_pulses("v_V,t_s,current_uA\n1,1e-7,-30\n", "x.csv", at).rows[0].g_S, 150e-6, 1e-12);
    expect_fault("v_V,t_s,i_uA\n1,1e-7,15\n", "x.csv:1:3", "read");
    expect_fault("v_V,t_s,v_read_V,i_uA\n1,1e-7,0.1,-15\n", "x.csv:2:4", "sign");
}
TEST(PulseData, OneColumnACycle) {
    ReadOptions o;
    o.plan = parse_plan("2 x 1.0 V,100 ns; 2 x -1.2 V,100 ns");
    for (const char* text : {"pulse;cycle 1 (uS);cycle 2 (uS)\n0;150;152\n1;151;153\n2;152;154\n3;151,5;153,5\n4;151;153\n",
                             "pulse,g_uS_1,g_uS_2\n0,150,152\n1,151,153\n2,152,154\n3,151.5,153.5\n4,151,153\n"}) {
        const auto d = parse_pulses(text, "x.csv", o);
        ASSERT_EQ(d.rows.size(), 10u) << text;
        EXPECT_EQ(d.rows[0].v_V, 0);
        EXPECT_EQ(d.rows[2].v_V, 1.0);
        EXPECT_EQ(d.rows[3].v_V, -1.2);
        EXPECT_NEAR(d.rows[8].g_S, 153.5e-6, 1e-12);
        EXPECT_EQ(d.rows[5].cycle, d.rows[4].cycle + 1);
    }
    o.unit = "uS";
    EXPECT_NEAR(parse_pulses("pulse,cycle1,cycle2\n0,150,152\n1,151,153\n", "x.csv", o).rows[1].g_S, 151e-6, 1e-12);
}
TEST(PulseData, GapsAndUnequalLengths) {
    ReadOptions o;
    o.plan = parse_plan("9 x 1.0 V,100 ns");
    const auto d = parse_pulses("pulse,g_uS_1,g_uS_2\n0,150,152\n1,,153\n2,NaN,n/a\n3,151,\n4,152,\n", "x.csv", o);
    EXPECT_EQ(d.n_gaps, 5u);
    EXPECT_TRUE(std::isnan(d.rows[1].g_S));
    EXPECT_NEAR(d.rows[3].g_S, 151e-6, 1e-12);
}
TEST(PulseData, RowsOutOfOrderAreOrdered) {
    const auto d =
        parse_pulses("device,cycle,pulse,v_V,t_s,g_uS\nb,1,2,1,1e-7,4\na,2,1,1,1e-7,3\nb,1,1,1,1e-7,5\na,1,1,1,1e-7,2\n", "x.csv");
    const double expected[] = {5, 4, 2, 3};
    for (std::size_t k = 0; k < 4; ++k) EXPECT_NEAR(d.rows[k].g_S, expected[k] * 1e-6, 1e-15) << k;
}
TEST(PulseData, ReadsAfterEveryTenthPulseAreNoSteps) {
    std::string text = "pulse,v_V,t_s,g_uS\n";
    for (int k = 0; k < 5; ++k) text += std::to_string(10 * k) + ",1,1e-7," + std::to_string(150 + k) + "\n";
    const auto d = parse_pulses(text, "x.csv");
    EXPECT_EQ(d.n_gaps, 36u);
    for (std::size_t i = 1; i < d.rows.size(); ++i) EXPECT_TRUE(std::isnan(d.rows[i].g_S) || std::isnan(d.rows[i - 1].g_S)) << i;
    EXPECT_NE(d.notes.back().find("10 pulses apart"), std::string::npos) << d.notes.back();
    ReadOptions o;  // a plan counts the pulses without a row
    o.plan = parse_plan("2 x 1.0 V,100 ns; 2 x -1.2 V,100 ns");
    const auto planned = parse_pulses("pulse,g_uS\n0,150\n1,151\n3,150\n4,149\n", "x.csv", o);
    EXPECT_EQ(planned.rows.back().v_V, -1.2);
    EXPECT_EQ(planned.rows[1].v_V, 1.0);
    EXPECT_EQ(planned.rows[3].v_V, -1.2);
}
TEST(PulseData, APlanFitsTheRowsOrIsRefused) {  // what was left over used to be taken for the plan's first pulses
    ReadOptions o;
    o.plan = parse_plan("2 x 1.0 V,100 ns; 2 x -1.2 V,100 ns");
    const auto d = parse_pulses("g_uS\n150\n151\n152\n151\n150\n", "x.csv", o);  // one row more: the read before the first pulse
    EXPECT_EQ(d.rows[0].v_V, 0);
    EXPECT_EQ(d.rows[1].v_V, 1.0);
    EXPECT_EQ(d.rows[4].v_V, -1.2);
    EXPECT_EQ(parse_pulses("g_uS\n150\n151\n152\n", "x.csv", o).rows[2].v_V, -1.2);  // broken off
    try {
        parse_pulses("g_uS\n1\n2\n3\n4\n5\n6\n7\n", "x.csv", o);
        ADD_FAILURE() << "seven rows of four pulses";
    } catch (const DataError& e) {
        EXPECT_NE(std::string(e.what()).find("has 7 rows, --pulses 4 pulses"), std::string::npos) << e.what();
    }
}
TEST(PulseData, CommasAndPointsDoNotBothStandBeforeDecimals) {
    expect_fault("v_V;t_ns;g_nS\n1,5;100;20.000\n", "x.csv:2:3", "commas and points");
    expect_fault("v_V;t_ns;g_uS\n1;100;24.137\n1;100;22,100\n", "x.csv:3:3", "commas and points");
}
TEST(PulseData, PulseNumbersThatComeBackAreCyclesOrRefused) {
    const auto d = parse_pulses("pulse,v_V,t_s,g_uS\n0,0,0,150\n1,1,1e-7,151\n0,0,0,140\n1,1,1e-7,141\n", "x.csv");
    EXPECT_EQ(d.rows[0].cycle, 0);
    EXPECT_EQ(d.rows[2].cycle, 1);
    EXPECT_NEAR(d.rows[1].g_S, 151e-6, 1e-12);
    EXPECT_NE(d.notes.back().find("begin anew 1 times"), std::string::npos);
    expect_fault("device,cycle,pulse,v_V,t_s,g_uS\na,1,0,1,1e-7,150\na,1,1,1,1e-7,151\na,1,0,1,1e-7,150\n", "x.csv:4:3", "line 2");
    for (const char* name : {"DUT", "Device ID", "cell", "dev_id"})
        EXPECT_EQ(parse_pulses(std::string(name) + ",Pulse #,v_V,t_s,g_uS\n7,1,1,1e-7,150\n8,1,1,1e-7,151\n", "x.csv").devices.size(), 2u)
            << name;
}
TEST(PulseData, UnitsThatAreMissingAndOptionsThatTheFileAnswersAreRefused) {
    expect_fault("v;t;g\n1;10e-9;17,4\n", "x.csv:2:3", "a unit may be missing");
    expect_fault("v;t;g\n1;10;1e-4\n", "x.csv:2:2", "without a unit");
    expect_fault("v_V;t_s;r\n1;1e-7;0,5\n", "x.csv:2:3", "conductance of 2 S");
    const auto refused = [](const std::string& text, const ReadOptions& o, const std::string& what) {
        try {
            parse_pulses(text, "x.csv", o);
            ADD_FAILURE() << what;
        } catch (const ConfigError& e) {
            EXPECT_NE(std::string(e.what()).find(what), std::string::npos) << e.what();
        }
    };
    ReadOptions unit, width, plan, read;
    unit.unit = "banana", width.width_s = 1e-7, plan.plan = parse_plan("2 x 1 V,100 ns"), read.read_V = 0.1;
    refused("v_V,t_s,g_uS\n1,1e-7,150\n", unit, "\"banana\"");
    unit.unit = "kohm";
    refused("v_V,t_s,g_uS\n1,1e-7,150\n", unit, "unit of its own");
    refused("v_V,t_s,g_uS\n1,1e-7,150\n", width, "widths of its own");
    refused("v_V,t_s,g_uS\n1,1e-7,150\n", plan, "amplitudes of its own");
    refused("v_V,t_s,g_uS\n1,1e-7,150\n", read, "no currents");
}
TEST(PulseData, RefusesWithRowAndColumn) {
    expect_fault("v_V,t_s,g_uS\n1,1e-7,150\n1,1e-7,15o\n", "x.csv:3:3", "15o");
    expect_fault("v_V,t_s,g_uS\n1,1e-7,150,3\n", "x.csv:2", "4 cells");
    expect_fault("v_V,t_s,g_uS\n1,1e-7\n", "x.csv:2", "2 cells");
    expect_fault("v_V,t_s,g_uV\n1,1e-7,3\n", "x.csv:1", "");
    expect_fault("v_V,t_s,g_uS\n1,1e-7,-3\n", "x.csv:2:3", "negative");
    expect_fault("v_V,t_s,r_kohm\n1,1e-7,0\n", "x.csv:2:3", "not above 0");
    expect_fault("v_V,t_ns,g_uS\n1,100,150\n,-100,150\n", "x.csv:3:2", "not above 0");  // of a read, too
    expect_fault("v_V,g_uS\n1,3\n", "x.csv:1", "width");
    expect_fault("t_s,g_uS\n1e-7,3\n", "x.csv:1", "amplitude");
    expect_fault("v_V,t_s\n1,1e-7\n", "x.csv:1", "measured");
    expect_fault("v_V,t_s,g_uS,g_uS\n1,1e-7,3,3\n", "x.csv:1:3", "second");
    expect_fault("v_V,t_s,g_uS\n1000,1e-7,3\n", "x.csv:2:1", "100 V");
    expect_fault("v_V,t_s,g_uS\n1,0,3\n", "x.csv:2:2", "width");
    expect_fault("", "x.csv", "empty");
    expect_fault("v_V,t_s,g_uS\n", "x.csv", "no rows");
    expect_fault("v_V;t_s;g_uS\n1;1e-7;1.150,5\n", "x.csv:2:3", "1.150,5");
    EXPECT_THROW(parse_plan("100 V"), ConfigError);
    EXPECT_THROW(read_pulses("/nonexistent/x.csv"), DataError);
}
TEST(PulseData, AMillionRows) {
    std::string text = "device,cycle,pulse,v_V,t_s,g_uS\n";
    for (int k = 0; k < 1'000'000; ++k)
        text += std::to_string(k / 50000) + ",1," + std::to_string(k % 50000) + ",1.0,1e-7,150." + std::to_string(k % 1000) + "\n";
    const auto begin = std::chrono::steady_clock::now();
    const auto d = parse_pulses(text, "x.csv");
    EXPECT_EQ(d.rows.size(), 1'000'000u);
    EXPECT_EQ(d.devices.size(), 20u);
    EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(), 20);  // generous: machines under load
}

}  // namespace
}  // namespace ganbar::fit
