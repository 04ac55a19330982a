#include "ganbar/bits/bit_tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "ganbar/core/parallel.h"
#include "ganbar/noise/series.h"
#include "ganbar/noise/sp800_22/suite.h"
#include "ganbar/noise/sp800_90b/estimators.h"

namespace ganbar {

namespace {

namespace nist = noise::sp800_22;
using Json = nlohmann::ordered_json;
using noise::BitString;
constexpr std::size_t most_entropy_bits = 4'000'000;  // SP 800-90B asks for a million; more costs memory, not insight
constexpr std::size_t n_lags = 100;

using Row = BitTestRow;
}  // namespace

std::vector<BitTestRow> run_bit_tests(const BitString& bits, const BitTestOptions& o) {
    const std::size_t length = bits.size() / o.n_streams;
    const auto constants = o.as_printed ? nist::Constants::as_printed : nist::Constants::corrected;
    std::vector<std::vector<nist::TestResult>> streams(o.n_streams);
    if (o.n_streams == 1) streams[0] = nist::run_all(bits, constants);
    else parallel_for(o.n_streams, [&](std::size_t s) { streams[s] = nist::run_all(bits.slice(s * length, length), constants); });
    std::vector<Row> rows;
    for (std::size_t t = 0; t < streams[0].size(); ++t) {
        Row row{streams[0][t].name, streams[0][t].skipped, {}, {}};
        for (const auto& s : streams) {
            if (s[t].p_values.empty()) continue;
            row.skipped.clear();
            row.p_values.insert(row.p_values.end(), s[t].p_values.begin(), s[t].p_values.end());
        }
        row.pass = o.n_streams == 1 && streams[0][t].pass;
        rows.push_back(std::move(row));
    }
    if (o.n_streams == 1) return rows;
    for (const auto& v : nist::judge_streams(streams))
        for (Row& row : rows)
            if (row.name == v.name) row.verdicts.push_back(v);
    for (Row& row : rows) {
        // A good row fails once in 500; of many rows a few may.
        const auto n_fail =
            static_cast<std::size_t>(std::count_if(row.verdicts.begin(), row.verdicts.end(), [](const auto& v) { return !v.pass; }));
        row.pass = !row.verdicts.empty() && n_fail <= (row.verdicts.size() > 1 ? 1 + row.verdicts.size() / 50 : 0);
    }
    return rows;
}

namespace {

double largest_autocorrelation(const BitString& bits) {
    double top = 0;
    for (const double r : noise::autocorrelation(bits, n_lags)) top = std::max(top, std::abs(r));
    return top;
}

/// SP 800-90B: the assessment, and the restart tests where they were asked for.
struct Entropy {
    noise::sp800_90b::Assessment assessment;
    double initial = 0;
    noise::sp800_90b::Restart restart;
};

Json to_json(const BitString& bits, const BitTestOptions& o, const std::vector<Row>& rows, const Entropy& found,
             const std::vector<std::string>& warnings) {
    const auto& entropy = found.assessment;
    Json out{{"n_bits", bits.size()}};
    if (!warnings.empty()) out["warnings"] = warnings;
    if (o.n_streams > 1) out["n_streams"] = o.n_streams, out["bits_per_stream"] = bits.size() / o.n_streams;
    out["bias"] = noise::bias(bits);
    out["largest_autocorrelation"] = largest_autocorrelation(bits);
    for (const Row& row : rows) {
        Json test{{"name", row.name}};
        if (!row.skipped.empty()) {
            test["skipped"] = row.skipped;
        } else {
            test["p_values"] = row.p_values;
            test["pass"] = row.pass;
            for (const auto& v : row.verdicts) {
                test["proportions"].push_back(static_cast<double>(v.n_pass) / static_cast<double>(v.n_streams));
                test["uniformity_p_values"].push_back(v.uniformity_p);
            }
        }
        out["sp800_22"].push_back(std::move(test));
    }
    if (!o.entropy) return out;
    Json& h = out["sp800_90b"];
    h["n_bits"] = std::min(bits.size(), most_entropy_bits);
    h["min_entropy_per_bit"] = entropy.assessed() ? Json(entropy.min_entropy_per_bit) : Json(nullptr);
    h["estimators"] = Json::object();
    for (const auto& [name, value] : entropy.estimators) h["estimators"][name] = value;
    for (const auto& [name, reason] : entropy.skipped) h["skipped"][name] = reason;
    if (o.n_restarts > 0) {
        const auto& r = found.restart;
        h["restart"] = {{"n_restarts", o.n_restarts},
                        {"bits_per_restart", bits.size() / o.n_restarts},
                        {"initial_min_entropy", found.initial},
                        {"largest_count", r.largest_count},
                        {"cutoff", r.cutoff},
                        {"row_min_entropy", r.row_entropy},
                        {"column_min_entropy", r.column_entropy},
                        {"sane", r.sane},
                        {"valid", r.valid},
                        {"min_entropy_per_bit", r.min_entropy_per_bit}};
    }
    return out;
}

std::string to_text(const BitString& bits, const BitTestOptions& o, const std::vector<Row>& rows, const Entropy& found) {
    const auto& entropy = found.assessment;
    std::string out = fmt::format("{} bits", bits.size());
    if (o.n_streams > 1) out += fmt::format(", {} streams of {}", o.n_streams, bits.size() / o.n_streams);
    out += fmt::format("; bias {:+.6f}, largest autocorrelation at lags 1..{} {:.6f}\n\nSP 800-22 rev. 1a\n", noise::bias(bits), n_lags,
                       largest_autocorrelation(bits));
    for (const Row& row : rows) {
        if (!row.skipped.empty()) {
            out += fmt::format("  skip  {:<28}{}\n", row.name, row.skipped);
            continue;
        }
        const double least = *std::min_element(row.p_values.begin(), row.p_values.end());
        out += fmt::format("  {}  {:<28}", row.pass ? "pass" : "FAIL", row.name);
        if (row.verdicts.empty()) {
            out += row.p_values.size() == 1 ? fmt::format("p = {:.6f}\n", least)
                                            : fmt::format("smallest of {} p-values {:.6f}\n", row.p_values.size(), least);
            continue;
        }
        double proportion = 1, uniform = 1;
        for (const auto& v : row.verdicts) {
            proportion = std::min(proportion, static_cast<double>(v.n_pass) / static_cast<double>(v.n_streams));
            uniform = std::min(uniform, v.uniformity_p);
        }
        out += fmt::format("lowest proportion {:.4f} (at least {:.4f}), lowest uniformity p {:.6f}, rows {}\n", proportion,
                           row.verdicts[0].proportion_lo, uniform, row.verdicts.size());
    }
    if (!o.entropy) return out;
    out += fmt::format("\nSP 800-90B, min-entropy per bit (first {} bits)\n", std::min(bits.size(), most_entropy_bits));
    for (const auto& [name, h] : entropy.estimators) out += fmt::format("        {:<28}{:.6f}\n", name, h);
    for (const auto& [name, reason] : entropy.skipped) out += fmt::format("  skip  {:<28}{}\n", name, reason);
    out += entropy.assessed() ? fmt::format("        {:<28}{:.6f}\n", "assessment", entropy.min_entropy_per_bit)
                              : fmt::format("        {:<28}not assessed\n", "assessment");
    if (o.n_restarts == 0) return out;
    const auto& r = found.restart;
    return out + fmt::format(
                     "\nrestart tests, {} restarts of {} bits\n  {}  rows {:.6f}, columns {:.6f}, initial {:.6f}; largest count {} (at "
                     "most {})\n",
                     o.n_restarts, bits.size() / o.n_restarts, r.valid ? "pass" : "FAIL", r.row_entropy, r.column_entropy, found.initial,
                     r.largest_count, r.cutoff);
}

}  // namespace

std::vector<std::string> bit_test_warnings(const BitString& bits, const BitTestOptions& o) {
    std::vector<std::string> out;
    namespace nist90b = noise::sp800_90b;
    if (o.entropy && bits.size() < nist90b::recommended_bits)
        out.push_back(fmt::format(
            "{} bits are fewer than the {} that SP 800-90B section 3.1.1 asks for: its estimates lie lower the fewer bits there are",
            bits.size(), nist90b::recommended_bits));
    if (o.n_restarts > 0 && std::min(o.n_restarts, bits.size() / o.n_restarts) < nist90b::recommended_restarts)
        out.push_back(fmt::format("{} restarts of {} bits are fewer than the {} of {} that SP 800-90B section 3.1.4 asks for", o.n_restarts,
                                  bits.size() / o.n_restarts, nist90b::recommended_restarts, nist90b::recommended_restarts));
    constexpr std::size_t least_streams = 55, tried = 100;  // sections 4.2.2 and 4.2.1: at least 55, and 1/alpha
    if (o.n_streams > 1 && o.n_streams < least_streams)
        out.push_back(
            fmt::format("{} streams are fewer than the {} that SP 800-22 section 4.2.2 asks for to judge uniformity, and the {} for "
                        "proportions at its level of 0.01",
                        o.n_streams, least_streams, tried));
    return out;
}

std::string test_bits(const BitString& bits, const BitTestOptions& o, const std::vector<std::string>& warnings) {
    if (bits.size() == 0) throw DataError("no bits to test");
    if (o.n_streams == 0 || o.n_streams > bits.size())
        throw ConfigError(fmt::format("cannot cut {} bits into {} streams", bits.size(), o.n_streams));
    const std::vector<Row> rows = run_bit_tests(bits, o);
    if (o.n_restarts > 0 && (!o.entropy || bits.size() % o.n_restarts != 0))
        throw ConfigError(
            fmt::format("restart tests need SP 800-90B and restarts of equal length; {} bits are not {} times the same number", bits.size(),
                        o.n_restarts));
    Entropy entropy;
    if (o.entropy) entropy.assessment = noise::sp800_90b::assess(bits.size() > most_entropy_bits ? bits.slice(0, most_entropy_bits) : bits);
    if (o.n_restarts > 0) {
        if (o.initial_entropy < 0 && !entropy.assessment.assessed())
            throw ConfigError(fmt::format(
                "{} bits are too few to estimate the min-entropy that restarts are held against; expected --initial-entropy, or more bits",
                bits.size()));
        entropy.initial = o.initial_entropy >= 0 ? o.initial_entropy : entropy.assessment.min_entropy_per_bit;
        entropy.restart = noise::sp800_90b::restart_test(bits, entropy.initial, o.n_restarts, bits.size() / o.n_restarts);
    }
    return o.json ? to_json(bits, o, rows, entropy, warnings).dump(2) + "\n" : to_text(bits, o, rows, entropy);
}

}  // namespace ganbar
