#include "ganbar/fit/wild_reads.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace ganbar::fit {
namespace {

constexpr std::size_t reach = 3;  ///< reads on each side that are asked

struct Read {
    std::size_t row = 0;
    double g_S = 0, v_V = 0;  ///< v: of the pulse before it
};
/// The reads of one device in one cycle, gaps and what is set aside left out.
using Stretch = std::vector<Read>;

std::vector<Stretch> stretches(const PulseData& data, const std::vector<bool>& aside) {
    std::vector<Stretch> out;
    for (std::size_t i = 0; i < data.rows.size(); ++i) {
        const auto& row = data.rows[i];
        if (i == 0 || row.device != data.rows[i - 1].device || row.cycle != data.rows[i - 1].cycle) out.emplace_back();
        if (!std::isnan(row.g_S) && !aside[i]) out.back().push_back({i, row.g_S, row.v_V});
    }
    std::erase_if(out, [](const Stretch& s) { return s.empty(); });
    return out;
}

/// Up to 2 * reach values, on the stack.
class Few {
public:
    void add(double x) { values_[n_++] = x; }
    std::size_t size() const { return n_; }
    double median() {
        if (n_ == 0) return 0;
        std::sort(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(n_));
        return 0.5 * (values_[(n_ - 1) / 2] + values_[n_ / 2]);
    }

private:
    std::array<double, 2 * reach> values_{};
    std::size_t n_ = 0;
};

/// What the reads about one say: its level before and behind, all of them, and the size of the steps among them.
struct About {
    double before = 0, behind = 0, middle = 0, step = 0;
    std::size_t n = 0;
};
About about(const Stretch& s, std::size_t j) {
    Few before, behind, all, steps;
    const std::size_t lo = j > reach ? j - reach : 0, hi = std::min(s.size(), j + reach + 1);
    std::size_t last = s.size();
    for (std::size_t i = lo; i < hi; ++i) {
        if (i == j) continue;
        (i < j ? before : behind).add(s[i].g_S), all.add(s[i].g_S);
        if (last < s.size()) steps.add(std::abs(s[i].g_S - s[last].g_S));
        last = i;
    }
    return {before.median(), behind.median(), all.median(), steps.median(), all.size()};
}

double quantile_in(std::vector<double>& x, double q) {
    if (x.empty()) return 0;
    const auto at = x.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(x.size() - 1));
    std::nth_element(x.begin(), at, x.end());
    return *at;
}

struct Scales {
    double read = 0;            ///< standard deviation of a read about those beside it
    double set = 0, reset = 0;  ///< nine of ten steps are smaller
    double step(double v) const { return v > 0 ? set : v < 0 ? reset : 0; }
};
Scales scales(const std::vector<Stretch>& all) {
    std::vector<double> off, set, reset;
    for (const auto& s : all)
        for (std::size_t j = 1; j < s.size(); ++j) {
            if (s[j].v_V != 0) (s[j].v_V > 0 ? set : reset).push_back(std::abs(s[j].g_S - s[j - 1].g_S));
            if (j + 1 < s.size()) off.push_back(std::abs(s[j].g_S - about(s, j).middle));
        }
    constexpr double nine_tenths = 1.645;  // of a normal's values lie within so many standard deviations
    return {quantile_in(off, 0.9) / nine_tenths, quantile_in(set, 0.9), quantile_in(reset, 0.9)};
}

bool wild_inside(const Stretch& s, std::size_t j, const Scales& scale) {
    const About a = about(s, j);
    if (a.n < reach) return false;
    const double lo = std::min(a.before, a.behind), hi = std::max(a.before, a.behind);
    const double off = std::max(lo - s[j].g_S, s[j].g_S - hi);
    const double usual = std::max(scale.step(s[j].v_V), scale.step(s[j + 1].v_V));
    if (!(off > 8 * scale.read + 3 * a.step) || off < usual || hi - lo > 0.5 * off) return false;
    if (s[j].v_V == s[j + 1].v_V) return true;
    return std::abs(s[j].g_S - s[j - 1].g_S) > 3 * scale.step(s[j].v_V) && std::abs(s[j + 1].g_S - s[j].g_S) > 3 * scale.step(s[j + 1].v_V);
}

/// First and last reads of the cycles of one device, against everything else it showed.
void find_wild_ends(std::span<const Stretch> cycles, const Scales& scale, std::vector<std::size_t>& out) {
    std::vector<double> all;
    double largest = -1;  // step between ends
    for (const auto& s : cycles)
        for (std::size_t j = 0; j < s.size(); ++j) {
            all.push_back(s[j].g_S);
            if (j >= 2 && j + 1 < s.size()) largest = std::max(largest, std::abs(s[j].g_S - s[j - 1].g_S));
        }
    if (all.size() < 4 * reach || largest < 0) return;
    std::sort(all.begin(), all.end());
    const auto check = [&](const Read& read) {
        const double lo = read.g_S == all.front() ? all[1] : all.front(), hi = read.g_S == all.back() ? all[all.size() - 2] : all.back();
        if (std::max(lo - read.g_S, read.g_S - hi) > 8 * scale.read + 3 * largest) out.push_back(read.row);
    };
    for (const auto& s : cycles)
        if (s.size() > 1) check(s.front()), check(s.back());
}

}  // namespace

std::vector<std::size_t> wild_reads(const PulseData& data) {
    std::vector<bool> aside(data.rows.size(), false);
    std::size_t n_reads = 0, n_aside = 0;
    for (int round = 0; round < 2; ++round) {  // the second finds what stood beside another
        const auto all = stretches(data, aside);
        const Scales scale = scales(all);
        std::vector<std::size_t> found;
        const auto device = [&](std::size_t i) { return data.rows[all[i].front().row].device; };
        for (std::size_t i = 0, end = 0; i < all.size(); i = end) {
            for (; end < all.size() && device(end) == device(i); ++end) {
                if (round == 0) n_reads += all[end].size();
                for (std::size_t j = 1; j + 1 < all[end].size(); ++j)
                    if (wild_inside(all[end], j, scale)) found.push_back(all[end][j].row);
            }
            if (round > 0) find_wild_ends(std::span(all).subspan(i, end - i), scale, found);
        }
        for (const auto row : found)
            if (!aside[row]) aside[row] = true, ++n_aside;
        if (n_aside * 20 > n_reads) return {};
    }
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < aside.size(); ++i)
        if (aside[i]) out.push_back(i);
    return out;
}

std::string wild_reads_note(const PulseData& data, const std::vector<std::size_t>& wild) {
    constexpr std::size_t most = 5;
    std::size_t n_reads = 0;
    for (const auto& row : data.rows) n_reads += std::isnan(row.g_S) ? 0 : 1;
    std::string out = fmt::format("{} of {} reads ({:.2g}%) {} supported by no read beside {} and set aside: ", wild.size(), n_reads,
                                  100.0 * static_cast<double>(wild.size()) / static_cast<double>(n_reads), wild.size() == 1 ? "is" : "are",
                                  wild.size() == 1 ? "it" : "them");
    for (std::size_t k = 0; k < std::min(most, wild.size()); ++k) {
        const auto& row = data.rows[wild[k]];
        out += fmt::format("{}device {}, cycle {}, {:.4g} uS", k == 0 ? "" : "; ", data.devices[static_cast<std::size_t>(row.device)],
                           row.cycle, row.g_S * 1e6);
        if (row.line > 0) out += fmt::format(" (line {})", row.line);
    }
    if (wild.size() > most) out += fmt::format("; and {} more", wild.size() - most);
    return out;
}

}  // namespace ganbar::fit
