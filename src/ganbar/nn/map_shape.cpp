#include "ganbar/nn/map_shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace ganbar::nn {
namespace {

using Index = std::vector<std::size_t>;
constexpr std::size_t largest_size = std::size_t{1} << 28;

/// Calls body(index) for every point of a box, the last axis fastest.
template <class Body>
void over_box(const Index& side, const Body& body) {
    Index at(side.size(), 0);
    for (;;) {
        body(at);
        std::size_t a = side.size();
        while (a > 0 && ++at[a - 1] == side[a - 1]) at[--a] = 0;
        if (a == 0) return;
    }
}

std::size_t flat(const Index& at, const Index& side) {
    std::size_t n = 0;
    for (std::size_t a = 0; a < side.size(); ++a) n = n * side[a] + at[a];
    return n;
}

void check_size(const MapShape& shape, const Location& where) {
    double size = static_cast<double>(shape.channels);
    for (const auto s : shape.side) size *= static_cast<double>(s);
    if (size > static_cast<double>(largest_size))
        throw ConfigError(fmt::format("a feature map of {} is too large; expected at most {} values", shape.text(), largest_size), where);
}

/// Source position of output `q` at tap `k`: signed arithmetic on each axis by `at(axis) -> position or -1`.
template <class At>
std::int32_t source_of(const Index& side, const At& at) {
    std::size_t n = 0;
    for (std::size_t a = 0; a < side.size(); ++a) {
        const std::int64_t i = at(a);
        if (i < 0 || i >= static_cast<std::int64_t>(side[a])) return -1;
        n = n * side[a] + static_cast<std::size_t>(i);
    }
    return static_cast<std::int32_t>(n);
}
std::int64_t whole(std::size_t n) { return static_cast<std::int64_t>(n); }

}  // namespace

std::size_t product(const std::vector<std::size_t>& list) {
    std::size_t n = 1;
    for (const auto k : list) n *= k;
    return n;
}

std::size_t MapShape::positions() const { return product(side); }

std::string MapShape::text() const {
    std::string out = std::to_string(channels);
    for (const auto s : side) out += "x" + std::to_string(s);
    return out;
}

MapShape parse_map_shape(const std::string& text, const Location& where) {
    std::vector<std::size_t> numbers;
    const char* at = text.data();
    const char* end = at + text.size();
    for (bool more = true; more;) {
        std::size_t n = 0;
        const auto [next, fault] = std::from_chars(at, end, n);
        if (fault != std::errc() || n == 0 || n > largest_size || (next != end && *next != 'x'))
            throw ConfigError(
                fmt::format("\"{}\" is no shape; expected a number of values such as \"100\", or channels and sides such as \"1x28x28\"",
                            text),
                where);
        numbers.push_back(n);
        more = next != end;
        at = more ? next + 1 : next;
    }
    if (numbers.size() > 4)
        throw ConfigError(fmt::format("\"{}\" has {} axes; expected channels and at most 3 sides", text, numbers.size()), where);
    MapShape shape{numbers[0], {numbers.begin() + 1, numbers.end()}};
    check_size(shape, where);
    return shape;
}

MapShape conv_output(const MapShape& in, const Window& w, std::size_t channels, const Location& where) {
    MapShape out{channels, {}};
    for (std::size_t a = 0; a < in.side.size(); ++a) {
        const std::size_t padded = in.side[a] + w.pad_lo[a] + w.pad_hi[a];
        if (padded < w.kernel[a])
            throw ConfigError(
                fmt::format("a kernel of {} does not fit a side of {} with padding {} and {}; expected a kernel of at most {}", w.kernel[a],
                            in.side[a], w.pad_lo[a], w.pad_hi[a], padded),
                where);
        out.side.push_back((padded - w.kernel[a]) / w.stride[a] + 1);
    }
    check_size(out, where);
    return out;
}

MapShape conv_transpose_output(const MapShape& in, const Window& w, std::size_t channels, const Location& where) {
    MapShape out{channels, {}};
    for (std::size_t a = 0; a < in.side.size(); ++a) {
        const std::int64_t side = whole((in.side[a] - 1) * w.stride[a] + w.kernel[a] + w.output_pad[a]) - whole(w.pad_lo[a] + w.pad_hi[a]);
        if (side < 1)
            throw ConfigError(fmt::format("a transposed convolution of side {} with kernel {}, stride {}, padding {} and {} has output "
                                          "side {}; expected at least 1",
                                          in.side[a], w.kernel[a], w.stride[a], w.pad_lo[a], w.pad_hi[a], side),
                              where);
        out.side.push_back(static_cast<std::size_t>(side));
    }
    check_size(out, where);
    return out;
}

PatchMap conv_patches(const MapShape& in, const MapShape& out, const Window& w) {
    PatchMap map{in.positions(), out.positions(), product(w.kernel), {}, {}, {}, {}, {}, false, false};
    over_box(out.side, [&](const Index& q) {
        map.target.push_back(static_cast<std::int32_t>(flat(q, out.side)));
        over_box(w.kernel, [&](const Index& k) {
            map.source.push_back(source_of(in.side, [&](std::size_t a) { return whole(q[a] * w.stride[a] + k[a]) - whole(w.pad_lo[a]); }));
        });
    });
    map.finish();
    return map;
}

std::vector<TransposedPart> conv_transpose_patches(const MapShape& in, const MapShape& out, const Window& w, bool zero_free) {
    std::vector<TransposedPart> parts;
    const std::size_t n_axes = in.side.size();
    const auto part_of = [&](const auto& belongs) {
        TransposedPart part;
        part.map.n_source = in.positions(), part.map.n_target = out.positions();
        over_box(w.kernel, [&](const Index& k) {
            if (belongs(k, Index(n_axes, 0))) part.taps.push_back(flat(k, w.kernel));
        });
        part.map.n_taps = part.taps.size();
        over_box(out.side, [&](const Index& o) {
            if (!belongs(o, w.pad_lo)) return;
            part.map.target.push_back(static_cast<std::int32_t>(flat(o, out.side)));
            over_box(w.kernel, [&](const Index& k) {
                if (!belongs(k, Index(n_axes, 0))) return;
                part.map.source.push_back(source_of(in.side, [&](std::size_t a) {
                    const std::int64_t distance = whole(o[a] + w.pad_lo[a]) - whole(k[a]);
                    return distance < 0 || distance % whole(w.stride[a]) != 0 ? std::int64_t{-1} : distance / whole(w.stride[a]);
                }));
            });
        });
        if (part.map.n_taps == 0 || part.map.target.empty()) return;
        part.map.finish();
        parts.push_back(std::move(part));
    };
    if (!zero_free) {
        part_of([](const Index&, const Index&) { return true; });
        return parts;
    }
    over_box(w.stride, [&](const Index& phase) {
        part_of([&](const Index& at, const Index& shift) {
            for (std::size_t a = 0; a < n_axes; ++a)
                if ((at[a] + shift[a]) % w.stride[a] != phase[a]) return false;
            return true;
        });
    });
    return parts;
}

}  // namespace ganbar::nn
