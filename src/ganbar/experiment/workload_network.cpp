#include "ganbar/experiment/workload_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "ganbar/arch/estimates.h"
#include "ganbar/core/file_ending.h"
#include "ganbar/nn/layer_types.h"

namespace ganbar {
namespace {

using arch::Int;

arch::Shape shape_of(const nn::MapShape& s) {
    arch::Shape out;
    out.channels = Int(s.channels), out.dims = int(s.side.size());
    for (std::size_t i = 0; i < s.side.size() && i < out.side.size(); ++i) out.side[i] = Int(s.side[i]);
    return out;
}

/// One number for all axes, or one per axis.
Int on_axis(const std::vector<std::int64_t>& list, std::size_t axis) { return list[list.size() == 1 ? 0 : axis]; }

class Lowering {
public:
    Lowering(const std::string& name, const nn::NetworkPlan& plan, std::int64_t n_classes) : plan_(plan), n_classes_(n_classes) {
        net_.name = name, net_.input = shape_of(plan.shapes.front());
    }

    arch::Network run(const std::vector<nn::LayerSpec>& layers) {
        for (std::size_t i = 0; i < layers.size(); ++i) {
            in_ = shape_of(plan_.shapes[i]), out_ = shape_of(plan_.made[i]);
            last_ = output_of(plan_.inputs[i][0]);
            if (i == 0 && n_classes_ > 0) add_classes();
            add(layers[i], plan_.names[i]);
            if (layers[i].type == nn::LayerType::add) net_.layers.back().inputs.push_back(output_of(plan_.inputs[i][1]));
            outputs_.push_back(last_);
        }
        return std::move(net_);
    }

private:
    int output_of(int layer) const { return layer < 0 ? -1 : outputs_[std::size_t(layer)]; }
    arch::Layer& layer(arch::LayerKind kind, const std::string& name, const arch::Shape& in, const arch::Shape& out) {
        arch::Layer l;
        l.kind = kind, l.name = name, l.in = in, l.out = out, l.inputs = {last_};
        net_.layers.push_back(std::move(l));
        last_ = int(net_.layers.size()) - 1;
        return net_.layers.back();
    }
    void finish(arch::Layer& l, const nn::LayerSpec& s) {
        l.batch_norm = s.norm != nn::Norm::none;
        l.activation = s.activation;
    }

    /// The class enters a vector as more of its values, and an image as one more channel that a matrix makes from it.
    void add_classes() {
        if (in_.dims == 0) {
            in_.channels += n_classes_;
            return;
        }
        const arch::Shape classes{n_classes_, 0, {1, 1, 1}}, plane{in_.positions(), 0, {1, 1, 1}};
        layer(arch::LayerKind::fc, "classes", classes, plane);
        last_ = -1;  // the image itself comes from outside
        ++in_.channels;
    }

    arch::Layer& conv(const nn::LayerSpec& s, const std::string& name, const arch::Shape& in, arch::Shape out,
                      const std::vector<std::int64_t>& stride, const std::vector<std::int64_t>& kernel, bool padded) {
        const bool transposed = s.type == nn::LayerType::conv_transpose;
        arch::Layer& l = layer(transposed ? arch::LayerKind::tconv : arch::LayerKind::conv, name, in, out);
        for (std::size_t a = 0; a < std::size_t(in.dims); ++a) {
            const Int lo = padded ? on_axis(s.padding, a) : 0,
                      hi = padded ? on_axis(s.padding_high.empty() ? s.padding : s.padding_high, a) : 0;
            l.axes[a] =
                transposed ? arch::transposed_axis(in.side[a], on_axis(kernel, a), on_axis(stride, a), lo, hi, on_axis(s.output_padding, a))
                           : arch::convolution_axis(in.side[a], on_axis(kernel, a), on_axis(stride, a), lo, hi);
            l.out.side[a] = transposed ? l.axes[a].large : l.axes[a].small;
        }
        return l;
    }

    /// Two convolutions and a shortcut, which is a convolution of one tap where the shape changes.
    void residual(const nn::LayerSpec& s, const std::string& name) {
        const int before = last_;
        arch::Layer& first = conv(s, name + "/conv1", in_, out_, s.stride, s.kernel, true);
        finish(first, s);
        const arch::Shape middle = first.out;
        conv(s, name + "/conv2", middle, out_, {1}, s.kernel, true).batch_norm = s.norm != nn::Norm::none;
        const int main = last_;
        int shortcut = before;
        if (!(in_ == out_)) {
            last_ = before;
            conv(s, name + "/shortcut", in_, out_, s.stride, {1}, false).batch_norm = s.norm != nn::Norm::none;
            shortcut = last_;
        }
        last_ = main;
        arch::Layer& sum = layer(arch::LayerKind::add, name + "/add", out_, out_);
        sum.inputs.push_back(shortcut);
        sum.activation = s.activation;
    }

