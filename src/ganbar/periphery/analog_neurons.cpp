#include "ganbar/periphery/analog_neurons.h"

#include <algorithm>
#include <cmath>

#include "ganbar/core/account.h"
#include "ganbar/core/parallel.h"
#include "ganbar/nn/digital_op.h"

namespace ganbar::periphery {
namespace {

constexpr std::size_t rows_per_item = 64;
static_assert(rows_per_item % neuron_rows_at_once == 0);
constexpr float keep_statistics = 0.9f, variance_floor = 1e-5f;

Circuit activation_circuit(const NeuronSpec& spec, const PeripheryParams& p) {
    switch (spec.activation) {
        case nn::Activation::relu: return relu(p);
        case nn::Activation::leaky_relu: return leaky_relu(p, spec.slope);
        case nn::Activation::tanh: return tanh_pair(p);
        case nn::Activation::sigmoid: return sigmoid_pair(p);
        case nn::Activation::identity: break;
    }
    return opamp(p);
}

StageNumbers numbers(const Stage& s) { return {s.gain(), s.offset_V(), s.swing_V()}; }

void set_activation(const NeuronSpec& spec, const PeripheryParams& p, NeuronPath& path) {
    path.activation = spec.activation;
    path.outer = numbers(FollowerCurve(p).stage);
    path.pair_V = p.v_unit.si;
    if (spec.activation == nn::Activation::relu) path.outer = numbers(ReluCurve(p).stage);
    if (spec.activation == nn::Activation::leaky_relu) {
        const LeakyReluCurve curve(p, spec.slope);
        path.inner = numbers(curve.first), path.outer = numbers(curve.second), path.leak = curve.leak;
    }
}

/// body(first row, number of rows) for pieces that a kernel takes.
template <class Body>
void in_pieces(std::size_t rows, const Body& body) {
    parallel_for((rows + rows_per_item - 1) / rows_per_item, [&](std::size_t item) {
        for (std::size_t r = item * rows_per_item; r < std::min(rows, (item + 1) * rows_per_item); r += neuron_rows_at_once)
            body(r, std::min(neuron_rows_at_once, rows - r));
    });
}

}  // namespace

AnalogNeurons::AnalogNeurons(NeuronSpec spec, const PeripheryParams& params, const Rng& rng)
    : SameShape(spec.columns * spec.positions, spec.positions),
      spec_(std::move(spec)),
      p_(params),
      readout_(params, spec_.line_S),
      hold_(params) {
    GANBAR_ASSERT(spec_.columns > 0 && spec_.positions > 0 && (spec_.scale == 1 || spec_.activation == nn::Activation::identity));
    const Circuit read = subtractor(p_, spec_.line_S), hold = sample_hold(p_), act = activation_circuit(spec_, p_);
    path_.columns = spec_.columns, path_.turn = turn(), path_.unit_V = p_.v_unit.si * spec_.scale;
    path_.first = numbers(readout_.first()), path_.second = numbers(readout_.second());
    path_.left = residue(p_.t_slot.si, readout_.time_constant_s());
    path_.hold = numbers(hold_.stage()), path_.hold_pass = hold_.pass();
    set_activation(spec_, p_, path_);
    chain_ = {read, hold};
    if (spec_.normalises) {
        chain_.push_back(normaliser(p_, 0, 1));
        mean_.assign(spec_.columns, 0), variance_.assign(spec_.columns, 1);
        set_normalisers();
    }
    chain_.push_back(act);
    if (spec_.drops && p_.dropout > 0) {
        chain_.push_back(dropout_gate(p_, true));
        path_.closed = dropout_gate(p_, true).at(1).y_V / (1 - p_.dropout),
        path_.open = dropout_gate(p_, false).at(1).y_V / (1 - p_.dropout);
    }
    offset_V_.assign(spec_.columns, 0);
    Rng draws = rng.stream("offset");
    for (double& v : offset_V_) v = p_.offset_sigma.si * draws.normal();
}

std::size_t AnalogNeurons::turn() const {
    return p_.columns_per_amplifier == 0 ? spec_.columns : std::min(spec_.columns, static_cast<std::size_t>(p_.columns_per_amplifier));
}
double AnalogNeurons::latency_s() const { return static_cast<double>(turn() * spec_.positions) * p_.t_slot.si; }

// The digital unit beside the normalisers: running mean and variance of every column, in force for the same batch.
void AnalogNeurons::follow_statistics(const Matrix& x, bool training) {
    if (mean_.empty() || !training) return;
    const std::size_t c = spec_.columns;
    std::vector<double> sum(c, 0.0), square(c, 0.0);
    for (std::size_t r = 0; r < x.rows(); ++r)
        for (std::size_t k = 0; k < c; ++k) {
            const double v = hold_(readout_(x(r, k) * p_.v_unit.si * spec_.scale).y_V).y_V / (p_.v_unit.si * spec_.scale);
            sum[k] += v, square[k] += v * v;
        }
    const double n = static_cast<double>(x.rows());
    for (std::size_t k = 0; k < c; ++k) {
        const double mean = sum[k] / n, variance = std::max(0.0, square[k] / n - mean * mean);
        mean_[k] = keep_statistics * mean_[k] + (1 - keep_statistics) * static_cast<float>(mean);
        variance_[k] = keep_statistics * variance_[k] + (1 - keep_statistics) * static_cast<float>(variance);
    }
    set_normalisers();
}

void AnalogNeurons::draw_gates(std::size_t rows, Step& step) {
    gates_work_ = spec_.drops && p_.dropout > 0 && (step.training || p_.dropout_at_inference);
    if (!gates_work_) return;
    gates_.resize(rows * spec_.columns);
    const Rng draws = step.rng.stream(spec_.name + "/gates");
    for (std::size_t r = 0; r < rows; ++r) {
        Rng own = draws.stream("row", r);
        for (std::size_t k = 0; k < spec_.columns; ++k) gates_[r * spec_.columns + k] = own.uniform() >= p_.dropout;
    }
}

void AnalogNeurons::set_normalisers() {
    for (auto& values : normal_) values.resize(mean_.size());
    for (std::size_t k = 0; k < mean_.size(); ++k) {
        const NormalCurve curve(p_, mean_[k] * p_.v_unit.si * spec_.scale, 1 / std::sqrt(variance_[k] + variance_floor));
        normal_[0][k] = curve.gain, normal_[1][k] = curve.mean_V, normal_[2][k] = curve.stage.gain(),
        normal_[3][k] = curve.stage.offset_V();
        path_.normal_swing_V = curve.stage.swing_V();
    }
}

void AnalogNeurons::set_path() {
    const std::size_t n = spec_.columns == 1 ? rows_per_item : spec_.columns;
    for (auto* values : {&offset_V_, &normal_[0], &normal_[1], &normal_[2], &normal_[3]})
        if (!values->empty()) values->resize(n, values->front());  // one column: many rows pass side by side
    path_.columns = n;
    path_.offset_V = offset_V_.data();
    if (mean_.empty()) return;
    path_.normal_gain = normal_[0].data(), path_.normal_mean_V = normal_[1].data();
    path_.normal_stage_gain = normal_[2].data(), path_.normal_stage_offset_V = normal_[3].data();
}

// Rows of a single column do not wait for each other: a piece of them is laid side by side, each with a readout of its own.
void AnalogNeurons::forward_single(const Matrix& x) {
    parallel_for((x.rows() + rows_per_item - 1) / rows_per_item, [&](std::size_t item) {
        const std::size_t r = item * rows_per_item, n = std::min(rows_per_item, x.rows() - r);
        Matrix in(1, rows_per_item), out(3, rows_per_item);
        for (std::size_t k = 0; k < n; ++k) in(0, k) = x(r + k, 0);
        NeuronPath path = path_;
        path.columns = n;
        neuron_rows(path, in.row(0), in.stride(), gates_work_ ? &gates_[r] : nullptr, 1, out.row(0), out.row(1), out.row(2), out.stride());
        for (std::size_t k = 0; k < n; ++k) y_(r + k, 0) = out(0, k), read_slope_(r + k, 0) = out(1, k), slope_(r + k, 0) = out(2, k);
    });
}

const Matrix& AnalogNeurons::forward(const Matrix& x, Step& step) {
    GANBAR_ASSERT(x.cols() == spec_.columns);
    for (Matrix* m : {&y_, &read_slope_, &slope_}) m->resize(x.rows(), x.cols());
    follow_statistics(x, step.training);
    draw_gates(x.rows(), step);
    set_path();
    if (spec_.columns == 1) return forward_single(x), book(x.rows(), step), y_;
    in_pieces(x.rows(), [&](std::size_t r, std::size_t n) {
        const std::uint8_t* gates = gates_work_ ? &gates_[r * spec_.columns] : nullptr;
        neuron_rows(path_, x.row(r), x.stride(), gates, n, y_.row(r), read_slope_.row(r), slope_.row(r), y_.stride());
    });
    book(x.rows(), step);
    return y_;
}

const Matrix& AnalogNeurons::backward(Matrix& dy, bool need_dx, Step&) {
    GANBAR_ASSERT(dy.rows() == slope_.rows() && dy.cols() == spec_.columns);
    dx_.resize(need_dx ? dy.rows() : 0, spec_.columns);
    if (!need_dx) return dx_;
    if (spec_.columns == 1) {
        for (std::size_t r = 0; r < dy.rows(); ++r) dx_(r, 0) = dy(r, 0) * slope_(r, 0) * read_slope_(r, 0);
        return dx_;
    }
    in_pieces(dy.rows(), [&](std::size_t r, std::size_t n) {
        neuron_rows_back(path_, dy.row(r), dy.stride(), read_slope_.row(r), slope_.row(r), slope_.stride(), n, dx_.row(r), dx_.stride());
    });
    return dx_;
}

// A readout works for one slot a column; what follows it works until the next layer has been fed, taken as one slot too.
void AnalogNeurons::book(std::size_t batch, Step& step) const {
    const auto n = static_cast<std::int64_t>(batch * spec_.columns);
    const auto gated = gates_work_ ? static_cast<double>(std::count(gates_.begin(), gates_.end(), 0)) : 0.0;
    const double working = static_cast<double>(n) - gated * (1 - p_.gated_power);
    const std::string where = step.account + "/" + spec_.name;
    for (const auto& circuit : chain_) {
        const double energy = circuit.power_W(p_) * p_.t_slot.si * working;
        charge(step.ledger, {where, Phase::forward, Component::circuit, circuit.name}, n, {energy},
               {circuit.name == "subtractor" ? latency_s() * static_cast<double>(batch / spec_.positions) : 0.0});
    }
}

State AnalogNeurons::state() const {
    if (mean_.empty()) return {};
    return {{spec_.name + "/mean", mean_}, {spec_.name + "/variance", variance_}};
}
void AnalogNeurons::restore(const State& state) {
    if (mean_.empty()) return;
    mean_ = find_tensor(state, spec_.name + "/mean", spec_.columns);
    variance_ = find_tensor(state, spec_.name + "/variance", spec_.columns);
    set_normalisers();
}

}  // namespace ganbar::periphery
