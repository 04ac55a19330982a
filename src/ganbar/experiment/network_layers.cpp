#include "ganbar/experiment/network_layers.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "ganbar/arch/estimates.h"
#include "ganbar/arch/onnx_network.h"
#include "ganbar/core/file_ending.h"
#include "ganbar/core/layer_words.h"
#include "ganbar/nn/map_shape.h"

namespace ganbar {
namespace {

namespace fs = std::filesystem;
using arch::Int;
using nn::LayerSpec;
using nn::LayerType;

std::vector<std::int64_t> short_list(std::vector<std::int64_t> v) {
    if (std::all_of(v.begin(), v.end(), [&](std::int64_t n) { return n == v.front(); })) v.resize(1);
    return v;
}

class Raising {  // from operations to layers
public:
    Raising(const arch::Network& net, const Location& where) : net_(net), where_(where), named_(net.layers.size(), false) {
        for (std::size_t i = 0; i < net.layers.size(); ++i)
            for (std::size_t k = 0; k < net.layers[i].inputs.size(); ++k)
                if (const int from = net.layers[i].inputs[k]; from >= 0 && (k > 0 || from + 1 != int(i))) named_[std::size_t(from)] = true;
    }

    std::vector<LayerSpec> run(bool ends_in_logit) {
        check();
        for (at_ = 0; at_ < net_.layers.size(); ++at_) {
            const arch::Layer& l = net_.layers[at_];
            const bool last = at_ + 1 == net_.layers.size();
            const nn::Activation f =
                last && ends_in_logit && l.activation == nn::Activation::sigmoid ? nn::Activation::identity : l.activation;
            const std::size_t before = out_.size();
            fit_input(l);
            add(l, f);
            if (out_.size() == before) push(LayerType::activation);  // its sigmoid alone was left out
            if (const int from = l.inputs.front(); from + 1 != int(at_))
                out_[before].from = from < 0 ? "input" : net_.layers[std::size_t(from)].name;
            if (named_[at_]) out_.back().name = l.name;
        }
        return std::move(out_);
    }

private:
    [[noreturn]] void refuse(const std::string& what) const {
        throw ConfigError(fmt::format("{}, layer \"{}\" ({}): training has no {}", net_.name, net_.layers[at_].name,
                                      arch::to_string(net_.layers[at_].kind), what),
                          where_);
    }
    void check() const {
        if (net_.layers.empty()) throw ConfigError(net_.name + " has no layers to train", where_);
        if (!net_.more_inputs.empty())
            throw ConfigError(fmt::format("{} has {} inputs; expected one where it is trained", net_.name, 1 + net_.more_inputs.size()),
                              where_);
        if (!net_.more_outputs.empty() || net_.output().size() != net_.layers.back().out.size())
            throw ConfigError(fmt::format("{} has outputs beside its last layer's; expected one where it is trained", net_.name), where_);
    }

    LayerSpec& push(LayerType type) {
        out_.emplace_back();
        out_.back().type = type, out_.back().where = where_;
        return out_.back();
    }

    /// Values may be taken as another shape of the same size.
    void fit_input(const arch::Layer& l) {
        const arch::Shape& given = l.inputs.front() < 0 ? net_.input : net_.layers[std::size_t(l.inputs.front())].out;
        if (given.size() != l.in.size()) refuse(fmt::format("way to take {} as {}", given.text(), l.in.text()));
        if (given == l.in || (l.in.dims == 0 && l.kind == arch::LayerKind::fc)) return;
        push(LayerType::reshape).shape = l.in.text();
    }

