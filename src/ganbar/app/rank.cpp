#include "ganbar/app/rank.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

#include "ganbar/core/error.h"

namespace ganbar::app {
namespace {

std::optional<int> whole(std::string_view text) {
    int value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

bool is_rank(const std::optional<int>& rank, const std::optional<int>& n) { return rank && n && *n >= 1 && *rank >= 0 && *rank < *n; }

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

/// Slurm sets SLURM_PROCID in batch and extern steps as well, where nobody else was started.
bool is_slurm_batch() {
    const std::string step = variable("SLURM_STEP_ID");
    return step.empty() || whole(step).value_or(-1) < 0;  // "batch", or its number, which is beyond an int
}

}  // namespace

Rank rank_of(const std::string& text) {
    const std::size_t slash = text.find('/');
    const auto rank = whole(std::string_view(text).substr(0, slash)),
               n = slash == std::string::npos ? std::nullopt : whole(std::string_view(text).substr(slash + 1));
    if (!is_rank(rank, n))
        throw ConfigError(fmt::format("--rank {} names no rank; expected I/N with I from 0 to N - 1, for example 0/4", text));
    return {*rank, *n, "--rank"};
}

Rank rank_from_environment() {
    for (const auto& [rank_name, n_name] : {std::pair{"GANBAR_RANK", "GANBAR_RANKS"},
                                            {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
                                            {"PMI_RANK", "PMI_SIZE"},
                                            {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS"}}) {
        const std::string r = variable(rank_name), all = variable(n_name), name = rank_name;
        const bool ours = name.starts_with("GANBAR");
        if (ours ? r.empty() && all.empty() : r.empty() || all.empty()) continue;
        if (name.starts_with("SLURM") && is_slurm_batch()) continue;
        const auto rank = whole(r), n = whole(all);
        if (!is_rank(rank, n))
            throw ConfigError(fmt::format("{}={} and {}={} name no rank; expected whole numbers, the first from 0 to one below the second",
                                          rank_name, r, n_name, all));
        return {*rank, *n, name};
    }
    return {};
}

}  // namespace ganbar::app
