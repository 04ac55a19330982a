#include "ganbar/report/small_picture.h"

#include <png.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "ganbar/core/error.h"
#include "ganbar/data/png.h"

namespace ganbar::report {
namespace {

constexpr std::size_t most_colours = 256;

struct Counted {
    std::array<int, 3> rgb{};
    double n = 0;
};

/// Colours [begin, end) of the list that one shade stands for.
struct Box {
    std::size_t begin = 0, end = 0;
    std::array<double, 3> mean{};
    double spread = 0;     ///< sum of squared distances along `axis`
    std::size_t axis = 0;  ///< where they differ most
};

Box box_of(const std::vector<Counted>& colours, std::size_t begin, std::size_t end) {
    Box box{begin, end};
    double n = 0;
    for (std::size_t i = begin; i < end; ++i) {
        n += colours[i].n;
        for (std::size_t a = 0; a < 3; ++a) box.mean[a] += colours[i].n * colours[i].rgb[a];
    }
    for (double& m : box.mean) m /= n;
    for (std::size_t a = 0; a < 3; ++a) {
        double sum = 0;
        for (std::size_t i = begin; i < end; ++i)
            sum += colours[i].n * (colours[i].rgb[a] - box.mean[a]) * (colours[i].rgb[a] - box.mean[a]);
        if (sum > box.spread) box.spread = sum, box.axis = a;
    }
    return box;
}

/// Splits the box of the largest spread at its mean until there are enough.
std::vector<Box> cut(std::vector<Counted>& colours) {
    std::vector<Box> boxes = {box_of(colours, 0, colours.size())};
    while (boxes.size() < page_shades) {
        const auto widest = std::max_element(boxes.begin(), boxes.end(), [](const Box& a, const Box& b) { return a.spread < b.spread; });
        if (widest->spread <= 0) break;
        const Box box = *widest;
        const auto first = colours.begin() + static_cast<std::ptrdiff_t>(box.begin),
                   last = colours.begin() + static_cast<std::ptrdiff_t>(box.end);
        const auto middle = std::stable_partition(first, last, [&](const Counted& c) { return c.rgb[box.axis] <= box.mean[box.axis]; });
        const auto at = static_cast<std::size_t>(middle - colours.begin());
        *widest = box_of(colours, box.begin, at);
        boxes.push_back(box_of(colours, at, box.end));
    }
    return boxes;
}

std::array<int, 3> colour_at(const Image& image, std::size_t i) {
    const std::uint8_t* p = image.pixels.data() + i * image.channels;
    return image.channels == 3 ? std::array<int, 3>{p[0], p[1], p[2]} : std::array<int, 3>{p[0], p[0], p[0]};
}

/// Four bits a pixel or fewer: libpng packs what has 16 colours at most.
std::string palette_png(const Image& image, const std::vector<std::uint8_t>& indices, const std::vector<std::uint8_t>& palette) {
    png_image png{};
    png.version = PNG_IMAGE_VERSION;
    png.width = static_cast<png_uint_32>(image.width);
    png.height = static_cast<png_uint_32>(image.height);
    png.format = PNG_FORMAT_RGB_COLORMAP;
    png.colormap_entries = static_cast<png_uint_32>(palette.size() / 3);
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png);
    std::string out(size, '\0');
    const int done = png_image_write_to_memory(&png, out.data(), &size, 0, indices.data(), 0, palette.data());
    png_image_free(&png);
    out.resize(done == 0 ? 0 : size);
    return out;
}

}  // namespace

std::string small_picture(std::string_view png) {
    const std::string as_it_is(png);
    Image image;
    try {
        image = parse_png({reinterpret_cast<const std::uint8_t*>(png.data()), png.size()}, "picture");
    } catch (const DataError&) {
        return as_it_is;
    }
    if (image.alpha) return as_it_is;
    std::map<std::array<int, 3>, double> seen;
    const std::size_t n = image.width * image.height;
    for (std::size_t i = 0; i < n && seen.size() <= most_colours; ++i) ++seen[colour_at(image, i)];
    if (seen.size() > most_colours) return as_it_is;
    std::vector<Counted> colours;
    for (const auto& [rgb, count] : seen) colours.push_back({rgb, count});
    const auto boxes = cut(colours);
    std::map<std::array<int, 3>, std::uint8_t> index;
    std::vector<std::uint8_t> palette, indices(n);
    for (std::size_t b = 0; b < boxes.size(); ++b) {
        for (const double m : boxes[b].mean) palette.push_back(static_cast<std::uint8_t>(std::clamp(m + 0.5, 0.0, 255.0)));
        for (std::size_t i = boxes[b].begin; i < boxes[b].end; ++i) index[colours[i].rgb] = static_cast<std::uint8_t>(b);
    }
    for (std::size_t i = 0; i < n; ++i) indices[i] = index.at(colour_at(image, i));
    const std::string small = palette_png(image, indices, palette);
    return small.empty() || small.size() >= png.size() ? as_it_is : small;
}

}  // namespace ganbar::report
