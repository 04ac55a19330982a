#include "ganbar/arch/onnx_network.h"

#include "ganbar/arch/onnx_import.h"

namespace ganbar::arch {
namespace {

std::optional<onnx_file::Dims> dims_of(const std::optional<Shape>& s) {
    if (!s) return {};
    onnx_file::Dims out{s->channels};
    out.insert(out.end(), s->side.begin(), s->side.begin() + s->dims);
    return out;
}

}  // namespace

Network read_onnx(const std::string& path, const std::string& name, const std::optional<Shape>& input) {
    return onnx_file::import_graph(onnx_file::read(path), name, dims_of(input)).network;
}

Network parse_onnx(const std::string& bytes, const std::string& file, const std::string& name, const std::optional<Shape>& input) {
    return onnx_file::import_graph(onnx_file::parse(bytes, file), name, dims_of(input)).network;
}

}  // namespace ganbar::arch
