// Energy, area and assumptions: the sections that come from hardware.json.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "ganbar/core/error.h"
#include "ganbar/report/html_sections.h"
#include "ganbar/report/html_text.h"
#include "ganbar/report/number_text.h"

namespace ganbar::report {
namespace {

struct Bar {
    std::string name;
    std::map<std::string, double> parts;
    double total() const {
        double sum = 0;
        for (const auto& [part, v] : parts) sum += v;
        return sum;
    }
};

using Member = std::string Account::*;

std::string or_dash(const std::string& text) { return text.empty() ? "–" : text; }

std::vector<Bar> bars_of(const std::vector<Account>& accounts, const std::function<std::string(const Account&)>& row, Member part) {
    std::vector<Bar> bars;
    for (const auto& a : accounts) {
        const std::string name = row(a);
        auto at = std::find_if(bars.begin(), bars.end(), [&](const Bar& b) { return b.name == name; });
        if (at == bars.end()) at = bars.insert(bars.end(), {name, {}});
        at->parts[or_dash(a.*part)] += a.energy_J;
    }
    return bars;
}

/// Parts by the largest share they have in any bar, so that colours mean the same in every bar and go to what matters somewhere.
std::vector<std::string> parts_by_share(const std::vector<Bar>& bars) {
    std::map<std::string, double> shares;
    for (const auto& bar : bars)
        for (const auto& [part, v] : bar.parts) shares[part] = std::max(shares[part], bar.total() > 0 ? v / bar.total() : 0.0);
    std::vector<std::string> parts;
    for (const auto& [part, v] : shares) parts.push_back(part);
    std::stable_sort(parts.begin(), parts.end(), [&](const auto& a, const auto& b) { return shares[a] > shares[b]; });
    return parts;
}

/// No more parts than colours: the least ones become "other", in grey.
void fold_small_parts(std::vector<Bar>& bars, std::vector<std::string>& parts) {
    if (parts.size() <= n_colours) return;
    for (auto& bar : bars)
        for (std::size_t i = n_colours - 1; i < parts.size(); ++i)
            if (const auto at = bar.parts.find(parts[i]); at != bar.parts.end()) {
                bar.parts["other"] += at->second;
                bar.parts.erase(parts[i]);
            }
    parts.resize(n_colours - 1);
    parts.push_back("other");
}

/// The longest bar, unless it dwarfs the others tenfold: then it is drawn broken and the rest set the scale.
double full_scale(const std::vector<Bar>& bars) {
    std::vector<double> totals;
    for (const auto& bar : bars) totals.push_back(bar.total());
    std::sort(totals.rbegin(), totals.rend());
    for (std::size_t i = 1; i < totals.size() && i <= totals.size() / 2; ++i)
        if (totals[i] > 0 && totals[i - 1] > 10 * totals[i]) return 1.25 * totals[i];
    return totals.empty() ? 0 : totals.front();
}

}  // namespace

void stacked_bars(Page& page, const std::string& title, const std::string& caption, const std::vector<Account>& accounts,
                  const std::function<std::string(const Account&)>& row, Member part) {
    auto bars = bars_of(accounts, row, part);
    auto parts = parts_by_share(bars);
    fold_small_parts(bars, parts);
    const double longest = full_scale(bars);
    if (longest <= 0) return;
    bool any_cut = false;
    page.html(fmt::format("<figure class=\"bars-figure\"><h3>{}</h3><div class=\"bars\">", escape(title)));
    for (const auto& bar : bars) {
        const bool cut = bar.total() > longest;
        any_cut = any_cut || cut;
        page.html(fmt::format("<div class=\"bar-row\"><span class=\"bar-name\">{}</span><span class=\"bar{}\">", escape(bar.name),
                              cut ? " cut" : ""));
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const auto at = bar.parts.find(parts[i]);
            if (at == bar.parts.end() || at->second <= 0) continue;
            const double share = 100 * at->second / bar.total();
            page.html(fmt::format("<span class=\"segment s{}\" style=\"width:{:.3f}%\" title=\"{}: {} ({} %)\"></span>", i % n_colours,
                                  100 * at->second / (cut ? bar.total() : longest), escape(parts[i]), format_quantity(at->second, "J"),
                                  format_number(share, 2)));
        }
        page.html(fmt::format("</span><span class=\"bar-total\">{}</span></div>", format_quantity(bar.total(), "J")));
    }
    page.html("</div><ul class=\"legend\">");
    for (std::size_t i = 0; i < parts.size(); ++i)
        page.html(fmt::format("<li><span class=\"key block s{}\"></span>{}</li>", i % n_colours, escape(parts[i])));
    page.html("</ul><figcaption>" + page.next_figure_number() + escape(caption) +
              (any_cut ? " Broken bars are longer than they could be drawn." : "") + "</figcaption></figure>\n");
}