    void convolution(const arch::Layer& l, LayerSpec& s) {
        if (l.groups != 1) refuse(fmt::format("grouped convolutions, and this one has {} groups; expected 1", l.groups));
        std::vector<std::int64_t> kernel, stride, low, high, more;
        for (std::size_t d = 0; d < std::size_t(l.in.dims); ++d) {
            const arch::Axis& a = l.axes[d];
            if (a.dilation != 1) refuse(fmt::format("dilated convolutions, and this one has dilation {}; expected 1", a.dilation));
            const bool transposed = l.kind == arch::LayerKind::tconv;
            const Int rest = transposed ? a.large - ((a.small - 1) * a.stride + a.kernel - a.pad_lo)
                                        : (a.small - 1) * a.stride + a.kernel - a.large - a.pad_lo;
            kernel.push_back(a.kernel), stride.push_back(a.stride), low.push_back(a.pad_lo);
            high.push_back(std::max<Int>(0, transposed ? -rest : rest)), more.push_back(transposed ? std::max<Int>(0, rest) : 0);
        }
        s.channels = l.out.channels;
        s.kernel = short_list(kernel), s.stride = short_list(stride), s.padding = short_list(low), s.output_padding = short_list(more);
        if (high != low) s.padding_high = short_list(high);
    }

    void pool(const arch::Layer& l, LayerSpec& s) {
        if (l.window == 0) refuse("pools from ONNX; expected a strided convolution");
        s.kernel = {l.window}, s.stride = {l.factor};
        std::vector<std::int64_t> high;
        for (std::size_t d = 0; d < std::size_t(l.in.dims); ++d)
            high.push_back(std::max<Int>(0, (l.out.side[d] - 1) * l.factor + l.window - l.in.side[d]));
        if (std::any_of(high.begin(), high.end(), [](std::int64_t n) { return n > 0; })) s.padding_high = short_list(high);
    }

    /// How many times larger the sides become.
    Int enlarged(const arch::Layer& l) const {
        const Int f = l.in.dims > 0 ? l.out.side[0] / l.in.side[0] : 0;
        for (std::size_t d = 0; d < std::size_t(l.in.dims); ++d)
            if (f < 1 || l.out.side[d] != l.in.side[d] * f)
                refuse(fmt::format("resizing of {} to {}; expected sides a whole number of times as large", l.in.text(), l.out.text()));
        return f;
    }

    void dense(const arch::Layer& l, LayerSpec& s) {
        if (l.out.dims > 0) s.shape = l.out.text();
        else s.units = l.out.channels;
    }

    void add(const arch::Layer& l, nn::Activation f) {
        switch (l.kind) {
            case arch::LayerKind::fc: dense(l, push(LayerType::dense)); return follow(l, f, true);
            case arch::LayerKind::conv: convolution(l, push(LayerType::conv)); return follow(l, f, true);
            case arch::LayerKind::tconv: convolution(l, push(LayerType::conv_transpose)); return follow(l, f, true);
            case arch::LayerKind::add:
                if (l.inputs.size() != 2) refuse(fmt::format("sums of {} branches; expected 2", l.inputs.size()));
                if (l.inputs[1] < 0) refuse("sums with the network's input");
                push(LayerType::add).with = net_.layers[std::size_t(l.inputs[1])].name;
                return follow(l, f, false);
            case arch::LayerKind::upsample: push(LayerType::upsample).factor = enlarged(l); return follow(l, f, false);
            case arch::LayerKind::depth_to_space: push(LayerType::depth_to_space).factor = enlarged(l); return follow(l, f, false);
            case arch::LayerKind::pool: pool(l, push(l.largest ? LayerType::max_pool : LayerType::avg_pool)); return follow(l, f, false);
            case arch::LayerKind::elementwise:
                if (l.batch_norm || l.activation != nn::Activation::identity) return follow(l, f, false);
                refuse("such operator; expected products, batch norms, activations, sums, upsampling and moves from channels to space");
            case arch::LayerKind::attention: refuse("attention; expected layers with constant weights");
            case arch::LayerKind::move: refuse("joining, cutting or moving of values; expected one row of layers, or sums of branches");
        }
    }

