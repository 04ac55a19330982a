// The analog path from the columns of a crossbar to the next one as a layer: readout in turn, sample and hold, normaliser, activation,
// dropout gate. Errors go back digitally through the slopes of the same curves (the hybrid of krestinskaya2020, as satyam2022 tells it).
#pragma once
#include "ganbar/nn/same_shape.h"
#include "ganbar/periphery/circuits.h"
#include "ganbar/periphery/kernels/neuron_rows.h"

namespace ganbar::periphery {

struct NeuronSpec {
    std::string name;           ///< of the accounts, for example "dense1_neurons"
    std::size_t columns = 0;    ///< of the crossbar
    std::size_t positions = 1;  ///< reads of one sample: positions of a feature map
    nn::Activation activation = nn::Activation::identity;
    double slope = 0.2;  ///< leaky ReLU
    double line_S = typical_line_S;
    double scale = 1;         ///< voltage of 1 over v_unit; other than 1 only without activation
    bool drops = true;        ///< gates at the output, when there is dropout
    bool normalises = false;  ///< a normaliser before the activation
};

class AnalogNeurons final : public nn::SameShape {
public:
    /// Offsets of the readouts are drawn from rng.stream("offset"). ConfigError when a curve cannot be built.
    AnalogNeurons(NeuronSpec spec, const PeripheryParams& params, const Rng& rng);
    const Matrix& forward(const Matrix& x, Step& step) override;
    const Matrix& backward(Matrix& dy, bool need_dx, Step& step) override;
    State state() const override;
    void restore(const State& state) override;

    /// The circuits a value passes, in order.
    const std::vector<Circuit>& chain() const { return chain_; }
    /// Time of one read of all columns by their readouts in turn.
    double latency_s() const;

private:
    std::size_t turn() const;  ///< columns a readout serves
    void follow_statistics(const Matrix& x, bool training);
    void draw_gates(std::size_t rows, Step& step);
    void set_normalisers();
    void set_path();
    void forward_single(const Matrix& x);
    void book(std::size_t batch, Step& step) const;

    NeuronSpec spec_;
    PeripheryParams p_;
    std::vector<Circuit> chain_;
    Readout readout_;
    HoldCurve hold_;
    NeuronPath path_;
    std::vector<double> offset_V_;        // per column
    std::vector<float> mean_, variance_;  // running, of the normaliser, per column, in units
    std::vector<double> normal_[4];       // gain, mean, and the stage's gain and offset, per column
    std::vector<std::uint8_t> gates_;
    bool gates_work_ = false;
    Matrix y_, read_slope_, slope_, dx_;  // slopes of the readout, and of what follows
};

}  // namespace ganbar::periphery
