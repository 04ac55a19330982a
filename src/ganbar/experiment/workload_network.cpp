#include "ganbar/experiment/workload_network.h"

namespace ganbar {
namespace {

using arch::Int;

arch::Activation activation_of(nn::Activation a) {
    switch (a) {
        case nn::Activation::identity: return arch::Activation::none;
        case nn::Activation::relu: return arch::Activation::relu;
        case nn::Activation::leaky_relu: return arch::Activation::lrelu;
        case nn::Activation::tanh: return arch::Activation::tanh;
        case nn::Activation::sigmoid: return arch::Activation::sigmoid;
    }
    return arch::Activation::none;
}

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
            in_ = shape_of(plan_.shapes[i]), out_ = shape_of(plan_.shapes[i + 1]);
            if (i == 0 && n_classes_ > 0) add_classes();
            add(layers[i], plan_.names[i]);
        }
        return std::move(net_);
    }

private:
    arch::Layer& layer(arch::LayerKind kind, const std::string& name, const arch::Shape& in, const arch::Shape& out) {
        arch::Layer l;
        l.kind = kind, l.name = name, l.in = in, l.out = out, l.inputs = {last_};
        net_.layers.push_back(std::move(l));
        last_ = int(net_.layers.size()) - 1;
        return net_.layers.back();
    }
    void finish(arch::Layer& l, const nn::LayerSpec& s) {
        l.batch_norm = s.norm != nn::Norm::none;
        l.activation = activation_of(s.activation);
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

    arch::Layer& conv(const nn::LayerSpec& s, const std::string& name, const arch::Shape& in, arch::Shape out, const std::vector<std::int64_t>& stride,
                      const std::vector<std::int64_t>& kernel, bool padded) {
        const bool transposed = s.type == nn::LayerType::conv_transpose;
        arch::Layer& l = layer(transposed ? arch::LayerKind::tconv : arch::LayerKind::conv, name, in, out);
        for (std::size_t a = 0; a < std::size_t(in.dims); ++a) {
            const Int lo = padded ? on_axis(s.padding, a) : 0, hi = padded ? on_axis(s.padding_high.empty() ? s.padding : s.padding_high, a) : 0;
            l.axes[a] = transposed ? arch::transposed_axis(in.side[a], on_axis(kernel, a), on_axis(stride, a), lo, hi, on_axis(s.output_padding, a))
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
        sum.activation = activation_of(s.activation);
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
                const bool joins = before && before->activation == arch::Activation::none && !(norm && before->batch_norm);
                arch::Layer& l = joins ? *before : layer(arch::LayerKind::upsample, name, in_, out_);
                if (norm) l.batch_norm = true;
                l.activation = activation_of(s.activation);
                return;
            }
            case nn::LayerType::avg_pool:
            case nn::LayerType::max_pool: layer(arch::LayerKind::pool, name, in_, out_); return;
            case nn::LayerType::dropout:
            case nn::LayerType::reshape:
            case nn::LayerType::flatten: return;  // nothing is multiplied or moved
        }
    }

    const nn::NetworkPlan& plan_;
    std::int64_t n_classes_;
    arch::Network net_;
    arch::Shape in_, out_;
    int last_ = -1;
};

}  // namespace

arch::Gan workload_network(const Experiment& e) {
    arch::Gan gan;
    gan.name = e.experiment.name, gan.doc = e.experiment.doc, gan.dataset = e.data.dataset;
    gan.source = "the experiment", gan.batch = e.train.batch, gan.steps_d = e.train.steps_d;
    gan.generator = Lowering("generator", e.generator_plan, e.latent.classes).run(e.generator.layer_list());
    gan.discriminator = Lowering("discriminator", e.discriminator_plan, e.latent.classes).run(e.discriminator.layer_list());
    return gan;
}

}  // namespace ganbar
