#include "ganbar/config/write.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/core/rng.h"

namespace ganbar::config {
namespace {

enum class Mode { off, a, b };
struct All {
    Volt v{-1.07};
    Second t{1e-7};
    SquareMetre area{0.18e-12};
    Joule energy{3.3e-15};
    std::int64_t n = -5;
    double x = 0.1;
    bool flag = true;
    std::string text = "a \"b\" \\ \n \t \x1f \u00b5";
    Mode mode = Mode::b;
    std::vector<std::int64_t> ints{3, 5};
    std::vector<double> reals{1, 0.25, 1e300};
    static Schema<All> schema() {
        const double inf = HUGE_VAL;
        return {
            param("v", &All::v, Volt{-inf}, Volt{inf}, "a voltage", assumed("")),
            param("t", &All::t, Second{-inf}, Second{inf}, "a time\nin two lines", assumed("")),
            param("area", &All::area, SquareMetre{-inf}, SquareMetre{inf}, "an area", assumed("")),
            param("energy", &All::energy, Joule{-inf}, Joule{inf}, "an energy", assumed("")),
            param("n", &All::n, INT64_MIN, INT64_MAX, "a count", assumed("")),
            param("x", &All::x, -inf, inf, "a number", assumed("")),
            param("flag", &All::flag, "a flag", assumed("")),
            param("text", &All::text, "a text", assumed("")),
            choice("mode", &All::mode, {"off", "a", "b"}, "a mode", assumed("")),
            param("ints", &All::ints, -100, 100, "whole numbers", assumed("")),
            param("reals", &All::reals, -inf, inf, "numbers", assumed("")),
        };
    }
};

std::string written(const All& values, const WriteOptions& options = {}) {
    return to_toml({{"", {}}, {"all", param_rows(All::schema(), values)}}, options);
}
All read_back(const std::string& text) {
    const auto root = parse_toml(text, "run.toml");
    All out;
    const auto names = config::bind(root->table("all"), All::schema(), out);
    reject_unused(*root, {{"all", names}});
    return out;
}

TEST(Write, ReadsBackToTheSameValuesAndBytes) {
    All odd;
    odd.x = HUGE_VAL, odd.t.si = -HUGE_VAL, odd.ints.clear(), odd.reals.clear(), odd.n = INT64_MIN;
    for (const All& values : {All{}, odd}) {
        const std::string text = written(values);
        const All again = read_back(text);
        EXPECT_EQ(written(again), text);
        EXPECT_EQ(again.text, values.text);
        EXPECT_EQ(again.v, values.v);
        EXPECT_EQ(again.area, values.area);
        EXPECT_EQ(again.x, values.x);
        EXPECT_EQ(again.n, values.n);
        EXPECT_EQ(again.reals, values.reals);
        EXPECT_EQ(written(read_back(written(values, {.docs = true}))), text);
    }
}

TEST(Write, EveryDoubleSurvivesInEveryUnit) {
    Rng rng(5);
    for (int i = 0; i < 2000; ++i) {
        const auto any = [&] { return (rng.uniform() - 0.5) * std::pow(10.0, 60 * rng.uniform() - 30); };
        All values;
        values.v.si = any(), values.t.si = any(), values.area.si = any(), values.energy.si = any(), values.x = any();
        const All again = read_back(written(values));
        ASSERT_EQ(again.v.si, values.v.si);
        ASSERT_EQ(again.t.si, values.t.si);
        ASSERT_EQ(again.area.si, values.area.si);
        ASSERT_EQ(again.energy.si, values.energy.si);
        ASSERT_EQ(again.x, values.x);
    }
}

TEST(Write, SectionsInOrderTopLevelFirstSamePathJoinedItemsApart) {
    ParamInfo a;
    a.name = "a", a.type = ParamType::integer;
    const auto row = [&](const char* name, std::int64_t v) {
        ParamRow r{a, Value{v}};
        r.info.name = name;
        return r;
    };
    EXPECT_EQ(to_toml({{"z", {row("a", 1)}},
                       {"axis", {row("a", 2)}, true},
                       {"", {row("top", 3)}},
                       {"z", {row("b", 4)}},
                       {"axis", {row("a", 5)}, true}}),
              "top = 3\n\n[z]\na = 1\nb = 4\n\n[[axis]]\na = 2\n\n[[axis]]\na = 5\n");
}

TEST(Write, OriginsSayWhoSaidIt) {
    auto root = parse_toml("\n[all]\nn = 3\n", "x.toml");
    apply_override(*root, "all.x=0.5");
    All values;
    config::bind(root->table("all"), All::schema(), values);
    const auto text = written(values, {.origins = root.get()});
    EXPECT_NE(text.find("\nn = 3  # file x.toml:3\n"), std::string::npos) << text;
    EXPECT_NE(text.find("\nx = 0.5  # --set\n"), std::string::npos) << text;
    EXPECT_NE(text.find("\nflag = true  # default\n"), std::string::npos) << text;
    EXPECT_EQ(written(read_back(text)), written(values));
}

TEST(Write, TreesAreFixedPoints) {
    const std::string text =
        "\"a key\" = 1\ninf_ = inf\nlist = [1.0, 2.5]\nnone = []\nt = \"x\\\"y\"\nwords = [\"p\", \"q\"]\nyes = "
        "true\n\n[a]\n\n[a.\"b.c\"]\nx = -3\n\n[[a.l]]\nk = 1\n\n[[a.l]]\nk = 2\n";
    EXPECT_EQ(to_toml(*parse_toml(text, "x")), text);
}

}  // namespace
}  // namespace ganbar::config
