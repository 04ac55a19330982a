// Verdict, pictures over training, published numbers beside ours, findings.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ganbar/report/html_sections.h"
#include "ganbar/report/html_text.h"
#include "ganbar/report/number_text.h"
#include "ganbar/report/small_picture.h"

namespace ganbar::report {

std::string spread_html(const Spread& s, const std::string& unit) {
    if (s.n == 0) return "–";
    std::string out = format_quantity(s.mean, unit);
    if (s.n > 1 && s.lo != s.hi)
        out += fmt::format(" <span class=\"range\">{} … {}</span>", format_quantity(s.lo, unit), format_quantity(s.hi, unit));
    return out;
}

namespace {

std::string chip(const char* kind, const std::string& text, const std::string& reason) {
    return fmt::format("<span class=\"chip {}\"{}>{}</span>", kind, reason.empty() ? "" : fmt::format(" title=\"{}\"", escape(reason)),
                       escape(text));
}

/// Why, without the verdict itself, which the chip beside it says.
std::string reason_of(const Summary& summary) {
    std::string reason = summary.collapsed_reason;
    for (const std::string verdict : {"not collapsed: ", "collapsed: ", "not learned: "})
        if (reason.rfind(verdict, 0) == 0) reason.erase(0, verdict.size());
    return reason;
}

std::string collapse_chip(const Group& group) {
    int known = 0, collapsed = 0, unlearned = 0;
    std::string reason;
    for (const auto* run : group.runs) {
        if (!run->summary.collapsed) continue;
        ++known;
        if (*run->summary.collapsed) ++collapsed;
        else if (run->summary.collapsed_reason.starts_with("not learned")) ++unlearned;
        if (*run->summary.collapsed || reason.empty()) reason = reason_of(run->summary);
    }
    if (known == 0) return chip("unknown", "collapse not judged", "");
    if (collapsed == 0 && unlearned > 0) {
        const Spread accuracy =
            summary_spread(group, "classifier_accuracy");  // one class of many: what it is can be seen, as through noise
        const std::string seen = accuracy.n > 0 && accuracy.mean >= 0.8 ? ", though recognisable" : "";
        return chip("bad", (known > 1 ? fmt::format("{} of {} not learned", unlearned, known) : "not learned") + seen, reason);
    }
    if (collapsed == 0) return chip("good", known > 1 ? fmt::format("none of {} collapsed", known) : "not collapsed", reason);
    return chip("bad", known > 1 ? fmt::format("{} of {} collapsed", collapsed, known) : "collapsed", reason);
}

std::string share_of_real(const Group& group) {
    const Spread ours = summary_spread(group, "mean_pairwise_distance"), real = summary_spread(group, "mean_pairwise_distance_real");
    if (ours.n == 0) return "–";
    if (real.n == 0 || real.mean <= 0) return spread_html(ours);
    return fmt::format("{} <span class=\"range\">real {}, {} %</span>", format_number(ours.mean), format_number(real.mean),
                       format_number(100 * ours.mean / real.mean, 2));
}

/// The whole of a bill, with the part that papers quote behind it: "39.1 J (updates 1.03 mJ)".
std::string whole_and_part(const Group& group, const char* whole, const char* part, const std::string& name, const std::string& unit) {
    const Spread all = total_spread(group, whole), quoted = summary_spread(group, part);
    const std::string behind =
        quoted.n > 0 && quoted.mean > 0 ? fmt::format(" <span class=\"range\">{} {}</span>", name, format_quantity(quoted.mean, unit)) : "";
    if (all.n > 0 && all.mean > 0) return spread_html(all, unit) + behind;
    return quoted.n > 0 && quoted.mean > 0 ? "–" + behind : "–";
}
std::string energy_html(const Group& group) { return whole_and_part(group, "training_energy_J", "update_energy_J", "updates", "J"); }
std::string area_html(const Group& group) { return whole_and_part(group, "area_with_periphery_m2", "area_m2", "cells", "m2"); }

constexpr const char* all_wanted = "Every class is wanted: each label would count as right, so there is no accuracy to show.";

/// Labels there are, but no accuracy: every class was wanted.
bool wants_all(const Group& group) {
    return summary_spread(group, "classifier_accuracy").n == 0 && summary_spread(group, "n_classes_present").n > 0;
}

/// What stands in for a classifier of the images' own.
std::string features_of(const Group& group) {
    const auto it = group.runs.front()->summary.texts.find("features");
    if (it == group.runs.front()->summary.texts.end() || it->second == group.runs.front()->summary.text("dataset")) return "";
    if (it->second == "untrained")
        return "The images have no labels: quality is seen through an untrained network, and its Fréchet distances do not compare with "
               "those of a classifier.";
    return fmt::format("Quality is seen through a classifier of {}, whose classes are not those of these images.", it->second);
}

void headline_card(Page& page, const Group& group) {
    const auto item = [](const std::string& name, const std::string& value) {
        return fmt::format("<div class=\"figure-of-merit\"><dt>{}</dt><dd>{}</dd></div>", name, value);
    };
    const Spread accuracy = summary_spread(group, "classifier_accuracy");  // none where the images have no labels
    const std::string energy = energy_html(group), area = area_html(group);
    page.html("<dl class=\"headline\">" + (accuracy.n > 0 || wants_all(group) ? item("classifier accuracy", spread_html(accuracy)) : "") +
              item("coverage", spread_html(summary_spread(group, "coverage"))) + item("mean pairwise distance", share_of_real(group)) +
              item("Fréchet distance", spread_html(summary_spread(group, "frechet_distance"))) +
              (energy != "–" ? item("training energy", energy) : "") + (area != "–" ? item("area with periphery", area) : "") + "</dl>");
    page.html("<p class=\"verdict\">" + collapse_chip(group));
    for (const auto* run : group.runs) {
        const Summary& s = run->summary;
        if (s.collapsed_reason.empty() || (group.runs.size() > 1 && !s.collapsed.value_or(false))) continue;
        page.html(" " + escape(group.runs.size() > 1 ? run->label + ": " + reason_of(s) + "." : reason_of(s)));
    }
    page.html("</p>");
    if (wants_all(group)) page.html(fmt::format("<p class=\"note\">{}</p>", all_wanted));
    const std::string features = features_of(group);
    if (accuracy.n == 0 && !features.empty()) page.html("<p class=\"note\">" + escape(features) + "</p>");
}

}  // namespace

void verdict_section(Page& page, const std::vector<Group>& groups) {
    const bool judged = std::any_of(groups.begin(), groups.end(), [](const Group& g) {
        return summary_spread(g, "frechet_distance").n > 0 || summary_spread(g, "classifier_accuracy").n > 0;
    });
    if (!judged) return;
    if (groups.size() == 1) {
        headline_card(page, groups.front());
        return;
    }
    std::vector<std::vector<Cell>> rows;
    for (const auto& g : groups)
        rows.push_back({{fmt::format("<span class=\"key k{}\"></span>{}", g.slot, escape(g.name))},
                        {spread_html(summary_spread(g, "classifier_accuracy")), true},
                        {spread_html(summary_spread(g, "coverage")), true},
                        {share_of_real(g), true},
                        {collapse_chip(g)},
                        {spread_html(summary_spread(g, "frechet_distance")), true},
                        {energy_html(g), true},
                        {fmt::format("{}", g.runs.size()), true}});
    const bool some_want_all = std::any_of(groups.begin(), groups.end(), wants_all);
    page.table(std::string("Where each variant ended: mean and, with several seeds, lowest … highest. Accuracy counts only together with "
                           "coverage and pairwise distance, since a collapsed generator scores high on accuracy alone.") +
                   (some_want_all ? std::string(" Where accuracy is –: ") + all_wanted : ""),
               {"variant", "accuracy", "coverage", "pairwise distance", "verdict", "Fréchet distance", "training energy", "seeds"}, rows,
               "sortable verdict-table");
}

namespace {

std::string thinning_note(std::size_t shown, std::size_t all) {
    return shown < all
               ? fmt::format(" {} of {} snapshots are kept here to bound the size of the page, in {} shades; the run folder has all.",
                             shown, all, page_shades)
               : "";
}

/// Of all snapshots of a page.
constexpr std::uint64_t most_image_bytes = 1280u << 10;

/// Few enough, since each is read and made small here; then what fits the budget.
std::vector<std::vector<Frame>> small_frames(const std::vector<std::vector<Snapshot>>& sequences, std::uint64_t budget_bytes) {
    constexpr std::size_t most = 24;
    std::vector<std::vector<Frame>> out;
    for (const auto& s : sequences) {
        out.emplace_back();
        const std::size_t all = s.size(), keep = std::min(all, most);
        for (std::size_t k = 0; k < keep; ++k) {
            const Snapshot& snapshot = s[keep == 1 ? all - 1 : k * (all - 1) / (keep - 1)];
            out.back().push_back({snapshot.round, small_picture(read_file(snapshot.path))});
        }
    }
    return fit_budget(out, budget_bytes);
}

/// One strip of pictures, a picture per variant (its first run), all moved by the slider.
void snapshot_strip(Page& page, const std::vector<Group>& groups, std::vector<Snapshot> RunData::*kind, std::uint64_t budget_bytes,
                    const std::string& title, const std::string& caption, const std::string& alt, const Picture* beside) {
    std::vector<std::vector<Snapshot>> sequences;
    std::vector<const Group*> owners;
    std::size_t n_all = 0, n_shown = 0;
    for (const auto& group : groups) {
        if ((group.runs.front()->*kind).empty()) continue;
        owners.push_back(&group);
        sequences.push_back(group.runs.front()->*kind);
        n_all += sequences.back().size();
    }
    if (owners.empty()) return;
    const auto frames = small_frames(sequences, budget_bytes);
    page.html(fmt::format("<figure class=\"strip-figure\"><h3>{}</h3><div class=\"strip{}{}\">", title,
                          kind == &RunData::conductance ? " wide" : "",
                          owners.size() == 1 && beside == nullptr ? " one"
                          : owners.size() == 3                    ? " three"
                                                                  : ""));
    if (beside != nullptr) page.picture(*beside);
    for (std::size_t i = 0; i < owners.size(); ++i) {
        n_shown += frames[i].size();
        const RunData& run = *owners[i]->runs.front();
        const std::string label = groups.size() > 1 || owners[i]->runs.size() > 1 ? owners[i]->name + ", " + run.label : run.group;
        page.snapshots(label, alt + " " + label, frames[i]);
    }
    page.html("</div><figcaption>" + page.next_figure_number() + caption + thinning_note(n_shown, n_all) + "</figcaption></figure>\n");
}

/// Last samples of the seeds that the strip does not show.
void other_seeds(Page& page, const std::vector<Group>& groups) {
    std::vector<Picture> pictures;
    for (const auto& group : groups)
        for (std::size_t i = 1; i < group.runs.size(); ++i)
            if (!group.runs[i]->samples.empty())
                pictures.push_back({fmt::format("{}, {}", group.name, group.runs[i]->label), group.runs[i]->samples.back().path, ""});
    if (pictures.empty()) return;
    page.html("<details><summary>Last images of the other seeds</summary><div class=\"strip\">");
    for (const auto& picture : pictures) page.picture(picture);
    page.html("</div></details>\n");
}

}  // namespace

std::string band_note(const std::vector<Group>& groups) {
    const bool several = std::any_of(groups.begin(), groups.end(), [](const Group& g) { return g.runs.size() > 1; });
    return several ? "<p class=\"note\">Lines are means over seeds; bands reach from the lowest to the highest seed.</p>" : "";
}

void training_section(Page& page, const ReportInput& input, const std::vector<Group>& groups, const std::function<void()>& numbers) {
    const auto histograms = histogram_charts(groups);
    const bool pictures = std::any_of(groups.begin(), groups.end(), [](const Group& g) {
        return !g.runs.front()->samples.empty() || !g.runs.front()->conductance.empty();
    });
    if (!pictures && histograms.empty()) return numbers();
    page.open_section("training", "Over training");
    page.html(
        "<div class=\"scrubber\" hidden><button type=\"button\" class=\"play\" aria-label=\"play\">▶</button>"
        "<input type=\"range\" min=\"0\" max=\"0\" value=\"0\" step=\"1\" aria-label=\"training round shown\"><output></output></div>\n");
    const std::uint64_t budget = std::min(input.image_budget_bytes, most_image_bytes);
    const bool real = !input.real_images.png_bytes.empty() || !input.real_images.png_path.empty();
    snapshot_strip(page, groups, &RunData::samples, budget / 2, "Generated images", "The same latent vectors at every round.",
                   "generated images,", real ? &input.real_images : nullptr);
    other_seeds(page, groups);
    numbers();
    snapshot_strip(page, groups, &RunData::conductance, budget / 2, "Conductance of every array",
                   "Each square is one crossbar, each dot one memristor: dark at the low end of the device's conductance window, bright at "
                   "the high end, flat where no memristor is in use.",
                   "conductance maps of all arrays,", nullptr);
    page.charts(histograms);
    page.close_section();
}

void curves_section(Page& page, const std::vector<Group>& groups) {
    const auto curves = training_charts(groups), others = other_charts(groups);
    if (!curves.empty() || !others.empty()) {
        page.open_section("curves", "Adversarial training", band_note(groups));
        page.charts(curves);
        page.charts(others);
        page.close_section();
    }
    const auto quality = quality_charts(groups);
    if (quality.empty()) return;
    page.open_section("quality", "Image quality", band_note(groups));
    page.charts(quality);
    page.close_section();
}

namespace {

/// A dot with a whisker on a logarithmic scale from a quarter to four times the published value; arrows where it leaves the scale.
std::string ratio_mark(double paper, const Spread& ours) {
    if (!(paper > 0) || !(ours.lo > 0)) return "";
    const auto at = [&](double v) { return 60 + 56 * std::clamp(std::log2(v / paper) / 2, -1.0, 1.0); };
    const bool outside = std::abs(std::log2(ours.mean / paper)) > 2;
    return fmt::format(
        "<svg class=\"ratio\" viewBox=\"0 0 120 18\" role=\"img\" aria-label=\"ours over paper {}\"><line class=\"axis\" x1=\"4\" "
        "x2=\"116\" y1=\"9\" y2=\"9\"/>"
        "<line class=\"paper\" x1=\"60\" x2=\"60\" y1=\"1\" y2=\"17\"/><line class=\"whisker\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"9\" "
        "y2=\"9\"/>{}</svg>",
        format_number(ours.mean / paper), at(ours.lo), at(ours.hi),
        outside ? fmt::format("<path class=\"dot\" d=\"M{0} 9l{1} -5v10z\"/>", ours.mean > paper ? 118 : 2, ours.mean > paper ? -8 : 8)
                : fmt::format("<circle class=\"dot\" r=\"4\" cx=\"{:.1f}\" cy=\"9\"/>", at(ours.mean)));
}

/// Published numbers keep the digits they were printed with, up to four.
std::string published_text(double value, const std::string& unit) {
    std::string shortest = format_quantity(value, unit, 4);
    for (int digits = 3; digits > 0; --digits) {
        const double rounded = std::stod(fmt::format("{:.{}e}", value, digits - 1));
        if (std::abs(rounded - value) > 1e-9 * std::abs(value)) break;
        shortest = format_quantity(value, unit, digits);
    }
    return shortest;
}

}  // namespace

void comparison_section(Page& page, const ReportInput& input) {
    if (input.comparison.empty()) return;
    page.open_section("comparison", input.comparison_title);
    std::vector<std::vector<Cell>> rows;
    for (const auto& row : input.comparison) {
        const Spread ours = spread_of(row.ours);
        const std::string paper = !row.paper_text.empty() ? escape(row.paper_text) : row.paper ? published_text(*row.paper, row.unit) : "–";
        const bool ratio = row.paper && *row.paper != 0 && ours.n > 0;
        std::string name = escape(row.quantity);
        if (!row.variant.empty()) name += fmt::format(" <span class=\"range\">{}</span>", escape(row.variant));
        if (!row.where.empty()) name += fmt::format(" <span class=\"range\">{}</span>", escape(row.where));
        rows.push_back({{name},
                        {paper, true},
                        {(ours.n ? format_quantity(ours.mean, row.unit) : "–") +
                             (ours.n > 1 ? fmt::format(" <span class=\"range\">{} … {}, n = {}</span>", format_quantity(ours.lo, row.unit),
                                                       format_quantity(ours.hi, row.unit), ours.n)
                                         : ""),
                         true},
                        {ratio ? format_number(ours.mean / *row.paper) : "–", true},
                        {ratio ? ratio_mark(*row.paper, ours) : ""},
                        {prose(row.note)}});
    }
    page.table(input.comparison_caption.empty() ? "Published values beside ours: mean and range over seeds. The mark shows ours (dot, "
                                                  "range) on a scale from ¼ to 4 times the published value (tick)."
                                                : escape(input.comparison_caption),
               {"quantity", "published", "ours (range over seeds)", "ours / published", "¼ × … 4 ×", "why they differ"}, rows,
               "comparison");
    page.close_section();
}

void findings_section(Page& page, const ReportInput& input) {
    if (!input.findings.empty()) {
        page.open_section("findings", "Findings");
        for (const auto& finding : input.findings) {
            page.html("<article class=\"finding\"><h3>" + escape(finding.title) + "</h3>" + prose(finding.text));
            for (const auto& figure : finding.figures) page.figure(figure);
            page.html("</article>\n");
        }
        page.close_section();
    }
    if (input.figures.empty()) return;
    page.open_section("figures", "Further figures");
    std::vector<Chart> row;
    for (const auto& figure : input.figures) {
        if (const auto* chart = std::get_if<Chart>(&figure)) {
            row.push_back(*chart);
            continue;
        }
        page.charts(row);
        row.clear();
        page.figure(figure);
    }
    page.charts(row);
    page.close_section();
}

}  // namespace ganbar::report
