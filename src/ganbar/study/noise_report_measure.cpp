// The measurements behind `ganbar noise report`.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "ganbar/data/csv.h"
#include "ganbar/data/png.h"
#include "ganbar/report/write_report.h"
#include "ganbar/run/run.h"
#include "ganbar/study/noise_report.h"

namespace ganbar::study {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t stream_bits = 1'000'000;

struct SourceCase {
    std::string label;
    std::vector<std::string> sets;
};
const std::vector<SourceCase>& source_cases() {
    static const std::vector<SourceCase> cases = {
        {"columns, as assumed", {}},
        {"columns, no offset", {"trng.comparator_offset=0 V"}},
        {"columns, no offset, written once", {"trng.comparator_offset=0 V", "trng.rewrite=never"}},
        {"columns, no offset, write variation 30%", {"trng.comparator_offset=0 V", "noise_device.c2c=0.3"}},
        {"columns, as assumed, von Neumann", {"noise.post=von_neumann"}},
        {"telegraph", {"noise.generator=telegraph"}},
        {"telegraph, SHA-256", {"noise.generator=telegraph", "noise.post=sha256"}},
        {"switching", {"noise.generator=switching"}},
        {"thermal", {"noise.generator=thermal"}},
        {"thermal, SHA-256", {"noise.generator=thermal", "noise.post=sha256"}},
    };
    return cases;
}

std::string joined(const std::vector<std::string>& sets) {
    std::string out;
    for (const auto& s : sets) out += (out.empty() ? "" : ", ") + s;
    return out;
}

/// The first 128 x 128 bits, each a square of two by two pixels, ones light.
std::string picture_of(const noise::BitString& bits) {
    constexpr std::size_t side = 128, up = 2;
    Image image(side * up, side * up, 1);
    for (std::size_t y = 0; y < side * up; ++y)
        for (std::size_t x = 0; x < side * up; ++x) *image.at(x, y) = bits[y / up * side + x / up] ? 235 : 20;
    const Bytes png = png_bytes(image);
    return {png.begin(), png.end()};
}

void judge(SourceResult& r, const noise::BitString& bits) {
    BitTestOptions options;
    options.n_streams = r.n_streams;
    r.n_bits = bits.size();
    r.tests = run_bit_tests(bits, options);
    r.min_entropy = noise::sp800_90b::assess(bits.slice(0, stream_bits)).min_entropy_per_bit;
    r.picture_png = picture_of(bits);
}

struct LatentCase {
    std::string key, source, coding;
    std::vector<std::string> sets;
    bool in_quick = false;
};
std::vector<LatentCase> latent_cases(bool quick) {
    const std::vector<std::string> pm1 = {"latent.coding=pm1"}, zero_one = {"latent.coding=01"},
                                   uniform = {"latent.form=uniform", "latent.bits_per_sample=4"},
                                   gaussian = {"latent.form=gaussian", "latent.bits_per_sample=4"};
    const auto with = [](std::vector<std::string> a, const std::vector<std::string>& b) {
        a.insert(a.end(), b.begin(), b.end());
        return a;
    };
    std::vector<LatentCase> cases = {{"prng-normal", "pseudo-random", "normal, full precision", {"latent.source=gaussian"}, true},
                                     {"prng-uniform", "pseudo-random", "uniform, full precision", {"latent.source=uniform"}, false}};
    struct From {
        std::string key, label;
        std::vector<std::string> sets;
    };
    const std::vector<From> sources = {{"prng", "pseudo-random", {"latent.source=bits"}},
                                       {"columns", "columns, as assumed", {"latent.source=array"}},
                                       {"telegraph", "telegraph", {"latent.source=array", "noise.generator=telegraph"}},
                                       {"switching", "switching", {"latent.source=array", "noise.generator=switching"}},
                                       {"thermal", "thermal", {"latent.source=array", "noise.generator=thermal"}}};
    for (const auto& s : sources) {
        cases.push_back({s.key + "-pm1", s.label, "bits, -1 and +1", with(s.sets, pm1), true});
        if (s.key == "prng" || s.key == "columns")
            cases.push_back({s.key + "-01", s.label, "bits, 0 and 1", with(s.sets, zero_one), s.key == "columns"});
        if (s.key == "prng" || s.key == "thermal")
            cases.push_back({s.key + "-uniform4", s.label, "uniform of 4 bits", with(s.sets, uniform), false});
        if (s.key == "prng" || s.key == "thermal")
            cases.push_back({s.key + "-normal4", s.label, "normal of 4 bits", with(s.sets, gaussian), false});
    }
    cases.push_back(
        {"columns-once-pm1", "columns, written once", "bits, -1 and +1", with({"latent.source=array", "trng.rewrite=never"}, pm1), false});
    cases.push_back({"columns-offset-pm1", "columns, offset of 5 mV", "bits, -1 and +1",
                     with({"latent.source=array", "trng.comparator_offset=5 mV"}, pm1), false});
    if (quick) std::erase_if(cases, [](const LatentCase& c) { return !c.in_quick; });
    return cases;
}

}  // namespace

