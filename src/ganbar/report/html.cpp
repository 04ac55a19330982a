#include <fmt/format.h>

#include <set>

#include "ganbar/core/error.h"
#include "ganbar/report/drawing_network.h"
#include "ganbar/report/group_runs.h"
#include "ganbar/report/html_sections.h"
#include "ganbar/report/html_text.h"
#include "ganbar/report/number_text.h"
#include "ganbar/report/report_input.h"

namespace ganbar::report {
namespace web {  // the files of report/web/, carried inside the program (cmake/embed.cmake)
extern const std::string_view report_css, marks_css, chart_js, draw_js, format_js, marks_js, page_js;
}
namespace {

std::string text_of(const Group& group, const std::string& key) {
    std::set<std::string> seen;
    std::vector<std::string> words;
    for (const auto* run : group.runs) {
        const auto number = run->summary.number(key);
        const std::string text = number ? format_number(*number, 8) : run->summary.text(key);
        if (!text.empty() && seen.insert(text).second) words.push_back(text);
    }
    return join(words);
}

/// One line for all variants where they agree, else one per variant.
void add_fact(std::vector<std::pair<std::string, std::string>>& facts, const std::vector<Group>& groups, const std::string& name,
              const std::string& key) {
    std::set<std::string> texts;
    for (const auto& group : groups) texts.insert(text_of(group, key));
    texts.erase("");
    if (!texts.empty()) facts.emplace_back(name, join({texts.begin(), texts.end()}, "; "));
}

std::string classes_text(const RunData& run) {
    std::vector<std::string> words;
    for (const auto c : run.summary.classes) words.push_back(std::to_string(c));
    return join(words);
}

/// Pulses per cell, and what an endurance makes of them; mean over seeds, most of all.
void add_lifetime(std::vector<std::pair<std::string, std::string>>& facts, const std::vector<Group>& groups) {
    std::set<std::string> pulses, trainings;
    for (const auto& group : groups) {
        const Spread mean = summary_spread(group, "pulses_per_cell_mean"), p999 = summary_spread(group, "pulses_per_cell_p999"),
                     most = summary_spread(group, "pulses_per_cell_most");
        if (mean.n > 0)
            pulses.insert(fmt::format("mean {}, 99.9% at most {}, most {} (in {})", format_number(mean.mean), format_number(p999.mean),
                                      format_number(most.hi), text_of(group, "most_pulsed_layer")));
        const Spread survived = summary_spread(group, "trainings_survived");
        if (survived.n > 0)
            trainings.insert(fmt::format("{} such trainings until 0.1% of the cells are worn out; {} first", format_number(survived.mean),
                                         text_of(group, "first_worn_layer")));
    }
    constexpr std::size_t few = 2;  // more are a table's business
    if (!pulses.empty() && pulses.size() <= few) facts.emplace_back("pulses a cell", join({pulses.begin(), pulses.end()}, "; "));
    if (!trainings.empty() && trainings.size() <= few) facts.emplace_back("lifetime", join({trainings.begin(), trainings.end()}, "; "));
}

std::vector<std::pair<std::string, std::string>> summary_facts(const std::vector<Group>& groups) {
    std::vector<std::pair<std::string, std::string>> facts;
    add_fact(facts, groups, "data", "dataset");
    if (!facts.empty() && !classes_text(*groups.front().runs.front()).empty())
        facts.back().second += (groups.front().runs.front()->summary.classes.size() == 1 ? ", class " : ", classes ") +
                               classes_text(*groups.front().runs.front());
    add_fact(facts, groups, "seeds", "seed");
    add_fact(facts, groups, "weight-update rounds", "rounds");
    add_fact(facts, groups, "crossbars", "n_crossbars");
    add_fact(facts, groups, "memristors in use", "cells_used");
    add_lifetime(facts, groups);
    const Spread area = groups.empty() ? Spread{} : total_spread(groups.front(), "area_with_periphery_m2"),
                 cells = groups.empty() ? Spread{} : summary_spread(groups.front(), "area_m2");
    if (area.n > 0 && area.mean > 0) facts.emplace_back("area with periphery", format_quantity(area.mean, "m2"));
    if (cells.n > 0 && cells.mean > 0) facts.emplace_back("area of the cells", format_quantity(cells.mean, "m2"));
    const Spread wall = groups.empty() ? Spread{} : summary_spread(groups.front(), "wall_s");
    if (wall.n > 0) facts.emplace_back("computing time per run", format_quantity(wall.mean, "s"));
    return facts;
}

void title_block(Page& page, const ReportInput& input) {
    page.html("<header class=\"title\"><h1>" + escape(input.title) + "</h1><div class=\"intro\">" + prose(input.intro) +
              "</div></header>\n");
}

void facts_block(Page& page, const ReportInput& input, const std::vector<Group>& groups) {
    auto facts = summary_facts(groups);
    facts.insert(facts.end(), input.facts.begin(), input.facts.end());
    if (!facts.empty()) {
        page.html("<dl class=\"facts\">");
        for (const auto& [name, text] : facts) page.html(fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", escape(name), escape(text)));
        page.html("</dl>\n");
    }
}

/// Comments of the resolved run.toml (where each value came from) are set back a little.
std::string toml_html(const std::string& text) {
    std::string out;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string line = text.substr(begin, end - begin);
        const std::size_t hash = line.find(" #") != std::string::npos ? line.find(" #") : line.rfind('#', 0) == 0 ? 0 : std::string::npos;
        out += hash == std::string::npos
                   ? escape(line)
                   : escape(line.substr(0, hash)) + "<span class=\"comment\">" + escape(line.substr(hash)) + "</span>";
        out += '\n';
        begin = end + 1;
    }
    return out;
}

std::string last_lines(const std::string& text, int n) {
    std::size_t at = text.size();
    for (int i = 0; i <= n && at != std::string::npos && at > 0; ++i) at = text.rfind('\n', at - 1);
    return at == std::string::npos || at == 0 ? text : text.substr(at + 1);
}

/// Whether variants were trained equally long.
std::string rounds_text(const std::vector<RunData>& runs) {
    std::set<double> rounds;
    for (const auto& run : runs)
        if (const auto n = run.summary.number("rounds")) rounds.insert(*n);
    if (rounds.size() < 2) return "compared at equal rounds";
    return fmt::format("trained for {:.0f} to {:.0f} rounds: what they reached and spent does not compare as it stands", *rounds.begin(),
                       *rounds.rbegin());
}

}  // namespace

void provenance_section(Page& page, const ReportInput& input, const std::vector<Group>& groups) {
    page.open_section("reproduce", "Settings and how to reproduce");
    if (!input.reproduce_commands.empty()) {
        page.html("<pre class=\"commands\" tabindex=\"0\"><code>");
        for (const auto& command : input.reproduce_commands) page.html(escape(command) + "\n");
        page.html("</code></pre>");
    }
    page.html(prose(input.reproduce_note));
    const auto differences = groups.size() > 1 ? setting_differences(groups) : std::vector<SettingDifference>{};
    if (!differences.empty()) {
        std::vector<std::string> columns = {"setting"};
        for (const auto& group : groups) columns.push_back(group.name);
        std::vector<std::vector<Cell>> rows;
        for (const auto& d : differences) {
            rows.push_back({{"<code>" + escape(d.key) + "</code>"}});
            for (const auto& value : d.values) rows.back().push_back({"<code>" + escape(value) + "</code>"});
        }
        page.table("Settings in which the variants differ; all others are equal.", columns, rows);
    }
    for (const auto& group : groups) {
        const RunData& run = *group.runs.front();
        if (!run.run_toml.empty())
            page.html(
                fmt::format("<details class=\"settings\"><summary>{}: all settings, resolved</summary><pre class=\"toml\" "
                            "tabindex=\"0\"><code>{}</code></pre></details>\n",
                            escape(group.name + ", " + run.label), toml_html(run.run_toml)));
    }
    if (!groups.empty() && !groups.front().runs.front()->environment.empty()) {
        std::vector<std::vector<Cell>> rows;
        for (const auto& [key, value] : groups.front().runs.front()->environment)
            rows.push_back({{escape(key)}, {"<code>" + escape(value) + "</code>"}});
        page.html("<details class=\"settings\"><summary>Environment of the first run</summary>");
        page.table("", {"what", "value"}, rows);
        page.html("</details>\n");
    }
    for (const auto& group : groups)
        if (!group.runs.front()->log_text.empty())
            page.html(fmt::format(
                "<details class=\"log\"><summary>{}: end of the log</summary><pre tabindex=\"0\"><code>{}</code></pre></details>\n",
                escape(group.name), escape(last_lines(group.runs.front()->log_text, 60))));
    page.close_section();
}

/// Where the weights are and how they got there.
static std::string weights_text(const std::vector<RunData>& runs, const std::string& data, double arrays) {
    const std::string draws = "A generative adversarial network learns to draw " + data;
    if (!(arrays > 0)) return draws + "; this run keeps its weights in digital memory.";
    const auto settings = settings_of(runs.front().run_toml);
    const auto kind = settings.find("hardware.kind");
    if (kind != settings.end() && kind->second == "\"ex_situ\"")
        return fmt::format("{}. It is trained in software; its weights are then written into simulated memristors on {} crossbars.", draws,
                           format_number(arrays));
    return fmt::format("{}. Every weight is a simulated memristor on one of {} crossbars, trained in place by voltage pulses.", draws,
                       format_number(arrays));
}

ReportInput describe_runs(std::vector<RunData> runs) {
    group_runs(runs);
    ReportInput input;
    input.runs = std::move(runs);
    const auto groups = groups_of(input.runs);
    std::vector<std::string> names;
    for (const auto& group : groups) names.push_back(group.name);
    input.title = names.size() <= 2 ? join(names, " and ") : fmt::format("{} variants side by side", names.size());
    std::set<std::string> datasets;
    for (const auto& run : input.runs)
        if (!run.summary.text("dataset").empty()) datasets.insert(run.summary.text("dataset"));
    const std::string data = datasets.empty() ? "images" : "images like those of " + join({datasets.begin(), datasets.end()}, " and ");
    const double arrays = groups.empty() ? 0 : summary_spread(groups.front(), "n_crossbars").mean;
    input.intro = weights_text(input.runs, data, arrays);
    if (groups.size() > 1)
        input.intro = fmt::format("{} variants of a generative adversarial network that learns to draw {}, {}.", groups.size(), data,
                                  rounds_text(input.runs));
    for (const auto& run : input.runs)
        input.reproduce_commands.push_back(fmt::format("ganbar train {}/run.toml --out {}-again", run.folder, run.folder));
    input.reproduce_note =
        "`run.toml` holds every setting, resolved; running it again gives the same bytes, whatever the number of threads.";
    return input;
}

/// Sliders and a canvas; the script fills and shows them.
static void drawing_section(Page& page, const DrawingNetwork& network) {
    std::size_t n_weights = 0;
    for (const auto& layer : network.layers) n_weights += layer.weights.size();
    page.open_section("draw", "Draw new images");
    page.html(
        "<figure id=\"draw-figure\" class=\"draw\" hidden><canvas class=\"pixels\" role=\"img\" aria-label=\"24 new images of the "
        "generator\"></canvas><div class=\"draw-tools\">");
    const auto slider = [&](const char* name, const char* label, const char* range) {
        page.html(fmt::format("<label><span>{}</span><input type=\"range\" name=\"{}\" {}><output></output></label>", label, name, range));
    };
    slider("first", "towards a second image", "min=\"-1\" max=\"1\" step=\"0.05\" value=\"0\"");
    slider("second", "towards a third image", "min=\"-1\" max=\"1\" step=\"0.05\" value=\"0\"");
    slider("noise", "noise of every weight", "min=\"0\" max=\"25\" step=\"0.5\" value=\"0\"");
    page.html(fmt::format(
        "<button type=\"button\">other images</button></div><figcaption>{}The trained generator, {} {} in half precision, draws here, in "
        "your browser: every image has a latent vector of its own and two "
        "others to walk towards. The noise is what one read finds of each weight, in per cent of its layer's largest.</figcaption></figure>"
        "<noscript><p>The generator needs scripts.</p></noscript><script type=\"application/json\" id=\"data-draw\">{}</script>\n",
        page.next_figure_number(), format_number(static_cast<double>(n_weights), 8),
        network.in_cells ? "weights from its memristors" : "weights", drawing_json(network)));
    page.close_section();
}

static constexpr std::size_t most_shown_first = 8;  ///< variants whose pictures open the page

std::string render_html(const ReportInput& input) { return render_html(input, nullptr); }

std::string render_html(const ReportInput& input, const DrawingNetwork* generator) {
    const auto groups = groups_of(input.runs);
    Page page;
    title_block(page, input);
    const bool is_study = groups.size() > most_shown_first, begins_with_numbers = groups.empty() || is_study;
    const auto numbers = [&] {
        if (!groups.empty()) verdict_section(page, groups);
        facts_block(page, input, groups);
    };
    if (begins_with_numbers) numbers();
    const std::size_t navigation_at = page.body().size();
    if (!begins_with_numbers) training_section(page, input, groups, numbers);  // what came of it first, then what it costs
    if (generator != nullptr) drawing_section(page, *generator);
    comparison_section(page, input);
    findings_section(page, input);  // before the curves of the runs they come from: a study has dozens
    if (!groups.empty() && is_study) training_section(page, input, groups, [] {});
    if (!groups.empty()) {
        curves_section(page, groups);
        energy_section(page, groups);
        accelerators_section(page, groups);
        area_section(page, groups);
        assumptions_section(page, groups);
    }
    provenance_section(page, input, groups);
    PageShell shell = file_shell();
    if (generator != nullptr) shell.scripts += web::draw_js;
    return whole_page(input.title, page, navigation_at, shell);
}

PageShell file_shell() {
    return {"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'",
            std::string(web::format_js) + std::string(web::chart_js) + std::string(web::page_js) + std::string(web::marks_js), ""};
}

std::string whole_page(const std::string& title, const Page& page, std::size_t navigation_at, const PageShell& shell) {
    std::string out =
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"" +
        shell.policy +
        "\">"
        "<meta name=\"color-scheme\" content=\"light dark\"><meta name=\"generator\" content=\"ganbar\">" +
        shell.head;
    out += "<title>" + escape(title) + "</title>\n<style>" + std::string(web::report_css) + std::string(web::marks_css) +
           "</style></head>\n<body>\n";
    out += "<main>\n" + page.body().substr(0, navigation_at) + "<nav aria-label=\"sections\">" + page.navigation() + "</nav>\n" +
           page.body().substr(navigation_at) + "</main>\n";
    out += "<footer>Made by ganbar. All numbers are SI; energies and areas carry prefixes.</footer>\n<script>\n\"use strict\";\n(() => {\n";
    return out + shell.scripts + "})();\n</script>\n</body></html>\n";
}

}  // namespace ganbar::report