    /// The norm and the activation behind it: of the layer itself where it has weights, else as layers of their own.
    void follow(const arch::Layer& l, nn::Activation f, bool own) {
        if (own) {
            if (l.batch_norm) out_.back().norm = nn::Norm::batch;
            out_.back().activation = f;
            return;
        }
        if (l.batch_norm) push(LayerType::batch_norm).activation = f;
        else if (f != nn::Activation::identity) push(LayerType::activation).activation = f;
    }

    const arch::Network& net_;
    Location where_;
    std::size_t at_ = 0;
    std::vector<bool> named_;
    std::vector<LayerSpec> out_;
};

/// How late a word was said: the greater, the later.
std::size_t rank(const std::string& origin, const std::vector<std::string>& files) {
    for (std::size_t i = 0; i < files.size(); ++i)
        if (origin == "file " + files[i] || origin == "preset " + fs::path(files[i]).stem().string()) return files.size() - i;
    return files.size() + 1;  // --set, or values made in memory
}

/// The text of a value; "" where it is none. `--set x=20` is the text "20" where a text is due.
std::string text_of(const config::Node::Leaf& leaf) {
    const auto* text = std::get_if<std::string>(&leaf.value);
    return text == nullptr ? leaf.raw : *text;
}

/// How late each form of a network was said, 0: not at all.
struct Forms {
    std::size_t network = 0, layers = 0, list = 0;
    bool texts = false;  ///< layers are texts, not sizes
};
Forms forms_of(const config::Node& node, const std::vector<std::string>& files) {
    Forms f;
    if (const auto it = node.leaves.find("network"); it != node.leaves.end()) f.network = rank(it->second.origin, files);
    if (const auto it = node.leaves.find("layers"); it != node.leaves.end()) {
        f.layers = rank(it->second.origin, files);
        f.texts = std::holds_alternative<std::vector<std::string>>(it->second.value);
    }
    if (const auto it = node.lists.find("layer"); it != node.lists.end())
        for (const auto& item : it->second)
            for (const auto& [key, value] : item->leaves) f.list = std::max(f.list, rank(value.origin, files));
    return f;
}

/// Takes a leaf out of the tree where it was said.
std::optional<config::Node::Leaf> taken(config::Node& node, std::size_t said, const char* key) {
    if (said == 0) return {};
    auto out = node.leaves.extract(key);
    return std::move(out.mapped());
}

/// Other words for layers and activations, as the words that ganbar writes.
void canonical_words(config::Node& table) {
    const auto put = [](config::Node& node, const char* key, std::string (*word)(const std::string&)) {
        const auto it = node.leaves.find(key);
        if (it == node.leaves.end()) return;
        if (auto* text = std::get_if<std::string>(&it->second.value)) *text = word(*text);
    };
    put(table, "hidden", activation_word), put(table, "output", activation_word);
    if (const auto it = table.lists.find("layer"); it != table.lists.end())
        for (auto& item : it->second) put(*item, "type", layer_word), put(*item, "activation", activation_word);
}

arch::Network named_network(const config::Node::Leaf& leaf, const std::string& table, const config::Presets& networks,
                            const config::Node::Leaf* input) {
    const std::string name = text_of(leaf);
    if (name.empty())
        throw ConfigError(table + ".network is not understood; expected the name or path of a network, for example \"dcgan\"", leaf.where);
    const bool is_onnx = has_ending(name, ".onnx"), is_path = names_file(name, {".toml", ".onnx"});
    const fs::path folder = leaf.origin == "--set" ? fs::path() : fs::path(leaf.where.file).parent_path();
    const std::string path = is_path ? (folder / name).lexically_normal().string() : networks.path(name, leaf.where);
    if (std::error_code ignored; is_path && !fs::exists(path, ignored))
        throw ConfigError(fmt::format("no network at {}; expected a preset of networks, a TOML file or an ONNX file", path), leaf.where);
    if (input != nullptr && !is_onnx)
        throw ConfigError(
            fmt::format("{0}.input goes with a list of layers; the input of {0}.network = \"{1}\" is the network's own", table, name),
            input->where);
    if (is_onnx) {
        std::optional<arch::Shape> shape;
        if (input != nullptr) shape = arch::parse_shape(text_of(*input), input->where);
        return arch::read_onnx(path, table, shape);
    }
    arch::Gan gan = arch::load_gan(path, networks);
    if (table == "generator" && !gan.has_generator())
        throw ConfigError(fmt::format("network \"{}\" has no generator; expected one with a table [generator]", name), leaf.where);
    return std::move(table == "generator" ? gan.generator : gan.discriminator);
}

/// Writes layers into the tree, with the values that are not their defaults.
void put_layers(config::Node& table, const std::string& input, const std::vector<LayerSpec>& layers, const config::Node::Leaf& said) {
    config::Node::Leaf leaf = said;
    leaf.raw.clear();
    leaf.value = input;
    table.leaves["input"] = leaf;
    auto& list = table.lists["layer"];
    list.clear();
    for (const auto& layer : layers) {
        auto item = std::make_unique<config::Node>();
        item->where = layer.where;
        for (const auto& row : param_rows(LayerSpec::schema(), layer)) {
            if (row.is_default()) continue;
            config::Node::Leaf value = leaf;
            std::visit(
                [&](const auto& v) {
                    if constexpr (requires { value.value = v; }) value.value = v;
                },
                row.value);
            item->leaves[row.info.name] = value;
        }
        list.push_back(std::move(item));
    }
}

}  // namespace

std::vector<LayerSpec> layers_of(const arch::Network& network, bool ends_in_logit, const Location& where) {
    return Raising(network, where).run(ends_in_logit);
}

config::Presets networks_beside(const config::Presets& experiments) {
    std::vector<std::string> folders;
    for (const auto& folder : experiments.folders()) folders.push_back((fs::path(folder).parent_path() / "networks").string());
    return config::Presets(folders);
}

void spell_out_network(config::Node& root, const std::string& table, const config::Presets& networks,
                       const std::vector<std::string>& files) {
    const auto it = root.tables.find(table);
    if (it == root.tables.end()) return;
    config::Node& node = *it->second;
    canonical_words(node);
    const Forms forms = forms_of(node, files);
    if (forms.network == 0 && !forms.texts) return;
    const std::size_t latest = std::max({forms.network, forms.layers, forms.list});
    if ((forms.network == latest) + (forms.layers == latest) + (forms.list == latest) > 1)
        throw ConfigError(fmt::format("two of {0}.network, {0}.layers and [[{0}.layer]] describe the network; expected one of them", table),
                          node.where);
    const std::optional<config::Node::Leaf> network = taken(node, forms.network, "network"),
                                            layers = taken(
                                                node, forms.network == latest || forms.list == latest || forms.texts ? forms.layers : 0,
                                                "layers");
    if (forms.list == latest) return;
    node.lists.erase("layer");
    if (forms.network == latest) {
        const bool has_input = node.leaves.contains("input") && rank(node.leaves["input"].origin, files) >= latest;
        const arch::Network net = named_network(*network, table, networks, has_input ? &node.leaves["input"] : nullptr);
        return put_layers(node, net.input.text(), layers_of(net, table == "discriminator", network->where), *network);
    }
    if (!forms.texts) return;
    const auto input = node.leaves.find("input");
    const std::string shape = input == node.leaves.end() ? "" : text_of(input->second);
    if (shape.empty())
        throw ConfigError(
            fmt::format("{0}.layers as texts needs {0}.input, the shape of the input, for example \"100\" or \"1x28x28\"", table),
            layers->where);
    const arch::Network net = arch::parse_network(table, shape, std::get<std::vector<std::string>>(layers->value), layers->where);
    put_layers(node, shape, layers_of(net, table == "discriminator", layers->where), *layers);
}

}  // namespace ganbar