namespace {

void booking_table(Page& page, const std::vector<Group>& groups) {
    std::vector<std::vector<Cell>> rows;
    for (const auto& group : groups) {
        const Booking b = energy_booking(group);
        if (b.every_update_J.n == 0) continue;
        const Spread rounds = summary_spread(group, "rounds"), cells = summary_spread(group, "cells_used");
        std::vector<Cell> row = {
            {escape(group.name)}, {spread_html(b.every_update_J, "J"), true}, {spread_html(b.one_per_epoch_J, "J"), true}};
        row.push_back({rounds.n ? format_quantity(b.every_update_J.mean / rounds.mean, "J") : "–", true});
        row.push_back({cells.n ? format_quantity(b.every_update_J.mean / cells.mean, "J") : "–", true});
        row.push_back({spread_html(summary_spread(group, "read_energy_J"), "J"), true});
        rows.push_back(std::move(row));
    }
    if (rows.empty()) return;
    page.table(
        "Energy of weight updates in two bookings: every update counted, and one update (the last) counted for each whole epoch; an epoch "
        "that a run cut short counts none. Reads are booked separately.",
        {"variant", "every update", "one per epoch", "mean per round", "per cell in use", "reads"}, rows);
}

/// hardware.json's totals, by the run's own names.
void totals_table(Page& page, const std::vector<Group>& groups) {
    std::set<std::string> keys;
    for (const auto& group : groups)
        for (const auto& [key, value] : group.runs.front()->hardware.totals) keys.insert(key);
    std::vector<std::vector<Cell>> rows;
    for (const auto& key : keys) {
        rows.push_back({{escape(label_of_key(key))}});
        for (const auto& group : groups) {
            std::vector<double> values;
            for (const auto* run : group.runs)
                if (run->hardware.totals.count(key)) values.push_back(run->hardware.totals.at(key));
            rows.back().push_back({spread_html(spread_of(values), unit_of_key(key)), true});
        }
    }
    if (rows.empty()) return;
    std::vector<std::string> columns = {"total"};
    for (const auto& group : groups) columns.push_back(group.name);
    page.table("Totals of the ledger.", columns, rows, "verdict-table");
}

/// The sections of run.toml whose keys a bill should follow.
bool is_hardware(const std::string& key) {
    static const std::set<std::string> sections = {"tile",     "periphery", "wires", "device", "noise_device",
                                                   "nonideal", "hardware",  "noise", "trng",   "accelerators"};
    return sections.contains(key.substr(0, key.find('.')));
}

/// Says which of the totals stay the same although the variants' hardware differs: a reader would take a flat line for a result.
std::string flat_bill(const std::vector<Group>& groups) {
    std::vector<std::string> keys, flat;
    for (const auto& d : setting_differences(groups))
        if (is_hardware(d.key)) keys.push_back("`" + d.key + "`");
    if (keys.empty() || groups.size() < 2) return "";
    std::size_t n_totals = 0;
    for (const char* key : {"training_energy_J", "read_energy_J", "converter_energy_J", "noise_energy_J", "training_busy_s",
                            "crossbar_area_m2", "area_with_periphery_m2"}) {
        const Spread first = total_spread(groups.front(), key);
        if (first.n == 0 || first.mean == 0) continue;
        ++n_totals;
        const bool same = std::all_of(groups.begin(), groups.end(), [&](const Group& g) {
            const Spread s = total_spread(g, key);
            return s.n > 0 && std::abs(s.mean - first.mean) <= 1e-12 * std::abs(first.mean);
        });
        if (same) flat.push_back(label_of_key(key));
    }
    if (flat.empty()) return "";
    const std::string what = keys.size() > 3 ? fmt::format("{} hardware settings differ", keys.size())
                                             : join(keys) + (keys.size() == 1 ? " differs" : " differ");
    return fmt::format("{} between the variants, and {} the same in all: {}.", what,
                       flat.size() == n_totals ? "nothing in the bill follows; these totals are" : "some totals do not follow; these are",
                       join(flat));
}

void account_table(Page& page, const std::vector<Account>& accounts) {
    double total = 0;
    for (const auto& a : accounts) total += a.energy_J;
    std::vector<std::vector<Cell>> rows;
    for (const auto& a : accounts)
        rows.push_back({{escape(a.network)},
                        {escape(or_dash(a.layer))},
                        {escape(or_dash(a.phase))},
                        {escape(or_dash(a.component))},
                        {format_number(a.n, 4), true},
                        {format_quantity(a.energy_J, "J"), true},
                        {total > 0 ? format_number(100 * a.energy_J / total, 2) + "\u202f%" : "–", true},
                        {a.n > 0 ? format_quantity(a.energy_J / a.n, "J") : "–", true},
                        {a.busy_s > 0 ? format_quantity(a.busy_s, "s") : "–", true}});
    page.table("Every account: how often, for how much.",
               {"network", "layer", "phase", "component", "actions", "energy", "share", "per action", "busy"}, rows, "sortable");
}

void group_accounts(Page& page, const Group& group, bool open) {
    const auto accounts = mean_accounts(group);
    if (accounts.empty()) return;
    const std::string of = group.runs.size() > 1 ? fmt::format(" Mean of {} seeds.", group.runs.size()) : "";
    page.html(
        fmt::format("<details{}><summary>{}: by network, layer, phase and component</summary>", open ? " open" : "", escape(group.name)));
    const auto layer_name = [](const Account& a) { return a.layer.empty() ? a.network : a.network + " · " + a.layer; };
    page.html("<div class=\"chart-grid\">");
    stacked_bars(page, "By layer and component", "Energy of each layer, split by component." + of, accounts, layer_name,
                 &Account::component);
    stacked_bars(page, "By layer and phase", "The same energy, split by phase." + of, accounts, layer_name, &Account::phase);
    page.html("</div>");
    account_table(page, accounts);
    page.html("</details>\n");
}

}  // namespace

