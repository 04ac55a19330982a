// The figures of a run's report for print: journal column widths, 7 pt type, no title (that is the caption's), the page's colours.
#pragma once
#include "ganbar/exports/drawing.h"
#include "ganbar/exports/export.h"
#include "ganbar/report/aggregate.h"

namespace ganbar::exports {

/// Bars of energy, each split into parts.
struct Bars {
    struct Row {
        std::string name;
        std::vector<double> parts;  ///< joules, one for each part of the legend
    };
    std::vector<std::string> parts;
    std::vector<Row> rows;
};

/// A picture of the run folder; of conductances, with the ends of its colours in siemens.
struct Shot {
    report::Snapshot file;
    std::optional<std::pair<double, double>> window_S;
};

/// What was drawn for what was spent: a curve over energy with pictures of the same training above it.
struct ShotsAlong {
    struct At {
        report::Snapshot file;
        double energy_J = 0, value = 0;  ///< where on the curve
    };
    report::Chart curve;  ///< one view, one series, x in joules
    std::vector<At> shots;
};

struct PaperFigure {
    std::string name;  ///< "losses", "generated-images", "conductance-of-generator-dense1"
    std::string title;
    std::variant<report::Chart, Shot, Bars, ShotsAlong> content;
};

/// In the report's order: pictures, pictures against energy, histograms of conductances, training, quality, energy. A figure without data
/// is left out.
std::vector<PaperFigure> paper_figures(const report::RunData& run);

Drawing draw_figure(const PaperFigure& figure, Column column);

}  // namespace ganbar::exports
