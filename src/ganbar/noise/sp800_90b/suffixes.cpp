#include "ganbar/noise/sp800_90b/suffixes.h"

#include <algorithm>
#include <bit>

#include "ganbar/core/stop.h"
namespace ganbar::noise {

std::vector<std::uint32_t> suffix_order(const BitString& s) {
    const auto n = static_cast<std::uint32_t>(s.size());
    struct Head {
        std::uint64_t word;
        std::uint32_t length, at;
    };
    std::vector<Head> heads(n);
    for (std::uint32_t i = 0; i < n; ++i) heads[i] = {s.word(i), std::min(64u, n - i), i};
    // Beyond the end stand zeros, so of equal words the shorter is a prefix of the longer.
    const auto key = [](const Head& h) { return std::pair(h.word, h.length); };
    std::sort(heads.begin(), heads.end(), [&](const Head& a, const Head& b) { return key(a) < key(b); });

    std::vector<std::uint32_t> order(n), rank(n), next(n);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> groups, open;  // [begin, end) of suffixes not yet told apart
    for (std::uint32_t begin = 0, k = 0; k < n; begin = k) {
        for (; k < n && key(heads[k]) == key(heads[begin]); ++k) {
            order[k] = heads[k].at;
            rank[heads[k].at] = begin;
        }
        if (k - begin > 1) groups.emplace_back(begin, k);
    }
    for (std::uint32_t known = 64; !groups.empty(); known *= 2) {
        stop_point();
        const auto behind = [&](std::uint32_t i) { return i + known < n ? std::int64_t{rank[i + known]} : -1; };
        open.clear();
        next = rank;
        for (const auto& [first, last] : groups) {
            std::sort(order.begin() + first, order.begin() + last, [&](std::uint32_t a, std::uint32_t b) { return behind(a) < behind(b); });
            for (std::uint32_t begin = first, k = first; k < last; begin = k) {
                for (; k < last && behind(order[k]) == behind(order[begin]); ++k) next[order[k]] = begin;
                if (k - begin > 1) open.emplace_back(begin, k);
            }
        }
        rank.swap(next);
        groups.swap(open);
    }
    return order;
}

std::vector<std::uint32_t> common_prefixes(const BitString& s, const std::vector<std::uint32_t>& order) {
    const auto n = static_cast<std::uint32_t>(s.size());
    std::vector<std::uint32_t> rank(n), agree(n, 0);
    for (std::uint32_t k = 0; k < n; ++k) rank[order[k]] = k;
    std::uint32_t h = 0;
    for (std::uint32_t i = 0; i < n; ++i) {
        if (rank[i] == 0) {
            h = 0;
            continue;
        }
        const std::uint32_t j = order[rank[i] - 1];
        const std::uint32_t most = n - std::max(i, j);
        while (h < most) {
            const auto same = static_cast<std::uint32_t>(std::countl_zero(s.word(i + h) ^ s.word(j + h)));
            h += same;
            if (same < 64) break;
        }
        h = std::min(h, most);
        agree[rank[i]] = h;
        if (h > 0) --h;
    }
    return agree;
}

}  // namespace ganbar::noise
