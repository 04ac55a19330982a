#include "ganbar/data/synthetic.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "ganbar/core/parallel.h"

namespace ganbar {

namespace {

constexpr std::size_t side = 28;

struct Point {
    double x = 0, y = 0;
};
using Stroke = std::vector<Point>;

/// Own drawings in a unit square, y downwards.
const std::array<Stroke, 10>& strokes() {
    static const std::array<Stroke, 10> all{{
        {{.5, .03},
         {.3, .1},
         {.19, .3},
         {.17, .5},
         {.19, .7},
         {.3, .9},
         {.5, .97},
         {.7, .9},
         {.81, .7},
         {.83, .5},
         {.81, .3},
         {.7, .1},
         {.5, .03}},
        {{.3, .25}, {.55, .04}, {.55, .5}, {.55, .96}},
        {{.15, .25}, {.25, .1}, {.5, .03}, {.75, .12}, {.82, .3}, {.7, .5}, {.4, .72}, {.15, .95}, {.5, .95}, {.85, .95}},
        {{.18, .12}, {.45, .03}, {.72, .1}, {.78, .28}, {.68, .42}, {.42, .48}, {.7, .55}, {.82, .72}, {.72, .9}, {.45, .97}, {.15, .88}},
        {{.65, .96}, {.65, .5}, {.65, .04}, {.38, .36}, {.12, .66}, {.5, .66}, {.9, .66}},
        {{.8, .05}, {.5, .05}, {.28, .05}, {.22, .45}, {.5, .38}, {.76, .5}, {.81, .7}, {.68, .9}, {.42, .97}, {.15, .88}},
        {{.7, .05}, {.42, .2}, {.22, .5}, {.2, .75}, {.35, .95}, {.6, .96}, {.78, .8}, {.74, .6}, {.55, .5}, {.33, .56}, {.21, .72}},
        {{.15, .06}, {.5, .06}, {.85, .06}, {.6, .45}, {.42, .95}},
        {{.5, .47},
         {.28, .35},
         {.25, .17},
         {.5, .03},
         {.75, .17},
         {.72, .35},
         {.5, .47},
         {.24, .62},
         {.2, .82},
         {.5, .97},
         {.8, .82},
         {.76, .62},
         {.5, .47}},
        {{.78, .3}, {.66, .44}, {.45, .5}, {.26, .4}, {.22, .22}, {.38, .05}, {.62, .05}, {.78, .2}, {.78, .5}, {.7, .75}, {.5, .95}},
    }};
    return all;
}

double between(Rng& rng, double lo, double hi) { return lo + (hi - lo) * rng.uniform(); }

/// The digit's points in pixels, under one random map.
Stroke placed(const Stroke& stroke, Rng& rng) {
    const double half = between(rng, -0.105, 0.105);  // tangent of half the turn: a rotation without sine and cosine
    const double cosine = (1 - half * half) / (1 + half * half), sine = 2 * half / (1 + half * half);
    const double shear = between(rng, -0.15, 0.15), scale_x = between(rng, 0.78, 1.05), scale_y = between(rng, 0.85, 1.05);
    const double shift_x = between(rng, -2, 2), shift_y = between(rng, -2, 2);
    constexpr double box = 20, centre = side / 2.0;  // MNIST too fits its digits into 20 x 20
    Stroke out;
    for (const Point& p : stroke) {
        const double x = (p.x - 0.5 + between(rng, -0.03, 0.03)) * box * scale_x,
                     y = (p.y - 0.5 + between(rng, -0.03, 0.03)) * box * scale_y;
        const double slanted = x + shear * y;
        out.push_back({centre + shift_x + cosine * slanted - sine * y, centre + shift_y + sine * slanted + cosine * y});
    }
    return out;
}

double distance(Point p, Point a, Point b) {
    const double dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy;
    const double t = length2 > 0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length2, 0.0, 1.0) : 0.0;
    const double ex = p.x - a.x - t * dx, ey = p.y - a.y - t * dy;
    return std::sqrt(ex * ex + ey * ey);
}

/// The pen leaves full ink to half its width less half a pixel, none half a pixel beyond it.
void draw(const Stroke& stroke, double pen_width, double ink, std::uint8_t* out) {
    for (std::size_t y = 0; y < side; ++y)
        for (std::size_t x = 0; x < side; ++x) {
            double nearest = side;
            const Point centre{static_cast<double>(x) + 0.5, static_cast<double>(y) + 0.5};
            for (std::size_t k = 0; k + 1 < stroke.size(); ++k) nearest = std::min(nearest, distance(centre, stroke[k], stroke[k + 1]));
            const double cover = std::clamp(pen_width / 2 + 0.5 - nearest, 0.0, 1.0);
            out[y * side + x] = static_cast<std::uint8_t>(cover * ink + 0.5);
        }
}

}  // namespace

Dataset synthetic_digits(std::size_t n, const Rng& rng) {
    Dataset out;
    out.name = "synthetic-digits", out.origin = "drawn from strokes";
    out.n = n, out.height = side, out.width = side;
    out.pixels.resize(n * out.image_size());
    out.labels.resize(n);
    for (int c = 0; c < 10; ++c) out.class_names.push_back(std::to_string(c));
    constexpr std::size_t per_item = 64;
    parallel_for((n + per_item - 1) / per_item, [&](std::size_t item) {
        for (std::size_t i = item * per_item; i < std::min(n, (item + 1) * per_item); ++i) {
            Rng own = rng.stream("synthetic digit", i);
            const double pen_width = between(own, 1.1, 2.3), ink = between(own, 215, 255);
            draw(placed(strokes()[i % 10], own), pen_width, ink, out.pixels.data() + i * out.image_size());
            out.labels[i] = static_cast<std::uint8_t>(i % 10);
        }
    });
    finish(out);
    return out;
}

Dataset synthetic_digits(const std::string& split) {
    if (split != "train" && split != "test")
        throw ConfigError(fmt::format("synthetic-digits has no split \"{}\"; expected train or test", split));
    Dataset out = synthetic_digits(split == "train" ? 6000 : 1000, Rng(28).stream(split));
    out.split = split;
    return out;
}

}  // namespace ganbar
