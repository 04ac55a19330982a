// A figure as shapes, in points (1/72 inch) from the upper left, and the two forms it is written in: SVG as text, PDF through cairo.
#pragma once
#include <string>
#include <variant>
#include <vector>

#include "ganbar/data/png.h"

namespace ganbar::exports {

struct Point {
    double x = 0, y = 0;
};

struct Path {
    std::vector<Point> points;
    std::string stroke, fill;  ///< "#0072b2"; "" for none
    double width = 0.5, fill_opacity = 1;
    bool dashed = false, dotted = false;
    bool clipped = false;  ///< to Drawing::clip
    static Path line(Point a, Point b, const std::string& stroke, double width = 0.5) {
        return {{a, b}, stroke, "", width, 1, false, false, false};
    }
    static Path box(Point a, Point b, const std::string& fill) {
        return {{a, {b.x, a.y}, b, {a.x, b.y}}, "", fill, 0, 1, false, false, false};
    }
};

enum class Anchor : std::uint8_t { start, middle, end };
struct Words {
    Point at;  ///< on the base line
    std::string text;
    Anchor anchor = Anchor::start;
    bool upright = false;  ///< turned by a quarter to the left
    std::string colour = "#1b1c1e";
};

/// A bitmap, its pixels drawn as squares.
struct Bitmap {
    Point at;
    double width = 0, height = 0;
    Image image;
};

struct Drawing {
    double width = 0, height = 0;
    Point clip_from, clip_to;
    std::vector<std::variant<Path, Words, Bitmap>> shapes;
    std::string title;  ///< for readers who hear the picture, and of the PDF
};

inline constexpr double dash[2] = {3, 2}, dots[2] = {0.8, 1.6};  ///< points: lengths of line and gap
/// A visitor of shapes: one function for each kind.
template <class... F>
struct Each : F... {
    using F::operator()...;
};
template <class... F>
Each(F...) -> Each<F...>;  // clang 14 deduces none for aggregates

inline constexpr double font_size = 7;  ///< points: what journals ask of labels (5 to 7 pt at Nature, 7 pt at Elsevier)
/// About: without the fonts of whoever looks at it.
double text_width(const std::string& text);

std::string svg_of(const Drawing& drawing);
/// Fonts are embedded; the same drawing gives the same bytes. DataError: cairo refuses, or this build has none (wheels: cairo wants the
/// libraries of a desktop).
Bytes pdf_of(const Drawing& drawing);

}  // namespace ganbar::exports