void energy_section(Page& page, const std::vector<Group>& groups) {
    const auto charts = energy_charts(groups);
    std::vector<Account> all;
    for (const auto& group : groups)
        for (auto a : mean_accounts(group)) {
            a.network = groups.size() > 1 ? group.name : a.network;
            all.push_back(a);
        }
    if (charts.empty() && all.empty()) return;
    page.open_section("energy", "Energy", band_note(groups));
    page.charts(charts);
    booking_table(page, groups);
    totals_table(page, groups);
    page.html(prose(flat_bill(groups)));
    if (groups.size() > 1) {
        page.html("<div class=\"chart-grid\">");
        const auto by_variant = [](const Account& a) { return a.network; };
        stacked_bars(page, "Energy by variant and component", "Everything in the ledger, split by component; means over seeds.", all,
                     by_variant, &Account::component);
        stacked_bars(page, "Energy by variant and phase", "The same, split by phase.", all, by_variant, &Account::phase);
        page.html("</div>");
    }
    for (const auto& group : groups) group_accounts(page, group, groups.size() == 1);
    page.close_section();
}

void area_section(Page& page, const std::vector<Group>& groups) {
    std::vector<std::vector<Cell>> rows;
    const bool several = groups.size() > 1;
    for (const auto& group : groups) {
        double total = 0;
        for (const auto& part : group.runs.front()->hardware.area) {
            rows.push_back({{several ? escape(group.name) : ""},
                            {escape(part.component)},
                            {part.n > 0 ? format_number(part.n, 6) : "–", true},
                            {part.n > 0 ? format_quantity(part.area_m2 / part.n, "m2") : "–", true},
                            {format_quantity(part.area_m2, "m2"), true}});
            if (!several) rows.back().erase(rows.back().begin());
            total += part.area_m2;
        }
        if (group.runs.front()->hardware.area.size() < 2) continue;
        rows.push_back({{several ? escape(group.name) : ""},
                        {"<strong>sum</strong>"},
                        {"", true},
                        {"", true},
                        {"<strong>" + format_quantity(total, "m2") + "</strong>", true}});
        if (!several) rows.back().erase(rows.back().begin());
    }
    if (rows.empty()) return;
    page.open_section("area", "Area");
    std::vector<std::string> columns = {"component", "number", "area of one", "area"};
    if (several) columns.insert(columns.begin(), "variant");
    page.table("Area by component.", columns, rows);
    page.close_section();
}

void assumptions_section(Page& page, const std::vector<Group>& groups) {
    std::map<std::string, std::vector<Cell>> rows;  // by name, then text: the same assumption of several runs once
    std::map<std::string, int> kinds;
    for (const auto& group : groups)
        for (const auto& a : group.runs.front()->hardware.assumptions) {
            const std::string value = a.number ? format_quantity(*a.number, a.unit, 4) : a.value + (a.unit.empty() ? "" : " " + a.unit);
            const std::string key = a.name + "\n" + value + "\n" + a.source;
            if (rows.count(key)) continue;
            ++kinds[a.kind];
            rows[key] = {{"<code>" + escape(a.name) + "</code>"},
                         {escape(value), true},
                         {fmt::format("<span class=\"kind {0}\">{0}</span>", escape(a.kind))},
                         {escape(a.source)}};
        }
    if (rows.empty()) return;
    page.open_section("assumptions", "What it rests on",
                      prose("Every physical number, and how it is known: *published* is printed in the source, *derived* is computed from "
                            "published numbers, *assumed* is a choice of ours. That is said of the value in use: one that is not the "
                            "default was set by a *preset* or by the *user*, "
                            "and the default stands beside it with what is known of it."));
    page.html("<div class=\"filter\" data-filter=\"assumptions\"></div>");
    std::vector<std::vector<Cell>> list;
    for (auto& [key, row] : rows) list.push_back(std::move(row));
    page.table(fmt::format("{} published, {} derived, {} assumed; {} set by a preset, {} by the user.", kinds["published"],
                           kinds["derived"], kinds["assumed"], kinds["preset"], kinds["user"]),
               {"parameter", "value", "kind", "source or reason"}, list, "sortable filtered");
    page.close_section();
}

}  // namespace ganbar::report