std::size_t SourceResult::n_passed() const {
    return static_cast<std::size_t>(std::count_if(tests.begin(), tests.end(), [](const auto& t) { return t.pass; }));
}

std::size_t SourceResult::n_run() const {
    return static_cast<std::size_t>(std::count_if(tests.begin(), tests.end(), [](const auto& t) { return t.skipped.empty(); }));
}

std::vector<double> LatentResult::values(const std::string& key) const {
    std::vector<double> out;
    for (const auto& r : runs)
        if (const auto v = r.summary.number(key)) out.push_back(*v);
    return out;
}

std::vector<double> LatentResult::energy_at(double target) const {
    std::vector<double> out;
    for (const auto& r : runs) {
        const auto *round = r.quality.find("round"), *distance = r.quality.find("frechet_distance"),
                   *energy = r.metrics.find("cumulative_update_energy_J");
        if (round == nullptr || distance == nullptr || energy == nullptr) continue;
        for (std::size_t i = 0; i < round->size(); ++i) {
            const auto at = static_cast<std::size_t>((*round)[i]);
            if ((*distance)[i] > target || at == 0 || at > energy->size()) continue;
            out.push_back((*energy)[at - 1]);
            break;
        }
    }
    return out;
}

std::vector<SourceResult> measure_sources(const NoiseReportOptions& o, const Context& context) {
    std::vector<SourceResult> out;
    const auto n_streams = static_cast<std::size_t>(o.streams);
    const auto go_on = [&] {
        if (context.observer.stop()) throw Interrupted("stopped while sources were measured; the same command measures them anew");
    };
    for (const auto& c : source_cases()) {
        go_on();
        context.say(c.label + " ...");
        SourceResult r{c.label, joined(c.sets), {}, {}, 0, n_streams, 0, {}, {}, "", false};
        const BitSource source(c.sets, context.registries.devices);
        BitStream stream = source.make();
        stream.watch(true);
        const noise::BitString bits = take_bits(stream, n_streams * stream_bits);
        r.made = report_of(source, stream, static_cast<std::int64_t>(bits.size()));
        go_on();
        judge(r, bits);
        go_on();
        r.chips = study_chips(source, o.quick ? 4 : 8, o.quick ? 2 : 4, 4096);
        go_on();
        const std::size_t n = o.quick ? 300 : 1000;
        r.restarts = study_restarts(source, n, n, o.quick ? 200'000 : 1'000'000, true);
        out.push_back(std::move(r));
    }
    SourceResult control{"pseudo-random (Philox)", "", {}, {}, 0, n_streams, 0, {}, {}, "", true};
    Rng rng = Rng(1).stream("control");
    noise::BitString bits;
    while (bits.size() < n_streams * stream_bits)
        for (std::uint32_t word = rng.bits(), k = 0; k < 32 && bits.size() < n_streams * stream_bits; ++k) bits.push_back(word >> k & 1);
    judge(control, bits);
    out.push_back(std::move(control));
    return out;
}

std::vector<LatentResult> train_latents(const NoiseReportOptions& o, const Context& context) {
    std::vector<LatentResult> out;
    for (const auto& c : latent_cases(o.quick)) {
        LatentResult r{c.source, c.coding, joined(c.sets), {}};
        for (std::int64_t seed = 1; seed <= o.seeds; ++seed) {
            auto sets = c.sets;
            sets.push_back(fmt::format("experiment.seed={}", seed));
            sets.push_back(o.quick ? "evaluation.every=40" : "evaluation.every=50");
            sets.push_back("train.snapshot_every=0");
            sets.push_back("train.checkpoint_every=0");
            if (o.quick) sets.push_back("train.rounds=80");
            sets.insert(sets.end(), o.sets.begin(), o.sets.end());
            const RunResult result = context.train(context.load("satyam2022-balanced", sets), o.out / c.key / fmt::format("seed{}", seed),
                                                   fmt::format("{}, {}, seed {}", c.source, c.coding, seed));
            r.runs.push_back(report::read_run(result.folder.string()));
        }
        out.push_back(std::move(r));
    }
    return out;
}

namespace {

nlohmann::ordered_json results_json(const std::vector<SourceResult>& sources, const std::vector<BudgetRow>& budget,
                                    const std::vector<LatentResult>& latents) {
    nlohmann::ordered_json out;
    for (const auto& s : sources) {
        nlohmann::ordered_json j{{"source", s.label},  {"set", s.set},
                                 {"n_bits", s.n_bits}, {"tests_passed", s.n_passed()},
                                 {"tests", s.n_run()}, {"min_entropy_per_bit", s.min_entropy}};
        for (const auto& t : s.tests) j["sp800_22"][t.name] = t.pass;
        if (!s.is_control) {
            const auto n = static_cast<double>(s.made.n_bits);
            j["energy_per_bit_J"] = s.made.energy_J / n, j["throughput_bit_per_s"] = s.made.throughput_per_s(),
            j["area_m2"] = s.made.area_m2;
            j["bias"] = s.made.bias, j["min_entropy_known_selection"] = s.made.min_entropy_known_selection,
            j["repeat_probability"] = s.made.repeat_probability;
            j["selection_bits_per_raw_bit"] = s.made.selection_bits;
            j["chips"] = to_json(s.chips), j["restart"] = to_json(s.restarts);
        }
        out["sources"].push_back(std::move(j));
    }
    out["budget"] = to_json(budget);
    out["latents"] = nlohmann::ordered_json::array();
    for (const auto& l : latents) {
        nlohmann::ordered_json j{{"source", l.source}, {"coding", l.coding}, {"set", l.set}};
        for (const char* key : {"frechet_distance", "coverage", "classifier_accuracy", "recall", "update_energy_J", "noise_energy_J",
                                "read_energy_J", "converter_energy_J"})
            j[key] = l.values(key);
        out["latents"].push_back(std::move(j));
    }
    return out;
}

/// A row a training.
void write_table(const std::vector<LatentResult>& latents, const fs::path& path) {
    const std::vector<std::string> measures{"frechet_distance", "coverage", "classifier_accuracy", "update_energy_J", "noise_energy_J"};
    std::vector<std::string> head{"source", "coding", "seed"};
    head.insert(head.end(), measures.begin(), measures.end());
    fs::remove(path);
    auto csv = CsvWriter::create(path, head);
    for (const auto& l : latents)
        for (std::size_t k = 0; k < l.runs.size(); ++k) {
            std::vector<CsvValue> row{l.source, l.coding, static_cast<std::int64_t>(k + 1)};
            for (const auto& key : measures) row.emplace_back(l.runs[k].summary.number(key).value_or(std::nan("")));
            csv.row(row);
        }
    csv.sync();
}

}  // namespace

void write_noise_report(const NoiseReportOptions& o, const Context& context) {
    std::vector<std::string> own;
    for (const auto& c : latent_cases(o.quick)) own.insert(own.end(), c.sets.begin(), c.sets.end());
    check_sets(o.sets, own);
    if (o.train) context.check_images(context.load("satyam2022-balanced", o.sets));
    const StudyFolder folder(o.out, "noise report");
    const auto sources = measure_sources(o, context);
    context.say("entropy by cause ...");
    const std::size_t n = o.quick ? 20'000 : 100'000;
    if (context.observer.stop()) throw Interrupted("stopped after the sources were measured; the same command measures them anew");
    const auto budget = entropy_budget({}, context.registries.devices, n);
    std::vector<std::vector<BudgetRow>> others;
    for (const char* name : {"telegraph", "switching", "thermal"})
        others.push_back(entropy_budget({fmt::format("noise.generator={}", name)}, context.registries.devices, n));
    std::vector<LatentResult> latents;
    if (o.train) latents = train_latents(o, context);
    write_file(o.out / "results.json", results_json(sources, budget, latents).dump(1) + "\n", Replace::yes);
    if (o.train) write_table(latents, o.out / "results.csv");
    report::write_report(compose_noise_report(o, sources, budget, others, latents), o.html.string(), true);
}

}  // namespace ganbar::study
