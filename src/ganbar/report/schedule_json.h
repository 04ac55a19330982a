// What `inspect tconv` and `inspect schedule` tell: a transposed convolution's operands, and the cycles of one training iteration.
#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "ganbar/arch/pipeline.h"
#include "ganbar/arch/tconv.h"

namespace ganbar::report {

/// The same in every dimension.
struct TconvShape {
    arch::Int dims = 2, in = 0, kernel = 0, stride = 1, pad_lo = 0, pad_hi = 0, output_pad = 0, c_in = 1, c_out = 1;
};
/// Sides, operands, multiplications by every way of computing it, and the taps of its sub-kernels. ConfigError for what is no such shape.
nlohmann::ordered_json tconv_json(const TconvShape& shape);
/// `j` as a table for people.
std::string tconv_text(const TconvShape& shape, const nlohmann::ordered_json& j);

/// Cycles of a pipeline unpipelined, pipelined and event by event, its speed-up and its buffers.
nlohmann::ordered_json schedule_json(const arch::Pipeline& p, const arch::EventSchedule& events);
std::string schedule_text(const arch::Pipeline& p, const arch::EventSchedule& events);

}  // namespace ganbar::report
