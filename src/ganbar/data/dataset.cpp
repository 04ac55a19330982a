#include "ganbar/data/dataset.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numeric>

#include <fmt/format.h>

#include "ganbar/core/parallel.h"
#include "ganbar/core/sha256.h"
#include "ganbar/data/bytes.h"

namespace ganbar {

std::string content_sha256(const Dataset& data) {
    return Sha256()
        .add(fmt::format("{} {} {} {}\n", data.n, data.channels, data.height, data.width))
        .add(data.pixels)
        .add(data.labels)
        .hex();
}

void finish(Dataset& data) {
    const auto fail = [&](const std::string& what) { throw DataError(what, {data.origin.empty() ? data.name : data.origin}); };
    if (data.n == 0 || data.image_size() == 0)
        fail(fmt::format("holds no images (shape {} x {} x {} x {})", data.n, data.channels, data.height, data.width));
    if (data.pixels.size() != data.n * data.image_size())
        fail(fmt::format("has {} pixel bytes; expected {} images x {} bytes", data.pixels.size(), data.n, data.image_size()));
    if (!data.labels.empty() && data.labels.size() != data.n)
        fail(fmt::format("has {} labels for {} images; images and labels must belong together", data.labels.size(), data.n));
    if (data.labels.empty() != data.class_names.empty())
        fail(fmt::format("has {} labels but {} class names", data.labels.size(), data.class_names.size()));
    for (std::size_t i = 0; i < data.labels.size(); ++i)
        if (data.labels[i] >= data.class_names.size())
            fail(fmt::format("label {} of image {} is not a class; expected 0 to {}", data.labels[i], i, data.class_names.size() - 1));
    data.sha256 = content_sha256(data);
}

void name_classes_by_number(Dataset& data) {
    data.class_names.clear();
    const std::size_t n = data.labels.empty() ? 0 : *std::max_element(data.labels.begin(), data.labels.end()) + std::size_t{1};
    for (std::size_t c = 0; c < n; ++c) data.class_names.push_back(std::to_string(c));
}

std::vector<std::size_t> class_counts(const Dataset& data) {
    std::vector<std::size_t> counts(data.n_classes(), 0);
    for (const auto label : data.labels) ++counts[label];
    return counts;
}

std::vector<std::size_t> indices_of(const Dataset& data, std::span<const std::int64_t> classes) {
    std::vector<std::size_t> out;
    if (classes.empty()) {
        out.resize(data.n);
        std::iota(out.begin(), out.end(), std::size_t{0});
        return out;
    }
    if (data.labels.empty()) throw ConfigError(fmt::format("classes cannot be chosen: the data set {} has no labels", data.name));
    std::array<bool, 256> wanted{};
    for (const auto c : classes) {
        if (c < 0 || c >= static_cast<std::int64_t>(data.n_classes())) {
            throw ConfigError(fmt::format("{} is not a class of {}; expected numbers from 0 to {} ({})", c, data.name, data.n_classes() - 1,
                                          join(data.class_names)));
        }
        if (wanted[static_cast<std::size_t>(c)]) throw ConfigError(fmt::format("class {} is named twice; expected each class once", c));
        wanted[static_cast<std::size_t>(c)] = true;
    }
    for (std::size_t i = 0; i < data.n; ++i)
        if (wanted[data.labels[i]]) out.push_back(i);
    return out;
}

Dataset take(const Dataset& data, std::span<const std::size_t> indices) {
    Dataset out;
    out.name = data.name, out.split = data.split, out.origin = data.origin, out.laid_over = data.laid_over,
    out.class_names = data.class_names;
    out.n = indices.size(), out.height = data.height, out.width = data.width, out.channels = data.channels;
    out.pixels.reserve(out.n * data.image_size());
    for (const std::size_t i : indices) {
        GANBAR_ASSERT(i < data.n);
        const auto image = data.image(i);
        out.pixels.insert(out.pixels.end(), image.begin(), image.end());
        if (!data.labels.empty()) out.labels.push_back(data.labels[i]);
    }
    finish(out);
    return out;
}

Dataset select_classes(const Dataset& data, std::span<const std::int64_t> classes) {
    const auto indices = indices_of(data, classes);
    if (indices.empty())
        throw DataError(fmt::format("the {} images of {} have none of the chosen classes", data.split, data.name), {data.origin});
    return take(data, indices);
}

namespace {

/// Old pixels under one new pixel along one side, with the share of each; shares sum to 1.
struct Footprint {
    std::size_t first = 0;
    std::vector<double> share;
};

std::vector<Footprint> footprints(std::size_t from, std::size_t to) {
    std::vector<Footprint> out(to);
    const double step = static_cast<double>(from) / static_cast<double>(to);
    for (std::size_t i = 0; i < to; ++i) {
        const double begin = static_cast<double>(i * from) / static_cast<double>(to), end = begin + step;
        out[i].first = i * from / to;
        for (std::size_t k = out[i].first; k < from && static_cast<double>(k) < end; ++k) {
            const double covered = std::min(end, static_cast<double>(k + 1)) - std::max(begin, static_cast<double>(k));
            if (covered > 1e-9 * step) out[i].share.push_back(covered / step);
        }
    }
    return out;
}

}  // namespace

Dataset resize_images(const Dataset& data, std::size_t height, std::size_t width) {
    if (height == 0 || width == 0 || height > 4096 || width > 4096)
        throw ConfigError(fmt::format("images cannot be made {} x {}; expected sides from 1 to 4096", height, width));
    const auto rows = footprints(data.height, height), columns = footprints(data.width, width);
    Dataset out = data;
    out.height = height, out.width = width;
    out.pixels.resize(data.n * data.channels * height * width);
    parallel_for(data.n * data.channels, [&](std::size_t plane) {
        const std::uint8_t* in = data.pixels.data() + plane * data.height * data.width;
        std::uint8_t* to = out.pixels.data() + plane * height * width;
        for (const auto& row : rows)
            for (const auto& column : columns) {
                double mean = 0;
                for (std::size_t y = 0; y < row.share.size(); ++y)
                    for (std::size_t x = 0; x < column.share.size(); ++x)
                        mean += row.share[y] * column.share[x] * in[(row.first + y) * data.width + column.first + x];
                *to++ = static_cast<std::uint8_t>(std::min(255.0, mean + 0.5));
            }
    });
    finish(out);
    return out;
}

Background background_of(const std::string& text) {
    if (text == "black" || text == "white") return text == "white" ? Background::white : Background::black;
    throw ConfigError("\"" + text + "\" is no background; expected black or white");
}

Fit fit_of(const std::string& text) {
    for (const Fit fit : {Fit::stretch, Fit::crop, Fit::pad})
        if (text == name_of(fit)) return fit;
    throw ConfigError("\"" + text + "\" is no way to fit images; expected stretch, crop or pad");
}

namespace {

/// Every plane moved into height x width, centred; what it leaves free is `fill`, what sticks out is cut.
Dataset recentred(const Dataset& data, std::size_t height, std::size_t width, std::uint8_t fill) {
    Dataset out = data;
    out.height = height, out.width = width;
    out.pixels.assign(data.n * data.channels * height * width, fill);
    const auto place = [](std::size_t from, std::size_t to) {  // first old pixel, first new one, how many
        return std::array{from > to ? (from - to) / 2 : 0, to > from ? (to - from) / 2 : 0, std::min(from, to)};
    };
    const auto [y_from, y_to, n_y] = place(data.height, height);
    const auto [x_from, x_to, n_x] = place(data.width, width);
    for (std::size_t plane = 0; plane < data.n * data.channels; ++plane)
        for (std::size_t y = 0; y < n_y; ++y)
            std::copy_n(data.pixels.data() + (plane * data.height + y_from + y) * data.width + x_from, n_x,
                        out.pixels.data() + (plane * height + y_to + y) * width + x_to);
    finish(out);
    return out;
}

}  // namespace

Dataset fit_images(Dataset data, const ReadOptions& options) {
    const std::size_t shorter = std::min(data.height, data.width), longer = std::max(data.height, data.width);
    const std::size_t square = options.fit == Fit::crop ? shorter : longer;
    if (options.fit != Fit::stretch && shorter != longer) data = recentred(data, square, square, grey_of(options.background));
    if (options.side == 0 || (data.height == options.side && data.width == options.side)) return data;
    return resize_images(data, options.side, options.side);
}

float to_signed(std::uint8_t pixel) { return static_cast<float>(pixel) / 127.5f - 1.0f; }

std::uint8_t to_pixel(float value) {
    const float scaled = std::floor((value + 1.0f) * 127.5f + 0.5f);
    if (!(scaled > 0)) return 0;
    return scaled >= 255 ? std::uint8_t{255} : static_cast<std::uint8_t>(scaled);
}

void gather(const Dataset& data, std::span<const std::size_t> indices, Matrix& out) {
    static const auto table = [] {
        std::array<float, 256> t{};
        for (std::size_t v = 0; v < t.size(); ++v) t[v] = to_signed(static_cast<std::uint8_t>(v));
        return t;
    }();
    out.resize(indices.size(), data.image_size());
    for (std::size_t r = 0; r < indices.size(); ++r) {
        GANBAR_ASSERT(indices[r] < data.n);
        const auto image = data.image(indices[r]);
        float* row = out.row(r);
        for (std::size_t c = 0; c < image.size(); ++c) row[c] = table[image[c]];
    }
}

Matrix gather(const Dataset& data, std::span<const std::size_t> indices) {
    Matrix out;
    gather(data, indices, out);
    return out;
}

std::vector<std::uint8_t> to_pixels(const Matrix& values) {
    std::vector<std::uint8_t> out;
    out.reserve(values.rows() * values.cols());
    for (std::size_t r = 0; r < values.rows(); ++r)
        for (const float v : values.row_span(r)) out.push_back(to_pixel(v));
    return out;
}

}  // namespace ganbar
