#include "ganbar/arch/onnx_network.h"

#include "ganbar/arch/onnx_import.h"

namespace ganbar::arch {
namespace {

using namespace onnx_file;

class Importer : OnnxImport {
public:
    Importer(const Graph& graph, const std::string& name) : OnnxImport(graph, name) {}

    Network run() {
        start();
        for (const std::size_t i : order()) handle(graph_.nodes[i]);
        const auto end = flows_.find(graph_.outputs.front());
        if (end == flows_.end() || end->second.layer < 0)
            refuse("the output \"" + graph_.outputs.front() + "\" comes from no layer; expected a network from its input to its output");
        return std::move(net_);
    }

private:
    using Handler = void (Importer::*)(const Node&);

    void conv(const Node& n) {
        const Flow in = flow(n, 0);
        const Tensor& w = weights(n, 3, max_dims + 2);
        const std::size_t axes = convolution_axes(n, in, w);
        const Int groups = one(n, "group", 1);
        if (groups < 1 || w.dims[1] > largest_side / std::max<Int>(groups, 1) || w.dims[1] * groups != in.shape.channels ||
            w.dims[0] % groups != 0)
            refuse(n, fmt::format("weights {} x {} in {} groups do not fit a map {}", w.dims[0], w.dims[1], groups, in.shape.text()));
        Pads p = pads(n, axes);
        const Dims stride = list(n, "strides", axes, 1);
        Dims out{w.dims[0]};
        Axes made;
        for (std::size_t i = 0; i < axes; ++i) {
            const Int side = in.shape.side[i], k = w.dims[i + 2], s = stride[i];
            if (s < 1 || s > largest_side) refuse(n, fmt::format("a stride of {} is impossible; expected 1 or more", s));
            if (p.same_upper || p.same_lower) split(((side + s - 1) / s - 1) * s + k - side, p.same_lower, p.lo[i], p.hi[i]);
            made[i] = axis_of(n, [&] { return convolution_axis(side, k, s, p.lo[i], p.hi[i]); });
            out.push_back(made[i].small);
        }
        Layer& l = add_layer(n, LayerKind::conv, in, shape_for(n, out));
        l.axes = made, l.groups = groups;
    }

    void conv_transpose(const Node& n) {
        const Flow in = flow(n, 0);
        const Tensor& w = weights(n, 3, max_dims + 2);
        const std::size_t axes = convolution_axes(n, in, w);
        if (one(n, "group", 1) != 1) refuse(n, "a transposed convolution in groups is not supported; expected group = 1");
        if (w.dims[0] != in.shape.channels) refuse(n, fmt::format("weights for {} channels meet a map {}", w.dims[0], in.shape.text()));
        Pads p = pads(n, axes);
        const Dims stride = list(n, "strides", axes, 1), output_pad = list(n, "output_padding", axes, 0),
                   wanted = list(n, "output_shape", axes, 0);
        Dims out{w.dims[1]};
        Axes made;
        for (std::size_t i = 0; i < axes; ++i) {
            const Int side = in.shape.side[i], k = w.dims[i + 2], s = stride[i];
            if (s < 1 || s > largest_side) refuse(n, fmt::format("a stride of {} is impossible; expected 1 or more", s));
            Int extra = output_pad[i];
            const bool same = p.same_upper || p.same_lower;
            if (wanted[i] > 0 || same) {  // the padding follows from the side; what is missing is added at the end
                const Int all = (side - 1) * s + k + extra - (wanted[i] > 0 ? wanted[i] : side * s);
                split(all, !p.same_upper, p.lo[i], p.hi[i]);
                if (all < 0) extra -= all;
            }
            made[i] = axis_of(n, [&] { return transposed_axis(side, k, s, p.lo[i], p.hi[i], extra); });
            out.push_back(made[i].large);
        }
        add_layer(n, LayerKind::tconv, in, shape_for(n, out)).axes = made;
    }

    void fully_connected(const Node& n) {
        const Flow in = flow(n, 0);
        const Tensor& w = weights(n, 2, 2);
        if (one(n, "transA", 0) != 0) refuse(n, "a transposed activation is not supported; expected transA = 0");
        const bool across = one(n, "transB", 0) != 0;
        const Int inputs = w.dims[across ? 1 : 0], outputs = w.dims[across ? 0 : 1];
        if (in.shape.size() != inputs)
            refuse(n, fmt::format("weights for {} inputs meet {} = {} activations; expected one vector per sample", inputs, in.shape.text(),
                                  in.shape.size()));
        add_layer(n, LayerKind::fc, in, shape_for(n, {outputs}));
    }

