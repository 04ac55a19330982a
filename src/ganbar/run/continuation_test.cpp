// Which settings of a run that is taken up make it another experiment.
#include "ganbar/run/continuation.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "ganbar/experiment/test_presets.h"

namespace ganbar {
namespace {

using Texts = std::vector<std::string>;

std::string without(const std::string& toml, const std::string& line) {
    const auto at = toml.find("\n" + line);
    EXPECT_NE(at, std::string::npos) << line;
    return toml.substr(0, at) + toml.substr(toml.find('\n', at + 1));
}

TEST(Continuation, KeysThatTheEarlierVersionDidNotKnowAreNoChangeAtTheirDefault) {
    const Experiment e = test::preset(GANBAR_SOURCE_ROOT, "satyam2022-software", {"train.rate_end=0.5", "train.rate_rounds=7"});
    const std::string now = run_toml(e);
    const auto known = keys_at_default(resolved(e));
    EXPECT_TRUE(changes_between(without(now, "rate_from = 0"), now, known).keys.empty());
    EXPECT_TRUE(changes_between(without(now, "stop_patience = 20"), now, known).keys.empty());
    EXPECT_EQ(changes_between(without(now, "rate_rounds = 7"), now, known).keys, Texts{"train.rate_rounds"});
    EXPECT_EQ(changes_between(now, without(now, "rate_from = 0"), known).keys, Texts{"train.rate_from"});  // one that is gone
}

TEST(Continuation, EveryValueHasTheKeyOfItsText) {
    for (const char* preset : {"satyam2022-balanced-all", "krestinskaya2020-analog", "measured-device"}) {
        SCOPED_TRACE(preset);
        const Experiment e = test::preset(GANBAR_SOURCE_ROOT, preset);
        const std::string all = run_toml(e);
        std::string fewer;  // without a value: every line of them is missing
        for (std::size_t from = 0, to; from < all.size(); from = to + 1) {
            to = std::min(all.find('\n', from), all.size());
            const std::string line = all.substr(from, to - from);
            if (line.find(" = ") == std::string::npos) fewer += line + "\n";
        }
        const auto missing = changes_between(fewer, all, {}).keys;
        const auto known = keys_at_default(resolved(e));
        for (const auto& key : known) EXPECT_NE(std::find(missing.begin(), missing.end(), key), missing.end()) << key;
        EXPECT_GT(known.size(), 100u);
    }
}

}  // namespace
}  // namespace ganbar
