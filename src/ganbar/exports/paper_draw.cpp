#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ganbar/data/picture.h"
#include "ganbar/exports/paper_figures.h"
#include "ganbar/report/axis.h"
#include "ganbar/report/html_text.h"

namespace ganbar::exports {
namespace {

constexpr double point_per_mm = 72 / 25.4, single_mm = 89, double_mm = 183, highest_mm = 240;  // Nature's columns and page
constexpr double margin = 3, line_height = 9.5, key_width = 13, key_gap = 3, item_gap = 9, tick_length = 2.5;
const std::string ink = "#1b1c1e", faint = "#e3e3e0", soft = "#55585c";

std::string colour(int slot) { return report::light_palette[static_cast<std::size_t>(slot)]; }
double width_of(Column column) { return (column == Column::single ? single_mm : double_mm) * point_per_mm; }

struct Key {
    std::string name, colour;
    bool dashed = false, block = false;
};

/// Keys from the left, in as many lines as they need; the height taken.
double draw_legend(Drawing& d, const std::vector<Key>& keys, double left, double top) {
    double x = left, y = top + line_height - 2.5;
    for (const auto& k : keys) {
        const double width = key_width + key_gap + text_width(k.name);
        if (x > left && x + width > d.width - margin) x = left, y += line_height;
        if (k.block) d.shapes.push_back(Path::box({x + key_width - 6, y - 5.5}, {x + key_width, y + 0.5}, k.colour));
        else {
            Path line = Path::line({x, y - 2.5}, {x + key_width, y - 2.5}, k.colour, 1);
            line.dashed = k.dashed;
            d.shapes.push_back(line);
        }
        d.shapes.push_back(Words{{x + key_width + key_gap, y}, k.name});
        x += width + item_gap;
    }
    return y + 2.5 - top;
}

class ChartDrawer {
public:
    /// `above`: points left free above the axes.
    ChartDrawer(const report::Chart& chart, Column column, double above = 0) : chart_(chart), view_(chart.views.at(0)), above_(above) {
        for (const auto& s : view_.series) report::check_lengths(s);
        d_.width = width_of(column), d_.height = above + d_.width * (column == Column::single ? 0.62 : 0.36);
        d_.title = chart.title;
    }
    /// Where a value lands, after draw().
    Point place(double x, double y) const {
        return {report::x_axis(view_, left_, right_).at(x), report::y_axis(chart_, view_, bottom_, top_).at(y)};
    }
    Drawing draw() {
        report::Axis y = report::y_axis(chart_, view_, 0, 1);
        double widest = 0;
        for (const auto& t : y.ticks(5)) widest = std::max(widest, text_width(t.text));
        left_ = margin + line_height + widest + tick_length + 3, right_ = d_.width - margin - 6;
        top_ = above_ + margin + 2 + (keys().size() > 1 ? draw_legend(d_, keys(), left_, above_ + margin) + 3 : 0),
        bottom_ = d_.height - margin - 2 * line_height - tick_length;
        d_.clip_from = {left_, top_}, d_.clip_to = {right_, bottom_};
        y = report::y_axis(chart_, view_, bottom_, top_);
        const report::Axis x = report::x_axis(view_, left_, right_);
        axes(x, y);
        references(y);
        for (std::size_t i = 0; i < view_.series.size(); ++i) curve(view_.series[i], colour(report::slot_of(view_.series[i], i)), x, y);
        return std::move(d_);
    }

private:
    std::vector<Key> keys() const {
        std::vector<Key> out;
        for (std::size_t i = 0; i < view_.series.size(); ++i)
            out.push_back({view_.series[i].name, colour(report::slot_of(view_.series[i], i)), view_.series[i].dashed, false});
        return out;
    }
    void axes(const report::Axis& x, const report::Axis& y) {
        for (const auto& t : y.ticks(5)) {
            if (t.at < top_ - 0.5 || t.at > bottom_ + 0.5) continue;
            d_.shapes.push_back(Path::line({left_, t.at}, {right_, t.at}, faint, 0.4));
            d_.shapes.push_back(Path::line({left_ - tick_length, t.at}, {left_, t.at}, soft));
            d_.shapes.push_back(Words{{left_ - tick_length - 1.5, t.at + 2.4}, t.text, Anchor::end});
        }
        double free_from = 0;  // tick texts never touch
        for (const auto& t : x.ticks(d_.width > 300 ? 9 : 5)) {
            if (t.at < left_ - 0.5 || t.at > right_ + 0.5) continue;
            d_.shapes.push_back(Path::line({t.at, bottom_}, {t.at, bottom_ + tick_length}, soft));
            const double half = text_width(t.text) / 2;
            if (t.at - half < free_from || t.at + half > d_.width) continue;
            d_.shapes.push_back(Words{{t.at, bottom_ + tick_length + 7}, t.text, Anchor::middle});
            free_from = t.at + half + 3;
        }
        d_.shapes.push_back(Path::line({left_, bottom_}, {right_, bottom_}, soft));
        d_.shapes.push_back(Path::line({left_, top_}, {left_, bottom_}, soft));
        d_.shapes.push_back(
            Words{{(left_ + right_) / 2, d_.height - margin - 1}, report::axis_title(view_.x_label, x.prefix), Anchor::middle});
        d_.shapes.push_back(Words{{margin + 6, (top_ + bottom_) / 2}, report::axis_title(view_.y_label, y.prefix), Anchor::middle, true});
    }
    void references(const report::Axis& y) {
        for (const auto& line : chart_.references) {
            if (!y.shows(line.y)) continue;
            Path p = Path::line({left_, y.at(line.y)}, {right_, y.at(line.y)}, soft, 0.6);
            p.dotted = true;
            d_.shapes.push_back(p);
            d_.shapes.push_back(Words{{right_ - 1, y.at(line.y) - 1.5}, line.name, Anchor::end, false, soft});
        }
    }
    void curve(const report::Series& s, const std::string& tint, const report::Axis& x, const report::Axis& y) {
        Path band{{}, "", tint, 0, 0.18, false, false, true};
        std::vector<Point> back;
        for (std::size_t i = 0; i < s.lo.size(); ++i) {
            if (!x.shows(s.x[i]) || !y.shows(s.lo[i]) || !y.shows(s.hi[i])) continue;
            band.points.push_back({x.at(s.x[i]), y.at(s.hi[i])}), back.push_back({x.at(s.x[i]), y.at(s.lo[i])});
        }
        band.points.insert(band.points.end(), back.rbegin(), back.rend());
        if (!band.points.empty()) d_.shapes.push_back(std::move(band));
        Path line{{}, tint, "", 0.9, 1, s.dashed, false, true};
        const auto end_of_line = [&] {
            if (line.points.size() == 1) {
                const Point p = line.points[0];
                d_.shapes.push_back(Path::box({p.x - 1.2, p.y - 1.2}, {p.x + 1.2, p.y + 1.2}, tint));
            } else if (!line.points.empty()) {
                d_.shapes.push_back(line);
            }
            line.points.clear();
        };
        for (std::size_t i = 0; i < s.x.size(); ++i) {
            if (!x.shows(s.x[i]) || !y.shows(s.y[i])) {
                end_of_line();
                continue;
            }
            const Point p{x.at(s.x[i]), y.at(s.y[i])};
            if (chart_.steps && !line.points.empty()) line.points.push_back({p.x, line.points.back().y});
            line.points.push_back(p);
        }
        end_of_line();
    }