    void batch_norm(const Node& n) {
        const Flow in = flow(n, 0);
        Layer* l = producer(in);
        if (l && l->activation == Activation::none && !l->batch_norm) {
            l->batch_norm = true;
            return give(n, in);
        }
        elementwise(n, in).batch_norm = true;
    }

    void activation(const Node& n) {
        static const std::map<std::string, Activation> known{{"Relu", Activation::relu},
                                                             {"LeakyRelu", Activation::lrelu},
                                                             {"PRelu", Activation::lrelu},
                                                             {"Tanh", Activation::tanh},
                                                             {"Sigmoid", Activation::sigmoid}};
        const Flow in = flow(n, 0);
        Layer* l = producer(in);
        if (l && l->activation == Activation::none) {
            l->activation = known.at(n.op);
            return give(n, in);
        }
        elementwise(n, in).activation = known.at(n.op);
    }

    /// Add, Sub, Mul, Div: of two activations (Add alone), or with a constant.
    void arithmetic(const Node& n) {
        if (n.inputs.size() != 2) refuse(n, fmt::format("it has {} inputs; expected two", n.inputs.size()));
        if (flows(n, 0) && flows(n, 1)) return residual(n);
        const std::size_t live = flows(n, 0) ? 0 : 1;
        const Flow in = flow(n, live);
        const Tensor* constant = stored(n, 1 - live);
        if (!constant) refuse(n, "its second operand is neither an activation nor stored in the file");
        double size = 1;
        for (const Int d : constant->dims) size *= double(d);
        if (size > double(in.shape.size()))
            refuse(n,
                   fmt::format("a constant of {:.0f} elements would enlarge a map {}; expected at most its size", size, in.shape.text()));
        const bool bias = (n.op == "Add" || n.op == "Sub") && producer(in) && producer(in)->computes();
        if (bias) return give(n, in);  // added where the products are summed
        elementwise(n, in);
    }
    void residual(const Node& n) {
        Flow a = flow(n, 0), b = flow(n, 1);
        if (n.op != "Add") refuse(n, "a product or difference of two activations is not supported; expected Add");
        if (!(a.shape == b.shape)) refuse(n, fmt::format("it adds {} and {}; expected equal shapes", a.shape.text(), b.shape.text()));
        if (a.layer < 0) std::swap(a, b);
        if (a.layer < 0) refuse(n, "it adds the network's input to itself; expected a layer before it");
        add_layer(n, LayerKind::add, a, a.shape).inputs.push_back(b.layer);
    }

    void pool(const Node& n) {
        const Flow in = flow(n, 0);
        const auto axes = std::size_t(in.shape.dims);
        const Dims kernel = list(n, "kernel_shape", axes, 0), stride = list(n, "strides", axes, 1);
        for (const Int d : list(n, "dilations", axes, 1))
            if (d != 1) refuse(n, fmt::format("a dilation of {} is not supported; expected 1", d));
        Pads p = pads(n, axes);
        const bool up = one(n, "ceil_mode", 0) != 0;
        Dims out{in.shape.channels};
        for (std::size_t i = 0; i < axes; ++i) {
            const Int side = in.shape.side[i];
            if (kernel[i] < 1 || stride[i] < 1 || kernel[i] > largest_side || stride[i] > largest_side)
                refuse(n, fmt::format("a kernel of {} with stride {} is impossible; expected 1 or more", kernel[i], stride[i]));
            if (p.same_upper || p.same_lower)
                split(((side + stride[i] - 1) / stride[i] - 1) * stride[i] + kernel[i] - side, p.same_lower, p.lo[i], p.hi[i]);
            const Axis a = axis_of(n, [&] { return convolution_axis(side, kernel[i], stride[i], p.lo[i], p.hi[i]); });
            out.push_back(a.small + (up && (side + p.lo[i] + p.hi[i] - kernel[i]) % stride[i] != 0 ? 1 : 0));
        }
        add_layer(n, LayerKind::pool, in, shape_for(n, out)).factor = axes > 0 ? stride[0] : 1;
    }
    void global_pool(const Node& n) {
        const Flow in = flow(n, 0);
        Dims out = dims_of(in.shape);
        std::fill(out.begin() + 1, out.end(), 1);
        add_layer(n, LayerKind::pool, in, shape_for(n, out)).factor = in.shape.side[0];
    }

