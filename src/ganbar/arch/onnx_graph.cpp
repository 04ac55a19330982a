#include "ganbar/arch/onnx_graph.h"

#include <fmt/format.h>
#define ONNX_ML 1
#define ONNX_NAMESPACE onnx
#include <onnx/onnx_pb.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "ganbar/core/error.h"

namespace ganbar::arch::onnx_file {
namespace {

constexpr Int largest_constant = 64;  ///< elements; shapes, pads and scales have far fewer

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

std::optional<std::vector<double>> values_of(const onnx::TensorProto& t) {
    const auto list = [](const auto& from) { return std::vector<double>(from.begin(), from.end()); };
    switch (t.data_type()) {
        case onnx::TensorProto_DataType_INT64: return t.has_raw_data() ? raw_values<std::int64_t>(t.raw_data()) : list(t.int64_data());
        case onnx::TensorProto_DataType_INT32: return t.has_raw_data() ? raw_values<std::int32_t>(t.raw_data()) : list(t.int32_data());
        case onnx::TensorProto_DataType_FLOAT: return t.has_raw_data() ? raw_values<float>(t.raw_data()) : list(t.float_data());
        case onnx::TensorProto_DataType_DOUBLE: return t.has_raw_data() ? raw_values<double>(t.raw_data()) : list(t.double_data());
        default: return std::nullopt;
    }
}

Tensor tensor_of(const onnx::TensorProto& t) {
    Tensor out;
    double size = 1;
    for (const auto d : t.dims()) out.dims.push_back(d), size *= double(d);
    if (size <= double(largest_constant) && t.data_location() != onnx::TensorProto_DataLocation_EXTERNAL) out.values = values_of(t);
    return out;
}

/// Value of a Constant node, by whichever attribute holds it.
std::optional<Tensor> constant_of(const onnx::NodeProto& node) {
    for (const auto& a : node.attribute()) {
        if (a.name() == "value" && a.has_t()) return tensor_of(a.t());
        if (a.name() == "value_int") return Tensor{{}, std::vector<double>{double(a.i())}};
        if (a.name() == "value_float") return Tensor{{}, std::vector<double>{double(a.f())}};
        if (a.name() == "value_ints") return Tensor{{a.ints_size()}, std::vector<double>(a.ints().begin(), a.ints().end())};
        if (a.name() == "value_floats") return Tensor{{a.floats_size()}, std::vector<double>(a.floats().begin(), a.floats().end())};
    }
    return std::nullopt;
}

Node node_of(const onnx::NodeProto& from) {
    Node n;
    n.name = from.name(), n.op = from.op_type();
    n.inputs.assign(from.input().begin(), from.input().end());
    n.outputs.assign(from.output().begin(), from.output().end());
    for (const auto& a : from.attribute()) {
        if (a.ints_size() > 0) n.ints[a.name()].assign(a.ints().begin(), a.ints().end());
        else if (a.floats_size() > 0) n.reals[a.name()].assign(a.floats().begin(), a.floats().end());
        else if (a.has_i()) n.ints[a.name()] = {a.i()};
        else if (a.has_f()) n.reals[a.name()] = {double(a.f())};
        else if (a.has_s()) n.texts[a.name()] = a.s();
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

Graph graph_of(const onnx::GraphProto& from, const std::string& name) {
    Graph out;
    out.file = name;
    for (const auto& t : from.initializer()) out.tensors[t.name()] = tensor_of(t);
    for (const auto& v : from.value_info()) declare(v, out);
    for (const auto& v : from.output()) declare(v, out), out.outputs.push_back(v.name());
    for (const auto& v : from.input()) {
        declare(v, out);
        if (!out.tensors.contains(v.name())) out.inputs.push_back(v.name());  // older files list their weights as inputs too
    }
    for (const auto& n : from.node()) {
        if (n.op_type() != "Constant") {
            out.nodes.push_back(node_of(n));
            continue;
        }
        const auto value = constant_of(n);
        if (value && n.output_size() == 1) out.tensors[n.output(0)] = *value;
    }
    return out;
}

}  // namespace

std::string Node::label() const {
    const std::string& shown = !name.empty() || outputs.empty() ? name : outputs.front();
    return fmt::format("node \"{}\" ({})", shown, op);
}

Graph parse(const std::string& bytes, const std::string& name) {
    onnx::ModelProto model;
    if (!model.ParseFromString(bytes) || !model.has_graph())
        throw ConfigError("is no ONNX model; expected a file as an ONNX exporter writes it, with a graph", {name});
    if (model.graph().node_size() == 0) throw ConfigError("has a graph without nodes; expected at least one layer", {name});
    return graph_of(model.graph(), name);
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
