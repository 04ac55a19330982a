#include "ganbar/bits/bit_studies.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ganbar {

namespace {

noise::Distances pooled(const std::vector<noise::Distances>& parts) {
    noise::Distances out;
    double square = 0;
    for (const auto& d : parts) {
        const auto n = static_cast<double>(d.n_pairs);
        out.mean += n * d.mean, square += n * (d.deviation * d.deviation + d.mean * d.mean), out.n_pairs += d.n_pairs;
    }
    if (out.n_pairs == 0) return out;
    out.mean /= static_cast<double>(out.n_pairs);
    out.deviation = std::sqrt(std::max(0.0, square / static_cast<double>(out.n_pairs) - out.mean * out.mean));
    return out;
}

std::string verdict_of(const ChipStudy& s) {
    if (s.inter.mean > 0.4 && s.intra.mean < 0.1)
        return "fingerprint: the bits are a function of chip and selection, like a physically unclonable function";
    if (s.intra.mean > 0.4 && s.known_selection < 0.1)
        return fmt::format(
            "fingerprint out of step: readings differ because post-processing shifts them, yet who knows chip and selection can foretell "
            "all but {:.3f} bits of a bit",
            s.known_selection);
    if (s.intra.mean > 0.4) return "generator: reading again gives other bits";
    if (s.inter.mean < 0.1) return "constant: all chips give nearly the same bits";
    return "between: part of every bit repeats, part does not";
}

// Settings under which nothing fluctuates; devices name their cycle-to-cycle parameter alike.
std::vector<std::string> quiet_columns(const DeviceEntry& device) {
    std::vector<std::string> out = {"trng.read_noise_scale=0", "trng.shot=false",           "trng.flicker=false",
                                    "trng.telegraph=false",    "trng.comparator_noise=0 V", "trng.comparator_offset=0 V"};
    for (const char* name : {"c2c", "write_noise"})
        if (std::find(device.param_names.begin(), device.param_names.end(), name) != device.param_names.end())
            out.push_back(fmt::format("noise_device.{}=0", name));
    return out;
}

struct Case {
    std::string cause;
    std::vector<std::string> quiet, sets;
    bool slow = false;
};

std::vector<Case> column_cases(const BitSource& base, const DeviceEntry& device) {
    const TrngParams& p = base.tables().trng;
    const auto has = [&](const char* name) {
        return std::find(device.param_names.begin(), device.param_names.end(), name) != device.param_names.end();
    };
    const auto quiet = quiet_columns(device);
    const std::string thermal = fmt::format("trng.read_noise_scale={}", p.read_noise_scale > 0 ? p.read_noise_scale : 1);
    const std::string comparator =
        fmt::format("trng.comparator_noise={} V", p.comparator_noise.si > 0 ? p.comparator_noise.si : TrngParams{}.comparator_noise.si);
    std::vector<Case> cases = {{"selection and spatial variation alone", quiet, {}, false},
                               {"thermal noise", quiet, {thermal}, false},
                               {"shot noise", quiet, {"trng.shot=true"}, false},
                               {"1/f noise", quiet, {"trng.flicker=true", "trng.observer=chip"}, true},
                               {"telegraph noise", quiet, {"trng.telegraph=true", "trng.observer=chip"}, false},
                               {"comparator noise", quiet, {comparator}, false}};
    if (has("c2c")) cases.push_back({"write variation", quiet, {"noise_device.c2c=0.3"}, false});
    std::vector<std::string> all = {thermal,
                                    comparator,
                                    "trng.shot=true",
                                    "trng.flicker=true",
                                    "trng.telegraph=true",
                                    "trng.observer=chip",
                                    "trng.comparator_offset=0 V"};
    cases.push_back({"all but write variation", {}, all, true});
    if (has("c2c")) all.push_back("noise_device.c2c=0.3");
    cases.push_back({"all", {}, all, true});
    all.push_back("trng.observer=states");
    cases.push_back({"all, states of traps and 1/f noise seen", {}, all, true});
    if (has("d2d")) {
        all.back() = "noise_device.d2d=off";
        cases.push_back({"all, without spatial variation", {}, all, true});
    }
    all.back() = "trng.fixed_selection=true";
    cases.push_back({"all, the same cells for every bit", {}, all, true});
    return cases;
}

std::vector<Case> cases_of(const BitSource& base, const DeviceRegistry& devices) {
    switch (base.tables().noise.generator) {
        case GeneratorKind::telegraph: {
            const std::vector<std::string> quiet = {"telegraph_trng.thermal=false", "telegraph_trng.shot=false",
                                                    "telegraph_trng.comparator_noise=0 A"};
            return {{"traps alone", quiet, {}, false},
                    {"as set", {}, {}, false},
                    {"as set, cells not screened", {}, {"telegraph_trng.screening=0.5"}, false}};
        }
        case GeneratorKind::switching: {
            const std::vector<std::string> ideal = {"switching_trng.spread=0", "switching_trng.cycle_spread=0",
                                                    "switching_trng.trim_step=0 V"};
            return {{"waiting time alone", ideal, {}, false},
                    {"waiting time, trim in steps", {"switching_trng.cycle_spread=0"}, {}, false},
                    {"as set", {}, {}, false},
                    {"as set, one amplitude for all cells", {}, {"switching_trng.trim=common"}, false}};
        }
        case GeneratorKind::thermal: {
            const std::vector<std::string> ideal = {"thermal_trng.amplifier_noise_factor=1", "thermal_trng.comparator_noise=0 A",
                                                    "thermal_trng.offset=0 A"};
            return {{"thermal noise of the cell alone", ideal, {}, false},
                    {"as set", {}, {}, false},
                    {"as set, ten times the offset",
                     {},
                     {fmt::format("thermal_trng.offset={} A", 10 * base.tables().thermal.offset.si)},
                     false}};
        }
        case GeneratorKind::columns: break;
    }
    return column_cases(base, devices.get(base.device()));
}

}  // namespace

