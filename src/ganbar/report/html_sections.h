// Sections of the page that are written elsewhere than html.cpp. Internal to report/. A section without content writes nothing.
#pragma once
#include <functional>

#include "ganbar/report/aggregate.h"
#include "ganbar/report/page.h"
#include "ganbar/report/report_input.h"

namespace ganbar::report {

/// A mean with its range set back; "–" where there is none.
std::string spread_html(const Spread& s, const std::string& unit = "");

void verdict_section(Page& page, const std::vector<Group>& groups);
void training_section(Page& page, const ReportInput& input, const std::vector<Group>& groups,
                      const std::function<void()>& numbers);  ///< pictures, what `numbers` writes, and conductances over training
void curves_section(Page& page, const std::vector<Group>& groups);
void comparison_section(Page& page, const ReportInput& input);
void findings_section(Page& page, const ReportInput& input);
void energy_section(Page& page, const std::vector<Group>& groups);
void accelerators_section(Page& page, const std::vector<Group>& groups);
void area_section(Page& page, const std::vector<Group>& groups);
void assumptions_section(Page& page, const std::vector<Group>& groups);
void provenance_section(Page& page, const ReportInput& input, const std::vector<Group>& groups);

/// What a page may load, and what runs on it.
struct PageShell {
    std::string policy;   ///< Content-Security-Policy
    std::string scripts;  ///< JavaScript, in one scope
    std::string head;     ///< further elements of the head
};
/// Of a file that needs nothing else: nothing may be loaded.
PageShell file_shell();
/// The document around a page's body: head, styles, navigation (inserted at `navigation_at`), scripts.
std::string whole_page(const std::string& title, const Page& page, std::size_t navigation_at, const PageShell& shell = file_shell());

/// A line on how curves of several seeds are drawn, "" when each variant has one.
std::string band_note(const std::vector<Group>& groups);
/// Bars of energy, one per value of `row`, stacked by `part`.
void stacked_bars(Page& page, const std::string& title, const std::string& caption, const std::vector<Account>& accounts,
                  const std::function<std::string(const Account&)>& row, std::string Account::*part);

}  // namespace ganbar::report
