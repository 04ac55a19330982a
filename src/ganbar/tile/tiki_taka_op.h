// A weight matrix as two sets of cells: a fast array A that follows the gradient, a slow array C that holds the weights and learns from A
// row by row. Asymmetric cells drift towards the point where up and down pulses move them equally far; in A that point is made the zero,
// so the drift forgets old gradients instead of spoiling weights. Gokmen and Haensch 2020 (v1), Gokmen 2021 (v2); see TikiTaka.
#pragma once
#include <memory>

#include "ganbar/tile/analog_op.h"

namespace ganbar {

class TikiTakaOp final : public LinearOp {
public:
    /// Both of the same shape. Reads and accounts of the weights are the slow op's; the fast op books under its own name.
    TikiTakaOp(std::string name, std::unique_ptr<AnalogOp> fast, std::unique_ptr<AnalogOp> slow);
    std::size_t n_in() const override { return slow_->n_in(); }
    std::size_t n_out() const override { return slow_->n_out(); }
    void forward(const Matrix& x, Matrix& y, Step& step) override { slow_->forward(x, y, step); }
    void backward(const Matrix& dy, Matrix& dx, Step& step) override { slow_->backward(dy, dx, step); }
    /// Takes a TikiTaka rule; ConfigError for another.
    void update(const Matrix& x, const Matrix& dy, const UpdateRule& rule, Step& step) override;
    Matrix weights() const override { return slow_->weights(); }
    State state() const override;
    void restore(const State& state) override;
    AnalogOp& slow() { return *slow_; }
    AnalogOp& fast() { return *fast_; }

private:
    void find_zero(const TikiTaka& rule, Step& step);
    void read_fast(std::span<const std::size_t> rows, Matrix& shown, Step& step);
    void transfer(std::span<const std::size_t> rows, const TikiTaka& rule, Step& step);
    std::string name_;
    std::unique_ptr<AnalogOp> fast_, slow_;
    Matrix zero_, hidden_;      // what A shows at its symmetry point; H of v2. Empty before the first update
    std::int64_t waiting_ = 0;  // samples since the last transfer
    std::size_t next_row_ = 0;
};

}  // namespace ganbar