    void resize(const Node& n) {
        const Flow in = flow(n, 0);
        const Dims before = dims_of(in.shape);
        Dims out;
        const std::size_t scales_at = n.op == "Upsample" ? 1 : 2;
        if (const auto sizes = numbers(n, 3, "sizes"); sizes && n.op == "Resize")
            out.assign(sizes->begin() + std::min<std::ptrdiff_t>(1, std::ssize(*sizes)), sizes->end());
        else {
            std::vector<double> scales;
            if (const Tensor* t = stored(n, scales_at); t && t->values) scales = *t->values;
            else if (const auto it = n.reals.find("scales"); it != n.reals.end()) scales = it->second;
            for (std::size_t i = 1; i < scales.size() && i <= before.size(); ++i) {
                if (!(scales[i] > 0 && scales[i] <= 1e6))
                    refuse(n, fmt::format("a scale of {} is impossible; expected more than 0", scales[i]));
                out.push_back(Int(std::floor(double(before[i - 1]) * scales[i] + 1e-6)));
            }
        }
        if (out.size() != before.size())
            refuse(n, "its scales or sizes are not stored in the file; expected constants, one for each dimension");
        if (out[0] != before[0]) refuse(n, fmt::format("it changes the channels from {} to {}; expected sides only", before[0], out[0]));
        add_layer(n, LayerKind::upsample, in, shape_for(n, out));
    }
    void depth_to_space(const Node& n) {
        const Flow in = flow(n, 0);
        const Int block = one(n, "blocksize", 0);
        Dims out = dims_of(in.shape);
        if (in.shape.dims != 2 || block < 1 || block > 4096 || out[0] % (block * block) != 0)
            refuse(n, fmt::format("blocks of {} do not fit a map {}", block, in.shape.text()));
        out[0] /= block * block;
        for (std::size_t i = 1; i < out.size(); ++i) out[i] *= block;
        add_layer(n, LayerKind::depth_to_space, in, shape_for(n, out)).factor = block;
    }
    void pad(const Node& n) {
        const Flow in = flow(n, 0);
        const auto amounts = numbers(n, 1, "pads");
        Dims out = dims_of(in.shape);
        if (!amounts || amounts->size() != 2 * (out.size() + 1))
            refuse(n, "its pads are not stored in the file; expected two constants for each dimension");
        const std::size_t rank = out.size() + 1;
        for (const Int a : *amounts)
            if (a < -largest_side || a > largest_side) refuse(n, fmt::format("a padding of {} is impossible", a));
        if ((*amounts)[0] != 0 || (*amounts)[rank] != 0) refuse(n, "it pads the batch; expected sides only");
        for (std::size_t i = 1; i < rank; ++i) out[i - 1] += (*amounts)[i] + (*amounts)[i + rank];
        add_layer(n, LayerKind::upsample, in, shape_for(n, out));
    }

    // ---- operators that move nothing
    void pass(const Node& n) {
        if (!flows(n, 0) && stored(n, 0)) {  // a constant under another name
            if (graph_.tensors.contains(n.inputs[0]) && !n.outputs.empty()) aliases_[n.outputs[0]] = n.inputs[0];
            return;
        }
        give(n, flow(n, 0));
    }
    void reshape_to(const Node& n, const Flow& in, const Dims& dims) {
        const Shape shape = shape_for(n, dims);
        if (shape.size() != in.shape.size())
            refuse(n, fmt::format("it turns {} into {}; expected the same number of elements", in.shape.text(), shape.text()));
        give(n, {in.layer, shape});
    }
    void flatten(const Node& n) {
        const Flow in = flow(n, 0);
        if (const Int axis = one(n, "axis", 1); axis != 1)
            refuse(n, fmt::format("axis = {} would mix the samples of a batch; expected 1", axis));
        reshape_to(n, in, {in.shape.size()});
    }
    void reshape(const Node& n) {
        const Flow in = flow(n, 0);
        auto target = numbers(n, 1, "shape");
        if (!target && !n.outputs.empty())
            if (const auto it = graph_.declared.find(n.outputs[0]); it != graph_.declared.end()) target = it->second;
        if (!target || target->size() < 2)
            refuse(n,
                   "its target shape is not stored in the file; expected a constant with a batch and channels (export with fixed shapes)");
        const Dims before = dims_of(in.shape);
        Dims dims(target->begin() + 1, target->end());
        double known = 1;
        Int* open = nullptr;
        for (std::size_t i = 0; i < dims.size(); ++i) {
            if (dims[i] == 0 && i < before.size()) dims[i] = before[i];
            if (dims[i] > 0) known *= double(dims[i]);
            else if (dims[i] == -1 && !open) open = &dims[i];
            else refuse(n, fmt::format("its target shape holds {}; expected sizes, and -1 at most once", dims[i]));
        }
        if (open) *open = std::max<Int>(1, in.shape.size() / Int(std::min(known, 9e15)));
        reshape_to(n, in, dims);
    }
    void squeeze(const Node& n) {
        const Flow in = flow(n, 0);
        const auto axes = numbers(n, 1, "axes");
        Dims dims = dims_of(in.shape), out;
        for (std::size_t i = 0; i < dims.size(); ++i) {
            const Int at = Int(i) + 1, from_end = at - Int(dims.size()) - 1;
            const bool named =
                axes && (std::count(axes->begin(), axes->end(), at) > 0 || std::count(axes->begin(), axes->end(), from_end) > 0);
            if (!(named || (!axes && dims[i] == 1))) out.push_back(dims[i]);
        }
        if (out.empty()) out.push_back(1);
        reshape_to(n, in, out);
    }
    void unsqueeze(const Node& n) {
        const Flow in = flow(n, 0);
        const auto axes = numbers(n, 1, "axes");
        if (!axes) refuse(n, "its axes are not stored in the file; expected constants");
        Dims dims = dims_of(in.shape);
        for (Int a : *axes) {
            if (a < 0) a += Int(dims.size()) + 2;
            if (a < 1 || a > Int(dims.size()) + 1) refuse(n, fmt::format("axis {} is impossible; expected 1 to {}", a, dims.size() + 1));
            dims.insert(dims.begin() + a - 1, 1);
        }
        reshape_to(n, in, dims);
    }

