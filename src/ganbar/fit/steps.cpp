#include "ganbar/fit/steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "ganbar/core/error.h"
#include "ganbar/fit/wild_reads.h"

namespace ganbar::fit {

double quantile(std::vector<double> x, double q) {
    if (x.empty()) return 0;
    const auto at = x.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(x.size() - 1));
    std::nth_element(x.begin(), at, x.end());
    return *at;
}

namespace {

/// Representatives of values that lie within 1% of each other.
std::vector<double> clusters(std::vector<double> x) {
    std::sort(x.begin(), x.end());
    std::vector<double> out, members;
    const auto close = [&] {
        if (!members.empty()) out.push_back(quantile(members, 0.5));
        members.clear();
    };
    for (const double v : x) {
        if (!members.empty() && std::abs(v - members.front()) > 0.01 * std::abs(members.front())) close();
        members.push_back(v);
    }
    close();
    return out;
}
double nearest(const std::vector<double>& sorted, double x) {
    const auto it = std::lower_bound(sorted.begin(), sorted.end(), x);
    if (it == sorted.begin()) return sorted.front();
    if (it == sorted.end()) return sorted.back();
    return x - *(it - 1) < *it - x ? *(it - 1) : *it;
}

struct Raw {
    double v = 0, t = 0;
    Step step;
    std::size_t row = 0;
    bool boundary = false;  ///< between two cycles
};

std::vector<Raw> differences(const std::vector<PulseRow>& rows) {
    std::vector<Raw> out;
    out.reserve(rows.size());
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const auto &a = rows[i - 1], &b = rows[i];
        if (a.device != b.device || b.v_V == 0 || std::isnan(a.g_S) || std::isnan(b.g_S)) continue;
        out.push_back({b.v_V, b.t_s, {b.device, 1, a.g_S, b.g_S - a.g_S}, i, a.cycle != b.cycle});
    }
    return out;
}

/// Reads that are off make neighbouring steps undo each other. Of four steps in a row, freed of mean and trend, two contrasts are left,
/// q = (1 -1 -1 1)/2 and c = (-1 3 -3 1)/sqrt(20). Steps of white variance s with reads of variance r make var q = s + 5/2 r, var c = s +
/// 7/2 r.
double read_noise(const std::vector<Raw>& raw) {
    double sum_q = 0, sum_c = 0;
    std::size_t n = 0;
    std::vector<double> sizes;
    for (std::size_t i = 1; i < raw.size(); ++i)
        if (raw[i].row == raw[i - 1].row + 1 && raw[i].v == raw[i - 1].v)
            sizes.push_back(std::abs(raw[i].step.dg_S - raw[i - 1].step.dg_S));
    const double wild = 8 * quantile(sizes, 0.5);  // about six standard deviations: single wild reads are no noise
    for (std::size_t i = 3; i < raw.size(); ++i) {
        const auto &a = raw[i - 3], &b = raw[i - 2], &c = raw[i - 1], &d = raw[i];
        if (d.row - a.row != 3 || a.step.device != d.step.device || a.boundary || b.boundary || c.boundary || d.boundary) continue;
        if (a.v != b.v || b.v != c.v || c.v != d.v) continue;
        const double ab = a.step.dg_S - b.step.dg_S, bc = b.step.dg_S - c.step.dg_S, cd = c.step.dg_S - d.step.dg_S;
        if (std::max({std::abs(ab), std::abs(bc), std::abs(cd)}) > 1.5 * wild) continue;
        sum_q += (ab - cd) * (ab - cd) / 4, sum_c += (ab - 2 * bc + cd) * (ab - 2 * bc + cd) / 20;
        ++n;
    }
    if (n < 100) return 0;
    const double q = sum_q / static_cast<double>(n), r = sum_c / static_cast<double>(n) - q;
    return r > std::max(0.02, 15 / std::sqrt(static_cast<double>(n))) * q ? std::sqrt(r) : 0;
}

/// Conductance before each pulse as the mean of the reads around it in the same run of pulses, which a noisy read does not pull about.
void calm(std::vector<Raw>& raw, const std::vector<PulseRow>& rows, double noise_S) {
    std::vector<double> sizes;
    for (const auto& r : raw) sizes.push_back(std::abs(r.step.dg_S));
    const double step = std::max(1e-300, quantile(sizes, 0.5));
    const auto reach = static_cast<std::ptrdiff_t>(std::clamp(2 * noise_S / step, 1.0, 12.0));
    for (auto& r : raw) {
        double sum = 0, n = 0;
        for (std::ptrdiff_t k = 0; k <= reach; ++k) {
            const auto lo = static_cast<std::ptrdiff_t>(r.row) - 1 - k, hi = static_cast<std::ptrdiff_t>(r.row) - 1 + k;
            if (lo < 0 || hi >= static_cast<std::ptrdiff_t>(rows.size())) break;
            const auto &a = rows[static_cast<std::size_t>(lo)], &b = rows[static_cast<std::size_t>(hi)];
            if (a.device != r.step.device || b.device != r.step.device || std::isnan(a.g_S) || std::isnan(b.g_S)) break;
            if (k > 0 && (b.v_V != r.v || (a.v_V != r.v && a.v_V != 0))) break;
            sum += a.g_S + b.g_S, n += 2;
        }
        if (n > 0) r.step.g_S = sum / n;
    }
}

