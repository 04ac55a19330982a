// What a report page can show besides its own charts: line charts, heat tables, picture galleries, plain tables.
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace ganbar::report {

/// One curve. lo and hi (same length as x, or empty) draw a band. NaN leaves a gap.
struct Series {
    std::string name;
    std::vector<double> x, y, lo, hi;
    int colour = -1;  ///< palette slot 0..7; -1: by position in its view
    bool dashed = false;
};

/// One set of axes. Values are SI; the page chooses the prefix from x_unit and y_unit.
struct ChartView {
    std::string name;  ///< on the button that selects this view, "by round"; unused with a single view
    std::string x_label, x_unit, y_label, y_unit;
    std::vector<Series> series;
    bool log_x = false;
};

/// Other y values for view 0 at earlier rounds, for charts that follow the page's slider.
struct ChartFrame {
    std::int64_t round = 0;
    std::vector<std::vector<double>> y;  ///< per series of view 0
};

/// A horizontal line with a name: a published value, the real data's value.
struct ReferenceLine {
    std::string name;
    double y = 0;
};

struct Chart {
    std::string title, caption;
    std::vector<ChartView> views;
    bool log_y = false;                ///< how it is first shown; readers can switch where all values are positive
    bool steps = false;                ///< histogram style: x are left bin edges
    bool from_zero = false;            ///< the y axis includes zero
    std::optional<double> y_lo, y_hi;  ///< fixed ends of the y axis (SI)
    std::vector<ReferenceLine> references;
    std::vector<ChartFrame> frames;
};

/// A matrix of numbers, coloured by value. NaN cells stay blank.
struct HeatTable {
    std::string title, caption, row_title, column_title, unit;
    std::vector<std::string> rows, columns;
    std::vector<double> values;    ///< row-major, rows.size() * columns.size()
    std::optional<double> lo, hi;  ///< ends of the colour scale; the data's own when not given
};

struct Picture {
    std::string label;
    std::string png_path;   ///< read when the page is written
    std::string png_bytes;  ///< used instead of png_path when not empty
};
struct Gallery {
    std::string title, caption;
    std::vector<Picture> pictures;
};

struct TextTable {
    std::string title, caption;
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
};

/// A matrix of short answers: each cell says its word and shows it by colour, with what it rests on in small type below.
struct WordTable {
    enum class Tone : std::uint8_t { good, middle, bad, none };
    struct Word {
        Tone tone = Tone::none;
        std::string word, note;
    };
    std::string title, caption, row_title;
    std::vector<std::string> columns;
    std::vector<std::pair<std::string, std::vector<Word>>> rows;
};

using Figure = std::variant<Chart, HeatTable, Gallery, TextTable, WordTable>;

/// A static SVG picture of a chart's first view, last frame; for pages without scripts and for documents.
/// standalone adds xmlns and fixed colours, so that the text can be saved as an .svg file. Throws DataError when x, y, lo, hi differ in
/// length.
std::string render_svg(const Chart& chart, bool standalone = true);

/// Round tick values that cover [lo, hi] in steps of 1, 2 or 5 times a power of ten, about `n` of them.
std::vector<double> nice_ticks(double lo, double hi, int n);
/// Decades within [lo, hi], with their doubles and quintuples where fewer than three decades fit; even steps where that leaves fewer than
/// two.
std::vector<double> log_ticks(double lo, double hi);

}  // namespace ganbar::report