    static const std::map<std::string, Handler>& handlers() {
        static const std::map<std::string, Handler> map{{"Conv", &Importer::conv},
                                                        {"ConvTranspose", &Importer::conv_transpose},
                                                        {"Gemm", &Importer::fully_connected},
                                                        {"MatMul", &Importer::fully_connected},
                                                        {"BatchNormalization", &Importer::batch_norm},
                                                        {"Relu", &Importer::activation},
                                                        {"LeakyRelu", &Importer::activation},
                                                        {"PRelu", &Importer::activation},
                                                        {"Tanh", &Importer::activation},
                                                        {"Sigmoid", &Importer::activation},
                                                        {"Add", &Importer::arithmetic},
                                                        {"Sub", &Importer::arithmetic},
                                                        {"Mul", &Importer::arithmetic},
                                                        {"Div", &Importer::arithmetic},
                                                        {"MaxPool", &Importer::pool},
                                                        {"AveragePool", &Importer::pool},
                                                        {"GlobalAveragePool", &Importer::global_pool},
                                                        {"GlobalMaxPool", &Importer::global_pool},
                                                        {"Resize", &Importer::resize},
                                                        {"Upsample", &Importer::resize},
                                                        {"DepthToSpace", &Importer::depth_to_space},
                                                        {"Pad", &Importer::pad},
                                                        {"Identity", &Importer::pass},
                                                        {"Dropout", &Importer::pass},
                                                        {"Cast", &Importer::pass},
                                                        {"Flatten", &Importer::flatten},
                                                        {"Reshape", &Importer::reshape},
                                                        {"Squeeze", &Importer::squeeze},
                                                        {"Unsqueeze", &Importer::unsqueeze}};
        return map;
    }
    /// Shape, Gather and the like that compute the target of a Reshape: skipped; the Reshape asks for what the file declares.
    bool is_shape_arithmetic(const Node& n) const {
        static const std::set<std::string> ops{"Shape", "Gather", "Concat", "Slice", "ConstantOfShape"};
        if (n.op == "Shape") return true;
        return std::none_of(n.inputs.begin(), n.inputs.end(), [&](const std::string& in) { return flows_.contains(in); }) &&
               (ops.contains(n.op) || handlers().contains(n.op)) && !(n.op == "Identity" && stored(n, 0));
    }
    void handle(const Node& n) {
        if (is_shape_arithmetic(n)) return;
        const auto it = handlers().find(n.op);
        if (it != handlers().end()) return (this->*it->second)(n);
        std::vector<std::string> names;
        for (const auto& [name, handler] : handlers()) names.push_back(name);
        refuse(n, "this operator is not supported; expected one of " + join(names));
    }
};

}  // namespace

Network read_onnx(const std::string& path, const std::string& name) {
    const Graph graph = onnx_file::read(path);
    return Importer(graph, name).run();
}

Network parse_onnx(const std::string& bytes, const std::string& file, const std::string& name) {
    const Graph graph = onnx_file::parse(bytes, file);
    return Importer(graph, name).run();
}

}  // namespace ganbar::arch
