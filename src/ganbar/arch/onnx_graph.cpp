#include "ganbar/arch/onnx_graph.h"

#include <fmt/format.h>
#define ONNX_ML 1
#define ONNX_NAMESPACE onnx
#include <onnx/onnx_pb.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>

#include "ganbar/core/error.h"

namespace ganbar::arch::onnx_file {
namespace {

constexpr Int largest_constant = 1024;  ///< elements; shapes, pads, scales and lists of indices have fewer

template <class T>
std::vector<double> raw_values(const std::string& bytes) {
    std::vector<double> out;
    for (std::size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
        T value{};
        std::memcpy(&value, bytes.data() + at, sizeof(T));  // ONNX stores little-endian, as the machines we run on
        out.push_back(static_cast<double>(value));
    }
    return out;
}

/// IEEE 754 binary16 from its bits.
double half(std::uint16_t bits) {
    const int exponent = (bits >> 10) & 31, fraction = bits & 1023;
    const double size = exponent == 0    ? std::ldexp(fraction, -24)
                        : exponent == 31 ? std::numeric_limits<double>::infinity()
                                         : std::ldexp(1024 + fraction, exponent - 25);
    return bits >> 15 ? -size : size;
}

/// Numbers of a tensor that keeps them as bytes of type T, or else in a list of the message.
template <class T, class List>
std::vector<double> numbers(const onnx::TensorProto& t, const List& from) {
    return t.has_raw_data() ? raw_values<T>(t.raw_data()) : std::vector<double>(from.begin(), from.end());
}

std::optional<std::vector<double>> values_of(const onnx::TensorProto& t) {
    switch (t.data_type()) {
        case onnx::TensorProto_DataType_INT64: return numbers<std::int64_t>(t, t.int64_data());
        case onnx::TensorProto_DataType_INT32: return numbers<std::int32_t>(t, t.int32_data());
        case onnx::TensorProto_DataType_INT16: return numbers<std::int16_t>(t, t.int32_data());
        case onnx::TensorProto_DataType_INT8: return numbers<std::int8_t>(t, t.int32_data());
        case onnx::TensorProto_DataType_UINT8:
        case onnx::TensorProto_DataType_BOOL: return numbers<std::uint8_t>(t, t.int32_data());
        case onnx::TensorProto_DataType_UINT32: return numbers<std::uint32_t>(t, t.uint64_data());
        case onnx::TensorProto_DataType_UINT64: return numbers<std::uint64_t>(t, t.uint64_data());
        case onnx::TensorProto_DataType_FLOAT: return numbers<float>(t, t.float_data());
        case onnx::TensorProto_DataType_DOUBLE: return numbers<double>(t, t.double_data());
        case onnx::TensorProto_DataType_FLOAT16: {
            std::vector<double> out = numbers<std::uint16_t>(t, t.int32_data());
            for (double& v : out) v = half(static_cast<std::uint16_t>(v));
            return out;
        }
        default: return std::nullopt;
    }
}

bool is_whole(int type) {
    static const std::set<int> fractions{onnx::TensorProto_DataType_FLOAT, onnx::TensorProto_DataType_DOUBLE,
                                         onnx::TensorProto_DataType_FLOAT16, onnx::TensorProto_DataType_BFLOAT16,
                                         onnx::TensorProto_DataType_UNDEFINED};
    return !fractions.contains(type);
}

Tensor tensor_of(const onnx::TensorProto& t) {
    Tensor out;
    double size = 1;
    for (const auto d : t.dims()) out.dims.push_back(d), size *= double(d);
    out.whole = is_whole(t.data_type());
    if (size > double(largest_constant) || t.data_location() == onnx::TensorProto_DataLocation_EXTERNAL) return out;
    out.values = values_of(t);
    if (out.values && double(out.values->size()) != size) out.values.reset();  // a file without its weights
    return out;
}

/// Value of a Constant node, by whichever attribute holds it.
std::optional<Tensor> constant_of(const onnx::NodeProto& node) {
    for (const auto& a : node.attribute()) {
        if (a.name() == "value" && a.has_t()) return tensor_of(a.t());
        if (a.name() == "sparse_value" && a.has_sparse_tensor())
            return Tensor{{a.sparse_tensor().dims().begin(), a.sparse_tensor().dims().end()}, {}, false};
        if (a.name() == "value_int") return Tensor{{}, std::vector<double>{double(a.i())}, true};
        if (a.name() == "value_float") return Tensor{{}, std::vector<double>{double(a.f())}, false};
        if (a.name() == "value_ints") return Tensor{{a.ints_size()}, std::vector<double>(a.ints().begin(), a.ints().end()), true};
        if (a.name() == "value_floats") return Tensor{{a.floats_size()}, std::vector<double>(a.floats().begin(), a.floats().end()), false};
    }
    return std::nullopt;
}

Node node_of(const onnx::NodeProto& from) {
    Node n;
    n.name = from.name(), n.op = from.op_type(), n.domain = from.domain() == "ai.onnx" ? "" : from.domain();
    n.inputs.assign(from.input().begin(), from.input().end());
    n.outputs.assign(from.output().begin(), from.output().end());
    while (!n.inputs.empty() && n.inputs.back().empty()) n.inputs.pop_back();
    for (const auto& a : from.attribute()) {
        if (a.ints_size() > 0 || a.type() == onnx::AttributeProto_AttributeType_INTS)
            n.ints[a.name()].assign(a.ints().begin(), a.ints().end());
        else if (a.floats_size() > 0) n.reals[a.name()].assign(a.floats().begin(), a.floats().end());
        else if (a.has_i()) n.ints[a.name()] = {a.i()};
        else if (a.has_f()) n.reals[a.name()] = {double(a.f())};
        else if (a.has_s()) n.texts[a.name()] = a.s();
        else if (a.has_t()) n.tensors[a.name()] = tensor_of(a.t());
    }
    return n;
}

void declare(const onnx::ValueInfoProto& value, Graph& out) {
    if (!value.type().has_tensor_type() || !value.type().tensor_type().has_shape()) return;
    auto& dims = out.declared[value.name()];
    dims.clear();
    for (const auto& d : value.type().tensor_type().shape().dim())
        dims.push_back(d.has_dim_value() && d.dim_value() > 0 ? d.dim_value() : -1);
}

void add_input(const onnx::ValueInfoProto& v, Graph& out) {
    declare(v, out);
    if (out.tensors.contains(v.name())) return;  // older files list their weights as inputs too
    out.inputs.push_back(v.name());
    out.whole[v.name()] = is_whole(v.type().tensor_type().elem_type());
}

Graph graph_of(const onnx::ModelProto& model, const std::string& name) {
    const onnx::GraphProto& from = model.graph();
    Graph out;
    out.file = name;
    for (const auto& o : model.opset_import())
        if (o.domain().empty() || o.domain() == "ai.onnx") out.opset = o.version();
    for (const auto& t : from.initializer()) out.tensors[t.name()] = tensor_of(t);
    for (const auto& t : from.sparse_initializer()) out.tensors[t.values().name()] = Tensor{{t.dims().begin(), t.dims().end()}, {}, false};
    for (const auto& v : from.value_info()) declare(v, out);
    for (const auto& v : from.output()) declare(v, out), out.outputs.push_back(v.name());
    for (const auto& v : from.input()) add_input(v, out);
    for (const auto& n : from.node()) {
        const auto value = n.op_type() == "Constant" ? constant_of(n) : std::nullopt;
        if (value && n.output_size() == 1) out.tensors[n.output(0)] = *value;
        else out.nodes.push_back(node_of(n));
    }
    return out;
}

}  // namespace

std::string Node::label() const {
    const std::string& shown = !name.empty() || outputs.empty() ? name : outputs.front();
    return fmt::format("node \"{}\" ({})", shown, op);
}

/// A graph of ours that holds the arrays themselves: each of their blocks would stand as a layer, to be put into arrays once more.
static void check_plain(const onnx::ModelProto& model, const std::string& name) {
    if (model.producer_name() != "ganbar") return;
    for (const auto& p : model.metadata_props())
        if ((p.key() == "converters" || p.key() == "noise") && p.value() != "none")
            throw ConfigError("holds the crossbars of a run, with " + p.key() +
                                  " in the graph; expected the plain network (ganbar export "
                                  "without --converters and --noise)",
                              {name});
}

Graph parse(const std::string& bytes, const std::string& name) {
    onnx::ModelProto model;
    if (!model.ParseFromString(bytes) || !model.has_graph())
        throw ConfigError("is no ONNX model; expected a file as an ONNX exporter writes it, with a graph", {name});
    if (model.graph().node_size() == 0) throw ConfigError("has a graph without nodes; expected at least one layer", {name});
    check_plain(model, name);
    return graph_of(model, name);
}

Graph read(const std::string& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) throw ConfigError("is a folder; expected an ONNX file", {path});
    std::ifstream file(path, std::ios::binary);
    if (!file) throw ConfigError(std::string("cannot be read: ") + std::strerror(errno) + "; expected an ONNX file", {path});
    std::ostringstream text;
    text << file.rdbuf();
    return parse(text.str(), path);
}

}  // namespace ganbar::arch::onnx_file
