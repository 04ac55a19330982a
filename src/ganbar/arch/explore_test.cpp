#include "ganbar/arch/explore.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "ganbar/arch/test_machines.h"
#include "ganbar/core/parallel.h"

namespace ganbar::arch {
namespace {

using test::registry;

Gan preset(const std::string& name) { return test::preset(GANBAR_SOURCE_ROOT, name); }
Exploration run(const std::string& machine, const std::vector<std::string>& axes, const Limits& limits = {}, std::size_t most = 20'000,
                const std::string& network = "gan1") {
    ExploreRequest r;
    r.machine = machine, r.axes = axes, r.limits = limits, r.most_points = most, r.batch = 8;
    return explore(registry(), preset(network), r);
}
bool no_worse(const Exploration& e, std::size_t a, std::size_t b) {
    const DesignPoint &p = e.points[a], &q = e.points[b];
    return p.latency_s <= q.latency_s && p.energy_J <= q.energy_J && p.area_m2 <= q.area_m2 && e.loss[a] <= e.loss[b];
}
bool same(const DesignPoint& a, const DesignPoint& b) {
    return a.latency_s == b.latency_s && a.energy_J == b.energy_J && a.area_m2 == b.area_m2 && a.n_arrays == b.n_arrays &&
           a.bits_lost == b.bits_lost && a.fits == b.fits;
}
std::string fault(const std::string& machine, const std::vector<std::string>& axes) {
    try {
        run(machine, axes);
    } catch (const ConfigError& e) {
        return e.what();
    }
    return "";
}
const std::vector<std::string> isaac_axes{"rows+cols=64,128,256", "cell_bits=1,2,4", "adc_bits=0,5,7", "steps_per_cycle=16:400:4:log"};

TEST(Explore, EveryPointIsTheEstimateOfItsSettings) {
    for (const auto& [machine, axes] : std::vector<std::pair<std::string, std::vector<std::string>>>{
             {"isaac", {"rows+cols=64,256", "adc_bits=0,6", "step=50 ns,100 ns"}},
             {"pipelayer", {"cell_bits=2,4", "zeros=inserted,phases"}},
             {"ganax", {"units=64:1024:3:log", "word_bits=8,16"}},
             {"gtx1080", {"efficiency=0.1:0.5:3"}},
             {"zara", {"stack_layers=1,4", "adc_bits=0,6", "steps_per_cycle=16,49"}}}) {
        const Exploration e = run(machine, axes);
        ASSERT_GT(e.points.size(), 1u);
        for (std::size_t i = 0; i < e.points.size(); ++i) {
            EstimateRequest r;
            r.accelerators = {machine}, r.overrides = e.settings(i), r.batch = 8, r.intervals = false;
            const Estimate one = run_estimates(registry(), preset("gan1"), r).estimates.at(0).estimate;
            EXPECT_EQ(e.points[i].latency_s, one.iteration_latency_s) << machine << i;
            EXPECT_EQ(e.points[i].energy_J, one.energy_J()) << machine << i;
            EXPECT_EQ(e.points[i].area_m2, one.area_total_m2()) << machine << i;
        }
    }
}

TEST(Explore, OnePointIsTheMachineItself) {
    for (const auto& name : registry().names()) {
        if (name == "satyam2022") continue;  // fully connected layers only
        const ParamRow first = registry().get(name).defaults.front();
        std::string own = value_text(first.info, first.value);
        const Exploration e = run(name, {first.info.name + "=" + own});
        ASSERT_EQ(e.points.size(), 1u) << name;
        ASSERT_TRUE(e.as_set) << name;
        EXPECT_TRUE(same(e.points[0], *e.as_set)) << name;
        EXPECT_EQ(e.front, (std::vector<std::size_t>{0})) << name;
    }
}

TEST(Explore, NoPointOfTheFrontIsBeatenAndAllOthersAre) {
    for (const auto& [machine, axes] :
         std::vector<std::pair<std::string, std::vector<std::string>>>{{"isaac", isaac_axes}, {"pipelayer", {}}, {"ganax", {}}}) {
        const Exploration e = run(machine, axes);
        const std::set<std::size_t> front(e.front.begin(), e.front.end());
        ASSERT_FALSE(front.empty());
        for (std::size_t i = 0; i < e.points.size(); ++i) {
            bool beaten = false;
            for (const std::size_t f : front) beaten = beaten || (f != i && no_worse(e, f, i));
            EXPECT_EQ(beaten, !front.contains(i)) << machine << i;
        }
    }
}

TEST(Explore, LimitsOnlyTakeDesignsAway) {
    const Exploration all = run("isaac", isaac_axes);
    const DesignPoint& middle = all.points[all.front[all.front.size() / 2]];
    for (const Limits& limits : {Limits{middle.latency_s, {}, {}}, Limits{{}, middle.area_m2, {}}, Limits{{}, {}, middle.power_W()},
                                 Limits{middle.latency_s, middle.area_m2, middle.power_W()}}) {
        const Exploration e = run("isaac", isaac_axes, limits);
        EXPECT_LT(e.n_fit(), all.n_fit());
        EXPECT_GE(e.n_fit(), 1u);              // the middle one keeps its own limits
        for (const std::size_t i : e.front) {  // on the front without limits, too: what beats it there would keep the limits here
            EXPECT_LE(e.points[i].latency_s, limits.latency_s.value_or(1e9));
            EXPECT_LE(e.points[i].area_m2, limits.area_m2.value_or(1e9));
            EXPECT_LE(e.points[i].power_W(), limits.power_W.value_or(1e9));
        }
        const auto best = [](const Exploration& x, auto value) {
            double v = 1e300;
            for (const std::size_t i : x.front) v = std::min(v, value(x.points[i]));
            return v;
        };
        EXPECT_GE(best(e, [](const DesignPoint& p) { return p.latency_s; }), best(all, [](const DesignPoint& p) { return p.latency_s; }));
        EXPECT_GE(best(e, [](const DesignPoint& p) { return p.energy_J; }), best(all, [](const DesignPoint& p) { return p.energy_J; }));
        EXPECT_GE(best(e, [](const DesignPoint& p) { return p.area_m2; }), best(all, [](const DesignPoint& p) { return p.area_m2; }));
    }
    EXPECT_TRUE(run("isaac", isaac_axes, {1e-15, {}, {}}).front.empty());
}

TEST(Explore, ThreadsChangeNothing) {
    const int before = max_threads();
    set_threads(1);
    const Exploration one = run("pipelayer", {}, {}, 500);
    set_threads(3);
    const Exploration three = run("pipelayer", {}, {}, 500);
    set_threads(before);
    EXPECT_EQ(one.designs.levels, three.designs.levels);
    EXPECT_EQ(one.front, three.front);
    for (std::size_t i = 0; i < one.points.size(); ++i) EXPECT_TRUE(same(one.points[i], three.points[i]));
}

TEST(Explore, ConvertersBelowTheirNeedSaveAndSay) {
    const Exploration e = run("isaac", {"adc_bits=0,4,6,8,10"});
    EXPECT_EQ(e.points[0].energy_J, e.points[3].energy_J);  // eight are what the published array takes
    EXPECT_EQ(e.points[1].bits_lost, 4);
    EXPECT_EQ(e.points[2].bits_lost, 2);
    EXPECT_EQ(e.points[3].bits_lost, 0);
    EXPECT_LT(e.points[1].energy_J, e.points[2].energy_J);
    EXPECT_LT(e.points[2].energy_J, e.points[3].energy_J);
    EXPECT_GT(e.points[4].energy_J, e.points[3].energy_J);
    EXPECT_EQ(e.points[4].bits_lost, 0);
    for (const DesignPoint& p : run("isaac", {"rows=100,300,700", "adc_bits=0,6"}).points) EXPECT_EQ(p.bits_lost, std::round(p.bits_lost));
    const auto six = registry().get("isaac").make(nullptr)->with("adc_bits", Value{Int{6}});
    ASSERT_EQ(six->warnings().size(), 1u);
    EXPECT_NE(six->warnings()[0].find("2 bits short"), std::string::npos);
}

TEST(Explore, AxesNobodyHasAreRefused) {
    EXPECT_NE(fault("isaac", {"row=64"}).find("did you mean \"rows\""), std::string::npos);
    EXPECT_NE(fault("isaac", {"rows"}).find("expected NAME="), std::string::npos);
    EXPECT_NE(fault("isaac", {"rows=4"}).find("out of range"), std::string::npos);
    EXPECT_NE(fault("isaac", {"rows=64", "rows+cols=64"}).find("on two axes"), std::string::npos);
    EXPECT_NE(fault("isaac", {"rows=64:128"}).find("FROM:TO:N"), std::string::npos);
    EXPECT_NE(fault("isaac", {"rows=64:128:1"}).find("number of values"), std::string::npos);
    EXPECT_NE(fault("isaac", {"rows=64:128:3:geo"}).find("no scale"), std::string::npos);
    EXPECT_NE(fault("isaac", {"array_energy=0 J:1 pJ:3:log"}).find("ends above 0"), std::string::npos);
    EXPECT_NE(fault("isaac", {"step=50"}).find("unit"), std::string::npos);
    EXPECT_NE(fault("isaac", {"zeros=inserted:phases:2"}).find("not a number"), std::string::npos);
    EXPECT_NE(fault("isaac", {"rows+step=64"}).find("cannot take the same value"), std::string::npos);
    EXPECT_NE(fault("gtx1080", {}).find("expected --axis"), std::string::npos);
    EXPECT_NE(fault("isac", {"rows=64"}).find("isaac"), std::string::npos);
}

TEST(DesignSpace, RangesAreEvenOrGeometric) {
    const auto params = registry().get("isaac").defaults;
    EXPECT_EQ(read_axis("rows=64:1024:5:log", "isaac", params).values,
              (std::vector<Value>{Int{64}, Int{128}, Int{256}, Int{512}, Int{1024}}));
    EXPECT_EQ(read_axis("isaac.rows = 8:12:9", "isaac", params).values, (std::vector<Value>{Int{8}, Int{9}, Int{10}, Int{11}, Int{12}}));
    const DesignAxis step = read_axis("step=10 ns:30 ns:3", "isaac", params);
    EXPECT_DOUBLE_EQ(std::get<double>(step.values[1]), 20e-9);
}

TEST(DesignSpace, AHypercubeVisitsEveryStratumOfEveryAxis) {
    const auto params = registry().get("isaac").defaults;
    const std::vector<DesignAxis> axes{read_axis("rows=8:1031:1024", "isaac", params), read_axis("cols=8:1031:1024", "isaac", params),
                                       read_axis("cell_bits=1,2,4,8", "isaac", params)};
    const Designs d = make_designs(axes, 512, 1), again = make_designs(axes, 512, 1), other = make_designs(axes, 512, 2);
    EXPECT_TRUE(d.sampled);
    EXPECT_EQ(d.levels, again.levels);
    EXPECT_NE(d.levels, other.levels);
    ASSERT_EQ(d.size(), 512u);
    std::array<std::set<std::uint32_t>, 2> strata;
    std::array<int, 4> bits{};
    for (std::size_t i = 0; i < d.size(); ++i) strata[0].insert(d.row(i)[0] / 2), strata[1].insert(d.row(i)[1] / 2), ++bits[d.row(i)[2]];
    EXPECT_EQ(strata[0].size(), 512u);
    EXPECT_EQ(strata[1].size(), 512u);
    for (const int n : bits) EXPECT_EQ(n, 128);
    const Designs whole = make_designs({axes[2], read_axis("dac_bits=1,2", "isaac", params)}, 8, 1);
    EXPECT_FALSE(whole.sampled);
    EXPECT_EQ(whole.levels, (std::vector<std::uint32_t>{0, 0, 0, 1, 1, 0, 1, 1, 2, 0, 2, 1, 3, 0, 3, 1}));
}

TEST(DesignSpace, UsualAxesHoldTheMachineAsPublished) {
    for (const auto& name : registry().names())
        for (const DesignAxis& axis : default_axes(registry().get(name).defaults))
            for (const ParamRow& p : registry().get(name).defaults) {
                if (p.info.name != axis.params.front()) continue;
                EXPECT_NE(std::find(axis.values.begin(), axis.values.end(), p.value), axis.values.end()) << name << " " << axis.name();
            }
    EXPECT_TRUE(default_axes(registry().get("gtx1080").defaults).empty());
}

}  // namespace
}  // namespace ganbar::arch
