#include "ganbar/arch/network_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>

namespace ganbar::arch {
using namespace text;

namespace {

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

const char* to_string(LayerKind kind) {
    constexpr const char* names[] = {"fc",  "conv", "tconv",       "up",   "pool",
                                     "d2s", "add",  "elementwise", "move", "attention"};  // as in estimates, whose names stay
    return names[static_cast<std::size_t>(kind)];
}

Int Layer::n_weights() const {
    if (kind == LayerKind::fc) return in.size() * out.size();
    return has_weights() ? taps() * in.channels * out.channels / groups : 0;
}

Int Network::n_weights() const {
    Int n = 0;
    for (const Layer& l : layers) n += l.n_weights();
    return n;
}

std::vector<Int> Network::stages() const {
    std::vector<Int> depth;
    for (const Layer& l : layers) {
        Int longest = 0;
        for (const int i : l.inputs)
            if (i >= 0) longest = std::max(longest, depth[static_cast<std::size_t>(i)]);
        depth.push_back(longest + (l.computes() ? 1 : 0));
    }
    return depth;
}

Int Network::depth() const {
    const auto all = stages();
    return all.empty() ? 0 : *std::max_element(all.begin(), all.end());
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
        inputs.push_back({words[i].word == "input" ? -1 : words[i].from.empty() ? int(i) - 1 : find(words[i].from, words[i])});
        if (joins(words[i].word)) {
            const int other = find(words[i].with, words[i]);
            if (other < 0)
                fail(where, words[i].place,
                     fmt::format("the network's input cannot be {}; give it a layer first", words[i].word == "add" ? "added" : "joined"));
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
        if (words[i].word == "input") net.more_inputs.push_back(layer.out);
        net.layers.push_back(std::move(layer));
    }
    if (order.back() != texts.size() - 1)
        fail(where, name, "the last layer is not the output of the graph; expected every other layer to lead to it");
    return net;
}

}  // namespace ganbar::arch
