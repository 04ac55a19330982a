// An ONNX model being written, node by node. Operators as of opset 17.
#pragma once
#define ONNX_ML 1
#define ONNX_NAMESPACE onnx
#include <onnx/onnx_pb.h>

#include "ganbar/core/matrix.h"
#include "ganbar/data/bytes.h"

namespace ganbar::exports {

using Dims = std::vector<std::int64_t>;

class OnnxBuilder {
public:
    OnnxBuilder(const std::string& name, const std::string& doc);
    void property(const std::string& key, const std::string& value);  ///< of the model's metadata
    /// Sides without the batch, which stays open.
    void input(const std::string& name, const Dims& sides);
    void output(const std::string& name, const Dims& sides);

    /// Stored tensors; their names. Equal scalars and shapes are stored once.
    std::string floats(const std::string& name, const Dims& dims, std::vector<float> values);
    std::string matrix(const std::string& name, const Matrix& values);
    std::string number(float value);
    std::string whole(const Dims& values);

    /// A node of one output; the value's name.
    struct Attribute {
        std::string name;
        std::variant<std::int64_t, float, std::string, Dims> value;
    };
    std::string node(const std::string& op, const std::vector<std::string>& inputs, const std::vector<Attribute>& attributes = {});
    void rename_last(const std::string& name);                ///< of the last node's value
    void scope(const std::string& layer) { scope_ = layer; }  ///< goes before the names of nodes and values from now on
    Bytes bytes() const;

private:
    onnx::TensorProto& tensor(const std::string& name, const Dims& dims, onnx::TensorProto_DataType type);
    std::string fresh(const std::string& stem);
    onnx::ModelProto model_;
    std::string scope_;
    std::map<std::string, int> used_;
    std::map<std::string, std::string> known_;
};

}  // namespace ganbar::exports
