// A pulse inside the declared range is silent; one beyond any side of it names the side.
#include <gtest/gtest.h>

#include "ganbar/device/device_pulses.h"
#include "ganbar/device/test_devices.h"

namespace ganbar {
namespace {

using test::devices;

std::string said(const std::string& model, double v_V, double t_s) {
    return join(beyond(devices().get(model).coverage.value(), model, Volt{v_V}, Second{t_s}), " | ");
}
#define EXPECT_HAS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST(Coverage, EndsBelongToTheFit) {
    for (const double v : {0.8, 1.0, 1.15, -0.8, -1.2, -1.5, double{0.8f}, double{-1.5f}})
        for (const double t : {100e-9, 1e-4, 0.1}) EXPECT_EQ(said("nili2020", v, t), "") << v << ' ' << t;
    EXPECT_EQ(said("wox", 1.0, 1e-9), "");  // its width is not published
    EXPECT_EQ(beyond(*devices().get("nili2020").coverage, "nili2020", Siemens{3.16e-6}).size() +
                  beyond(*devices().get("wox").coverage, "wox", Siemens{25e-6}).size(),
              0u);
}

TEST(Coverage, SaysWhatLiesBeyond) {
    EXPECT_HAS(said("nili2020", 5, 100e-9), "a set pulse of 5 V lies beyond the fit of nili2020 (800 mV to 1.15 V; ");
    EXPECT_HAS(said("nili2020", 0.65, 100e-9), "a set pulse of 650 mV lies beyond");
    EXPECT_HAS(said("nili2020", -1.6, 100e-9), "a reset pulse of -1.6 V lies beyond the fit of nili2020 (-800 mV to -1.5 V; ");
    EXPECT_HAS(said("nili2020", 0.8, 100), "a pulse of 100 s lies beyond the fit of nili2020 (100 ns to 100 ms; ");
    EXPECT_HAS(said("nili2020", 2, 1e-9), " | a pulse of 1 ns lies beyond");
    EXPECT_HAS(said("wox", -1.3, 100e-9), "a reset pulse of -1.3 V lies beyond the fit of wox (up to -1 V; krestinskaya2020");
    EXPECT_HAS(beyond(*devices().get("nili2020").coverage, "nili2020", Siemens{1e-3})[0],
               "a conductance of 1 mS lies beyond the fit of nili2020 (3.16 uS to 316");
}

/// What is asked of a table lies beyond its own points, whatever they are.
TEST(Coverage, ATableHasThatOfItsPoints) {
    const auto ask = [](std::vector<std::string> settings, double v_V, double t_s, double from_S = 200e-6) {
        CellQuestion q{"table", std::move(settings), from_S, {{{v_V}, {t_s}}}};
        return join(pulse_cell(devices(), q).warnings, " | ");
    };
    EXPECT_EQ(ask({}, 1.0, 1e-6), "");
    EXPECT_HAS(ask({}, 1.5, 1e-6), "a set pulse of 1.5 V lies beyond the fit of table (800 mV to 1.2 V; the table's own points)");
    EXPECT_HAS(ask({}, 0.7, 1e-6), "a set pulse of 700 mV lies beyond");
    EXPECT_EQ(ask({}, 0.4, 1e-6), "");  // below the threshold nothing moves
    EXPECT_HAS(ask({}, -1.5, 1e-6), "a reset pulse of -1.5 V lies beyond the fit of table (-800 mV to -1.2 V; ");
    EXPECT_HAS(ask({}, 1.0, 1e-3), "a pulse of 1 ms lies beyond the fit of table (50 ns to 10 us; ");
    EXPECT_HAS(ask({"v_set=[1.0, 1.5]"}, 0.9, 1e-6), "(1 V to 1.5 V; ");
    DeviceSpec spec = expected_cell(devices(), {"table", {}, {}, {}});
    EXPECT_HAS(join(beyond_fit(spec, {2}, {1}), " | "),
               "a set pulse of 2 V lies beyond the fit of table (800 mV to 1.2 V; the table's own points): the result is an extrapolation "
               "| a pulse of 1 s");
    EXPECT_TRUE(beyond_fit(spec, {0.3}, {1}).empty());
}
TEST(Coverage, ASinglePointIsNoRange) {
    const Coverage one{{1.5}, {1.5}, {1.7}, {1.7}, {1e-5}, {1e-5}, {0}, {1}, "measured"};
    EXPECT_HAS(beyond(one, "x", Volt{2}, Second{1e-6})[0], "(1.5 V alone; measured)");
    EXPECT_HAS(beyond(one, "x", Volt{2}, Second{1e-6})[1], "(10 us alone; measured)");
}

TEST(Coverage, ModelsWithoutAMeasuredDeviceDeclareNone) {
    for (const char* name : {"ideal", "soft_bounds", "constant_step", "linear_step"}) EXPECT_FALSE(devices().get(name).coverage) << name;
}

TEST(Coverage, DefaultWindowsLieInside) {
    for (const auto& name : devices().names()) {
        const auto& entry = devices().get(name);
        if (!entry.coverage) continue;
        const Window w = entry.make(nullptr, 1)->window();
        EXPECT_TRUE(beyond(*entry.coverage, name, w.g_min).empty() && beyond(*entry.coverage, name, w.g_max).empty()) << name;
    }
}

}  // namespace
}  // namespace ganbar