ChipStudy study_chips(const BitSource& source, std::size_t n_chips, std::size_t n_readings, std::size_t n_bits) {
    if (n_chips < 2 || n_readings < 2) throw ConfigError("distances need at least two chips and two readings");
    ChipStudy study{n_chips, n_readings, n_bits, {}, {}, {}, {}, 1, ""};
    const Rng root = source.root_rng().stream("chip study");
    std::vector<noise::BitString> first;
    std::vector<noise::Distances> intra, selection;
    for (std::size_t c = 0; c < n_chips; ++c) {
        const auto fresh = [&](const char* what, std::size_t k) { return root.stream(what, c * 1'000'000 + k); };
        BitStream stream = source.make(TrngStreams(root.stream("chip", c), root.stream("selection"), fresh("noise", 0)));
        stream.watch(c == 0);
        std::vector<noise::BitString> readings, others;
        for (std::size_t r = 0; r < n_readings; ++r) {
            if (r > 0) stream.restart(root.stream("selection"), fresh("noise", r));
            readings.push_back(take_bits(stream, n_bits));
        }
        for (std::size_t r = 0; r < n_readings; ++r) {
            stream.restart(fresh("other selection", r), fresh("other noise", r));
            others.push_back(take_bits(stream, n_bits));
        }
        if (c == 0) study.known_selection = known_per_bit(report_of(source, stream, static_cast<std::int64_t>(2 * n_readings * n_bits)));
        intra.push_back(noise::pairwise_distances(readings));
        selection.push_back(noise::pairwise_distances(others));
        study.ones.push_back(static_cast<double>(readings.front().count_ones()) / static_cast<double>(n_bits));
        first.push_back(std::move(readings.front()));
    }
    study.inter = noise::pairwise_distances(first);
    study.intra = pooled(intra);
    study.selection = pooled(selection);
    study.verdict = verdict_of(study);
    return study;
}

RestartStudy study_restarts(const BitSource& source, std::size_t n_restarts, std::size_t n_bits, std::size_t n_initial, bool repeated) {
    RestartStudy study{n_restarts, n_bits, repeated, 0, {}, 0};
    BitStream stream = source.make();
    const auto initial = noise::sp800_90b::assess(take_bits(stream, n_initial));
    if (!initial.assessed())
        throw ConfigError(
            fmt::format("{} bits are too few to estimate the min-entropy that restarts are held against; use more (--initial)", n_initial));
    study.initial = initial.min_entropy_per_bit;
    const Rng root = source.root_rng().stream("restarts");
    noise::BitString all, before;
    all.reserve(n_restarts * n_bits);
    for (std::size_t r = 0; r < n_restarts; ++r) {
        stream.restart(root.stream("selection", repeated ? 0 : r), root.stream("noise", r));
        const noise::BitString bits = take_bits(stream, n_bits);
        for (std::size_t i = 0; i < n_bits; ++i) all.push_back(bits[i]);
        if (r > 0) study.repeat_fraction += (1 - noise::hamming_distance(before, bits)) / static_cast<double>(n_restarts - 1);
        before = bits;
    }
    study.result = noise::sp800_90b::restart_test(all, study.initial, n_restarts, n_bits);
    return study;
}

