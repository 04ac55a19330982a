#include <fmt/format.h>

#include <filesystem>

#include "ganbar/arch/onnx_network.h"

namespace ganbar::arch {
namespace {

std::string text_key(const config::Node& node, const std::string& key, const std::string& where_text, bool required,
                     const std::string& fallback = "") {
    const auto* leaf = node.leaf(key);
    if (leaf == nullptr) {
        if (required) throw ConfigError(fmt::format("{} lacks the key \"{}\"", where_text, key), node.where);
        return fallback;
    }
    if (const auto* text = std::get_if<std::string>(&leaf->value)) return *text;
    throw ConfigError(fmt::format("{} has the wrong type; expected a text", key), leaf->where);
}

Int count_key(const config::Node& node, const std::string& key, Int fallback) {
    const auto* leaf = node.leaf(key);
    if (leaf == nullptr) return fallback;
    const auto* n = std::get_if<std::int64_t>(&leaf->value);
    if (n == nullptr || *n < 1 || *n > 1000000)
        throw ConfigError(key + " is not understood; expected a whole number from 1 to 1000000", leaf->where);
    return *n;
}

/// A network in a file of its own; its path is relative to the TOML file that names it.
Network read_onnx_key(const config::Node& table, const config::Node::Leaf& leaf, const std::string& name) {
    const auto* path = std::get_if<std::string>(&leaf.value);
    if (path == nullptr) throw ConfigError("onnx has the wrong type; expected the path of an ONNX file", leaf.where);
    if (table.leaves.contains("layers"))
        throw ConfigError(fmt::format("[{}] has both onnx and layers; expected one description of the network", name), leaf.where);
    std::optional<Shape> input;
    if (const auto* given = table.leaf("input")) input = parse_shape(text_key(table, "input", "[" + name + "]", true), given->where);
    const auto folder = std::filesystem::path(leaf.where.file).parent_path();
    return read_onnx((folder / *path).string(), name, input);
}

Network read_network(const config::Node& table, const std::string& name) {
    if (const auto* onnx = table.leaf("onnx")) return read_onnx_key(table, *onnx, name);
    const std::string input = text_key(table, "input", "[" + name + "]", true);
    const auto* leaf = table.leaf("layers");
    if (leaf == nullptr)
        throw ConfigError(
            fmt::format("[{}] lacks the key \"layers\"; expected a list of texts such as \"conv 128 k5 s2 same lrelu\"", name),
            table.where);
    const auto* list = std::get_if<std::vector<std::string>>(&leaf->value);
    if (list == nullptr) throw ConfigError("layers has the wrong type; expected a list of texts", leaf->where);
    return parse_network(name, input, *list, leaf->where);
}

}  // namespace

bool makes_images(const Network& network) {
    const Shape &in = network.input, &out = network.output();
    if (out.size() >= in.size()) return true;
    return out.dims > 0 && out.dims == in.dims && out.channels > 1 && (out.positions() >= in.positions() || out.channels == in.channels);
}

void check_sizes(const Gan& gan, const Location& where) {
    const auto with = [](const Shape& first, std::vector<Shape> more) {
        more.insert(more.begin(), first);
        return more;
    };
    bool fits = false;
    for (const Shape& made : with(gan.generator.output(), gan.generator.more_outputs))
        for (const Shape& taken : with(gan.discriminator.input, gan.discriminator.more_inputs))
            fits = fits || taken.size() == made.size() ||
                   (made.dims > 0 && made.positions() == gan.generator.input.positions() &&
                    taken.size() == made.size() + gan.generator.input.size());
    if (!fits)
        throw ConfigError(fmt::format("the generator makes {} and the discriminator takes {}; expected equal sizes",
                                      gan.generator.output().text(), gan.discriminator.input.text()),
                          where);
}

Gan onnx_gan(const std::string& path, const std::string& discriminator_path) {
    Gan gan;
    gan.name = std::filesystem::path(path).stem().string();
    gan.doc = gan.name, gan.source = "the user's own: " + path;
    if (!discriminator_path.empty()) {
        gan.generator = read_onnx(path, "generator");
        gan.discriminator = read_onnx(discriminator_path, "discriminator");
        check_sizes(gan, {discriminator_path});
        return gan;
    }
    Network net = read_onnx(path, "generator");
    if (makes_images(net)) gan.generator = std::move(net);
    else net.name = "discriminator", gan.discriminator = std::move(net);
    return gan;
}

Gan read_gan(const config::Node& root, const std::string& name) {
    Gan gan;
    gan.name = name;
    gan.doc = text_key(root, "doc", name, false);
    gan.source = text_key(root, "source", name, false, "the user's own");
    gan.dataset = text_key(root, "dataset", name, false);
    const std::string confidence = text_key(root, "confidence", name, false, "assumed");
    if (confidence == "published") gan.confidence = Kind::published;
    else if (confidence == "derived") gan.confidence = Kind::derived;
    else if (confidence != "assumed")
        throw ConfigError("confidence = \"" + confidence + "\" is not known; expected published, derived or assumed",
                          root.leaf("confidence")->where);
    gan.batch = count_key(root, "batch", 64);
    gan.steps_d = count_key(root, "steps_d", 1);
    const auto *generator = root.table("generator"), *discriminator = root.table("discriminator");
    if (generator == nullptr && discriminator == nullptr)
        throw ConfigError(
            name + " has neither a table [generator] nor [discriminator]; expected one of them or both, each with input and layers",
            root.where);
    if (discriminator != nullptr) gan.discriminator = read_network(*discriminator, "discriminator");
    if (generator != nullptr) gan.generator = read_network(*generator, "generator");
    if (generator != nullptr && discriminator != nullptr) check_sizes(gan, generator->where);
    config::reject_unused(root, {{"", {"doc", "source", "confidence", "dataset", "batch", "steps_d", "generator", "discriminator"}},
                                 {"generator", {"input", "layers", "onnx"}},
                                 {"discriminator", {"input", "layers", "onnx"}}});
    return gan;
}

}  // namespace ganbar::arch
