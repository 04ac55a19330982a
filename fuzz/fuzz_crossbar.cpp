// uses: study
// What `ganbar solve` reads. Allowed outcomes: a ConfigError or NumericError, or a point whose currents balance.
#include <algorithm>
#include <cmath>

#include "expect.h"
#include "ganbar/study/crossbar_json.h"

namespace {

using namespace ganbar;

double largest(const std::vector<double>& values) {
    double most = 0;
    for (const double v : values) most = std::max(most, std::abs(v));
    return most;
}

void solved(const study::CrossbarInput& input) {
    const std::size_t n = input.problem.rows * input.problem.cols;
    if (n > 64 || input.biases.size() > 4) return;  // time
    for (const auto& point : solve_operating_points(input.problem, input.biases)) {
        double in = 0, out = 0;
        for (const double i : point.i_word_A) in += i;
        for (const double i : point.i_bit_A) out += i;
        const double scale = std::max(largest(point.i_word_A), largest(point.i_bit_A));
        fuzz::expect(std::isfinite(in) && std::isfinite(out), "currents are numbers");
        fuzz::expect(std::abs(in - out) <= 1e-6 * scale * static_cast<double>(n) + 1e-18,
                     "what comes in by the word lines goes out by the bit lines");
        fuzz::expect(point.w_V.size() == n && point.b_V.size() == n, "a voltage for each node");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        solved(study::read_crossbar(study::JsonText({reinterpret_cast<const char*>(data), size}, "input.json")));
    } catch (const ConfigError&) {
    } catch (const NumericError&) {
    }
    return 0;
}
