// From an experiment to its objects: networks on their hardware, the latent source, the placement.
#pragma once
#include "ganbar/device/counted_array.h"
#include "ganbar/experiment/experiment.h"
#include "ganbar/tile/ex_situ_op.h"

namespace ganbar {

/// The weight matrices, generator first: network and matrix by name.
struct MatrixInfo {
    std::string network, name;
    Shape2 shape;
};
std::vector<MatrixInfo> weight_matrices(const Experiment& e);
/// Shapes of all weight matrices as cells see them (bias rows included), generator first.
std::vector<Shape2> layer_shapes(const Experiment& e);
/// Blocks of the experiment's layers on its crossbars (differential mapping: of one plane; a second, equal set holds the other).
Placement placement_of(const Experiment& e);
/// Crossbars in all: both planes, and the noise generator's array when the latents come from it.
std::size_t n_crossbars(const Experiment& e, const Placement& placement);

/// The pulses that write trained weights into cells.
TuneSpec writing_of(const Experiment& e);

struct FoldReport {
    nn::FoldCount norms;
    std::size_t n_weights = 0, n_clipped = 0;  ///< of the matrices rewritten; clipped: the window holds less
    TuneReport written;                        ///< of cells written
    double clipped() const { return n_weights > 0 ? static_cast<double>(n_clipped) / static_cast<double>(n_weights) : 0; }
};

/// A weight matrix on crossbars.
struct WeightMatrix {
    std::string name;  ///< "generator/dense1"
    AnalogOp* op = nullptr;
    std::vector<CountedArray*> cells;  ///< its arrays and, where a rule joins a fast one, that
};

struct Model {
    Placement placement;
    std::unique_ptr<nn::Network> generator, discriminator;
    std::unique_ptr<NoiseSource> latents;
    std::vector<WeightMatrix> analog;  ///< weight matrices on crossbars, generator first; empty for software
    gan::Workspace workspace;
    std::size_t n_classes = 0;  ///< of a conditional GAN
    gan::Gan gan() { return {*generator, *discriminator, *latents, workspace, n_classes}; }
    std::vector<std::pair<std::string, ExSituOp*>> ex_situ;  ///< network and layer of what is written into cells after training
    /// Writes them (once); nothing to do and a report of zeros otherwise.
    TuneReport deploy(const Experiment& e, const Rng& rng, Ledger& ledger);
    /// Folds the generator's batch norms into its weights (nn/fold.h): numbers in memory are replaced, cells written as ex situ.
    FoldReport fold(const Experiment& e, const Rng& rng, Ledger& ledger);
    State state() const;
    void restore(const State& state);
};
Model build(const Experiment& e);

}  // namespace ganbar
