#include "ganbar/app/bit_tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "ganbar/core/parallel.h"
#include "ganbar/noise/series.h"
#include "ganbar/noise/sp800_22/suite.h"
#include "ganbar/noise/sp800_90b/estimators.h"

namespace ganbar::app {

namespace {

namespace nist = noise::sp800_22;
using Json = nlohmann::ordered_json;
using noise::BitString;
constexpr std::size_t most_entropy_bits = 4'000'000;  // SP 800-90B asks for a million; more costs memory, not insight
constexpr std::size_t n_lags = 100;

/// One test over one or many streams.
struct Row {
    std::string name, skipped;
    std::vector<double> p_values;            // stream by stream
    std::vector<nist::Verdict> verdicts;     // one for each p-value of the test; many streams only
    bool pass = false;
};

std::vector<Row> run_tests(const BitString& bits, const BitTestOptions& o) {
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
        const auto n_fail = static_cast<std::size_t>(std::count_if(row.verdicts.begin(), row.verdicts.end(), [](const auto& v) { return !v.pass; }));
        row.pass = !row.verdicts.empty() && n_fail <= (row.verdicts.size() > 1 ? 1 + row.verdicts.size() / 50 : 0);
    }
    return rows;
}

double largest_autocorrelation(const BitString& bits) {
    double top = 0;
    for (const double r : noise::autocorrelation(bits, n_lags)) top = std::max(top, std::abs(r));
    return top;
}

Json to_json(const BitString& bits, const BitTestOptions& o, const std::vector<Row>& rows, const noise::sp800_90b::Assessment& entropy) {
    Json out{{"n_bits", bits.size()}};
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
    h["min_entropy_per_bit"] = entropy.min_entropy_per_bit;
    h["estimators"] = Json::object();
    for (const auto& [name, value] : entropy.estimators) h["estimators"][name] = value;
    for (const auto& [name, reason] : entropy.skipped) h["skipped"][name] = reason;
    return out;
}

std::string to_text(const BitString& bits, const BitTestOptions& o, const std::vector<Row>& rows, const noise::sp800_90b::Assessment& entropy) {
    std::string out = fmt::format("{} bits", bits.size());
    if (o.n_streams > 1) out += fmt::format(", {} streams of {}", o.n_streams, bits.size() / o.n_streams);
    out += fmt::format("; bias {:+.6f}, largest autocorrelation at lags 1..{} {:.6f}\n\nSP 800-22 rev. 1a\n", noise::bias(bits), n_lags, largest_autocorrelation(bits));
    for (const Row& row : rows) {
        if (!row.skipped.empty()) {
            out += fmt::format("  skip  {:<28}{}\n", row.name, row.skipped);
            continue;
        }
        const double least = *std::min_element(row.p_values.begin(), row.p_values.end());
        out += fmt::format("  {}  {:<28}", row.pass ? "pass" : "FAIL", row.name);
        if (row.verdicts.empty()) {
            out += row.p_values.size() == 1 ? fmt::format("p = {:.6f}\n", least) : fmt::format("smallest of {} p-values {:.6f}\n", row.p_values.size(), least);
            continue;
        }
        double proportion = 1, uniform = 1;
        for (const auto& v : row.verdicts) {
            proportion = std::min(proportion, static_cast<double>(v.n_pass) / static_cast<double>(v.n_streams));
            uniform = std::min(uniform, v.uniformity_p);
        }
        out += fmt::format("lowest proportion {:.4f} (at least {:.4f}), lowest uniformity p {:.6f}, rows {}\n", proportion, row.verdicts[0].proportion_lo, uniform, row.verdicts.size());
    }
    if (!o.entropy) return out;
    out += fmt::format("\nSP 800-90B, min-entropy per bit (first {} bits)\n", std::min(bits.size(), most_entropy_bits));
    for (const auto& [name, h] : entropy.estimators) out += fmt::format("        {:<28}{:.6f}\n", name, h);
    for (const auto& [name, reason] : entropy.skipped) out += fmt::format("  skip  {:<28}{}\n", name, reason);
    return out + fmt::format("        {:<28}{:.6f}\n", "assessment", entropy.min_entropy_per_bit);
}

}  // namespace

std::string test_bits(const BitString& bits, const BitTestOptions& o) {
    if (bits.size() == 0) throw DataError("no bits to test");
    if (o.n_streams == 0 || o.n_streams > bits.size()) throw ConfigError(fmt::format("cannot cut {} bits into {} streams", bits.size(), o.n_streams));
    const std::vector<Row> rows = run_tests(bits, o);
    noise::sp800_90b::Assessment entropy;
    if (o.entropy) entropy = noise::sp800_90b::assess(bits.size() > most_entropy_bits ? bits.slice(0, most_entropy_bits) : bits);
    return o.json ? to_json(bits, o, rows, entropy).dump(2) + "\n" : to_text(bits, o, rows, entropy);
}

}  // namespace ganbar::app
