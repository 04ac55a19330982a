// Networks from ONNX files, any operator set. The batch is the first dimension of the largest input; only shapes of weights are used.
// Values that follow from the file alone are computed (onnx_fold.h), shapes by one rule for each operator (onnx_rules.h), and compared with
// those that the file declares; operators become layers in onnx_lower.h.
#pragma once
#include "ganbar/arch/network.h"

namespace ganbar::arch {

/// Throws ConfigError "file: node "name" (Operator): what; what was expected", also for cycles and for shapes that the file declares
/// otherwise. `input`: the shape of the largest input, where the file leaves it or some of its sides open.
Network read_onnx(const std::string& path, const std::string& name, const std::optional<Shape>& input = {});
/// The same from the bytes of a file.
Network parse_onnx(const std::string& bytes, const std::string& file, const std::string& name, const std::optional<Shape>& input = {});

}  // namespace ganbar::arch
