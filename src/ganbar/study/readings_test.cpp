// The readings of satyam2022 and the scoring of its claims, on traces made up so that the answers are known.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "ganbar/core/error.h"
#include "ganbar/experiment/test_presets.h"
#include "ganbar/study/readings_page.h"

namespace ganbar::study {
namespace {

/// 200 rounds whose update energy goes from `first` to `last` uJ, with an evaluation every 10 rounds.
Trace made(double first, double last, std::vector<double> accuracy, std::vector<double> frechet) {
    Trace t;
    double sum = 0;
    for (int i = 0; i < 200; ++i) {
        t.energy_J.push_back(1e-6 * (first + (last - first) * i / 199));
        t.cumulative_J.push_back(sum += t.energy_J.back());
    }
    accuracy.resize(20, accuracy.back()), frechet.resize(20, frechet.back());
    for (int k = 1; k <= 20; ++k) t.at.push_back(10 * k), t.coverage.push_back(0.1);
    t.accuracy = std::move(accuracy), t.frechet = std::move(frechet);
    for (std::size_t i = 9; i < 200; i += 10) t.one_an_epoch_J += t.energy_J[i];
    return t;
}
SeedTraces as_in_the_paper() {
    return {made(0, 0, {0.99}, {60}), made(2.53, 2.76, {0.8, 0.9, 0.93}, {180, 160, 140}), made(2.50, 2.38, {0.975, 0.98}, {130, 100}),
            made(2.50, 2.38, {0.93, 0.96}, {130, 110})};
}
std::size_t claim(const std::string& key) {
    for (std::size_t c = 0; c < claims().size(); ++c)
        if (claims()[c].key == key) return c;
    throw std::logic_error(key);
}
Answer answer(const SeedTraces& s, const std::string& key, Booking booking = Booking::one_an_epoch) {
    return score(s, booking)[claim(key)].answer;
}

TEST(Readings, AreAllTakenByThePresetAndAllDifferent) {
    std::set<std::string> names, settings;
    for (const auto& r : default_readings()) {
        EXPECT_TRUE(names.insert(r.name).second) << r.name;
        std::string all = r.variation;
        for (const auto& v : paper_variants()) {
            const auto sets = settings_of(r, v);
            EXPECT_NO_THROW(test::preset(GANBAR_SOURCE_ROOT, "satyam2022-base", sets)) << r.name << " " << v.name;
            for (const auto& s : sets) all += " " + s;
        }
        EXPECT_TRUE(settings.insert(all).second) << r.name << " is another reading once more";
    }
    const auto variation = [](const char* reading, const PaperVariant& v) { return settings_of(readings_called({reading})[0], v).back(); };
    EXPECT_EQ(variation("sigmoid", paper_variants()[1]), "device.d2d=off");
    EXPECT_EQ(variation("sigmoid", paper_variants()[2]), "device.d2d=A");
    EXPECT_EQ(variation("sigmoid-threshold", paper_variants()[2]), "device.d2d=threshold");
}

TEST(Readings, AreChosenByNameAndCrossedWithAxes) {
    EXPECT_EQ(readings_called({}).size(), default_readings().size());
    EXPECT_EQ(readings_called({"ns-ln", "leaky"})[1].name, "leaky");
    try {
        readings_called({"sigmod"});
        FAIL();
    } catch (const ConfigError& e) {
        EXPECT_NE(std::string(e.what()).find("did you mean \"sigmoid\""), std::string::npos) << e.what();
    }
    EXPECT_THROW(readings_called({"leaky", "leaky"}), ConfigError);
    const auto more = crossed(readings_called({"leaky", "sigmoid"}), "generator.init_scale=0.3,0.8");
    ASSERT_EQ(more.size(), 4u);
    EXPECT_EQ(more[2].name, "sigmoid generator.init_scale=0.3");
    EXPECT_EQ(more[2].sets.back(), "generator.init_scale=0.3");
    EXPECT_EQ(crossed(readings_called({"leaky"}), "device.d2d=B,threshold")[0].variation, "B");
    for (const char* bad : {"generator.init_scale", "=1", "a=", "a=1,", "a=1,1"})
        EXPECT_THROW(crossed(default_readings(), bad), ConfigError) << bad;
}

TEST(Claims, AllOfThemOnTracesAsThePaperHasThem) {
    const auto s = as_in_the_paper();
    EXPECT_EQ(nearest_booking({s}), Booking::one_an_epoch);
    const auto scores = score(s, Booking::one_an_epoch);
    ASSERT_EQ(scores.size(), claims().size());
    for (std::size_t c = 0; c < scores.size(); ++c) {
        EXPECT_EQ(scores[c].answer, Answer::yes) << claims()[c].key;
        EXPECT_EQ(scores[c].values.size(), claims()[c].values.size()) << claims()[c].key;
    }
    EXPECT_NEAR(scores[claim("energy_prng")].values[0], 53e-6, 0.2e-6);
}

TEST(Claims, EachFailsWhereItsTraceSaysOtherwise) {
    const auto with = [](const auto& change) {
        auto s = as_in_the_paper();
        change(s);
        return s;
    };
    EXPECT_EQ(answer(with([](auto& s) { s.prng.frechet.assign(20, 151); }), "images"), Answer::no);
    EXPECT_EQ(answer(with([](auto& s) { s.trng_d2d.accuracy.assign(20, 0.89); }), "images"), Answer::no);
    EXPECT_EQ(answer(with([](auto& s) { s.trng.accuracy[0] = 0.5; }), "one_epoch"), Answer::no);
    EXPECT_EQ(
        answer(with([](auto& s) { s.trng.at.erase(s.trng.at.begin()), s.trng.accuracy.erase(s.trng.accuracy.begin()); }), "one_epoch"),
        Answer::unknown);
    EXPECT_EQ(answer(with([](auto& s) { s.trng_d2d.accuracy.assign(20, 0.93); }), "near_software"), Answer::no);
    EXPECT_EQ(answer(with([](auto& s) { s.prng.accuracy.assign(20, 0.98); }), "true_random"), Answer::no);
    EXPECT_EQ(answer(with([](auto& s) { s.trng_d2d.accuracy = s.trng.accuracy; }), "variation_lowers"), Answer::no);
    EXPECT_EQ(answer(with([](auto& s) { s.trng.accuracy.back() = 0.9; }), "holds"), Answer::no);
    EXPECT_EQ(answer(with([](auto& s) { s.prng.energy_J.assign(200, 2.5e-6); }), "prng_rises"), Answer::no);
    EXPECT_EQ(answer(with([](auto& s) { s.prng.energy_J.assign(200, 2.5e-6), s.prng.energy_J[19] = 2.6e-6; }), "prng_rises"), Answer::yes)
        << "up to round 20 is enough";
    EXPECT_EQ(answer(with([](auto& s) { s.prng.energy_J.assign(200, 2.5e-6), s.prng.energy_J[19] = 2.54e-6; }), "prng_rises"), Answer::no)
        << "1.6% is not";
    EXPECT_EQ(answer(with([](auto& s) { s.trng = s.prng; }), "trng_falls"), Answer::no);
    EXPECT_EQ(answer(as_in_the_paper(), "energy_prng", Booking::converged), Answer::no) << "76 uJ until round 30";
    EXPECT_EQ(answer(with([](auto& s) { s.trng.one_an_epoch_J = 45.9e-6; }), "energy_trng"), Answer::no);
    EXPECT_EQ(answer(with([](auto& s) { s.trng.one_an_epoch_J = 46.0e-6; }), "energy_trng"), Answer::yes);
    EXPECT_EQ(answer(with([](auto& s) { s.trng.one_an_epoch_J = s.prng.one_an_epoch_J; }), "energy_ratio"), Answer::no);
    EXPECT_EQ(answer(with([](auto& s) { s.trng_d2d.one_an_epoch_J *= 1.06; }), "variation_energy"), Answer::no);
}

TEST(Claims, OfTrainingsThatDrewNothingAreUnknown) {
    auto s = as_in_the_paper();
    for (auto* t : {&s.software, &s.prng, &s.trng, &s.trng_d2d}) std::fill(t->accuracy.begin(), t->accuracy.end(), 0.0);
    for (const char* name : {"near_software", "true_random", "variation_lowers", "holds"})
        EXPECT_EQ(answer(s, name), Answer::unknown) << name;
    EXPECT_EQ(answer(s, "images"), Answer::no);
    for (auto* t : {&s.prng, &s.trng}) t->energy_J.assign(10, 2.5e-6);  // no round 20
    for (const char* name : {"prng_rises", "trng_falls"}) EXPECT_EQ(answer(s, name), Answer::unknown) << name;
    s.prng.energy_J.back() = 2.6e-6;
    EXPECT_EQ(answer(s, "prng_rises"), Answer::yes);
}

TEST(Claims, ConvergenceIsTheFirstOfTheBestAndBookingsCountWhatTheySay) {
    auto s = as_in_the_paper();
    EXPECT_EQ(s.prng.at[s.prng.converged()], 30);
    EXPECT_EQ(s.trng.at[s.trng.converged()], 10) << "0.975 is within 0.01 of 0.98";
    EXPECT_EQ(s.trng.at[s.trng.best()], 20);
    EXPECT_DOUBLE_EQ(booked_J(s.prng, Booking::twenty_rounds), s.prng.cumulative_J[19]);
    EXPECT_DOUBLE_EQ(booked_J(s.prng, Booking::converged), s.prng.cumulative_J[29]);
    s.prng.cumulative_J.resize(10);
    EXPECT_TRUE(std::isnan(booked_J(s.prng, Booking::twenty_rounds)));
}

TEST(Claims, WhatNoReadingGivesIsSaid) {
    ReadingResult a, b;
    a.reading.name = "a", b.reading.name = "b";
    auto other = as_in_the_paper();
    for (auto* t : {&other.prng, &other.trng, &other.trng_d2d}) t->frechet.assign(20, 300);  // b has no images, a no falling energy
    auto flat = as_in_the_paper();
    flat.trng = flat.trng_d2d = flat.prng;
    a.seeds = {flat}, b.seeds = {other};
    a.scores = {score(flat, Booking::one_an_epoch)}, b.scores = {score(other, Booking::one_an_epoch)};
    EXPECT_EQ(b.n_shown(), claims().size() - 1);
    EXPECT_EQ(ranked({a, b}).front(), 1u);
    const std::string text = what_none_gives({a, b});
    EXPECT_NE(text.find("none both: recognisable digits in every crossbar variant; batch energy falls, true random"), std::string::npos)
        << text;
    EXPECT_NE(text.find(fmt::format("the most is {}", claims().size() - 1)), std::string::npos) << text;
    EXPECT_NE(what_none_gives({a}).find("No reading shows on every seed: batch energy falls"), std::string::npos);
    b.scores.push_back(a.scores[0]), b.seeds.push_back(flat);
    EXPECT_EQ(b.shown(claim("images")), (std::pair<std::size_t, std::size_t>{1, 2}));
}

}  // namespace
}  // namespace ganbar::study
