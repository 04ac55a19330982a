#include "ganbar/periphery/analog_neurons.h"

#include <algorithm>
#include <cmath>

#include "ganbar/core/parallel.h"
#include "ganbar/nn/digital_op.h"

namespace ganbar::periphery {
namespace {

constexpr std::size_t rows_per_item = 64;
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

}  // namespace

AnalogNeurons::AnalogNeurons(NeuronSpec spec, const PeripheryParams& params, const Rng& rng) : spec_(std::move(spec)), p_(params), readout_(params, spec_.line_S), hold_(params) {
    GANBAR_ASSERT(spec_.columns > 0 && spec_.positions > 0 && (spec_.scale == 1 || spec_.activation == nn::Activation::identity));
    const Circuit read = subtractor(p_, spec_.line_S), hold = sample_hold(p_), act = activation_circuit(spec_, p_);
    left_ = residue(p_.t_slot.si, readout_.time_constant_s());
    chain_ = {read, hold};
    if (spec_.normalises) {
        chain_.push_back(normaliser(p_, 0, 1));
        mean_.assign(spec_.columns, 0), variance_.assign(spec_.columns, 1);
        set_normalisers();
    }
    chain_.push_back(act);
    if (spec_.drops && p_.dropout > 0) {
        chain_.push_back(dropout_gate(p_, true));
        closed_ = dropout_gate(p_, true).at(1).y_V / (1 - p_.dropout), open_ = dropout_gate(p_, false).at(1).y_V / (1 - p_.dropout);
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
    normal_.clear();
    for (std::size_t k = 0; k < mean_.size(); ++k) normal_.emplace_back(p_, mean_[k] * p_.v_unit.si * spec_.scale, 1 / std::sqrt(variance_[k] + variance_floor));
}

template <class Curve>
void AnalogNeurons::rows(const Matrix& x, std::size_t first, std::size_t last, const Curve& activation) {
    const double unit = p_.v_unit.si * spec_.scale;
    const std::size_t n_turn = turn();
    for (std::size_t r = first; r < last; ++r) {
        double previous = 0;
        for (std::size_t k = 0; k < spec_.columns; ++k) {
            const bool fresh = k % n_turn == 0;  // another readout, reset before a new position
            if (fresh) previous = 0;
            const Point target = readout_.target(x(r, k) * unit);
            const Point v = readout_.limit({target.y_V + (previous - target.y_V) * left_, target.slope * (1 - left_)});
            previous = v.y_V;
            const Point held = hold_(v.y_V + offset_V_[k]);
            double value = held.y_V, d = held.slope;
            if (!normal_.empty()) {
                const Point normal = normal_[k](value);
                value = normal.y_V, d *= normal.slope;
            }
            const Point out = activation(value);
            const double pass = !gates_work_ ? 1 : gates_[r * spec_.columns + k] != 0 ? closed_ : open_;
            y_(r, k) = static_cast<float>(out.y_V * pass / unit);
            read_slope_(r, k) = static_cast<float>(v.slope);
            // A clipped output passes nothing on, neither to its slope nor from the column before.
            carry_(r, k) = fresh || v.slope == 0 ? 0.0f : static_cast<float>(left_);
            slope_(r, k) = static_cast<float>(d * out.slope * pass);
        }
    }
}
template <class Curve>
void AnalogNeurons::all_rows(const Matrix& x, const Curve& activation) {
    parallel_for((x.rows() + rows_per_item - 1) / rows_per_item, [&](std::size_t item) { rows(x, item * rows_per_item, std::min(x.rows(), (item + 1) * rows_per_item), activation); });
}

const Matrix& AnalogNeurons::forward(const Matrix& x, Step& step) {
    GANBAR_ASSERT(x.cols() == spec_.columns);
    for (Matrix* m : {&y_, &read_slope_, &carry_, &slope_}) m->resize(x.rows(), x.cols());
    follow_statistics(x, step.training);
    draw_gates(x.rows(), step);
    switch (spec_.activation) {
        case nn::Activation::relu: all_rows(x, ReluCurve(p_)); break;
        case nn::Activation::leaky_relu: all_rows(x, LeakyReluCurve(p_, spec_.slope)); break;
        case nn::Activation::tanh: all_rows(x, TanhCurve(p_)); break;
        case nn::Activation::sigmoid: all_rows(x, SigmoidCurve(p_)); break;
        case nn::Activation::identity: all_rows(x, FollowerCurve(p_)); break;
    }
    book(x.rows(), step);
    return y_;
}

// A residue of one column in the next passes errors from later columns to earlier ones.
const Matrix& AnalogNeurons::backward(Matrix& dy, bool need_dx, Step&) {
    GANBAR_ASSERT(dy.rows() == slope_.rows() && dy.cols() == spec_.columns);
    dx_.resize(need_dx ? dy.rows() : 0, need_dx ? spec_.columns : 0);
    if (!need_dx) return dx_;
    parallel_for((dy.rows() + rows_per_item - 1) / rows_per_item, [&](std::size_t item) {
        for (std::size_t r = item * rows_per_item; r < std::min(dy.rows(), (item + 1) * rows_per_item); ++r) {
            double carried = 0;
            for (std::size_t k = spec_.columns; k-- > 0;) {
                const double here = double{dy(r, k)} * slope_(r, k) + carried;
                dx_(r, k) = static_cast<float>(here) * read_slope_(r, k);
                carried = here * carry_(r, k);
            }
        }
    });
    return dx_;
}

// A readout works for one slot a column; what follows it works until the next layer has been fed, taken as one slot too.
void AnalogNeurons::book(std::size_t batch, Step& step) const {
    const auto n = static_cast<std::int64_t>(batch * spec_.columns);
    const std::string account = step.account + "/" + spec_.name + "/forward/";
    for (const auto& circuit : chain_) {
        const double energy = circuit.power_W(p_) * p_.t_slot.si * static_cast<double>(n);
        step.ledger.charge(account + circuit.name, n, {energy}, {circuit.name == "subtractor" ? latency_s() * static_cast<double>(batch / spec_.positions) : 0.0});
    }
}

State AnalogNeurons::state() const {
    if (mean_.empty()) return {};
    return {{spec_.name + "/mean", mean_}, {spec_.name + "/variance", variance_}};
}
void AnalogNeurons::restore(const State& state) {
    if (mean_.empty()) return;
    mean_ = nn::find_tensor(state, spec_.name + "/mean", spec_.columns);
    variance_ = nn::find_tensor(state, spec_.name + "/variance", spec_.columns);
    set_normalisers();
}

}  // namespace ganbar::periphery
