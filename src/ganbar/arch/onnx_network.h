// Networks from ONNX files. One input with the batch as its first dimension, one output; weights must be stored in the file (only their
// shapes are used). What the cost models cannot express is refused with the node's name and operator.
#pragma once
#include "ganbar/arch/network.h"

namespace ganbar::arch {

/// Reads Conv, ConvTranspose, Gemm, MatMul, BatchNormalization, activations, Add, pooling, resizing, DepthToSpace, Pad and operators that
/// only rename or reshape. Throws ConfigError "file: node "name" (Operator): what; what was expected", also for cycles.
Network read_onnx(const std::string& path, const std::string& name);
/// The same from the bytes of a file.
Network parse_onnx(const std::string& bytes, const std::string& file, const std::string& name);

}  // namespace ganbar::arch
