#include "ganbar/arch/onnx_rules.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "ganbar/arch/onnx_windows.h"

namespace ganbar::arch::onnx_file {
namespace {

/// Training's further results (means, variances) have one number for each channel.
Shapes normalized(const Call& c) {
    Shapes out(std::max<std::size_t>(1, c.node().outputs.size()), c.rank(0) > 1 ? Dims{c.dims(0)[1]} : Dims{1});
    out[0] = c.dims(0);
    return out;
}

/// A layer's means and deviations keep a side of 1 for every axis they are taken over.
Shapes layer_normalized(const Call& c) {
    Dims rest = c.dims(0);
    for (std::size_t i = c.axis(c.attribute("axis", -1), rest.size()); i < rest.size(); ++i) rest[i] = 1;
    Shapes out(std::max<std::size_t>(1, c.node().outputs.size()), rest);
    out[0] = c.dims(0);
    return out;
}

struct Entry {
    const char* op;
    Rule rule;
};
constexpr Entry table[] = {
    // products with weights
    {"Conv", {Role::convolution, convolved}},
    {"ConvTranspose", {Role::transposed_convolution, convolved_transposed}},
    {"Gemm", {Role::product, multiplied}},
    {"MatMul", {Role::product, multiplied}},
    // what joins the layer before it
    {"BatchNormalization", {Role::norm, normalized}},
    {"Relu", {Role::activation, as_input, fold_unary, LayerKind::elementwise, Activation::relu}},
    {"LeakyRelu", {Role::activation, as_input, nullptr, LayerKind::elementwise, Activation::leaky_relu}},
    {"PRelu", {Role::activation, as_input, nullptr, LayerKind::elementwise, Activation::leaky_relu}},
    {"Sigmoid", {Role::activation, as_input, nullptr, LayerKind::elementwise, Activation::sigmoid}},
    {"Tanh", {Role::activation, as_input, nullptr, LayerKind::elementwise, Activation::tanh}},
    // one operation for each element
    {"Acos", {Role::layer, as_input}},
    {"Acosh", {Role::layer, as_input}},
    {"Affine", {Role::layer, as_input}},
    {"Asin", {Role::layer, as_input}},
    {"Asinh", {Role::layer, as_input}},
    {"Atan", {Role::layer, as_input}},
    {"Atanh", {Role::layer, as_input}},
    {"BitwiseNot", {Role::layer, as_input}},
    {"Celu", {Role::layer, as_input}},
    {"Clip", {Role::layer, as_input}},
    {"Cos", {Role::layer, as_input}},
    {"Cosh", {Role::layer, as_input}},
    {"CumSum", {Role::layer, as_input}},
    {"DequantizeLinear", {Role::layer, as_input}},
    {"Elu", {Role::layer, as_input}},
    {"Erf", {Role::layer, as_input}},
    {"Gelu", {Role::layer, as_input}},
    {"GroupNormalization", {Role::layer, as_input}},
    {"HardSigmoid", {Role::layer, as_input}},
    {"HardSwish", {Role::layer, as_input}},
    {"Hardmax", {Role::layer, as_input}},
    {"ImageScaler", {Role::layer, as_input}},
    {"InstanceNormalization", {Role::layer, as_input}},
    {"IsInf", {Role::layer, as_input}},
    {"IsNaN", {Role::layer, as_input}},
    {"LRN", {Role::layer, as_input}},
    {"LayerNormalization", {Role::layer, layer_normalized}},
    {"LogSoftmax", {Role::layer, as_input}},
    {"LpNormalization", {Role::layer, as_input}},
    {"MeanVarianceNormalization", {Role::layer, as_input}},
    {"Mish", {Role::layer, as_input}},
    {"ParametricSoftplus", {Role::layer, as_input}},
    {"QuantizeLinear", {Role::layer, as_input}},
    {"RMSNormalization", {Role::layer, as_input}},
    {"ScaledTanh", {Role::layer, as_input}},
    {"Selu", {Role::layer, as_input}},
    {"Shrink", {Role::layer, as_input}},
    {"Sin", {Role::layer, as_input}},
    {"Sinh", {Role::layer, as_input}},
    {"Softmax", {Role::layer, as_input}},
    {"Softplus", {Role::layer, as_input}},
    {"Softsign", {Role::layer, as_input}},
    {"Swish", {Role::layer, as_input}},
    {"Tan", {Role::layer, as_input}},
    {"ThresholdedRelu", {Role::layer, as_input}},
    {"Abs", {Role::layer, as_input, fold_unary}},
    {"Ceil", {Role::layer, as_input, fold_unary}},
    {"Exp", {Role::layer, as_input, fold_unary}},
    {"Floor", {Role::layer, as_input, fold_unary}},
    {"Log", {Role::layer, as_input, fold_unary}},
    {"Neg", {Role::layer, as_input, fold_unary}},
    {"Not", {Role::layer, as_input, fold_unary}},
    {"Reciprocal", {Role::layer, as_input, fold_unary}},
    {"Round", {Role::layer, as_input, fold_unary}},
    {"Sign", {Role::layer, as_input, fold_unary}},
    {"Sqrt", {Role::layer, as_input, fold_unary}},
    {"Add", {Role::arithmetic, as_broadcast, fold_binary}},
    {"And", {Role::arithmetic, as_broadcast, fold_binary}},
    {"Div", {Role::arithmetic, as_broadcast, fold_binary}},
    {"Equal", {Role::arithmetic, as_broadcast, fold_binary}},
    {"Greater", {Role::arithmetic, as_broadcast, fold_binary}},
    {"GreaterOrEqual", {Role::arithmetic, as_broadcast, fold_binary}},
    {"Less", {Role::arithmetic, as_broadcast, fold_binary}},
    {"LessOrEqual", {Role::arithmetic, as_broadcast, fold_binary}},
    {"Max", {Role::arithmetic, as_broadcast, fold_binary}},
    {"Min", {Role::arithmetic, as_broadcast, fold_binary}},
    {"Mod", {Role::arithmetic, as_broadcast, fold_binary}},
    {"Mul", {Role::arithmetic, as_broadcast, fold_binary}},
    {"Or", {Role::arithmetic, as_broadcast, fold_binary}},
    {"Pow", {Role::arithmetic, as_broadcast, fold_binary}},
    {"Sub", {Role::arithmetic, as_broadcast, fold_binary}},
    {"Sum", {Role::arithmetic, as_broadcast, fold_binary}},
    {"BitwiseAnd", {Role::arithmetic, as_broadcast}},
    {"BitwiseOr", {Role::arithmetic, as_broadcast}},
    {"BitwiseXor", {Role::arithmetic, as_broadcast}},
    {"Mean", {Role::arithmetic, as_broadcast}},
    {"Xor", {Role::arithmetic, as_broadcast}},
    {"Where", {Role::layer, as_broadcast, fold_where}},
    {"ReduceL1", {Role::layer, reduced}},
    {"ReduceL2", {Role::layer, reduced}},
    {"ReduceLogSum", {Role::layer, reduced}},
    {"ReduceLogSumExp", {Role::layer, reduced}},
    {"ReduceSumSquare", {Role::layer, reduced}},
    {"ReduceMax", {Role::layer, reduced, fold_reduce}},
    {"ReduceMean", {Role::layer, reduced, fold_reduce}},
    {"ReduceMin", {Role::layer, reduced, fold_reduce}},
    {"ReduceProd", {Role::layer, reduced, fold_reduce}},
    {"ReduceSum", {Role::layer, reduced, fold_reduce}},
    {"ArgMax", {Role::layer, arg_reduced}},
    {"ArgMin", {Role::layer, arg_reduced}},
    {"TopK", {Role::layer, top_k}},
    {"OneHot", {Role::layer, one_hot, nullptr, LayerKind::move}},
    // pools and resampling
    {"AveragePool", {Role::layer, pooled, nullptr, LayerKind::pool}},
    {"LpPool", {Role::layer, pooled, nullptr, LayerKind::pool}},
    {"MaxPool", {Role::layer, pooled, nullptr, LayerKind::pool}},
    {"GlobalAveragePool", {Role::layer, pooled_globally, nullptr, LayerKind::pool}},
    {"GlobalLpPool", {Role::layer, pooled_globally, nullptr, LayerKind::pool}},
    {"GlobalMaxPool", {Role::layer, pooled_globally, nullptr, LayerKind::pool}},
    {"Resize", {Role::layer, resized, nullptr, LayerKind::upsample}},
    {"Upsample", {Role::layer, resized, nullptr, LayerKind::upsample}},
    {"GridSample", {Role::layer, sampled_on_grid, nullptr, LayerKind::upsample}},
    {"DepthToSpace", {Role::layer, depth_to_space, nullptr, LayerKind::depth_to_space}},
    {"SpaceToDepth", {Role::layer, space_to_depth, nullptr, LayerKind::move}},
    // elements put elsewhere
    {"Concat", {Role::layer, concatenated, fold_concat, LayerKind::move}},
    {"Crop", {Role::layer, cropped, nullptr, LayerKind::move}},
    {"Expand", {Role::layer, expanded, fold_spread, LayerKind::move}},
    {"Gather", {Role::layer, gathered, fold_gather, LayerKind::move}},
    {"GatherElements", {Role::layer, as_indices, nullptr, LayerKind::move}},
    {"GatherND", {Role::layer, gathered_nd, nullptr, LayerKind::move}},
    {"Pad", {Role::layer, padded, nullptr, LayerKind::move}},
    {"ReverseSequence", {Role::layer, as_input, nullptr, LayerKind::move}},
    {"Scatter", {Role::layer, as_input, nullptr, LayerKind::move}},
    {"ScatterElements", {Role::layer, as_input, nullptr, LayerKind::move}},
    {"ScatterND", {Role::layer, as_input, nullptr, LayerKind::move}},
    {"Slice", {Role::layer, sliced, fold_slice, LayerKind::move}},
    {"Split", {Role::layer, split, fold_split, LayerKind::move}},
    {"Tile", {Role::layer, tiled, fold_spread, LayerKind::move}},
    {"Transpose", {Role::layer, transposed, fold_transpose, LayerKind::move}},
    {"Trilu", {Role::layer, as_input, nullptr, LayerKind::move}},
    // the same elements
    {"Cast", {Role::rename, as_input, fold_cast}},
    {"CastLike", {Role::rename, as_input}},
    {"Dropout", {Role::rename, as_input}},
    {"Identity", {Role::rename, as_input, fold_same}},
    {"Flatten", {Role::rename, flattened, fold_same}},
    {"Reshape", {Role::rename, reshaped, fold_same}},
    {"Squeeze", {Role::rename, squeezed, fold_same}},
    {"Unsqueeze", {Role::rename, unsqueezed, fold_same}},
    // numbers from shapes, constants, random numbers
    {"Shape", {Role::shape, shape_vector, fold_shape}},
    {"Size", {Role::shape, scalar, fold_size}},
    {"ConstantOfShape", {Role::shape, of_shape_input, fold_fill}},
    {"Range", {Role::shape, range, fold_range}},
    {"RandomNormalLike", {Role::source, as_input}},
    {"RandomUniformLike", {Role::source, as_input}},
    {"Bernoulli", {Role::source, as_input}},
    {"RandomNormal", {Role::source, of_shape_attribute}},
    {"RandomUniform", {Role::source, of_shape_attribute}},
};

}  // namespace

const std::map<std::string, Rule>& rules() {
    static const std::map<std::string, Rule> all = [] {
        std::map<std::string, Rule> out;
        for (const Entry& e : table) out.emplace(e.op, e.rule);
        return out;
    }();
    return all;
}

const Rule& rule_of(const Call& c) {
    static const std::set<std::string> decides{"If", "Loop", "Scan", "SequenceMap", "NonZero", "Unique", "Compress", "NonMaxSuppression"};
    static const std::set<std::string> recurrent{"GRU", "LSTM", "RNN"};
    const std::string& op = c.op();
    if (!c.node().domain.empty() && c.node().domain != "ai.onnx.ml")
        c.refuse(fmt::format(
            "it belongs to \"{}\", not to ONNX's own operators; expected those alone (export without extensions, functions inlined)",
            c.node().domain));
    if (const auto it = rules().find(op); it != rules().end()) return it->second;
    if (decides.contains(op))
        c.refuse(
            "what it makes depends on the data, so shapes do not follow from the file; expected a graph without it (export with fixed "
            "choices)");
    if (recurrent.contains(op)) c.refuse("recurrent layers have no cost model here; expected convolutions and matrix products");
    std::string near;  // exporters do not misspell: another operator that looks alike would be no help
    for (const auto& [name, rule] : rules())
        if (std::equal(name.begin(), name.end(), op.begin(), op.end(),
                       [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); }))
            near = ", " + name + " is";
    c.refuse("this operator is not supported" + near +
             "; expected convolutions, matrix products, pools, norms, activations, arithmetic and moves of data (docs/accelerators.md has "
             "the list)");
}

bool makes_whole(const Call& c) {
    static const std::set<std::string> always{"Shape",       "Size",    "ArgMax",         "ArgMin",        "Equal", "Less",
                                              "LessOrEqual", "Greater", "GreaterOrEqual", "Not",           "And",   "Or",
                                              "Xor",         "IsInf",   "IsNaN",          "QuantizeLinear"};
    static const std::set<std::string> never{"DequantizeLinear", "RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike"};
    const std::string& op = c.op();
    if (always.contains(op)) return true;
    if (never.contains(op)) return false;
    if (op == "Cast") return casts_to_whole(c);
    if (op == "ConstantOfShape") {
        const auto it = c.node().tensors.find("value");
        return it != c.node().tensors.end() && it->second.whole;
    }
    if (op == "Where" || op == "CastLike") return c.has(1) && c.in(1).whole;
    if (op == "OneHot") return c.has(2) && c.in(2).whole;
    return c.has(0) && c.in(0).whole;
}

}  // namespace ganbar::arch::onnx_file
