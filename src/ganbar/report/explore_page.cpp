#include "ganbar/report/explore_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "ganbar/report/cloud.h"
#include "ganbar/report/explore_json.h"
#include "ganbar/report/html_sections.h"
#include "ganbar/report/html_text.h"
#include "ganbar/report/number_text.h"

namespace ganbar::report {

using namespace arch;

namespace {

constexpr std::size_t most_rows = 300, most_circles = 1500;

/// At most `most` of the front, evenly over its order by time, first and last among them.
std::vector<std::size_t> thinned(const std::vector<std::size_t>& front, std::size_t most) {
    if (front.size() <= most) return front;
    std::vector<std::size_t> out;
    for (std::size_t k = 0; k < most; ++k) out.push_back(front[k * (front.size() - 1) / (most - 1)]);
    return out;
}

/// What colours the front: the loss where it varies, else the first axis of two to eight values.
struct Colours {
    std::vector<std::pair<std::string, int>> legend;
    std::map<std::size_t, int> slot;  ///< per point of the front
    std::string what;
};
/// By what was trained: each combination of bits with what it reached.
Colours colours_of_trainings(const Exploration& e) {
    Colours c;
    c.what = loss_text(e);
    std::set<std::size_t> trained;
    for (const std::size_t i : e.front) trained.insert(e.trained_as[i]);
    if (trained.size() > std::size_t(n_colours)) return {};
    for (const std::size_t m : trained)
        c.legend.emplace_back(fmt::format("{}: {} {}", e.measured[m].design, c.what, format_number(e.measured[m].mean)),
                              int(c.legend.size()));
    for (const std::size_t i : e.front) c.slot[i] = int(std::distance(trained.begin(), trained.find(e.trained_as[i])));
    return c;
}
Colours colours_of(const Exploration& e) {
    if (!e.measured.empty())
        if (Colours c = colours_of_trainings(e); !c.slot.empty()) return c;
    Colours c;
    std::set<double> losses;
    for (const std::size_t i : e.front) losses.insert(e.loss[i]);
    if (losses.size() > 1 && losses.size() <= std::size_t(n_colours)) {
        c.what = loss_text(e);
        for (const double v : losses) c.legend.emplace_back(c.what + " " + format_number(v), int(c.legend.size()));
        for (const std::size_t i : e.front) c.slot[i] = int(std::distance(losses.begin(), losses.find(e.loss[i])));
        return c;
    }
    for (std::size_t a = 0; a < e.axes.size(); ++a) {
        std::set<std::uint32_t> levels;
        for (const std::size_t i : e.front) levels.insert(e.designs.row(i)[a]);
        if (levels.size() < 2 || levels.size() > std::size_t(n_colours)) continue;
        c.what = e.axes[a].name();
        for (const std::uint32_t l : levels)
            c.legend.emplace_back(c.what + " = " + value_text(e.axes[a].info, e.axes[a].values[l]), int(c.legend.size()));
        for (const std::size_t i : e.front) c.slot[i] = int(std::distance(levels.begin(), levels.find(e.designs.row(i)[a])));
        return c;
    }
    for (const std::size_t i : e.front) c.slot[i] = 0;
    return c;
}

struct Measure {
    const char *label, *unit;
    double (*of)(const Exploration&, const DesignPoint&, double loss);
};
double image(const Exploration& e, double v) { return v / double(e.workload.batch); }
const Measure time_per_image{"time per image", "s",
                             [](const Exploration& e, const DesignPoint& p, double) { return image(e, p.latency_s); }};
const Measure energy_per_image{"energy per image", "J",
                               [](const Exploration& e, const DesignPoint& p, double) { return image(e, p.energy_J); }};
const Measure frechet_distance{"Fréchet distance", "", [](const Exploration&, const DesignPoint&, double loss) { return loss; }};
const Measure chip_area{"area", "m2", [](const Exploration&, const DesignPoint& p, double) { return p.area_m2; }};

std::string numbers(const Exploration& e, const DesignPoint& p) {
    return fmt::format("{}, {}, {}, {}", format_quantity(image(e, p.latency_s), "s"), format_quantity(image(e, p.energy_J), "J"),
                       chip_area_text(p.area_m2), format_quantity(p.power_W(), "W"));
}

void plane(Page& page, const Exploration& e, const Colours& colours, const std::string& title, const std::string& caption, const Measure& x,
           const Measure& y) {
    Cloud c{title, caption, x.label, x.unit, y.label, y.unit, {}, {}, {}, colours.legend};
    for (std::size_t i = 0; i < e.points.size(); ++i)
        if (e.points[i].fits) c.all.emplace_back(x.of(e, e.points[i], e.loss[i]), y.of(e, e.points[i], e.loss[i]));
    for (const std::size_t i : thinned(e.front, most_circles)) {
        const DesignPoint& p = e.points[i];
        c.front.push_back({x.of(e, p, e.loss[i]), y.of(e, p, e.loss[i]),
                           fmt::format("{}: {}, {} {}", design_text(e, i), numbers(e, p), loss_text(e), format_number(e.loss[i])),
                           colours.slot.at(i)});
    }
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();  // nobody trained the machine as set
    if (e.as_set) c.marked.push_back({x.of(e, *e.as_set, unknown), y.of(e, *e.as_set, unknown), "as set: " + numbers(e, *e.as_set), 1});
    cloud_figure(page, c);
}

std::vector<Cell> cells_of(const Exploration& e, const DesignPoint& p) {
    return {{format_quantity(image(e, p.latency_s), "s"), true},
            {format_quantity(image(e, p.energy_J), "J"), true},
            {chip_area_text(p.area_m2), true},
            {format_quantity(p.power_W(), "W"), true},
            {format_number(p.n_arrays), true},
            {format_number(100 * p.utilisation, 2) + "\u202f%", true}};
}
const std::vector<std::string> measures{"time", "energy", "area", "power", "arrays or units", "use"};

void front_table(Page& page, const Exploration& e) {
    std::vector<std::string> columns;
    for (const DesignAxis& a : e.axes) columns.push_back(a.name());
    columns.insert(columns.end(), measures.begin(), measures.end());
    columns.push_back(e.loss_name == "bits_lost" ? "bits lost" : loss_text(e));
    std::vector<std::vector<Cell>> rows;
    const auto shown = thinned(e.front, most_rows);
    for (const std::size_t i : shown) {
        std::vector<Cell> row;
        const auto levels = e.designs.row(i);
        for (std::size_t a = 0; a < e.axes.size(); ++a)
            row.push_back({escape(value_text(e.axes[a].info, e.axes[a].values[levels[a]])), true});
        for (Cell& cell : cells_of(e, e.points[i])) row.push_back(std::move(cell));
        row.push_back({format_number(e.loss[i]), true});
        rows.push_back(std::move(row));
    }
    std::string caption = "Designs that no other beats in time, energy, area and " + loss_text(e) + "; time and energy per image.";
    if (shown.size() < e.front.size())
        caption += fmt::format(" {} of {}, evenly over the times; --csv has all.", shown.size(), e.front.size());
    page.table(caption, columns, rows, "sortable");
}

void choice_table(Page& page, const Exploration& e) {
    std::vector<std::vector<Cell>> rows;
    const auto add = [&](const std::string& name, const DesignPoint& p, const std::string& settings) {
        std::vector<Cell> row{{"<strong>" + escape(name) + "</strong>"}};
        for (Cell& cell : cells_of(e, p)) row.push_back(std::move(cell));
        row.push_back({"<code>" + escape(settings) + "</code>"});
        rows.push_back(std::move(row));
    };
    if (e.as_set) add("as set", *e.as_set, e.as_set->fits ? "" : "beyond the limits");
    for (const auto& [name, i] : chosen_designs(e)) {
        std::vector<std::string> words;
        for (const std::string& s : e.settings(i)) words.push_back("--set " + s);
        add(name, e.points[i], join(words, " "));
    }
    std::vector<std::string> columns{"design"};
    columns.insert(columns.end(), measures.begin(), measures.end());
    columns.push_back("as ganbar estimate takes it");
    page.table("The machine as published or set, and where the front is best, at the least " + loss_text(e) +
                   " that it has; time and energy per image.",
               columns, rows, "sortable");
}

void axes_table(Page& page, const Exploration& e) {
    page.open_section("axes", "What was varied");
    std::vector<std::vector<Cell>> rows;
    for (const DesignAxis& a : e.axes) {
        std::vector<std::string> values;
        for (const Value& v : a.values) values.push_back(value_text(a.info, v));
        if (values.size() > 24) values.resize(24), values.push_back(fmt::format("… {} values", a.values.size()));
        std::string own;
        for (const ParamRow& p : e.params)
            if (p.info.name == a.params.front()) own = value_text(p.info, p.value);
        rows.push_back({{"<code>" + escape(a.name()) + "</code>"}, {escape(join(values))}, {escape(own), true}, {escape(a.info.doc)}});
    }
    page.table("Parameters, the values they took, and the machine's own.", {"axis", "values", "as set", "meaning"}, rows);
    for (const auto& w : e.warnings) page.html(fmt::format("<p class=\"note\">{}.{}</p>", escape(e.machine), escape(raised(w))));
    if (!e.unfit.empty()) page.html(fmt::format("<p class=\"note\">Some designs do not run it: {}</p>", escape(raised(e.unfit))));
    page.close_section();
}

void trainings_table(Page& page, const Exploration& e) {
    if (e.measured.empty()) return;
    page.open_section("trainings", "What the bits cost in quality",
                      prose("Trained: " + e.training +
                            ", once a seed for every combination of bits, on simulated crossbars; less is better. There a "
                            "weight is one cell or one pair, as coarse as its cells: a machine "
                            "that slices a weight over several cells loses less."));
    std::vector<std::vector<Cell>> rows;
    for (const MeasuredLoss& m : e.measured)
        rows.push_back({{escape(m.design)},
                        {"<code>" + escape(join(m.settings)) + "</code>"},
                        {format_number(m.mean, 4), true},
                        {format_number(m.lo, 4), true},
                        {format_number(m.hi, 4), true},
                        {std::to_string(m.n_runs), true}});
    page.table(loss_text(e) + " (no unit): mean, lowest and highest over the seeds.",
               {"design", "as the training takes it", "mean", "lowest", "highest", "trainings"}, rows, "sortable");
    page.close_section();
}

}  // namespace

std::string explore_page(const Exploration& e, const std::string& command) {
    if (e.front.empty()) throw ConfigError("no design is within the limits; there is nothing to draw");
    Page page;
    const std::string title = fmt::format("Designs of {} for {}", e.machine, e.workload.network);
    std::string intro = e.workload.task == Task::training ? fmt::format("One training iteration at batch {}.", e.workload.batch)
                                                          : fmt::format("Generation of {} images.", e.workload.batch);
    if (e.limits.any()) intro += fmt::format(" Within {}.", limits_text(e.limits));
    if (e.designs.sampled) intro += " " + raised(designs_text(e)) + ".";
    page.html("<header class=\"title\"><h1>" + escape(title) + "</h1><div class=\"intro\">" + prose(intro) + "</div><dl class=\"facts\">");
    const std::vector<std::pair<std::string, std::string>> facts{{"designs", format_number(double(e.points.size()), 6)},
                                                                 {"combinations", count_text(e.designs.n_grid)},
                                                                 {"within the limits", format_number(double(e.n_fit()), 6)},
                                                                 {"on the front", format_number(double(e.front.size()), 6)}};
    for (const auto& [name, text] : facts) page.html(fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", escape(name), escape(text)));
    page.html("</dl></header>\n");
    const std::size_t navigation_at = page.body().size();
    const Colours colours = colours_of(e);
    page.open_section("front", "The front",
                      prose("Every design is one whole estimate. Grey: all designs within the limits. Coloured: those that no other beats "
                            "in time, energy, area and " +
                            loss_text(e) +
                            " together, so that in one plane some lie behind others; the dashed line joins those that none beats in that "
                            "plane. The ring is the machine as published or set."));
    choice_table(page, e);
    if (std::string ahead = as_set_text(e); !ahead.empty()) {
        ahead.front() = 'T';
        page.html(fmt::format("<p class=\"note\">{}.</p>", escape(ahead)));
    }
    page.html("<div class=\"chart-grid\">");
    plane(page, e, colours, "Energy against time", "Down and left is better.", time_per_image, energy_per_image);
    plane(page, e, colours, "Area against time", "Copies buy time with area.", time_per_image, chip_area);
    plane(page, e, colours, "Energy against area", "Down and left is better.", chip_area, energy_per_image);
    if (!e.measured.empty()) {
        plane(page, e, colours, "Fréchet distance against energy",
              "Quality of trainings with the bits of the design (" + e.training + "); down and left is better.", energy_per_image,
              frechet_distance);
        plane(page, e, colours, "Fréchet distance against area", "The same over the area.", chip_area, frechet_distance);
    }
    page.html("</div>");
    front_table(page, e);
    page.close_section();
    trainings_table(page, e);
    axes_table(page, e);
    page.open_section("reproduce", "Reproduce");
    page.html("<pre class=\"commands\" tabindex=\"0\"><code>" + escape(command) + "\n</code></pre>");
    page.close_section();
    return whole_page(title, page, navigation_at);
}

}  // namespace ganbar::report
