#include "ganbar/arch/onnx_network.h"

#include "ganbar/arch/onnx_import.h"

namespace ganbar::arch {

Network read_onnx(const std::string& path, const std::string& name) {
    return onnx_file::import_graph(onnx_file::read(path), name).network;
}

Network parse_onnx(const std::string& bytes, const std::string& file, const std::string& name) {
    return onnx_file::import_graph(onnx_file::parse(bytes, file), name).network;
}

}  // namespace ganbar::arch
