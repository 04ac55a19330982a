#include "ganbar/report/reproductions.h"

#include <fmt/format.h>

namespace ganbar::report {

using namespace arch;
using Json = nlohmann::ordered_json;

std::string reproduction_text(const Reproduction& r) {
    std::string out = fmt::format("{}: {}\n\n{:<14}{:<12}{:<32}{:>9}  {:<20}{:>9}  {:<20}{:>12}{:>12}{:>11}\n", r.name, r.title, "network",
                                  "against", "basis", "speed", "range", "energy", "range", "area mm2", "rival mm2", "rival use");
    for (const auto& row : r.rows)
        out += fmt::format("{:<14}{:<12}{:<32}{:>8.3g}x  {:<20}{:>8.3g}x  {:<20}{:>12.3g}{:>12.3g}{:>10.3g}%\n", row.benchmark, row.rival,
                           row.basis, row.speed.value, fmt::format("{:.3g} ... {:.3g}", row.speed.lo, row.speed.hi), row.energy.value,
                           fmt::format("{:.3g} ... {:.3g}", row.energy.lo, row.energy.hi), row.subject_area_m2 * 1e6,
                           row.rival_area_m2 * 1e6, 100 * row.rival_utilisation);
    for (std::size_t i = 0; i < r.rows.size(); ++i)
        if (!r.rows[i].rival_assumed.empty() && (i == 0 || r.rows[i].rival_assumed != r.rows[i - 1].rival_assumed))
            out += fmt::format("{} is taken at {}; \"rival use\" is the share of its peak that useful multiplications fill\n",
                               r.rows[i].rival, r.rows[i].rival_assumed);
    out += fmt::format("\n{:<12}{:<32}{:<8}{:>10}{:>12}  {:<20}{:>16}\n", "mean", "basis", "", "geometric", "arithmetic", "range",
                       "published");
    for (const auto& m : r.means)
        out += fmt::format(
            "{:<12}{:<32}{:<8}{:>9.3g}x{:>11.3g}x  {:<20}{:>16}\n", m.rival, m.basis, m.quantity, m.geometric, m.arithmetic,
            fmt::format("{:.3g} ... {:.3g}", m.lo, m.hi),
            m.published_hi > 0 ? fmt::format("{:.3g}x ... {:.3g}x", m.published, m.published_hi) : fmt::format("{:.3g}x", m.published));
    out += fmt::format("\n{:<46}{:>9}{:>10}{:>12}\n", "what each idea adds", "speed", "energy", "area mm2");
    for (const auto& l : r.ladder) out += fmt::format("{:<46}{:>8.3g}x{:>9.3g}x{:>12.3g}\n", l.label, l.speed, l.energy, l.area_m2 * 1e6);
    out += "\nwhich uncertain parameter moves the means most\n";
    for (const auto& b : r.tornado)
        out += fmt::format("{:<10}{:<28}{:<30} speed {:>8.3g}x ... {:<8.3g} energy {:>8.3g}x ... {:<8.3g}\n", b.machine, b.param,
                           b.lo + " ... " + b.hi, b.speed_lo, b.speed_hi, b.energy_lo, b.energy_hi);
    out += "\n";
    for (const auto& f : r.findings) out += "- " + f + "\n";
    return out;
}

Json reproduction_json(const Reproduction& r) {
    const auto interval = [](const Interval& i) { return Json{{"value", i.value}, {"lo", i.lo}, {"hi", i.hi}}; };
    Json j{{"name", r.name}, {"title", r.title}};
    for (const char* key : {"rows", "means", "ladder", "tornado"}) j[key] = Json::array();
    for (const auto& row : r.rows)
        j["rows"].push_back({{"benchmark", row.benchmark},
                             {"rival", row.rival},
                             {"basis", row.basis},
                             {"speed", interval(row.speed)},
                             {"energy", interval(row.energy)},
                             {"subject_area_m2", row.subject_area_m2},
                             {"rival_area_m2", row.rival_area_m2},
                             {"subject_utilisation", row.subject_utilisation},
                             {"rival_utilisation", row.rival_utilisation},
                             {"rival_assumed_efficiency", row.rival_assumed}});
    for (const auto& m : r.means) {
        j["means"].push_back({{"rival", m.rival},
                              {"basis", m.basis},
                              {"quantity", m.quantity},
                              {"geometric", m.geometric},
                              {"arithmetic", m.arithmetic},
                              {"lo", m.lo},
                              {"hi", m.hi},
                              {"published", m.published},
                              {"source", m.source}});
        if (m.published_hi > 0) j["means"].back()["published_hi"] = m.published_hi;
    }
    for (const auto& l : r.ladder)
        j["ladder"].push_back({{"label", l.label}, {"speed", l.speed}, {"energy", l.energy}, {"area_m2", l.area_m2}});
    for (const auto& b : r.tornado)
        j["tornado"].push_back({{"machine", b.machine},
                                {"param", b.param},
                                {"lo", b.lo},
                                {"hi", b.hi},
                                {"speed_lo", b.speed_lo},
                                {"speed_hi", b.speed_hi},
                                {"energy_lo", b.energy_lo},
                                {"energy_hi", b.energy_hi}});
    j["findings"] = r.findings;
    return j;
}

}  // namespace ganbar::report
