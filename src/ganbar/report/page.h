// The page while it is being written: sections, numbered figures and tables, and the data its scripts use. Internal to report/.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "ganbar/report/figure.h"
#include "ganbar/report/run_folder.h"

namespace ganbar::report {

/// How a table cell is set; text is HTML already.
struct Cell {
    std::string html;
    bool number = false;
};

/// A snapshot as the page carries it.
struct Frame {
    std::int64_t round = 0;
    std::string png;  ///< bytes
};

class Page {
public:
    void open_section(const std::string& id, const std::string& title, const std::string& lead_html = "");
    void close_section() { body_ += "</section>\n"; }
    void html(const std::string& text) { body_ += text; }
    void figure(const Figure& figure);
    void charts(const std::vector<Chart>& charts);  ///< side by side where there is room
    /// `columns` are escaped here, cells are not. An empty caption leaves the table unnumbered.
    void table(const std::string& caption, const std::vector<std::string>& columns, const std::vector<std::vector<Cell>>& rows,
               const std::string& css_class = "");
    /// A picture that follows the slider. Frames must ascend in round; the last is what a page without scripts shows.
    void snapshots(const std::string& title, const std::string& alt, const std::vector<Frame>& frames);
    /// A picture that stays. Shown enlarged with hard pixel edges when it is small.
    void picture(const Picture& picture, const std::string& css_class = "snap");
    std::string next_figure_number();
    std::string next_table_number();

    const std::string& body() const { return body_; }
    const std::string& navigation() const { return navigation_; }

private:
    void chart(const Chart& chart);
    void heat_table(const HeatTable& table);
    void word_table(const WordTable& table);
    void gallery(const Gallery& gallery);
    std::string body_, navigation_;
    int n_figures_ = 0, n_tables_ = 0, n_data_ = 0;
};

/// What the scripts draw a chart from (web/chart.js).
std::string chart_json(const Chart& chart);

/// Evenly chosen frames, first and last among them, which together stay within the budget (the last stays in any case).
std::vector<std::vector<Frame>> fit_budget(const std::vector<std::vector<Frame>>& sequences, std::uint64_t budget_bytes);

}  // namespace ganbar::report
