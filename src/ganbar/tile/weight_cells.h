// A weight matrix on crossbars for training loops of others: every call says which it is, nothing of a call stays but the cells, the ranges
// of converters and the ledger. What a binding to another framework stands on.
#pragma once
#include <functional>

#include "ganbar/tile/analog_op.h"

namespace ganbar {

/// What an update took.
struct UpdateCost {
    std::int64_t n_set = 0, n_reset = 0, n_idle = 0;  ///< pulses; idle: of cells that did not move
    double energy_J = 0, busy_s = 0;
};

class WeightCells {
public:
    /// `root`: the stream that all draws of calls derive from. Cells are the operator's.
    WeightCells(std::unique_ptr<AnalogOp> op, const Rng& root);

    /// y = x W, [batch x n_in] to [batch x n_out]. `call`: number of the read; the same number draws the same noise. training = false:
    /// converters keep their range, draws count apart, the bill goes to evaluation/. NumericError where x is not finite.
    void forward(const Matrix& x, Matrix& y, std::uint64_t call, bool training);
    /// dx = dy W^T through the same cells; `call` of the forward read it belongs to.
    void backward(const Matrix& dy, Matrix& dx, std::uint64_t call, bool training);
    /// The same of a convolution (core/patch_map.h). x: [samples * n_source x c_in], y: [samples * n_target x c_out], shaped by the caller.
    void forward(const PatchMap& map, const Matrix& x, std::size_t samples, Matrix& y, std::uint64_t call, bool training);
    /// accumulate: added to dx, which the parts of a transposed convolution share.
    void backward(const PatchMap& map, const Matrix& dy, std::size_t samples, Matrix& dx, std::uint64_t call, bool training,
                  bool accumulate = false);

    /// One update from a gradient [n_in x n_out] (AnalogOp::gradient). `update`: its number. ConfigError for a rule that wants inputs and
    /// errors.
    UpdateCost apply(const Matrix& gradient, const UpdateRule& rule, std::uint64_t update);
    /// One update of any rule, from inputs [batch x n_in] and errors [batch x n_out]; of a convolution as its reads have them.
    UpdateCost apply(const Matrix& x, const Matrix& dy, const UpdateRule& rule, std::uint64_t update);
    UpdateCost apply(const PatchMap& map, const Matrix& x, const Matrix& dy, std::size_t samples, const UpdateRule& rule,
                     std::uint64_t update);
    /// False: what follows returns its cost and books nothing. For replicas of one chip, whose pulses are one replica's to book.
    void book_writes(bool on) { books_writes_ = on; }
    /// A rule of two arrays: `fast` is joined to the cells, which hold the weights (RuleSpec::join_arrays). Once; updates, state and
    /// restore then mean both. ConfigError where cells are joined already.
    using Join = std::function<std::unique_ptr<LinearOp>(std::unique_ptr<LinearOp> fast, std::unique_ptr<LinearOp> slow)>;
    void join(std::unique_ptr<AnalogOp> fast, const Join& join);
    bool joined() const { return joined_ != nullptr; }
    /// Writes weights cell by cell with verification; `number`: of the write, whose draws it names. Booked under training/.../programming/.
    TuneReport tune(const Matrix& weights, const TuneSpec& spec, std::uint64_t number);
    /// Sets the cells at once, without pulses, noise or a bill; |w| beyond w_max clips.
    void write(const Matrix& weights) { op_->write(weights); }
    Matrix weights() const { return op_->weights(); }  ///< as the network sees them, without noise
    State state() const { return joined_ ? joined_->state() : op_->state(); }
    void restore(const State& state) { updated().restore(state); }  ///< DataError when it is another operator's
    const Ledger& ledger() const { return ledger_; }
    AnalogOp& op() { return *op_; }

private:
    template <class F>
    void read(std::uint64_t call, bool training, const F& f);
    template <class F>
    UpdateCost booked(std::uint64_t update, const F& f);
    LinearOp& updated() { return joined_ ? *joined_ : *op_; }
    std::unique_ptr<AnalogOp> own_;  // null once it is joined_'s
    std::unique_ptr<LinearOp> joined_;
    AnalogOp* op_;
    Rng root_;
    Ledger ledger_;
    bool books_writes_ = true;
};

}  // namespace ganbar
