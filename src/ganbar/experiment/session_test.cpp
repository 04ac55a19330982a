// Laws of a session: what it books adds up, looking changes nothing, a restored one goes on with the same bits.
#include "ganbar/experiment/session.h"

#include <gtest/gtest.h>

#include "ganbar/core/state.h"
#include "ganbar/experiment/test_presets.h"

namespace ganbar {
namespace {

/// A preset on few drawn digits, with a batch that fits them.
Experiment small(const std::string& name, std::vector<std::string> sets = {}) {
    sets.insert(sets.begin(),
                {"data.dataset=synthetic-digits", "data.limit=40", "train.batch=8", "train.rounds=2", "evaluation.samples=16"});
    return test::preset(GANBAR_SOURCE_ROOT, name, sets);
}
Session session(const std::string& name, std::vector<std::string> sets = {}) {
    return Session(small(name, std::move(sets)), test::places(GANBAR_SOURCE_ROOT));
}

double booked_J(const Ledger& ledger) { return ledger.energy("training/").si; }

class EveryPreset : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryPreset, PartsAreTheWhole) {
    Session s = session(GetParam());
    for (int i = 0; i < 2; ++i) {
        const Round& r = s.step();
        EXPECT_GE(r.after.training_J(), r.before.training_J());
    }
    s.deploy();
    const TrainingCost cost = training_cost(s.ledger());
    EXPECT_NEAR(cost.training_J(), booked_J(s.ledger()), 1e-12 * booked_J(s.ledger()));
    for (const auto& [path, charge] : s.ledger().accounts()) EXPECT_EQ(Account::of(path).path(), path);
    // What hardware there is shows in the parts.
    const bool cells = s.experiment().hardware.kind == HardwareKind::crossbar;
    EXPECT_EQ(cost.of(Part::update) > 0, cells);
    EXPECT_EQ(cost.of(Part::read) > 0, cells);
    EXPECT_EQ(cost.of(Part::amplifier) > 0, s.experiment().periphery.kind == periphery::PeripheryKind::analog);
}

std::vector<std::string> experiments() {
    std::vector<std::string> out;
    for (const auto& name : test::presets(GANBAR_SOURCE_ROOT).names())
        if (!name.starts_with("cifar10")) out.push_back(name);  // colour images, which are not drawn
    return out;
}
std::string underlined(std::string name) {
    for (char& c : name)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    return name;
}
INSTANTIATE_TEST_SUITE_P(Presets, EveryPreset, ::testing::ValuesIn(experiments()), [](const auto& info) { return underlined(info.param); });

TEST(Session, SignWritesAndDigitalPassesAreInTheTotals) {
    Session s = session("krestinskaya2020-small", {"periphery.kind=analog"});
    s.step();
    const TrainingCost cost = training_cost(s.ledger());
    EXPECT_GT(cost.of(Part::amplifier), 0);
    const double sign_J = s.ledger().energy("training/", "/update/sign").si,
                 digital_J = s.ledger().energy("training/", "/backward/digital").si;
    if (digital_J > 0) {
        EXPECT_GE(cost.of(Part::digital), digital_J);
    }
    EXPECT_GE(cost.of(Part::update), sign_J);
}

TEST(Session, LookingChangesNothing) {
    Session seen = session("satyam2022-balanced", {"train.rounds=3"}), unseen = session("satyam2022-balanced", {"train.rounds=3"});
    for (int i = 0; i < 3; ++i) {
        const Matrix a = seen.sample(5, 7), b = seen.sample(5, 7);
        EXPECT_EQ(flatten(a), flatten(b));
        seen.snapshot();
        EXPECT_EQ(seen.step().record.loss_d, unseen.step().record.loss_d);
    }
    EXPECT_EQ(booked_J(seen.ledger()), booked_J(unseen.ledger()));
}

TEST(Session, RatesFallAndThenMoveNothing) {
    const TrainSpec t = session("satyam2022-software",
                                {"train.rate=0.1", "train.rate_d=0.2", "train.rate_end=0.25", "train.rate_from=10", "train.rate_rounds=20"})
                            .experiment()
                            .train;
    for (const auto& [round, factor] : {std::pair<std::int64_t, double>{0, 1}, {10, 1}, {20, 0.625}, {30, 0.25}, {500, 0.25}}) {
        EXPECT_DOUBLE_EQ(t.moment(round, false).rate, 0.1 * factor);
        EXPECT_DOUBLE_EQ(t.moment(round, true).rate, 0.2 * factor);
    }
    const auto images = [](Session& of) {  // of fixed latents: those of an array follow its bits
        const std::size_t n = of.experiment().n_latent();
        Matrix z(3, n);
        for (std::size_t k = 0; k < n; ++k) z(k % 3, k) = 1;
        Ledger unbooked;
        return flatten(gan::generate(*of.model().generator, z, Rng(1), unbooked, "evaluation"));
    };
    struct Case {
        std::string preset, rule, rate;
    };
    for (const Case& c : {Case{"satyam2022-software", "adam", "0.01"},
                          {"satyam2022-software", "sgd", "0.01"},
                          {"satyam2022-balanced", "mixed_precision", "0.1"},
                          {"satyam2022-balanced", "pulse_train", "1"}}) {
        SCOPED_TRACE(c.rule);
        std::vector<std::string> sets{"train.rule=" + c.rule, "train.rounds=5", "train.rate=" + c.rate};
        if (c.rule == "mixed_precision") sets.emplace_back("train.mixed_precision.max_pulses=127");  // nothing left over
        Session constant = session(c.preset, sets);
        for (const char* set : {"train.rate_end=0", "train.rate_from=1", "train.rate_rounds=2"}) sets.emplace_back(set);
        Session falling = session(c.preset, sets);
        for (int i = 0; i < 2; ++i) {
            EXPECT_EQ(constant.step().record.loss_d, falling.step().record.loss_d);
            EXPECT_EQ(images(constant), images(falling));
        }
        constant.step(), falling.step();
        EXPECT_NE(images(constant), images(falling));
        const auto fallen = images(falling);
        const Round& last = falling.step();
        EXPECT_EQ(last.after.of(Part::update), last.before.of(Part::update));  // not a pulse
        if (c.preset == "satyam2022-software") {                               // the ranges of converters follow what is read
            EXPECT_EQ(images(falling), fallen);
        }
    }
}

TEST(Session, SettingsWithoutEffectAreNamed) {
    const auto notes = [](const std::string& preset, const std::vector<std::string>& sets) {
        std::string log;
        Session(small(preset, sets), test::places(GANBAR_SOURCE_ROOT), [&](const std::string& line) { log += line + "\n"; });
        return log;
    };
    const auto says = [](const std::string& log, const std::string& words) { return log.find(words) != std::string::npos; };
    const std::string off = notes("satyam2022-balanced", {"nonideal.worn=off", "nonideal.t_shelf=10 s", "tile.rows=32"});
    EXPECT_TRUE(says(off, "--set nonideal.worn changes nothing without nonideal.endurance"));
    EXPECT_TRUE(says(off, "--set nonideal.t_shelf changes nothing without nonideal.drift"));
    EXPECT_FALSE(says(off, "tile.rows"));
    EXPECT_FALSE(says(notes("satyam2022-balanced", {"nonideal.worn=off", "nonideal.endurance=1e6"}), "changes nothing"));
    EXPECT_TRUE(says(notes("satyam2022-software", {"nonideal.endurance=10"}),
                     "--set nonideal.endurance changes nothing: the weights are in software"));
}

TEST(Session, AFallThatNoRoundSeesIsSaid) {
    const auto said = [](const std::string& from) {
        std::string log;
        const std::vector<std::string> sets{"train.rounds=4", "train.rate_end=0", "train.rate_from=" + from, "train.rate_rounds=2"};
        Session(small("satyam2022-software", sets), test::places(GANBAR_SOURCE_ROOT), [&](const std::string& line) { log += line + "\n"; });
        return log.find("the learning rates stay constant") != std::string::npos;
    };
    EXPECT_TRUE(said("4"));
    EXPECT_TRUE(said("3"));  // the last round's is the first of the fall, at the full rate
    EXPECT_FALSE(said("2"));
}

TEST(Session, ARestoredOneGoesOnWithTheSameBits) {
    Session whole = session("satyam2022-trng", {"train.rounds=4"}), broken = session("satyam2022-trng", {"train.rounds=4"});
    for (int i = 0; i < 2; ++i) whole.step(), broken.step();
    Session taken_up = session("satyam2022-trng", {"train.rounds=4"});
    taken_up.restore(broken.state());
    EXPECT_EQ(taken_up.round(), 2);
    for (int i = 0; i < 2; ++i) {
        const Round a = whole.step(), b = taken_up.step();
        EXPECT_EQ(a.record.loss_g, b.record.loss_g);
        EXPECT_EQ(a.after.training_J(), b.after.training_J());
    }
    EXPECT_TRUE(taken_up.finished());
    EXPECT_THROW(session("satyam2022-software").restore(whole.state()), DataError);
}

}  // namespace
}  // namespace ganbar
