// What a report page is made from. Every part may stay empty; the page leaves its section out.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "ganbar/report/figure.h"
#include "ganbar/report/run_folder.h"

namespace ganbar::report {

/// A published number beside ours.
struct ComparisonRow {
    std::string quantity;
    std::optional<double> paper;  ///< SI
    std::vector<double> ours;     ///< one value per seed, SI; the page shows mean and range
    std::string unit;
    std::string note;        ///< why they differ, or what the number rests on
    std::string paper_text;  ///< shown instead of the number ("highest of the four"); optional
    std::string where;       ///< "fig. 8"; optional
    std::string variant;     ///< which of our variants; optional
};

/// A short written result with what supports it. Text: blank lines part paragraphs, "- " begins a list line, `backticks` mark code, *stars*
/// emphasis.
struct Finding {
    std::string title, text;
    std::vector<Figure> figures;
};

struct ReportInput {
    std::string title;
    std::string intro;                                       ///< one plain sentence on what this is; same text rules as Finding
    std::vector<RunData> runs;                               ///< equal RunData::group = seeds of one variant, in order of first appearance
    std::vector<std::pair<std::string, std::string>> facts;  ///< extra lines of the title block: name, text
    std::vector<ComparisonRow> comparison;
    std::string comparison_title = "Published and ours", comparison_caption;
    std::vector<Finding> findings;
    std::vector<Figure> figures;  ///< further charts and tables, in a section of their own
    std::vector<std::string> reproduce_commands;
    std::string reproduce_note;                    ///< below the commands; same text rules
    Picture real_images;                           ///< a grid of real images to lay beside the generated ones; optional
    std::uint64_t image_budget_bytes = 12u << 20;  ///< snapshots are thinned evenly until the pictures fit; last ones always stay
};

/// Title, intro, facts and commands for a page about `runs`, from their summaries; grouped by group_runs.
ReportInput describe_runs(std::vector<RunData> runs);

/// One HTML file that needs nothing else: no network, no other files. Same input, same bytes.
/// Throws DataError when a picture cannot be read or a figure's arrays differ in length.
std::string render_html(const ReportInput& input);

}  // namespace ganbar::report
