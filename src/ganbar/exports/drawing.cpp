#include "ganbar/exports/drawing.h"

#include <fmt/format.h>

#include <cmath>

#include "ganbar/core/error.h"
#include "ganbar/report/html_text.h"

namespace ganbar::exports {
namespace {

constexpr double mm_per_point = 25.4 / 72;

std::string svg_path(const Path& p) {
    std::string d;
    for (std::size_t i = 0; i < p.points.size(); ++i) d += fmt::format("{}{:.2f} {:.2f}", i == 0 ? "M" : "L", p.points[i].x, p.points[i].y);
    std::string out = fmt::format("<path d=\"{}{}\" fill=\"{}\"", d, p.fill.empty() ? "" : "Z", p.fill.empty() ? "none" : p.fill);
    if (p.fill_opacity < 1) out += fmt::format(" fill-opacity=\"{}\"", p.fill_opacity);
    if (!p.stroke.empty()) out += fmt::format(" stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"round\"", p.stroke, p.width);
    if (p.dashed) out += fmt::format(" stroke-dasharray=\"{} {}\"", dash[0], dash[1]);
    if (p.dotted) out += fmt::format(" stroke-dasharray=\"{} {}\"", dots[0], dots[1]);
    return out + (p.clipped ? " clip-path=\"url(#plot)\"/>\n" : "/>\n");
}

std::string svg_words(const Words& w) {
    const char* anchor = w.anchor == Anchor::start ? "start" : w.anchor == Anchor::middle ? "middle" : "end";
    const std::string place = w.upright ? fmt::format("transform=\"translate({:.2f} {:.2f}) rotate(-90)\"", w.at.x, w.at.y)
                                        : fmt::format("x=\"{:.2f}\" y=\"{:.2f}\"", w.at.x, w.at.y);
    return fmt::format("<text {} text-anchor=\"{}\" fill=\"{}\">{}</text>\n", place, anchor, w.colour, report::escape(w.text));
}

std::string svg_bitmap(const Bitmap& b) {
    const Bytes png = png_bytes(b.image);
    return fmt::format(
        "<image x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" style=\"image-rendering:pixelated\" href=\"{}\"/>\n", b.at.x,
        b.at.y, b.width, b.height, report::png_data_uri({reinterpret_cast<const char*>(png.data()), png.size()}));
}

}  // namespace

// Digits and most small letters of sans-serif fonts are 0.5 (Helvetica) to 0.63 em (DejaVu) wide; i, l and punctuation half of that,
// capitals and m more.
double text_width(const std::string& text) {
    double em = 0;
    for (const char c : text) {
        if ((c & 0xc0) == 0x80) continue;  // a letter's further bytes
        const std::string_view narrow = "ijlt.,:;'|!()[] ", wide = "mwMW%";
        em += narrow.find(c) != std::string_view::npos ? 0.34
              : wide.find(c) != std::string_view::npos ? 0.95
              : c >= 'A' && c <= 'Z'                   ? 0.7
                                                       : 0.61;
    }
    return em * font_size;
}

std::string svg_of(const Drawing& d) {
    std::string out = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{:.2f}mm\" height=\"{:.2f}mm\" viewBox=\"0 0 {:.2f} {:.2f}\" role=\"img\" "
        "font-family=\"Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif\" font-size=\"{}\">\n<title>{}</title>\n<rect "
        "width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
        d.width * mm_per_point, d.height * mm_per_point, d.width, d.height, font_size, report::escape(d.title));
    out += fmt::format("<clipPath id=\"plot\"><rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\"/></clipPath>\n",
                       d.clip_from.x, d.clip_from.y, d.clip_to.x - d.clip_from.x, d.clip_to.y - d.clip_from.y);
    for (const auto& shape : d.shapes)
        out += std::visit(Each{[](const Path& p) { return svg_path(p); }, [](const Words& w) { return svg_words(w); },
                               [](const Bitmap& b) { return svg_bitmap(b); }},
                          shape);
    return out + "</svg>\n";
}

}  // namespace ganbar::exports
