// Small ONNX models for tests.
#pragma once
#define ONNX_ML 1
#define ONNX_NAMESPACE onnx
#include <onnx/onnx_pb.h>

#include <cstring>

#include "ganbar/arch/onnx_import.h"
#include "ganbar/arch/onnx_network.h"
#include "ganbar/arch/workload.h"

namespace ganbar::arch {

/// Writes models as an exporter would; weights have shapes and no data.
class Model {
public:
    /// One input "x"; sides of 0 are left open, and so is the batch unless it is given.
    explicit Model(const std::vector<Int>& input, Int batch = 0, Int opset = 17) {
        model_.set_ir_version(8);
        model_.add_opset_import()->set_version(opset);
        model_.mutable_graph()->set_name("test");
        this->input("x", input, batch);
    }
    void input(const std::string& name, const std::vector<Int>& sides, Int batch = 0, bool whole = false) {
        auto* v = model_.mutable_graph()->add_input();
        std::vector<Int> dims{batch};
        dims.insert(dims.end(), sides.begin(), sides.end());
        describe(v, name, dims);
        v->mutable_type()->mutable_tensor_type()->set_elem_type(whole ? onnx::TensorProto_DataType_INT64
                                                                      : onnx::TensorProto_DataType_FLOAT);
    }
    /// States the shape of a value, as exporters do.
    void declare(const std::string& name, const std::vector<Int>& dims) { describe(model_.mutable_graph()->add_value_info(), name, dims); }
    onnx::NodeProto& node(const std::string& op, const std::vector<std::string>& inputs, const std::string& output,
                          const std::string& name = "") {
        auto* n = model_.mutable_graph()->add_node();
        n->set_op_type(op), n->set_name(name);
        for (const auto& i : inputs) n->add_input(i);
        n->add_output(output);
        return *n;
    }
    void weights(const std::string& name, const std::vector<Int>& dims) {
        auto* t = model_.mutable_graph()->add_initializer();
        t->set_name(name), t->set_data_type(onnx::TensorProto_DataType_FLOAT);
        for (const Int d : dims) t->add_dims(d);
    }
    void whole(const std::string& name, const std::vector<Int>& values) {
        auto* t = model_.mutable_graph()->add_initializer();
        t->set_name(name), t->set_data_type(onnx::TensorProto_DataType_INT64), t->add_dims(Int(values.size()));
        std::string raw(values.size() * 8, '\0');
        std::memcpy(raw.data(), values.data(), raw.size());
        t->set_raw_data(raw);
    }
    void reals(const std::string& name, const std::vector<float>& values) {
        auto* t = model_.mutable_graph()->add_initializer();
        t->set_name(name), t->set_data_type(onnx::TensorProto_DataType_FLOAT), t->add_dims(Int(values.size()));
        for (const float v : values) t->add_float_data(v);
    }
    void number(const std::string& name, Int value) {
        auto* t = model_.mutable_graph()->add_initializer();
        t->set_name(name), t->set_data_type(onnx::TensorProto_DataType_INT64), t->add_int64_data(value);
    }
    std::string norm(const std::string& in, Int channels, const std::string& name) {
        for (const char* part : {"_s", "_b", "_m", "_v"}) weights(name + part, {channels});
        node("BatchNormalization", {in, name + "_s", name + "_b", name + "_m", name + "_v"}, name, name);
        return name;
    }
    std::string bytes(const std::vector<std::string>& outputs) {
        model_.mutable_graph()->clear_output();
        for (const auto& o : outputs) model_.mutable_graph()->add_output()->set_name(o);
        return model_.SerializeAsString();
    }
    std::string bytes(const std::string& output) { return bytes(std::vector{output}); }
    Network network(const std::string& output) { return parse_onnx(bytes(output), "test.onnx", "net"); }
    Network network(const std::vector<std::string>& outputs) { return parse_onnx(bytes(outputs), "test.onnx", "net"); }
    /// Shapes of all values by name.
    std::map<std::string, onnx_file::Value> values(const std::string& output) {
        return onnx_file::import_graph(onnx_file::parse(bytes(output), "test.onnx"), "net").values;
    }
    /// Multiplications of a forward pass of one sample, by layer.
    std::map<std::string, double> macs(const std::string& output) {
        std::map<std::string, double> out;
        for (const LayerWork& l : lower(network(output)).layers) out[l.name] = l.forward.macs_useful;
        return out;
    }
    std::string refusal(const std::string& output) {
        try {
            network(output);
        } catch (const ConfigError& e) {
            return e.what();
        }
        return "";
    }
    static void ints(onnx::NodeProto& n, const std::string& key, const std::vector<Int>& values) {
        auto* a = n.add_attribute();
        a->set_name(key), a->set_type(onnx::AttributeProto_AttributeType_INTS);
        for (const Int v : values) a->add_ints(v);
    }
    static void number(onnx::NodeProto& n, const std::string& key, Int value) {
        auto* a = n.add_attribute();
        a->set_name(key), a->set_type(onnx::AttributeProto_AttributeType_INT), a->set_i(value);
    }
    static void word(onnx::NodeProto& n, const std::string& key, const std::string& value) {
        auto* a = n.add_attribute();
        a->set_name(key), a->set_type(onnx::AttributeProto_AttributeType_STRING), a->set_s(value);
    }

    static void real(onnx::NodeProto& n, const std::string& key, float value) {
        auto* a = n.add_attribute();
        a->set_name(key), a->set_type(onnx::AttributeProto_AttributeType_FLOAT), a->set_f(value);
    }

private:
    static void describe(onnx::ValueInfoProto* v, const std::string& name, const std::vector<Int>& dims) {
        v->set_name(name);
        auto* shape = v->mutable_type()->mutable_tensor_type()->mutable_shape();
        for (const Int d : dims) d > 0 ? shape->add_dim()->set_dim_value(d) : shape->add_dim()->set_dim_param("n");
    }
    onnx::ModelProto model_;
};

}  // namespace ganbar::arch