std::vector<BudgetRow> entropy_budget(const std::vector<std::string>& assignments, const DeviceRegistry& devices, std::size_t n_bits) {
    const BitSource base(assignments, devices);
    std::vector<BudgetRow> rows;
    for (const Case& c : cases_of(base, devices)) {
        std::vector<std::string> sets = assignments;
        sets.insert(sets.end(), c.quiet.begin(), c.quiet.end());
        sets.insert(sets.end(), c.sets.begin(), c.sets.end());
        BudgetRow row{c.cause, "", "", c.slow ? std::max<std::size_t>(1000, n_bits / 20) : n_bits, 0, 0, 0, 0};  // 1/f noise takes its time
        BitReport report;
        const noise::BitString bits = make_bits(sets, row.n_bits, devices, report);
        for (const auto* list : {&c.quiet, &c.sets})
            for (const auto& s : *list) row.setting += (row.setting.empty() ? "" : ", ") + s;
        for (const auto& s : c.sets) row.on += (row.on.empty() ? "" : ", ") + s;
        row.outsider = noise::sp800_90b::most_common_value(bits.unpacked());
        row.known_selection = report.min_entropy_known_selection, row.repeats = report.repeat_probability, row.bias = report.bias;
        rows.push_back(std::move(row));
    }
    return rows;
}

nlohmann::ordered_json to_json(const ChipStudy& s) {
    const auto distances = [](const noise::Distances& d) {
        return nlohmann::ordered_json{{"mean", d.mean}, {"deviation", d.deviation}, {"n_pairs", d.n_pairs}};
    };
    return {{"n_chips", s.n_chips},
            {"n_readings", s.n_readings},
            {"n_bits", s.n_bits},
            {"inter_device_distance", distances(s.inter)},
            {"intra_device_distance", distances(s.intra)},
            {"other_selection_distance", distances(s.selection)},
            {"repeat_fraction", 1 - s.intra.mean},
            {"ones_by_chip", s.ones},
            {"min_entropy_known_selection", s.known_selection},
            {"verdict", s.verdict}};
}
nlohmann::ordered_json to_json(const RestartStudy& s) {
    return {{"n_restarts", s.n_restarts},
            {"bits_per_restart", s.n_bits},
            {"selection", s.repeated ? "repeated" : "fresh"},
            {"initial_min_entropy", s.initial},
            {"largest_count", s.result.largest_count},
            {"cutoff", s.result.cutoff},
            {"row_min_entropy", s.result.row_entropy},
            {"column_min_entropy", s.result.column_entropy},
            {"sane", s.result.sane},
            {"valid", s.result.valid},
            {"min_entropy_per_bit", s.result.min_entropy_per_bit},
            {"repeat_fraction", s.repeat_fraction}};
}
nlohmann::ordered_json to_json(const std::vector<BudgetRow>& budget) {
    auto out = nlohmann::ordered_json::array();
    for (const auto& r : budget)
        out.push_back({{"cause", r.cause},
                       {"set", r.setting},
                       {"n_bits", r.n_bits},
                       {"min_entropy_outsider", r.outsider},
                       {"min_entropy_known_selection", r.known_selection},
                       {"repeat_probability", r.repeats},
                       {"bias", r.bias}});
    return out;
}

std::string to_text(const ChipStudy& s) {
    const auto line = [](const char* what, const noise::Distances& d) {
        return fmt::format("{:<58}{:.4f} +- {:.4f}  ({} pairs)\n", what, d.mean, d.deviation, d.n_pairs);
    };
    return fmt::format("{} chips, {} readings of {} bits each; Hamming distances\n", s.n_chips, s.n_readings, s.n_bits) +
           line("other chips, same selection (inter-device)", s.inter) +
           line("same chip and selection, read again (intra-device)", s.intra) + line("same chip, other selections", s.selection) +
           s.verdict + "\n";
}
std::string to_text(const RestartStudy& s) {
    return fmt::format("{} restarts of {} bits, selection {}\n", s.n_restarts, s.n_bits, s.repeated ? "repeated" : "fresh") +
           fmt::format("min-entropy per bit: {:.4f} without restarts, {:.4f} along rows, {:.4f} along columns\n", s.initial,
                       s.result.row_entropy, s.result.column_entropy) +
           fmt::format("largest count {} (at most {}); neighbouring restarts share {:.2f}% of their bits\n", s.result.largest_count,
                       s.result.cutoff, 100 * s.repeat_fraction) +
           (s.result.valid ? fmt::format("passed: {:.4f} bits of min-entropy per bit\n", s.result.min_entropy_per_bit)
                           : std::string("FAILED: ") + (s.result.sane ? "an estimate is below half of the initial one\n"
                                                                      : "one value is too common in a row or column\n"));
}
std::string to_text(const std::vector<BudgetRow>& budget) {
    std::string out =
        fmt::format("{:<44}{:>10}{:>10}{:>10}{:>10}\n", "min-entropy per bit, by cause", "outsider", "knows*", "repeats", "bias");
    for (const auto& r : budget)
        out +=
            fmt::format("{:<44}{:>10.4f}{:>10.4f}{:>9.2f}%{:>+10.4f}\n", r.cause, r.outsider, r.known_selection, 100 * r.repeats, r.bias);
    return out + "* the chip, what selects, and what the past has left behind\n";
}

}  // namespace ganbar
