// What pages and files say of a parameter is true of the value in use, whoever said it, and stays so in a run that starts from run.toml.
#include "ganbar/config/attribution.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <span>

#include "ganbar/experiment/test_presets.h"

namespace ganbar {
namespace {
namespace fs = std::filesystem;

const std::string tree = GANBAR_SOURCE_ROOT;

class Attribution : public ::testing::Test {
protected:
    void SetUp() override { fs::create_directories(folder + "/presets"); }
    void TearDown() override { fs::remove_all(folder); }
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(folder + "/" + name) << text;
        return folder + "/" + name;
    }
    const std::string folder = ::testing::TempDir() + "attribution-" + ::testing::UnitTest::GetInstance()->current_test_info()->name();
    const config::Presets shipped = test::presets(tree);
    const config::Presets with_mine{{folder + "/presets", tree + "/presets/experiments"}};
};

Experiment load(const std::string& name, const config::Presets& presets, const std::vector<std::string>& sets = {}) {
    return load_experiment(name, presets, sets, test::registries());
}

/// The row of a key; null when the value of another key took it away.
const ParamRow* find(const std::vector<config::Section>& sections, const std::string& path, const std::string& name) {
    for (const auto& s : sections)
        if (s.path == path && !s.is_item)
            for (const auto& row : s.rows)
                if (row.info.name == name) return &row;
    return nullptr;
}

/// A value in range that is neither the default nor the one in use.
std::optional<Value> other_value(const ParamRow& row) {
    std::vector<Value> candidates;
    const double lo = row.info.lo, hi = row.info.hi;
    if (const auto* b = std::get_if<bool>(&row.value)) candidates = {!*b};
    if (const auto* i = std::get_if<std::int64_t>(&row.value)) candidates = {*i + 1, *i + 2, *i - 1, *i - 2};
    if (const auto* d = std::get_if<double>(&row.value))
        candidates = {*d * 1.25, *d * 1.5, *d * 0.75, *d * 0.5, std::min(hi, lo + 0.25), std::min(hi, lo + 0.5)};
    if (row.info.type == ParamType::choice)
        for (const auto& c : row.info.choices) candidates.emplace_back(c);
    if (row.info.type == ParamType::text) candidates = {std::string("other"), std::string("another")};
    for (const auto& v : candidates) {
        if (v == row.value || (row.declared && v == *row.declared)) continue;
        try {
            check_value(row.info, v, {});
            return v;
        } catch (const ConfigError&) {
        }
    }
    return std::nullopt;
}

void expect_label(const ParamRow& row, const std::string& kind, const std::string& who, const std::string& where) {
    EXPECT_EQ(kind_of(row), kind) << where;
    if (row.is_default()) EXPECT_EQ(source_of(row), row.info.source.text) << where;
    else {
        EXPECT_NE(source_of(row).find(who), std::string::npos) << where << ": " << source_of(row);
        EXPECT_NE(source_of(row).find(std::string(" is ") + to_string(row.info.source.kind)), std::string::npos)
            << where << ": " << source_of(row);
    }
}

TEST_F(Attribution, AnUntouchedPresetSaysOfEveryValueWhatIsTrue) {
    for (const auto& name : shipped.names())
        for (const auto& section : resolved(load(name, shipped)))
            for (const auto& row : section.rows) {
                ASSERT_TRUE(row.declared.has_value()) << section.path << "." << row.info.name;
                const std::string where = name + " " + section.path + "." + row.info.name;
                if (*row.declared == row.value) expect_label(row, to_string(row.info.source.kind), "", where);
                else expect_label(row, "preset", "set by preset ", where);
            }
}

struct Change {
    std::string path;
    ParamRow row;  ///< as the preset has it
    Value other;
};

/// The values of `changes`, all at once, by --set, in a file and in a preset: every label must follow. Values that do not go together are
/// tried in halves; counts those that went in.
class Overrides : public Attribution {
protected:
    void expect_all(const std::string& preset, std::span<const Change> changes) {
        std::vector<std::string> sets;
        std::string lines = "preset = \"" + preset + "\"\n";
        for (const auto& c : changes) {
            const std::string text = value_text(c.row.info, c.other);
            sets.push_back(c.path + "." + c.row.info.name + "=" + text);
            lines += c.path + "." + c.row.info.name + " = " + text + "\n";
        }
        write("presets/zz-mine.toml", lines);
        try {
            const auto by_set = resolved(load(preset, shipped, sets)), by_file = resolved(load(write("mine.toml", lines), shipped)),
                       by_preset = resolved(load("zz-mine", with_mine));
            for (const auto& c : changes)
                for (const auto& [sections, kind, who] : {std::tuple{&by_set, "user", "set for this run"},
                                                          {&by_file, "user", "set for this run"},
                                                          {&by_preset, "preset", "set by preset zz-mine"}}) {
                    const ParamRow* r = find(*sections, c.path, c.row.info.name);
                    const std::string where = preset + " " + c.path + "." + c.row.info.name + " " + who;
                    if (r == nullptr) continue;  // another change took its table away
                    EXPECT_EQ(r->value, c.other) << where;
                    expect_label(*r, kind, who, where);
                }
            loaded += changes.size();
        } catch (const ConfigError&) {
            if (changes.size() == 1) return;  // a value that does not go with the rest of this preset
            expect_all(preset, changes.first(changes.size() / 2));
            expect_all(preset, changes.subspan(changes.size() / 2));
        }
    }
    std::size_t loaded = 0;
};

// Every key and every preset; keys go round the presets.
TEST_F(Overrides, EveryKeyUnderEveryKindOfOverride) {
    const auto names = shipped.names();
    std::size_t tried = 0;
    for (std::size_t p = 0; p < names.size(); ++p) {
        std::size_t index = 0;
        std::vector<Change> changes;
        std::vector<std::string> same;
        const auto before = resolved(load(names[p], shipped));
        for (const auto& section : before)
            for (const auto& row : section.rows) {
                if (section.is_item || ++index % names.size() != p) continue;
                same.push_back(section.path + "." + row.info.name + "=" + value_text(row.info, row.value));
                if (const auto other = other_value(row)) changes.push_back({section.path, row, *other});
            }
        const auto again = resolved(load(names[p], shipped, same));
        index = 0;
        for (const auto& section : before)
            for (const auto& row : section.rows) {
                if (section.is_item || ++index % names.size() != p) continue;
                const ParamRow* r = find(again, section.path, row.info.name);
                ASSERT_NE(r, nullptr);
                expect_label(*r, row.is_default() ? to_string(row.info.source.kind) : "user", "set for this run",
                             names[p] + " " + section.path + "." + row.info.name + " same");
            }
        tried += changes.size();
        if (!changes.empty()) expect_all(names[p], changes);
    }
    EXPECT_GT(tried, 150u);
    EXPECT_GT(loaded, tried * 3 / 4);
}

TEST_F(Attribution, SurvivesRunToml) {
    for (const auto& name : shipped.names()) {
        const Experiment first = load(name, shipped, {"train.batch=37"});
        const std::string text = run_toml(first);
        const Experiment again = load(write("run.toml", text), shipped);
        EXPECT_EQ(run_toml(again), text) << name;
        const auto a = resolved(first), b = resolved(again);
        ASSERT_EQ(a.size(), b.size());
        for (std::size_t s = 0; s < a.size(); ++s)
            for (std::size_t i = 0; i < a[s].rows.size(); ++i) {
                EXPECT_EQ(kind_of(a[s].rows[i]), kind_of(b[s].rows[i])) << name << " " << a[s].path << "." << a[s].rows[i].info.name;
                EXPECT_EQ(source_of(a[s].rows[i]), source_of(b[s].rows[i]));
            }
    }
}

TEST_F(Attribution, AnEditedRunTomlSpeaksForTheUser) {
    std::string text = run_toml(load("satyam2022-balanced", shipped));
    ASSERT_EQ(kind_of(*find(resolved(load(write("run.toml", text), shipped)), "train.manhattan", "v_set")), "preset");
    const auto at = text.find("\nv_set = ", text.find("\n[train.manhattan]\n"));
    text.replace(at, text.find('\n', at + 1) - at, "\nv_set = \"1.3 V\"");
    const auto sections = resolved(load(write("run.toml", text), shipped));
    EXPECT_EQ(kind_of(*find(sections, "train.manhattan", "v_set")), "user");
    EXPECT_EQ(kind_of(*find(sections, "train.manhattan", "v_reset")), "preset");
    EXPECT_THROW(load(write("bad.toml", text + "\n[set_by]\nx = 3\n"), shipped), ConfigError);
}

TEST_F(Attribution, ResultsOfTheNewcomerAreSaidRight) {
    const auto sections = resolved(load("satyam2022-balanced", shipped, {"data.dataset=fashion-mnist", "wires.mode=exact"}));
    EXPECT_EQ(kind_of(*find(sections, "data", "dataset")), "user");
    EXPECT_EQ(kind_of(*find(sections, "wires", "mode")), "user");
    EXPECT_EQ(
        source_of(*find(sections, "train.manhattan", "v_set")).find("set by preset satyam2022-balanced; the default, 800 mV, is published"),
        0u)
        << source_of(*find(sections, "train", "v_set"));
}

}  // namespace
}  // namespace ganbar
