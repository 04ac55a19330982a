#include "ganbar/core/patch_map.h"

#include <map>

namespace ganbar {
namespace {

using Taps = std::vector<std::int32_t>;
struct Reads {
    Taps tap, other;
};

std::vector<PatchMap::Group> grouped(const std::vector<std::pair<std::int32_t, Reads>>& rows) {
    std::map<Taps, std::size_t> index;
    std::vector<PatchMap::Group> out;
    for (const auto& [row, reads] : rows) {
        const auto [it, fresh] = index.try_emplace(reads.tap, out.size());
        if (fresh) out.push_back({{}, reads.tap, {}});
        auto& group = out[it->second];
        group.row.push_back(row);
        group.other.insert(group.other.end(), reads.other.begin(), reads.other.end());
    }
    return out;
}

}  // namespace

void PatchMap::finish() {
    GANBAR_ASSERT(source.size() == n_patches() * n_taps);
    in_order = n_patches() == n_target;
    for (std::size_t i = 0; i < n_patches(); ++i) in_order = in_order && static_cast<std::size_t>(target[i]) == i;
    std::vector<std::pair<std::int32_t, Reads>> rows, back(n_source);
    by_tap.assign(n_taps, {});
    std::vector<bool> written(n_target, false), read(n_source, false);
    for (std::size_t s = 0; s < n_source; ++s) back[s].first = static_cast<std::int32_t>(s);
    for (std::size_t i = 0; i < n_patches(); ++i) {
        Reads reads;
        for (std::size_t t = 0; t < n_taps; ++t) {
            const std::int32_t s = source[i * n_taps + t];
            if (s < 0) continue;
            GANBAR_ASSERT(static_cast<std::size_t>(s) < n_source);
            reads.tap.push_back(static_cast<std::int32_t>(t));
            reads.other.push_back(s);
            by_tap[t].push_back({s, target[i]});
        }
        written.at(static_cast<std::size_t>(target[i])) = true;
        rows.emplace_back(target[i], std::move(reads));
    }
    for (std::size_t t = 0; t < n_taps; ++t)  // ascending taps for every input position
        for (const auto& pair : by_tap[t]) {
            auto& reads = back[static_cast<std::size_t>(pair.source)].second;
            reads.tap.push_back(static_cast<std::int32_t>(t));
            reads.other.push_back(pair.target);
            read[static_cast<std::size_t>(pair.source)] = true;
        }
    forward = grouped(rows);
    adjoint = grouped(back);
    covers_source = covers_target = true;
    for (const bool b : written) covers_target = covers_target && b;
    for (const bool b : read) covers_source = covers_source && b;
}

std::size_t PatchMap::n_pairs() const {
    std::size_t n = 0;
    for (const auto& pairs : by_tap) n += pairs.size();
    return n;
}

}  // namespace ganbar
