// PDF of a drawing, through cairo, which a build may leave out (GANBAR_CAIRO=OFF).
#include "ganbar/exports/drawing.h"

#include "ganbar/core/error.h"

#ifdef GANBAR_HAS_CAIRO
#include <cairo-pdf.h>
#include <cairo.h>
#include <fmt/format.h>

#include <memory>
#include <numbers>

namespace ganbar::exports {
namespace {

struct Rgb {
    double r, g, b;
};
Rgb colour_of(const std::string& hex) {
    const auto part = [&](std::size_t at) { return std::stoi(hex.substr(at, 2), nullptr, 16) / 255.0; };
    return {part(1), part(3), part(5)};
}

cairo_status_t append(void* out, const unsigned char* data, unsigned n) {
    auto& bytes = *static_cast<Bytes*>(out);
    bytes.insert(bytes.end(), data, data + n);
    return CAIRO_STATUS_SUCCESS;
}

struct Gone {
    void operator()(cairo_t* c) const { cairo_destroy(c); }
    void operator()(cairo_surface_t* s) const { cairo_surface_destroy(s); }
};
using Context = std::unique_ptr<cairo_t, Gone>;
using Surface = std::unique_ptr<cairo_surface_t, Gone>;

void draw(cairo_t* c, const Drawing& d, const Path& p) {
    cairo_save(c);
    if (p.clipped) {
        cairo_rectangle(c, d.clip_from.x, d.clip_from.y, d.clip_to.x - d.clip_from.x, d.clip_to.y - d.clip_from.y);
        cairo_clip(c);
    }
    cairo_new_path(c);  // text leaves a point behind
    for (const auto& at : p.points) cairo_line_to(c, at.x, at.y);
    if (!p.fill.empty()) {
        const Rgb f = colour_of(p.fill);
        cairo_close_path(c);
        cairo_set_source_rgba(c, f.r, f.g, f.b, p.fill_opacity);
        cairo_fill_preserve(c);
    }
    if (!p.stroke.empty()) {
        const Rgb s = colour_of(p.stroke);
        cairo_set_source_rgb(c, s.r, s.g, s.b);
        cairo_set_line_width(c, p.width);
        cairo_set_line_join(c, CAIRO_LINE_JOIN_ROUND);
        if (p.dashed || p.dotted) cairo_set_dash(c, p.dashed ? dash : dots, 2, 0);
        cairo_stroke_preserve(c);
    }
    cairo_new_path(c);
    cairo_restore(c);
}

void draw(cairo_t* c, const Words& w) {
    const Rgb colour = colour_of(w.colour);
    cairo_save(c);
    cairo_set_source_rgb(c, colour.r, colour.g, colour.b);
    cairo_translate(c, w.at.x, w.at.y);
    if (w.upright) cairo_rotate(c, -std::numbers::pi / 2);
    cairo_text_extents_t size;
    cairo_text_extents(c, w.text.c_str(), &size);
    cairo_move_to(c, w.anchor == Anchor::start ? 0 : w.anchor == Anchor::middle ? -size.x_advance / 2 : -size.x_advance, 0);
    cairo_show_text(c, w.text.c_str());
    cairo_restore(c);
}

void draw(cairo_t* c, const Bitmap& b) {
    Surface image(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(b.image.width), static_cast<int>(b.image.height)));
    unsigned char* data = cairo_image_surface_get_data(image.get());
    if (data == nullptr) throw DataError("cairo has no memory for a picture");
    const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(image.get()));
    for (std::size_t y = 0; y < b.image.height; ++y)
        for (std::size_t x = 0; x < b.image.width; ++x) {
            const std::uint8_t* from = b.image.at(x, y);
            const bool grey = b.image.channels == 1;
            const std::uint32_t value =
                static_cast<std::uint32_t>(from[0]) << 16 | static_cast<std::uint32_t>(from[grey ? 0 : 1]) << 8 | from[grey ? 0 : 2];
            *reinterpret_cast<std::uint32_t*>(data + y * stride + 4 * x) = value;
        }
    cairo_surface_mark_dirty(image.get());
    cairo_save(c);
    cairo_translate(c, b.at.x, b.at.y);
    cairo_scale(c, b.width / static_cast<double>(b.image.width), b.height / static_cast<double>(b.image.height));
    cairo_set_source_surface(c, image.get(), 0, 0);
    cairo_pattern_set_filter(cairo_get_source(c), CAIRO_FILTER_NEAREST);
    cairo_paint(c);
    cairo_restore(c);
}

}  // namespace

Bytes pdf_of(const Drawing& d) {
    Bytes out;
    const Surface surface(cairo_pdf_surface_create_for_stream(append, &out, d.width, d.height));
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, d.title.c_str());
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATOR, "ganbar");
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE,
                                   "2000-01-01T00:00:00Z");  // no clock: same figure, same bytes
    {
        const Context c(cairo_create(surface.get()));
        cairo_select_font_face(c.get(), "Helvetica", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
        cairo_set_font_size(c.get(), font_size);
        for (const auto& shape : d.shapes)
            std::visit(Each{[&](const Path& p) { draw(c.get(), d, p); }, [&](const Words& w) { draw(c.get(), w); },
                            [&](const Bitmap& b) { draw(c.get(), b); }},
                       shape);
        cairo_show_page(c.get());
        if (cairo_status(c.get()) != CAIRO_STATUS_SUCCESS)
            throw DataError(fmt::format("cairo cannot draw the figure: {}", cairo_status_to_string(cairo_status(c.get()))));
    }
    cairo_surface_finish(surface.get());
    if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS)
        throw DataError(fmt::format("cairo cannot write the PDF: {}", cairo_status_to_string(cairo_surface_status(surface.get()))));
    return out;
}

}  // namespace ganbar::exports

#else
namespace ganbar::exports {

Bytes pdf_of(const Drawing&) {
    throw DataError("this build of ganbar has no cairo, so figures have no PDF; expected .svg, which every journal's tool turns into one");
}

}  // namespace ganbar::exports
#endif
