#include "ganbar/arch/network.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "ganbar/core/layer_words.h"

namespace ganbar::arch {
namespace {

/// Fault in one layer's text.
[[noreturn]] void fail(const Location& where, const std::string& place, const std::string& what) {
    throw ConfigError(place + ": " + what, where);
}

std::optional<Int> whole(std::string_view text) {
    Int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return value;
}

constexpr Int largest = 1 << 24;
constexpr double most_elements = 0x1p40, most_weights = 1e15;

/// Elements of a shape whose product may not fit a whole number.
double elements(const Shape& s) {
    double n = static_cast<double>(s.channels);
    for (const Int side : s.side) n *= static_cast<double>(side);
    return n;
}
double weights(const Layer& l) {
    if (l.kind == LayerKind::fc) return elements(l.in) * elements(l.out);
    double n = static_cast<double>(l.in.channels) * static_cast<double>(l.out.channels) / static_cast<double>(l.groups);
    for (const Axis& a : l.axes) n *= static_cast<double>(a.kernel);
    return l.computes() ? n : 0;
}

/// What one layer's text says, before shapes are known.
struct Words {
    LayerKind kind = LayerKind::fc;
    std::string size_text, name, from, with;
    Int channels = 0, kernel = 0, stride = 1, output_pad = 0, groups = 1, factor = 1;
    Int pad_lo = 0, pad_hi = 0;
    bool same = false, batch_norm = false, has_stride = false, has_padding = false, has_output_pad = false, has_groups = false,
         largest = false;
    Activation activation = Activation::identity;
    std::string expected_side;
    std::string place;
};

/// By the words that layers have everywhere (core/layer_words.h).
const std::map<std::string, LayerKind>& kinds() {
    static const std::map<std::string, LayerKind> map{{"dense", LayerKind::fc},
                                                      {"conv", LayerKind::conv},
                                                      {"conv_transpose", LayerKind::tconv},
                                                      {"upsample", LayerKind::upsample},
                                                      {"avg_pool", LayerKind::pool},
                                                      {"max_pool", LayerKind::pool},
                                                      {"depth_to_space", LayerKind::depth_to_space},
                                                      {"add", LayerKind::add}};
    return map;
}

/// What an option of a layer says: two that say the same exclude each other.
std::string said_by(const std::string& word) {
    if (find_activation(word)) return "an activation";
    if (word == "bn" || word == "batch_norm") return "batch normalisation";
    if (word == "valid" || word == "same") return "padding";
    for (const auto* head : {"name=", "from=", "@", "op"})
        if (word.starts_with(head)) return head;
    return word.starts_with("p") ? "padding" : word.substr(0, 1);
}

/// Reads options such as k5, s2, p1:2, op1, g2; false when the word is none of these.
bool read_geometry(const std::string& word, Words& w, const Location& where) {
    const auto number = [&](std::size_t skip, Int lo) {
        const auto n = whole(std::string_view(word).substr(skip));
        if (!n || *n < lo || *n > largest)
            fail(where, w.place,
                 fmt::format("\"{}\" is not understood; expected a whole number of at least {} after \"{}\"", word, lo,
                             word.substr(0, skip)));
        return *n;
    };
    const auto is = [&](std::string_view head) {
        return word.size() > head.size() && word.starts_with(head) &&
               (std::isdigit(static_cast<unsigned char>(word[head.size()])) || word[head.size()] == '-');
    };
    if (is("k")) w.kernel = number(1, 1);
    else if (is("s")) w.stride = number(1, 1), w.has_stride = true;
    else if (is("g")) w.groups = number(1, 1), w.has_groups = true;
    else if (is("op")) w.output_pad = number(2, 0), w.has_output_pad = true;
    else if (is("p")) {
        w.has_padding = true;
        const auto colon = word.find(':');
        if (colon == std::string::npos) w.pad_lo = w.pad_hi = number(1, 0);
        else {
            const auto lo = whole(std::string_view(word).substr(1, colon - 1)), hi = whole(std::string_view(word).substr(colon + 1));
            if (!lo || !hi || *lo < 0 || *hi < 0)
                fail(where, w.place, fmt::format("\"{}\" is not understood; expected pLOW:HIGH, for example p1:2", word));
            w.pad_lo = *lo, w.pad_hi = *hi;
        }
    } else return false;
    return true;
}

/// Whatever would change nothing is refused.
void check_options(const Words& w, const Location& where) {
    const bool spatial = w.kind == LayerKind::conv || w.kind == LayerKind::tconv, padded = w.has_padding || w.same;
    if (spatial && w.kernel == 0) fail(where, w.place, "a convolution needs a kernel, for example k5");
    if (!spatial && (w.has_stride || padded || w.has_output_pad || w.has_groups || (w.kernel > 0 && w.kind != LayerKind::pool)))
        fail(where, w.place,
             w.kind == LayerKind::pool
                 ? "pool takes a kernel alone, for example \"pool 2 k3\": its number is the stride, and it has no padding or groups"
                 : fmt::format("{} takes no kernel, stride, padding or groups", to_string(w.kind)));
    if (w.has_output_pad && (w.kind == LayerKind::conv || w.same))
        fail(where, w.place, "output padding is for transposed convolutions without same");
}

Words read_words(const std::string& text, const std::string& place, const Location& where) {
    std::istringstream in(text);
    std::string word;
    Words w;
    w.place = place;
    if (!(in >> word)) fail(where, place, "is empty; expected a layer such as \"conv 128 k5 s2 same lrelu\"");
    const auto kind = kinds().find(layer_word(word));
    if (kind == kinds().end()) {
        std::vector<std::string> names{"fc", "tconv", "up", "pool", "d2s"};
        for (const auto& [name, k] : kinds()) names.push_back(name);
        const std::string near = nearest_name(word, names);
        fail(where, place,
             fmt::format("unknown layer \"{}\"; expected one of {}{}", word, join(names),
                         near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }
    w.kind = kind->second, w.largest = kind->first == "max_pool";
    if (!(in >> word)) fail(where, place, fmt::format("\"{}\" lacks its size; expected \"{} N ...\"", text, text));
    if (w.kind == LayerKind::fc) w.size_text = word;
    else if (w.kind == LayerKind::add) w.with = word;
    else {
        const auto n = whole(word);
        if (!n || *n < 1 || *n > largest)
            fail(where, place, fmt::format("\"{}\" is not a number of channels; expected a whole number of at least 1", word));
        (w.kind == LayerKind::conv || w.kind == LayerKind::tconv ? w.channels : w.factor) = *n;
    }
    std::map<std::string, std::string> said;
    while (in >> word) {
        const std::string before = std::exchange(said[said_by(word)], word);
        if (!before.empty()) fail(where, place, fmt::format("\"{}\" and \"{}\" exclude each other; expected one of them", before, word));
        if (const auto a = find_activation(word)) w.activation = *a;
        else if (word == "bn" || word == "batch_norm") w.batch_norm = true;
        else if (word == "same") w.same = true;
        else if (word == "valid") w.pad_lo = w.pad_hi = 0, w.has_padding = true;
        else if (word.starts_with("name=")) w.name = word.substr(5);
        else if (word.starts_with("from=")) w.from = word.substr(5);
        else if (word.starts_with("@")) w.expected_side = word.substr(1);
        else if (!read_geometry(word, w, where))
            fail(where, place,
                 fmt::format(
                     "\"{}\" is not understood; expected kN sN pN pLO:HI same valid opN gN bn relu lrelu tanh sigmoid name=X from=X @N",
                     word));
    }
    check_options(w, where);
    if (w.kind == LayerKind::pool && w.kernel == 0) w.kernel = w.factor;
    return w;
}

void spatial_shape(const Words& w, Layer& layer, const Location& where) {
    if (layer.in.dims == 0) layer.in.dims = 2;  // a vector is a map of side 1
    if (layer.in.channels % w.groups != 0 || w.channels % w.groups != 0)
        fail(where, w.place,
             fmt::format("{} groups do not divide {} input and {} output channels", w.groups, layer.in.channels, w.channels));
    layer.out = layer.in;
    layer.out.channels = w.channels;
    layer.groups = w.groups;
    for (int d = 0; d < layer.in.dims; ++d) {
        const auto i = static_cast<std::size_t>(d);
        const Int side = layer.in.side[i];
        Int lo = w.pad_lo, hi = w.pad_hi;
        try {
            if (w.kind == LayerKind::conv) {
                if (w.same) {  // TensorFlow's rule: ceil(side / stride) outputs, the odd element at the high end
                    const Int out = (side + w.stride - 1) / w.stride, all = std::max<Int>(0, (out - 1) * w.stride + w.kernel - side);
                    lo = all / 2, hi = all - lo;
                }
                layer.axes[i] = convolution_axis(side, w.kernel, w.stride, lo, hi);
                layer.out.side[i] = layer.axes[i].small;
            } else {
                if (w.same) {  // side * stride outputs
                    const Int all = w.kernel - w.stride;
                    lo = all > 0 ? all / 2 : 0, hi = all > 0 ? all - lo : 0;
                    layer.axes[i] = transposed_axis(side, w.kernel, w.stride, lo, hi, std::max<Int>(0, -all));
                } else layer.axes[i] = transposed_axis(side, w.kernel, w.stride, lo, hi, w.output_pad);
                layer.out.side[i] = layer.axes[i].large;
            }
        } catch (const ConfigError& e) {
            fail(where, w.place, e.what());
        }
    }
}

Int enlarged(Int side, const Words& w, const Location& where) {
    if (static_cast<double>(side) * static_cast<double>(w.factor) > most_elements)
        fail(where, w.place, "a map of more than 2^40 elements; expected a smaller shape");
    return side * w.factor;
}

void set_shape(const Words& w, Layer& layer, const std::vector<Layer>& before, const Location& where) {
    switch (w.kind) {
        case LayerKind::fc: layer.out = parse_shape(w.size_text, where); break;
        case LayerKind::conv:
        case LayerKind::tconv: spatial_shape(w, layer, where); break;
        case LayerKind::upsample:
        case LayerKind::pool:
            layer.factor = w.factor, layer.out = layer.in;
            if (w.kind == LayerKind::pool) layer.window = w.kernel, layer.largest = w.largest;
            for (int d = 0; d < layer.in.dims; ++d) {
                Int& side = layer.out.side[static_cast<std::size_t>(d)];
                if (w.kind == LayerKind::upsample) {
                    side = enlarged(side, w, where);
                    continue;
                }
                if (side < w.kernel) fail(where, w.place, fmt::format("a pool of {} does not fit a side of {}", w.kernel, side));
                side = (side - w.kernel + w.factor - 1) / w.factor + 1;
            }
            break;
        case LayerKind::depth_to_space: {
            Int block = 1;
            layer.factor = w.factor, layer.out = layer.in;
            for (int d = 0; d < layer.in.dims; ++d) {
                Int& side = layer.out.side[static_cast<std::size_t>(d)];
                block *= w.factor, side = enlarged(side, w, where);
                if (layer.in.channels % block != 0)
                    fail(where, w.place, fmt::format("{} channels cannot be spread over blocks of {}", layer.in.channels, block));
            }
            layer.out.channels = layer.in.channels / block;
            break;
        }
        case LayerKind::add: {
            const Shape& other = before[static_cast<std::size_t>(layer.inputs[1])].out;
            if (!(other == layer.in))
                fail(where, w.place, fmt::format("cannot add {} and {}; expected equal shapes", layer.in.text(), other.text()));
            layer.out = layer.in;
            break;
        }
        case LayerKind::elementwise:
        case LayerKind::move: GANBAR_ASSERT(false);  // no layer text says them
    }
    if (elements(layer.out) > most_elements) fail(where, w.place, "a map of more than 2^40 elements; expected a smaller shape");
    if (const double n = weights(layer); n > most_weights)
        fail(where, w.place, fmt::format("it has {:.3g} weights; expected at most {:.0g}", n, most_weights));
    if (!w.expected_side.empty()) {
        const Shape expected = parse_shape("1x" + w.expected_side, where);
        for (int d = 0; d < layer.out.dims; ++d) {
            const Int want = expected.side[expected.dims == 1 ? 0 : static_cast<std::size_t>(d)];
            if (layer.out.side[static_cast<std::size_t>(d)] != want)
                fail(where, w.place, fmt::format("the output is {}, but its text expects a side of {}", layer.out.text(), want));
        }
    }
}

/// Order of evaluation (Kahn); throws when the layers form a cycle.
std::vector<std::size_t> evaluation_order(const std::vector<std::vector<int>>& inputs, const std::vector<Words>& words,
                                          const Location& where) {
    std::vector<std::size_t> order;
    std::vector<bool> done(inputs.size(), false);
    while (order.size() < inputs.size()) {
        const std::size_t before = order.size();
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            if (done[i]) continue;
            if (std::all_of(inputs[i].begin(), inputs[i].end(), [&](int j) { return j < 0 || done[static_cast<std::size_t>(j)]; }))
                done[i] = true, order.push_back(i);
        }
        if (order.size() != before) continue;
        std::vector<std::string> stuck;
        for (std::size_t i = 0; i < inputs.size(); ++i)
            if (!done[i]) stuck.push_back(words[i].name);
        fail(where, words.front().place.substr(0, words.front().place.find('[')),
             "the layers " + join(stuck) + " form a cycle; expected a graph in which every layer's input comes before it");
    }
    return order;
}

}  // namespace

std::string Shape::text() const {
    std::string out = std::to_string(channels);
    for (int d = 0; d < dims; ++d) out += "x" + std::to_string(side[static_cast<std::size_t>(d)]);
    return out;
}

Shape parse_shape(const std::string& text, const Location& where) {
    Shape shape;
    std::istringstream in(text);
    std::string part;
    int n = 0;
    while (std::getline(in, part, 'x')) {
        const auto value = whole(part);
        if (!value || *value < 1 || *value > largest || n > max_dims)
            throw ConfigError(
                fmt::format("\"{}\" is not a shape; expected channels and up to three sides of at least 1, for example \"1024x4x4\"", text),
                where);
        if (n == 0) shape.channels = *value;
        else shape.side[static_cast<std::size_t>(n - 1)] = *value;
        ++n;
    }
    if (n == 0 || text.back() == 'x')
        throw ConfigError(fmt::format("\"{}\" is not a shape; expected for example \"3x64x64\"", text), where);
    shape.dims = n - 1;
    if (elements(shape) > most_elements)
        throw ConfigError(fmt::format("\"{}\" has more than 2^40 elements; expected a smaller shape", text), where);
    return shape;
}

Network parse_network(const std::string& name, const std::string& input, const std::vector<std::string>& texts, const Location& where) {
    if (texts.empty()) throw ConfigError(name + " has no layers; expected at least one", where);
    Network net{name, parse_shape(input, where), {}};
    std::vector<Words> words;
    std::map<std::string, int> index;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        words.push_back(read_words(texts[i], fmt::format("{}.layers[{}]", name, i), where));
        if (words[i].name.empty()) words[i].name = fmt::format("{}{}", to_string(words[i].kind), i + 1);
        if (!index.emplace(words[i].name, int(i)).second) fail(where, words[i].place, "the name \"" + words[i].name + "\" is used twice");
    }
    const auto find = [&](const std::string& wanted, const Words& w) {
        if (wanted == "input") return -1;
        const auto it = index.find(wanted);
        if (it != index.end()) return it->second;
        std::vector<std::string> names{"input"};
        for (const auto& [n, i] : index) names.push_back(n);
        const std::string near = nearest_name(wanted, names);
        fail(where, w.place, fmt::format("no layer is called \"{}\"{}", wanted, near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    };
    std::vector<std::vector<int>> inputs;
    std::vector<bool> feeds(texts.size(), false);
    for (std::size_t i = 0; i < words.size(); ++i) {
        inputs.push_back({words[i].from.empty() ? int(i) - 1 : find(words[i].from, words[i])});
        if (words[i].kind == LayerKind::add) {
            const int other = find(words[i].with, words[i]);
            if (other < 0) fail(where, words[i].place, "the network's input cannot be added; give it a layer first");
            inputs.back().push_back(other);
        }
        for (const int j : inputs.back())
            if (j >= 0) feeds[static_cast<std::size_t>(j)] = true;
    }
    for (std::size_t i = 0; i + 1 < words.size(); ++i)
        if (!feeds[i]) fail(where, words[i].place, "feeds nothing; expected a later layer to use it");
    const auto order = evaluation_order(inputs, words, where);
    std::vector<int> position(order.size());
    for (std::size_t n = 0; n < order.size(); ++n) position[order[n]] = int(n);
    for (const std::size_t i : order) {
        Layer layer;
        layer.kind = words[i].kind, layer.name = words[i].name, layer.batch_norm = words[i].batch_norm,
        layer.activation = words[i].activation;
        for (const int j : inputs[i]) layer.inputs.push_back(j < 0 ? -1 : position[static_cast<std::size_t>(j)]);
        layer.in = layer.inputs[0] < 0 ? net.input : net.layers[static_cast<std::size_t>(layer.inputs[0])].out;
        set_shape(words[i], layer, net.layers, where);
        net.layers.push_back(std::move(layer));
    }
    if (order.back() != texts.size() - 1)
        fail(where, name, "the last layer is not the output of the graph; expected every other layer to lead to it");
    return net;
}

}  // namespace ganbar::arch
