// Tables of rules: what each rule says of itself, old keys that go on working, and keys of other rules.
#include <gtest/gtest.h>

#include <fstream>

#include "ganbar/config/attribution.h"
#include "ganbar/config/given.h"
#include "ganbar/experiment/build.h"
#include "ganbar/experiment/test_presets.h"

namespace ganbar {
namespace {

constexpr const char* any_preset = "satyam2022-balanced";

Experiment with(const std::vector<std::string>& sets, const std::string& preset = any_preset) {
    return test::preset(GANBAR_SOURCE_ROOT, preset, sets);
}
std::string fault_of(const std::vector<std::string>& sets, const std::string& preset = any_preset) {
    try {
        with(sets, preset);
    } catch (const ConfigError& e) {
        return e.what();
    }
    return "";
}
/// The parameters alone, whoever said them.
std::string values_of(const Experiment& e) { return config::without_set_by(run_toml(e)); }
std::string all_notes(const Experiment& e) { return join(e.notes, "\n"); }

TEST(RuleKeys, EveryRuleHasItsTableAndSaysWhereItWorks) {
    const auto& rules = test::registries().rules;
    EXPECT_EQ(rules.names(),
              (std::vector<std::string>{"adam", "manhattan", "mixed_precision", "pulse_train", "sgd", "tiki_taka", "tiki_taka_v2"}));
    for (const auto& name : rules.names()) {
        SCOPED_TRACE(name);
        const RuleEntry& entry = rules.get(name);
        EXPECT_TRUE(entry.in_cells || entry.in_software);
        EXPECT_FALSE(entry.doc.empty());
        const Experiment e = with({"train.rule=" + name, entry.in_cells ? "hardware.kind=crossbar" : "hardware.kind=software"});
        EXPECT_EQ(e.rule.pulses.has_value(), entry.in_cells);
        EXPECT_NE(run_toml(e).find("[train." + name + "]"), std::string::npos);
        if (!entry.in_software) {
            EXPECT_NE(fault_of({"train.rule=" + name, "hardware.kind=software"}), "");
        }
        if (!entry.in_cells) {
            EXPECT_NE(fault_of({"train.rule=" + name}), "");
        }
    }
}

TEST(RuleKeys, AFallOfTheRatesThatWouldChangeNothingIsRefused) {
    const std::string fall = "train.rate_end=0.5", over = "train.rate_rounds=3", adam = "train.rule=adam",
                      memory = "hardware.kind=software";
    EXPECT_NE(fault_of({fall, over}).find("takes no train.rate that could fall"), std::string::npos);  // manhattan
    for (const auto& alone : {fall, over, std::string("train.rate_from=2")})
        EXPECT_NE(fault_of({adam, memory, alone}).find("leave the rates constant"), std::string::npos);
    EXPECT_EQ(fault_of({adam, memory, fall, over}), "");
    EXPECT_NE(fault_of({adam, memory, over, "train.rate_end=1.5"}), "");
}

TEST(RuleKeys, AFaultOfSomeKeysNamesNoOthers) {
    const auto begins = [](const std::vector<std::string>& sets, const std::string& place) {
        EXPECT_EQ(fault_of(sets).substr(0, place.size()), place) << fault_of(sets);
    };
    begins({"train.batch=16", "train.rounds=9", "train.rate_end=0.5", "train.rate_rounds=3"},
           "--set train.rate_end, --set train.rate_rounds: train.rule = \"manhattan\" takes no");
    begins({"train.batch=16", "train.rule=adam"}, "--set train.rule: weights on crossbars");
    begins({"tile.rows=32", "tile.cell_v_gate=2 V"}, "--set tile.cell_v_gate: tile.cell_v_gate has no effect");
    begins({"wires.rw=1 ohm", "wires.mode=exact", "hardware.kind=software", "train.rule=adam"}, "--set wires.mode: weights in memory");
    begins({"train.rate_d=0", "train.epochs=0", "train.rounds=0"}, "--set train.epochs, --set train.rounds: nothing to train");
    // Nothing said of them on the command line: where the preset says it.
    const std::string said = fault_of({"hardware.kind=software", "train.rule=adam", "wires.rw=1 ohm"}, "satyam2022-wires");
    for (const char* part : {"satyam2022-wires.toml:", ": weights in memory have no wires"})
        EXPECT_NE(said.find(part), std::string::npos) << said;
}

TEST(RuleKeys, OldNamesMeanTheSameAndSayTheNewOnce) {
    const std::vector<std::pair<std::string, std::vector<std::string>>> cases = {
        {"manhattan",
         {"v_set=0.7 V", "v_reset=-0.9 V", "feedback=0.5", "verify_step=1 uS", "momentum=0.25", "t_pulse=50 ns", "literal=true"}},
        {"pulse_train", {"v_set=0.7 V", "pulse_step=1 uS", "pulse_length=7", "pulse_management=false"}},
        {"mixed_precision", {"v_reset=-0.7 V", "accumulate=adam", "beta1=0.25", "max_pulses=3"}},
        {"tiki_taka", {"transfer_rate=0.5", "transfer_every=3", "zero_pulses=7", "pulse_length=5"}},
        {"tiki_taka_v2", {"transfer_rate=0.5", "t_pulse=20 ns"}}};
    for (const auto& [rule, keys] : cases) {
        std::vector<std::string> old = {"train.rule=" + rule}, now = old;
        for (const auto& key : keys) old.push_back("train." + key), now.push_back("train." + rule + "." + key);
        const Experiment a = with(old), b = with(now);
        EXPECT_EQ(values_of(a).substr(values_of(a).find("[train]")), values_of(b).substr(values_of(b).find("[train]")));
        EXPECT_TRUE(b.notes.empty()) << all_notes(b);
        ASSERT_EQ(a.notes.size(), 1u) << all_notes(a);
        EXPECT_NE(a.notes[0].find("is now train." + rule + "."), std::string::npos) << a.notes[0];
    }
}

TEST(RuleKeys, BothNamesInOneFileAreRefused) {
    const auto read = [](const std::string& text) {
        const auto tree = config::parse_toml("preset = \"satyam2022-balanced\"\n[train]\n" + text, "mine.toml");
        return read_experiment({.name = "mine", .given = tree.get(), .origin = config::said_in_python}, test::presets(GANBAR_SOURCE_ROOT),
                               test::registries());
    };
    EXPECT_EQ(read("v_set = \"0.9 V\"\n").rule.pulses->set.si, 0.9);
    EXPECT_EQ(read("[train.manhattan]\nv_set = \"0.8 V\"\n").rule.pulses->set.si, 0.8);
    EXPECT_THROW(read("v_set = \"0.9 V\"\n[train.manhattan]\nv_set = \"0.8 V\"\n"), ConfigError);
}

// --set is the last word, by either name, over what a preset says in the table.
TEST(RuleKeys, TheLastWordWins) {
    EXPECT_EQ(with({"train.v_set=0.7 V"}).rule.pulses->set.si, 0.7);
    EXPECT_EQ(with({"train.v_set=0.7 V", "train.manhattan.v_set=0.6 V"}).rule.pulses->set.si, 0.6);
    EXPECT_EQ(with({"train.manhattan.v_set=0.6 V", "train.v_set=0.7 V"}).rule.pulses->set.si, 0.7);
    EXPECT_EQ(with({}).rule.pulses->set.si, 1.0);
}

TEST(RuleKeys, WhatBelongsToAnotherRuleIsSaid) {
    EXPECT_NE(all_notes(with({"train.rule=pulse_train", "train.feedback=2"}))
                  .find("train.feedback changes nothing under train.rule = \"pulse_train\""),
              std::string::npos);
    EXPECT_NE(fault_of({"train.rule=pulse_train", "train.manhattan.feedback=2"}).find("train.manhattan.feedback changes nothing"),
              std::string::npos);
    EXPECT_TRUE(with({"train.rule=pulse_train"}).notes.empty());  // what a preset says for another rule waits
    EXPECT_TRUE(with({"train.rule=pulse_train", "train.feedback=0"}).notes.empty());
    EXPECT_NE(fault_of({"train.manhattan.v_sett=1 V"}).find("did you mean \"v_set\""), std::string::npos);
    EXPECT_NE(fault_of({"train.v_sett=1 V"}).find("did you mean \"v_set\""), std::string::npos);
    EXPECT_NE(fault_of({"train.pulse_length=33"}).find("pulse_length"), std::string::npos);
    EXPECT_NE(fault_of({"train.rule=manhatten"}).find("did you mean \"manhattan\""), std::string::npos);
}

// Ex-situ training moves numbers; the pulses that write its weights had the names of a rule's.
TEST(RuleKeys, PulsesThatWriteAreOfTheHardware) {
    const std::vector<std::string> base = {"hardware.kind=ex_situ", "train.rule=adam"};
    auto sets = base;
    sets.insert(sets.end(), {"train.v_set=0.9 V", "train.v_reset=-0.7 V", "train.t_pulse=20 ns", "train.verify_ramp=0.01 V"});
    const Experiment e = with(sets);
    const TuneSpec spec = writing_of(e), usual = writing_of(with(base));
    EXPECT_EQ(spec.pulse.set.si, 0.9);
    EXPECT_EQ(spec.pulse.reset.si, -0.7);
    EXPECT_EQ(spec.pulse.width.si, 20e-9);
    EXPECT_EQ(spec.ramp.si, 0.01);
    EXPECT_EQ(usual.pulse.set.si, 0.8);
    EXPECT_EQ(usual.ramp.si, 0.05);
    EXPECT_NE(all_notes(e).find("train.v_set is now hardware.write_v_set"), std::string::npos) << all_notes(e);
}

// What a run writes is read back to the same, without a word.
TEST(RuleKeys, RunTomlReadsBack) {
    for (const std::string name : {"satyam2022-balanced-all", "krestinskaya2020-ideal", "satyam2022-software", "lin2018"}) {
        const Experiment e = with({}, name);
        const std::string path = testing::TempDir() + "/" + name + "-run.toml";
        std::ofstream(path) << run_toml(e);
        const Experiment again = load_experiment(path, config::Presets({}), {}, test::registries());
        EXPECT_EQ(run_toml(again), run_toml(e));
        EXPECT_TRUE(again.notes.empty()) << all_notes(again);
    }
}

}  // namespace
}  // namespace ganbar
