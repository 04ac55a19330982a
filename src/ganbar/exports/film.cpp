#include "ganbar/exports/film.h"

#include <fmt/format.h>

#include <algorithm>

#include "ganbar/core/error.h"
#include "ganbar/data/picture.h"

namespace ganbar::exports {
namespace {

constexpr std::size_t text_scale = 2, strip = 8 + text_height * text_scale;  // pixels below a grid, for the round
constexpr int film_cs = 800, shortest_cs = 6, longest_cs = 60, rest_cs = 200;

Image with_round(const Image& grid, std::int64_t round) {
    Image out(grid.width, grid.height + strip, grid.channels, 16);
    std::copy(grid.pixels.begin(), grid.pixels.end(), out.pixels.begin());
    draw_text(out, 4, grid.height + 4, fmt::format("ROUND {}", round), {230, 230, 230}, text_scale);
    return out;
}

}  // namespace

std::vector<Frame> sample_frames(const report::RunData& run, std::size_t most) {
    const auto& all = run.samples;
    if (all.empty()) throw DataError(run.folder + " has no pictures in samples/; expected a run with train.snapshot_every above 0");
    const std::size_t n = std::min(most, all.size());
    std::vector<Frame> out;
    for (std::size_t i = 0; i < n; ++i) {
        const auto& shot = all[n == 1 ? all.size() - 1 : i * (all.size() - 1) / (n - 1)];
        Image grid = read_png(shot.path);
        if (!out.empty() && (grid.width != out[0].picture.width || grid.height + strip != out[0].picture.height ||
                             grid.channels != out[0].picture.channels))
            throw DataError(fmt::format("{} is {} x {} pixels, the pictures before it {} x {}; expected equal sizes", shot.path, grid.width,
                                        grid.height, out[0].picture.width, out[0].picture.height - strip));
        out.push_back({with_round(grid, shot.round), std::clamp(film_cs / static_cast<int>(n), shortest_cs, longest_cs)});
    }
    out.back().hold_cs += rest_cs;
    return out;
}

}  // namespace ganbar::exports
