// A vector of digital parameters (biases, scales) with its update rule and state.
#pragma once
#include "ganbar/core/linear_op.h"
#include "ganbar/core/optimizer.h"

namespace ganbar::nn {

class DigitalVector {
public:
    DigitalVector(std::string name, std::size_t n, float initial) : name_(std::move(name)), values_(1, n) { values_.fill(initial); }
    const float* data() const { return values_.row(0); }  ///< padded to 16 floats
    std::span<float> span() { return values_.row_span(0); }
    void update(std::span<const float> gradient, const UpdateRule& rule) {
        apply_rule(values_.row_span(0), gradient, moments_, rule.digital);
    }
    void append_state(State& out) const;
    void restore(const State& state);

private:
    std::string name_;
    Matrix values_;
    Moments moments_;
};

/// Sums of the columns in double, ascending rows inside fixed pieces.
std::vector<float> column_sums(const Matrix& m);

}  // namespace ganbar::nn