void find_window(const PulseData& data, StepData& out) {
    std::vector<double> lows, highs;
    for (std::size_t i = 0; i < data.rows.size();) {
        std::vector<double> g;
        const auto device = data.rows[i].device;
        for (; i < data.rows.size() && data.rows[i].device == device; ++i)
            if (!std::isnan(data.rows[i].g_S)) g.push_back(data.rows[i].g_S);
        if (g.size() < 2) continue;
        const double slack = g.size() > 200 ? 0.002 : 0;  // a single read does not make a window
        lows.push_back(quantile(g, slack)), highs.push_back(quantile(g, 1 - slack));
    }
    out.window_lo_S = quantile(lows, 0.5), out.window_hi_S = quantile(highs, 0.5);
}

/// Where positive pulses lower the conductance and negative ones raise it, a sign or a column is not what its name says.
void refuse_reversed(const StepData& data, const std::string& file) {
    double up = 0, down = 0;
    for (const auto& group : data.groups)
        for (const auto& s : group.steps) (group.v_V > 0 ? up : down) += s.dg_S;
    if (up < 0 && down > 0)
        throw DataError(
            "positive pulses lower the conductance and negative ones raise it; expected positive pulses to set: turn the sign of the "
            "voltages, or name the column a resistance (r) if it is one",
            {file});
}

}  // namespace

StepData steps_of(const PulseData& measured, std::size_t least) {
    StepData out;
    PulseData data = measured;
    const auto wild = wild_reads(data);
    for (const auto row : wild) data.rows[row].g_S = std::numeric_limits<double>::quiet_NaN();
    out.n_wild = wild.size();
    if (!wild.empty()) out.notes.push_back(wild_reads_note(measured, wild));
    out.n_devices = data.devices.size();
    auto raw = differences(data.rows);
    if (raw.size() < least)
        throw DataError(fmt::format("the file has {} pulses with reads before and after; expected at least {}", raw.size(), least),
                        {data.file});
    std::vector<double> sizes;
    for (const auto& r : raw)
        if (!r.boundary) sizes.push_back(std::abs(r.step.dg_S));
    const double far = 3 * quantile(sizes, 0.995);
    const auto n_all = raw.size();
    if (far > 0) std::erase_if(raw, [far](const Raw& r) { return r.boundary && std::abs(r.step.dg_S) > far; });
    if (raw.size() < n_all) out.notes.push_back(fmt::format("{} jumps between cycles are no steps", n_all - raw.size()));
    out.read_noise_S = read_noise(raw);
    if (out.read_noise_S > 0) calm(raw, data.rows, out.read_noise_S);
    find_window(data, out);
    if (!(out.window_hi_S > out.window_lo_S)) throw DataError("the conductance never changes; expected pulses that move it", {data.file});
    std::vector<double> volts, widths, g;
    for (const auto& r : raw) volts.push_back(r.v), widths.push_back(r.t), g.push_back(r.step.g_S);
    const auto v_levels = clusters(volts), t_levels = clusters(widths);
    if (v_levels.size() > 200 || t_levels.size() > 50)
        throw DataError(
            fmt::format("the file has {} amplitudes and {} widths; expected the amplitudes that were set, at most 200, not those measured",
                        v_levels.size(), t_levels.size()),
            {data.file});
    out.g_lo_S = quantile(g, 0.0005), out.g_hi_S = quantile(g, 0.9995);
    std::map<std::pair<double, double>, StepGroup> groups;
    for (const auto& r : raw) {
        auto& group = groups[{nearest(t_levels, r.t), nearest(v_levels, r.v)}];
        group.steps.push_back(r.step);
    }
    for (auto& [key, group] : groups) {
        group.t_s = key.first, group.v_V = key.second;
        if (group.steps.size() < least) {
            out.n_cut += group.steps.size();
            out.notes.push_back(fmt::format("{} pulses of {:.4g} V, {:.3g} s are too few for a fit and left out", group.steps.size(),
                                            group.v_V, group.t_s));
            continue;
        }
        out.n_steps += group.steps.size();
        out.groups.push_back(std::move(group));
    }
    const auto has = [&](bool set) {
        return std::any_of(out.groups.begin(), out.groups.end(), [set](const StepGroup& s) { return (s.v_V > 0) == set; });
    };
    if (!has(true) || !has(false))
        throw DataError(std::string("there are not enough ") + (has(true) ? "reset" : "set") +
                            " pulses; expected pulses of both signs, positive ones setting",
                        {data.file});
    refuse_reversed(out, data.file);
    return out;
}

}  // namespace ganbar::fit
