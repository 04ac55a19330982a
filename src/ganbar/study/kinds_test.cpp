#include "ganbar/study/kinds.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace ganbar::study {
namespace {

ParamRow row(const std::string& name, ParamType type, Value value, const std::string& unit = "", double lo = 0, double hi = 1) {
    ParamRow r;
    r.info.name = name, r.info.type = type, r.info.unit = unit, r.info.lo = lo, r.info.hi = hi;
    r.info.doc = "what it is", r.info.source = published("a table");
    r.value = std::move(value);
    return r;
}
Description sample() {
    Description d{"Prose.", {{"shape", "28 x 28"}}, {}, "a = 1\n"};
    d.sections = {{"",
                   {row("g", ParamType::real, 1.5e-4, "S", 0, HUGE_VAL), row("n", ParamType::integer, std::int64_t{3}, "", 1, 9e18),
                    row("list", ParamType::reals, std::vector<double>{0.5})}}};
    auto choice = row("mode", ParamType::choice, std::string("on"));
    choice.info.choices = {"off", "on"};
    d.sections.push_back({"sub", {choice, row("flag", ParamType::boolean, true)}});
    return d;
}

TEST(Describe, JsonHoldsEveryParameterInSi) {
    const auto j = nlohmann::json::parse(describe_json("device", "x", sample()));
    EXPECT_EQ(j["kind"], "device");
    EXPECT_EQ(j["facts"]["shape"], "28 x 28");
    EXPECT_EQ(j["config"], "a = 1\n");
    ASSERT_EQ(j["parameters"].size(), 5u);
    const auto& g = j["parameters"][0];
    EXPECT_EQ(g["value"], 1.5e-4);
    EXPECT_EQ(g["unit"], "S");
    EXPECT_EQ(g["lo"], 0);
    EXPECT_TRUE(g["hi"].is_null());  // JSON has no infinity
    EXPECT_EQ(g["kind"], "published");
    EXPECT_EQ(j["parameters"][3]["name"], "sub.mode");
    EXPECT_EQ(j["parameters"][3]["choices"], (std::vector<std::string>{"off", "on"}));
    EXPECT_EQ(j["parameters"][4]["value"], true);
}

TEST(Describe, TextShowsValuesWithUnitsRangesAndSources) {
    const auto text = describe_text("device", "x", sample());
    for (const char* part : {"device x\n", "Prose.", "shape  28 x 28", "150 uS", "0 S to inf S", "1 to inf", "off | on", "[sub]",
                             "what it is [a table]", "published", "a = 1"})
        EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

TEST(List, FirstSentence) {
    EXPECT_EQ(first_sentence("Short. Then more."), "Short");
    EXPECT_EQ(first_sentence("A memristor (Nili et al. 2020), one line\nand another"), "A memristor (Nili et al. 2020), one line");
    const std::string clause = "The reference device against which all others are judged: I = G V", rest = " and so on, and on, and on";
    EXPECT_EQ(first_sentence(clause + "; every pulse moves it by one step" + rest + rest), clause);
    EXPECT_LE(first_sentence(std::string(40, 'a') + " " + std::string(200, 'b')).size(), 104u);
    EXPECT_EQ(first_sentence(""), "");
}

TEST(Kinds, SingularPluralAndNearest) {
    const Kinds kinds{{"devices", {"device", {}, {}}}, {"networks", {"network", {}, {}}}};
    EXPECT_EQ(find_kind(kinds, "devices").first, "devices");
    EXPECT_EQ(find_kind(kinds, "device").second->singular, "device");
    try {
        find_kind(kinds, "netwroks");
        FAIL();
    } catch (const ConfigError& e) {
        EXPECT_NE(std::string(e.what()).find("did you mean \"networks\"?"), std::string::npos);
    }
}

}  // namespace
}  // namespace ganbar::study