    void add(const nn::LayerSpec& s, const std::string& name) {
        switch (s.type) {
            case nn::LayerType::dense: return finish(layer(arch::LayerKind::fc, name, in_, out_), s);
            case nn::LayerType::conv:
            case nn::LayerType::conv_transpose: return finish(conv(s, name, in_, out_, s.stride, s.kernel, true), s);
            case nn::LayerType::residual: return residual(s, name);
            case nn::LayerType::batch_norm:
            case nn::LayerType::activation: {  // joins the layer before it, or costs one operation per value
                const bool norm = s.type == nn::LayerType::batch_norm;
                arch::Layer* before = last_ < 0 ? nullptr : &net_.layers[std::size_t(last_)];
                const bool joins = before && before->activation == nn::Activation::identity && !(norm && before->batch_norm);
                arch::Layer& l = joins ? *before : layer(arch::LayerKind::upsample, name, in_, out_);
                if (norm) l.batch_norm = true;
                l.activation = s.activation;
                return;
            }
            case nn::LayerType::avg_pool:
            case nn::LayerType::max_pool: layer(arch::LayerKind::pool, name, in_, out_); return;
            case nn::LayerType::add: layer(arch::LayerKind::add, name, in_, out_).activation = s.activation; return;
            case nn::LayerType::upsample: layer(arch::LayerKind::upsample, name, in_, out_).factor = s.factor; return;
            case nn::LayerType::depth_to_space: layer(arch::LayerKind::depth_to_space, name, in_, out_).factor = s.factor; return;
            case nn::LayerType::dropout:
            case nn::LayerType::reshape:
            case nn::LayerType::flatten: return;  // nothing is multiplied or moved
        }
        further(s, name);
    }

    /// A type that came with a file of its own: its matrices, then what it says it costs.
    void further(const nn::LayerSpec& s, const std::string& name) {
        const auto first = std::find_if(plan_.matrices.begin(), plan_.matrices.end(),
                                        [&](const auto& m) { return m.layer == outputs_.size() && m.name != "classes"; });
        for (auto m = first; m != plan_.matrices.end() && m->layer == outputs_.size(); ++m) {
            if (in_.dims > 0)
                throw ConfigError(fmt::format("{}: layers of type \"{}\" with weights on a feature map cannot be estimated", net_.name,
                                              nn::layer_type_name(s.type)),
                                  s.where);
            const arch::Shape rows{Int(m->rows), 0, {1, 1, 1}}, cols{Int(m->cols), 0, {1, 1, 1}};
            layer(arch::LayerKind::fc, m->name, rows, cols);
        }
        if (nn::layer_type(s).cost == nn::LayerCost::per_value)
            layer(arch::LayerKind::elementwise, name, out_, out_).activation = s.activation;
    }

    const nn::NetworkPlan& plan_;
    std::int64_t n_classes_;
    arch::Network net_;
    arch::Shape in_, out_;
    int last_ = -1;
    std::vector<int> outputs_;  // of the experiment's layers: the layer that makes their output
};

/// A file that says more than two networks: it trains them.
bool is_experiment(const config::Node& root) {
    for (const char* key : {"experiment", "data", "latent", "hardware", "train", "evaluation"})
        if (root.tables.contains(key)) return true;
    for (const auto& [name, table] : root.tables)
        if (name == "generator" || name == "discriminator") {
            const auto layers = table->leaves.find("layers");
            const bool sizes = layers != table->leaves.end() && std::holds_alternative<std::vector<std::int64_t>>(layers->second.value);
            if (sizes || table->lists.contains("layer") || table->leaves.contains("network")) return true;
        }
    return root.leaves.contains("preset");
}

}  // namespace

arch::Gan load_workload(const std::string& name_or_path, const config::Presets& networks, const config::Presets& experiments,
                        const Registries& registries, const std::string& discriminator) {
    namespace fs = std::filesystem;
    const auto trained = [&](const std::string& experiment) {
        if (!discriminator.empty())
            throw ConfigError("--discriminator belongs to a generator's ONNX file; \"" + name_or_path + "\" describes both networks");
        return workload_network(load_experiment(experiment, experiments, {}, registries));
    };
    std::error_code ignored;
    if (fs::is_directory(name_or_path, ignored)) {
        const std::string file = (fs::path(name_or_path) / "run.toml").string();
        if (!fs::exists(file, ignored))
            throw ConfigError("is no run folder: it holds no run.toml; expected a run folder, an experiment or a network", {name_or_path});
        return trained(file);
    }
    const bool is_path = names_file(name_or_path, {".toml", ".onnx"});
    if (is_path && !has_ending(name_or_path, ".onnx") && is_experiment(*config::load_toml(name_or_path))) return trained(name_or_path);
    if (is_path || networks.contains(name_or_path)) return arch::load_gan(name_or_path, networks, discriminator);
    if (experiments.contains(name_or_path)) return trained(name_or_path);
    std::vector<std::string> names = networks.names();
    for (const auto& name : experiments.names()) names.push_back(name);
    const std::string near = nearest_name(name_or_path, names);
    if (near.empty() || networks.contains(near))
        return arch::load_gan(name_or_path, networks, discriminator);  // tells what networks there are
    throw ConfigError("no network or experiment is called \"" + name_or_path + "\"; did you mean \"" + near + "\"?");
}

arch::Gan workload_network(const Experiment& e) {
    arch::Gan gan;
    gan.name = e.experiment.name, gan.doc = e.experiment.doc, gan.dataset = e.data.dataset;
    gan.source = "the experiment", gan.batch = e.train.batch, gan.steps_d = e.train.steps_d;
    gan.generator = Lowering("generator", e.generator_plan, e.latent.classes).run(e.generator.layer_list());
    gan.discriminator = Lowering("discriminator", e.discriminator_plan, e.latent.classes).run(e.discriminator.layer_list());
    const bool probability =
        e.train.loss == gan::Loss::non_saturating || e.train.loss == gan::Loss::minimax;  // the loss applies the sigmoid; it costs as any
    if (auto& end = gan.discriminator.layers.back().activation; probability && end == nn::Activation::identity)
        end = nn::Activation::sigmoid;
    return gan;
}

}  // namespace ganbar