    const report::Chart& chart_;
    const report::ChartView& view_;
    double above_;
    Drawing d_;
    double left_ = 0, right_ = 0, top_ = 0, bottom_ = 0;
};

double total(const Bars::Row& row) { return std::accumulate(row.parts.begin(), row.parts.end(), 0.0); }

/// The longest bar, unless it dwarfs the next tenfold: then it is drawn broken and the rest set the scale.
double full_scale(const Bars& bars) {
    std::vector<double> totals;
    for (const auto& row : bars.rows) totals.push_back(total(row));
    std::sort(totals.rbegin(), totals.rend());
    for (std::size_t i = 1; i <= totals.size() / 2; ++i)
        if (totals[i] > 0 && totals[i - 1] > 10 * totals[i]) return 1.25 * totals[i];
    return totals.front();
}

Drawing draw(const Bars& bars, Column column, const std::string& title) {
    constexpr double bar_height = 8, pitch = 13;
    Drawing d;
    d.width = width_of(column), d.title = title;
    double names = 0, texts = 0;
    for (const auto& row : bars.rows)
        names = std::max(names, text_width(row.name)), texts = std::max(texts, text_width(report::format_quantity(total(row), "J")));
    std::vector<Key> keys;
    for (std::size_t i = 0; i < bars.parts.size(); ++i) keys.push_back({bars.parts[i], colour(static_cast<int>(i)), false, true});
    const double left = margin + names + 4, right = d.width - margin - texts - 4, longest = full_scale(bars),
                 top = margin + draw_legend(d, keys, margin, margin) + 4;
    double y = top;
    for (const auto& row : bars.rows) {
        d.shapes.push_back(Words{{left - 4, y + bar_height - 1.6}, row.name, Anchor::end});
        const double all = total(row), length = (right - left) * std::min(1.0, all / longest);
        double x = left;
        for (std::size_t i = 0; i < row.parts.size(); ++i) {
            const double w = length * row.parts[i] / all;
            if (w > 0) d.shapes.push_back(Path::box({x, y}, {x + w, y + bar_height}, colour(static_cast<int>(i))));
            x += w;
        }
        if (all > longest)  // broken: two white strokes
            for (const double at : {0.86, 0.88})
                d.shapes.push_back(
                    Path::line({left + at * length - 2, y + bar_height + 1}, {left + at * length + 2, y - 1}, "#ffffff", 1.4));
        d.shapes.push_back(Words{{x + 3, y + bar_height - 1.6}, report::format_quantity(all, "J")});
        y += pitch;
    }
    d.shapes.push_back(Path::line({left, top - 1}, {left, y - pitch + bar_height + 1}, soft));
    d.height = y - pitch + bar_height + margin;
    return d;
}

/// The colours of a map from one end of the window to the other.
void draw_scale(Drawing& d, std::pair<double, double> window_S, double top) {
    constexpr int n_steps = 64;
    constexpr double height = 5;
    const std::string lo = report::format_quantity(window_S.first, "S"), hi = report::format_quantity(window_S.second, "S");
    const double left = margin + text_width(lo) + 3, right = d.width - margin - text_width(hi) - 3;
    for (int i = 0; i < n_steps; ++i) {
        const auto c = perceptual_colour((i + 0.5) / n_steps);
        const double from = left + (right - left) * i / n_steps, to = left + (right - left) * (i + 1) / n_steps;
        d.shapes.push_back(
            Path::box({from, top}, {std::min(right, to + 0.2), top + height}, fmt::format("#{:02x}{:02x}{:02x}", c[0], c[1], c[2])));
    }
    d.shapes.push_back(Words{{left - 3, top + height - 0.2}, lo, Anchor::end});
    d.shapes.push_back(Words{{right + 3, top + height - 0.2}, hi});
}

Drawing draw(const Shot& shot, Column column, const std::string& title) {
    Image image = read_png(shot.file.path);
    Drawing d;
    const double aspect = static_cast<double>(image.height) / static_cast<double>(image.width), scale = shot.window_S ? 12 : 0;
    d.width = width_of(column), d.title = title;
    const double shrink = std::min(1.0, highest_mm * point_per_mm / (d.width * aspect)), height = d.width * aspect * shrink;
    d.shapes.push_back(Bitmap{{d.width * (1 - shrink) / 2, 0}, d.width * shrink, height, std::move(image)});
    if (shot.window_S) draw_scale(d, *shot.window_S, height + 4);
    d.height = height + scale;
    return d;
}

/// Pixels from one image of a grid of samples to the next: the least step at which every column is a separator; 0 for no grid.
std::size_t pitch_of(const Image& grid) {
    const auto is_separator = [&](std::size_t x) {
        for (std::size_t y = 0; y < grid.height; ++y)
            for (std::size_t c = 0; c < grid.channels; ++c)
                if (grid.at(x, y)[c] != grid.at(0, 0)[c]) return false;
        return true;
    };
    constexpr std::size_t smallest_image = 4;
    for (std::size_t pitch = smallest_image + 1; pitch < grid.width; ++pitch) {
        if ((grid.width - 1) % pitch != 0 || (grid.height - 1) % pitch != 0) continue;
        bool all = true;
        for (std::size_t x = 0; all && x < grid.width; x += pitch) all = is_separator(x);
        if (all) return pitch;
    }
    return 0;
}

/// The first `side` x `side` images of a grid of samples; the whole where it has fewer.
Image corner_of(const Image& grid, std::size_t side) {
    const std::size_t pitch = pitch_of(grid), edge = pitch * side + 1;
    if (pitch == 0 || edge > grid.width || edge > grid.height) return grid;
    Image out(edge, edge, grid.channels);
    for (std::size_t y = 0; y < edge; ++y) std::copy_n(grid.at(0, y), edge * grid.channels, out.at(0, y));
    return out;
}

/// At most `n` of the shots, as even along the axis as they come.
std::vector<ShotsAlong::At> spread_out(const ShotsAlong& along, std::size_t n, bool log_x) {
    const auto share = [&](double energy_J) { return log_x ? std::log(energy_J) : energy_J; };
    const double lo = share(along.shots.front().energy_J), hi = share(along.shots.back().energy_J);
    std::vector<ShotsAlong::At> out;
    for (std::size_t i = 0; i < n; ++i) {
        const double wanted = lo + (hi - lo) * static_cast<double>(i) / static_cast<double>(n - 1);
        const auto& best = *std::min_element(along.shots.begin(), along.shots.end(), [&](const auto& a, const auto& b) {
            return std::abs(share(a.energy_J) - wanted) < std::abs(share(b.energy_J) - wanted);
        });
        if (out.empty() || best.file.round > out.back().file.round) out.push_back(best);
    }
    return out;
}

Drawing draw(const ShotsAlong& along, Column column, const std::string& title) {
    const std::size_t most = column == Column::single ? 5 : 7, side = column == Column::single ? 2 : 3;
    constexpr double gap = 4, leader = 12;
    const auto shots = spread_out(along, most, along.curve.views.at(0).log_x);
    const double free_width = width_of(column) - 2 * margin,
                 edge = (free_width - gap * static_cast<double>(most - 1)) / static_cast<double>(most);
    const double above = margin + line_height + edge + leader;
    ChartDrawer chart(along.curve, column, above);
    Drawing d = chart.draw();
    d.title = title;
    const double pitch = shots.size() > 1 ? (free_width - edge) / static_cast<double>(shots.size() - 1) : 0;
    for (std::size_t i = 0; i < shots.size(); ++i) {
        const double left = margin + pitch * static_cast<double>(i), middle = left + edge / 2, low = margin + line_height + edge;
        const Point on_curve = chart.place(shots[i].energy_J, shots[i].value);
        d.shapes.push_back(
            Words{{middle, margin + line_height - 3}, fmt::format("round {}", shots[i].file.round), Anchor::middle, false, soft});
        d.shapes.push_back(Bitmap{{left, margin + line_height}, edge, edge, corner_of(read_png(shots[i].file.path), side)});
        d.shapes.push_back(Path::line({middle, low}, on_curve, soft, 0.4));
        d.shapes.push_back(Path::box({on_curve.x - 1.3, on_curve.y - 1.3}, {on_curve.x + 1.3, on_curve.y + 1.3}, colour(0)));
    }
    return d;
}

}  // namespace

Drawing draw_figure(const PaperFigure& figure, Column column) {
    if (const auto* chart = std::get_if<report::Chart>(&figure.content)) return ChartDrawer(*chart, column).draw();
    if (const auto* bars = std::get_if<Bars>(&figure.content)) return draw(*bars, column, figure.title);
    if (const auto* along = std::get_if<ShotsAlong>(&figure.content)) return draw(*along, column, figure.title);
    return draw(std::get<Shot>(figure.content), column, figure.title);
}

}  // namespace ganbar::exports
