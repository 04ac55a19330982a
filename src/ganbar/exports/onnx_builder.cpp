#include "ganbar/exports/onnx_builder.h"

#include <fmt/format.h>

#include <cstring>

#include "ganbar/run/build_info.h"

namespace ganbar::exports {
namespace {

constexpr std::int64_t opset = 17, ir = 8;  // ONNX 1.12: read by every runtime of the last years

void describe(onnx::ValueInfoProto& v, const std::string& name, const Dims& sides) {
    v.set_name(name);
    auto* type = v.mutable_type()->mutable_tensor_type();
    type->set_elem_type(onnx::TensorProto_DataType_FLOAT);
    type->mutable_shape()->add_dim()->set_dim_param("batch");
    for (const auto side : sides) type->mutable_shape()->add_dim()->set_dim_value(side);
}

}  // namespace

OnnxBuilder::OnnxBuilder(const std::string& name, const std::string& doc) {
    model_.set_ir_version(ir);
    model_.add_opset_import()->set_version(opset);
    model_.set_producer_name("ganbar"), model_.set_producer_version(version());
    model_.set_doc_string(doc);
    model_.mutable_graph()->set_name(name);
}

void OnnxBuilder::property(const std::string& key, const std::string& value) {
    auto* p = model_.add_metadata_props();
    p->set_key(key), p->set_value(value);
}
void OnnxBuilder::input(const std::string& name, const Dims& sides) { describe(*model_.mutable_graph()->add_input(), name, sides); }
void OnnxBuilder::output(const std::string& name, const Dims& sides) { describe(*model_.mutable_graph()->add_output(), name, sides); }

std::string OnnxBuilder::fresh(const std::string& stem) {
    const std::string name = scope_.empty() ? stem : scope_ + "/" + stem;
    const int n = used_[name]++;
    return n == 0 ? name : fmt::format("{}_{}", name, n);
}

onnx::TensorProto& OnnxBuilder::tensor(const std::string& name, const Dims& dims, onnx::TensorProto_DataType type) {
    auto* t = model_.mutable_graph()->add_initializer();
    t->set_name(name), t->set_data_type(type);
    for (const auto d : dims) t->add_dims(d);
    return *t;
}

std::string OnnxBuilder::floats(const std::string& name, const Dims& dims, std::vector<float> values) {
    const std::string own = fresh(name);
    auto& t = tensor(own, dims, onnx::TensorProto_DataType_FLOAT);
    t.set_raw_data(values.data(), values.size() * sizeof(float));  // little-endian, as the machines we run on
    return own;
}

std::string OnnxBuilder::matrix(const std::string& name, const Matrix& m) {
    std::vector<float> values;
    values.reserve(m.rows() * m.cols());
    for (std::size_t r = 0; r < m.rows(); ++r) values.insert(values.end(), m.row_span(r).begin(), m.row_span(r).end());
    return floats(name, {static_cast<std::int64_t>(m.rows()), static_cast<std::int64_t>(m.cols())}, std::move(values));
}

std::string OnnxBuilder::number(float value) {
    std::string& known = known_[fmt::format("f{}", value)];
    if (!known.empty()) return known;
    known = fmt::format("number_{}", known_.size());
    tensor(known, {}, onnx::TensorProto_DataType_FLOAT).set_raw_data(&value, sizeof(value));
    return known;
}

std::string OnnxBuilder::whole(const Dims& values) {
    std::string& known = known_[fmt::format("i{}", fmt::join(values, ","))];
    if (!known.empty()) return known;
    known = fmt::format("whole_{}", known_.size());
    tensor(known, {static_cast<std::int64_t>(values.size())}, onnx::TensorProto_DataType_INT64)
        .set_raw_data(values.data(), values.size() * sizeof(std::int64_t));
    return known;
}

std::string OnnxBuilder::node(const std::string& op, const std::vector<std::string>& inputs, const std::vector<Attribute>& attributes) {
    auto* n = model_.mutable_graph()->add_node();
    const std::string name = fresh(op);
    n->set_op_type(op), n->set_name(name);
    for (const auto& i : inputs) n->add_input(i);
    n->add_output(name);
    for (const auto& a : attributes) {
        auto* out = n->add_attribute();
        out->set_name(a.name);
        if (const auto* i = std::get_if<std::int64_t>(&a.value)) out->set_type(onnx::AttributeProto_AttributeType_INT), out->set_i(*i);
        else if (const auto* f = std::get_if<float>(&a.value)) out->set_type(onnx::AttributeProto_AttributeType_FLOAT), out->set_f(*f);
        else if (const auto* s = std::get_if<std::string>(&a.value))
            out->set_type(onnx::AttributeProto_AttributeType_STRING), out->set_s(*s);
        else {
            out->set_type(onnx::AttributeProto_AttributeType_INTS);
            for (const auto i : std::get<Dims>(a.value)) out->add_ints(i);
        }
    }
    return name;
}

void OnnxBuilder::rename_last(const std::string& name) {
    auto& graph = *model_.mutable_graph();
    graph.mutable_node(graph.node_size() - 1)->set_output(0, name);
}

Bytes OnnxBuilder::bytes() const {
    constexpr std::size_t most = (std::size_t{1} << 31) - 1;  // of a protobuf message
    const std::size_t n = model_.ByteSizeLong();
    if (n > most) throw ConfigError(fmt::format("the model takes {} bytes; expected at most 2 GiB, which is what one ONNX file holds", n));
    Bytes out(n);
    model_.SerializeToArray(out.data(), static_cast<int>(n));
    return out;
}

}  // namespace ganbar::exports
