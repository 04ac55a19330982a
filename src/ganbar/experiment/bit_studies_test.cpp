#include "ganbar/bits/bit_studies.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/experiment/latents.h"
#include "ganbar/experiment/test_presets.h"

namespace ganbar {
namespace {

const DeviceRegistry& devices() { return test::registries().devices; }
using Sets = std::vector<std::string>;

TEST(BitStudies, ColumnsAreAFingerprintOthersAreGenerators) {
    const ChipStudy columns = study_chips(BitSource(Sets{"trng.comparator_offset=0 V"}, devices()), 3, 2, 1000);
    EXPECT_NEAR(columns.inter.mean, 0.5, 0.08);
    EXPECT_LT(columns.intra.mean, 0.02);
    EXPECT_NEAR(columns.selection.mean, 0.5, 0.05);
    EXPECT_EQ(columns.verdict.substr(0, 11), "fingerprint");
    for (const char* name : {"telegraph", "switching", "thermal"}) {
        const ChipStudy study = study_chips(BitSource(Sets{std::string("noise.generator=") + name}, devices()), 3, 2, 1000);
        EXPECT_NEAR(study.inter.mean, 0.5, 0.06) << name;
        EXPECT_NEAR(study.intra.mean, 0.5, 0.06) << name;
        EXPECT_EQ(study.verdict.substr(0, 9), "generator") << name;
    }
    EXPECT_THROW(study_chips(BitSource(Sets{}, devices()), 1, 2, 10), ConfigError);
}

TEST(BitStudies, PostProcessingDoesNotMakeAGenerator) {  // deletions shift the readings against each other, and nothing else
    const ChipStudy shifted = study_chips(BitSource(Sets{"trng.comparator_offset=0 V", "noise.post=von_neumann"}, devices()), 2, 2, 4000);
    EXPECT_GT(shifted.intra.mean, 0.4);
    EXPECT_LT(shifted.known_selection, 0.05);
    EXPECT_EQ(shifted.verdict.substr(0, shifted.verdict.find(':')), "fingerprint out of step");
    const ChipStudy heat = study_chips(BitSource(Sets{"noise.generator=thermal", "noise.post=von_neumann"}, devices()), 2, 2, 1000);
    EXPECT_GT(heat.known_selection, 0.9);
    EXPECT_EQ(heat.verdict.substr(0, 9), "generator");
}

TEST(BitStudies, RestartsTellRepetition) {
    const BitSource columns(Sets{"trng.comparator_offset=0 V", "trng.rewrite=never"}, devices());
    const RestartStudy repeated = study_restarts(columns, 100, 100, 20'000, true), fresh = study_restarts(columns, 100, 100, 20'000, false);
    EXPECT_FALSE(repeated.result.valid);
    EXPECT_GT(repeated.repeat_fraction, 0.98);
    EXPECT_TRUE(fresh.result.valid);
    EXPECT_NEAR(fresh.repeat_fraction, 0.5, 0.05);
    const RestartStudy heat = study_restarts(BitSource(Sets{"noise.generator=thermal"}, devices()), 100, 100, 20'000, true);
    EXPECT_TRUE(heat.result.valid);
    EXPECT_NE(to_text(repeated).find("FAILED"), std::string::npos);
    EXPECT_EQ(to_json(heat)["valid"], true);
}

TEST(BitStudies, BudgetSeparatesTheCauses) {
    const auto rows = entropy_budget({"trng.size=16", "trng.n_columns=8", "trng.n_rows=8"}, devices(), 20'000);
    const auto row = [&](const std::string& cause) {
        for (const auto& r : rows)
            if (r.cause == cause) return r;
        ADD_FAILURE() << cause;
        return BudgetRow{};
    };
    EXPECT_EQ(row("selection and spatial variation alone").known_selection, 0);
    EXPECT_EQ(row("selection and spatial variation alone").repeats, 1);
    EXPECT_GT(row("selection and spatial variation alone").outsider, 0.8);
    for (const char* cause : {"thermal noise", "shot noise", "1/f noise", "telegraph noise", "comparator noise", "write variation"})
        EXPECT_GT(row(cause).known_selection, 1e-4) << cause;
    EXPECT_GT(row("all").known_selection, row("all but write variation").known_selection);
    EXPECT_GT(row("all").known_selection, row("all, states of traps and 1/f noise seen").known_selection);
    EXPECT_GT(row("all, without spatial variation").known_selection, 10 * row("all but write variation").known_selection);
    for (const char* name : {"telegraph", "switching", "thermal"})
        for (const auto& r : entropy_budget({std::string("noise.generator=") + name}, devices(), 20'000))
            EXPECT_GT(r.known_selection, 0.05) << name << r.cause;
}

TEST(BitStream, PiecesAndRestoreGoOn) {
    for (const Sets& sets : {Sets{}, Sets{"noise.post=von_neumann"}, Sets{"noise.generator=thermal", "noise.post=sha256"}}) {
        const BitSource source(sets, devices());
        BitStream a = source.make(), b = source.make();
        const auto whole = take_bits(a, 1500);
        const auto head = take_bits(b, 701);
        const auto saved = b.state();
        EXPECT_EQ(head.packed(), whole.slice(0, 701).packed());
        BitStream c = source.make();
        c.restore(saved);
        EXPECT_EQ(take_bits(c, 799).packed(), whole.slice(701, 799).packed());
        EXPECT_THROW(c.restore(std::span(saved).first(9)), DataError);
        auto broken = saved;
        broken.back() = 255;
        EXPECT_THROW(c.restore(broken), DataError);
    }
}

Experiment experiment(const Sets& sets) {
    static const config::Presets presets({std::string(GANBAR_SOURCE_ROOT) + "/presets/experiments"});
    return load_experiment("satyam2022-balanced", presets, sets, test::registries());
}

TEST(Latents, EveryGeneratorAndFormFeedsAnExperiment) {
    for (const char* generator : {"columns", "telegraph", "switching", "thermal"})
        for (const char* form : {"bits", "uniform", "gaussian"}) {
            const Experiment e =
                experiment({std::string("noise.generator=") + generator, std::string("latent.form=") + form, "latent.bits_per_sample=6"});
            const auto latents = make_latents(e);
            Matrix z(50, 100);
            Ledger ledger;
            const Rng rng(1);
            Step step{rng, ledger, "training", false};
            latents->fill(z, step);
            double mean = 0, square = 0;
            for (std::size_t r = 0; r < 50; ++r)
                for (std::size_t c = 0; c < 100; ++c)
                    mean += static_cast<double>(z(r, c)) / 5000, square += static_cast<double>(z(r, c) * z(r, c)) / 5000;
            EXPECT_NEAR(mean, 0, 0.12) << generator << form;
            EXPECT_NEAR(square, std::string(form) == "uniform" ? 1.0 / 3 : 1.0, 0.1) << generator << form;
            EXPECT_EQ(ledger.total("training/noise/", "/vector").n, 50);
            EXPECT_GT(ledger.energy("training/noise/").si, 0);
            // The next vectors after a restore are the ones that would have come.
            const auto saved = latents->state();
            latents->fill(z, step);
            const auto again = make_latents(e);
            again->restore(saved);
            Matrix y(50, 100);
            again->fill(y, step);
            for (std::size_t c = 0; c < 100; ++c) EXPECT_EQ(z(49, c), y(49, c));
        }
}

TEST(Latents, EnergyPerVectorIsBitsTimesEnergyPerBit) {
    const auto energy = [](const char* form) {
        const Experiment e = experiment({"noise.generator=thermal", std::string("latent.form=") + form, "latent.bits_per_sample=5"});
        Matrix z(10, 100);
        Ledger ledger;
        const Rng rng(1);
        Step step{rng, ledger, "training", false};
        make_latents(e)->fill(z, step);
        return ledger.energy("training/noise/").si / 10;
    };
    EXPECT_NEAR(energy("bits"), 100 * (20e-6 * 100e-9 + 1e-13), 1e-17);
    EXPECT_NEAR(energy("gaussian"), 5 * energy("bits"), 1e-17);
}

}  // namespace
}  // namespace ganbar
