// The event-level schedule as a drawing: one row per resource, one rectangle per sample and stage, and below, for every stream, when it
// fills, works steadily and drains.
#include <fmt/format.h>

#include <algorithm>

#include "ganbar/arch/pipeline.h"

namespace ganbar::arch {
namespace {

constexpr double left = 150, row = 18;
const char* const colours[] = {"#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"};  // Okabe-Ito

struct Frame {
    Int cycles = 1;
    double per_cycle = 1, width = 300;
    double x(Int cycle) const { return left + per_cycle * double(cycle); }
};

std::string text_at(double x, double y, const std::string& words, const char* anchor = "start") {
    return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" fill=\"currentColor\">{}</text>\n", x, y, anchor, words);
}

std::string event_rects(const EventSchedule& s, const Frame& f) {
    std::string out;
    for (const auto& e : s.events) {
        if (e.begin >= f.cycles) continue;
        const double w = std::max(0.5, f.per_cycle * double(std::min(e.end, f.cycles) - e.begin) - 0.5);
        out += fmt::format(
            "<rect x=\"{:.2f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.1f}\" fill=\"{}\" fill-opacity=\"{:.2f}\"><title>{}, {}, sample "
            "{}, cycles {} to {}</title></rect>\n",
            f.x(e.begin), row * e.resource + 2, w, row - 4, colours[std::size_t(e.stream) % 6], e.sample % 2 ? 0.7 : 1.0,
            s.streams[std::size_t(e.stream)], s.resources[std::size_t(e.resource)], e.sample + 1, e.begin + 1, e.end);
    }
    return out;
}

}  // namespace

std::vector<StreamPhases> stream_phases(const EventSchedule& s) {
    struct Ends {
        Int first = -1;                ///< first stage of the first sample
        Int first_done = 0, done = 0;  ///< when sample 0, and when all have left
    };
    std::vector<Ends> ends(s.streams.size());
    std::vector<std::vector<Int>> entry(s.streams.size());
    for (const auto& e : s.events) {
        Ends& n = ends[std::size_t(e.stream)];
        auto& begins = entry[std::size_t(e.stream)];
        if (Int(begins.size()) <= e.sample) begins.resize(std::size_t(e.sample) + 1, -1);
        Int& begin = begins[std::size_t(e.sample)];
        if (begin < 0 || e.begin < begin) begin = e.begin;
        if (n.first < 0 || e.begin < n.first) n.first = e.begin;
        if (e.sample == 0) n.first_done = std::max(n.first_done, e.end);
        n.done = std::max(n.done, e.end);
    }
    std::vector<StreamPhases> out;
    for (std::size_t i = 0; i < ends.size(); ++i) {
        if (entry[i].empty()) continue;
        const Int last_entry = *std::max_element(entry[i].begin(), entry[i].end());
        // full: from the first result until the last sample enters; a short batch drains before it is ever full
        const Int full = ends[i].first_done, drain = std::max(full, last_entry + 1);
        out.push_back({int(i), ends[i].first, full, std::min(drain, ends[i].done), ends[i].done});
    }
    return out;
}

std::string timeline_svg(const EventSchedule& schedule, Int last_cycle) {
    Frame f;
    for (const auto& e : schedule.events) f.cycles = std::max(f.cycles, e.end);
    if (last_cycle > 0) f.cycles = std::min(f.cycles, last_cycle);
    f.width = std::clamp(double(f.cycles) * 14, 300.0, 2400.0);
    f.per_cycle = f.width / double(f.cycles);
    const auto phases = stream_phases(schedule);
    const double rows = row * double(schedule.resources.size()), height = rows + 44 + row * double(phases.size());
    std::string svg = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} {1:.0f}\" "
        "font-family=\"sans-serif\" font-size=\"11\" role=\"img\" "
        "aria-label=\"pipeline timeline\">\n",
        left + f.width + 10, height);
    for (std::size_t r = 0; r < schedule.resources.size(); ++r)
        svg += text_at(left - 6, row * (double(r) + 0.75), schedule.resources[r], "end");
    svg += event_rects(schedule, f);
    svg += fmt::format("<line x1=\"{0:.1f}\" y1=\"{1:.1f}\" x2=\"{2:.1f}\" y2=\"{1:.1f}\" stroke=\"#888\"/>\n", left, rows + 4,
                       left + f.width);
    svg += text_at(left, rows + 18, "0") + text_at(left + f.width, rows + 18, fmt::format("{} cycles", f.cycles), "end");
    for (std::size_t i = 0; i < phases.size(); ++i) {
        const StreamPhases& p = phases[i];
        const double y = rows + 26 + row * double(i);
        svg += text_at(left - 6, y + 12, schedule.streams[std::size_t(p.stream)], "end");
        const std::pair<const char*, std::pair<Int, Int>> parts[] = {
            {"fill", {p.begin, p.full}}, {"steady", {p.full, p.drain}}, {"drain", {p.drain, p.end}}};
        for (const auto& [name, span] : parts) {
            const Int from = std::min(span.first, f.cycles), to = std::min(span.second, f.cycles);
            if (to <= from) continue;
            const double opacity = std::string_view(name) == "steady" ? 1.0 : std::string_view(name) == "fill" ? 0.35 : 0.6;
            svg += fmt::format(
                "<rect x=\"{:.2f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.1f}\" fill=\"{}\" fill-opacity=\"{}\"><title>{}: {} in "
                "cycles "
                "{} to {}</title></rect>\n",
                f.x(from), y + 2, std::max(0.5, f.x(to) - f.x(from) - 0.5), row - 5, colours[std::size_t(p.stream) % 6], opacity,
                schedule.streams[std::size_t(p.stream)], name, from + 1, to);
            if (f.x(to) - f.x(from) > 34) svg += text_at((f.x(from) + f.x(to)) / 2, y + 12, name, "middle");
        }
    }
    return svg + "</svg>\n";
}

}  // namespace ganbar::arch
