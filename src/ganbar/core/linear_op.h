// The two seams through which hardware enters networks: linear operators and noise sources.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "ganbar/core/ledger.h"
#include "ganbar/core/matrix.h"
#include "ganbar/core/rng.h"
#include "ganbar/core/update_rule.h"

namespace ganbar {

/// What one operation may use: draws, accounts, and whether it belongs to training (which may adapt ranges and is billed as such).
struct Step {
    const Rng& rng;  ///< of this round; operators take named streams from it
    Ledger& ledger;
    std::string account;  ///< prefix of the accounts charged, for example "train/generator"
    bool training = true;
    std::size_t n_parts = 1;      ///< equal parts of the batch that batch statistics keep apart: real and generated images
    std::size_t n_reference = 0;  ///< leading samples of the batch that are there for virtual batch norm only
};

/// Named arrays of an object's state, for checkpoints. Order and names are fixed.
struct StateTensor {
    std::string name;
    std::vector<float> values;
};
using State = std::vector<StateTensor>;

struct PatchMap;

/// A linear operator that follows a table of patches itself (patch_map.h), instead of being handed their rows. x: [samples * n_source x
/// c_in], y: [samples * n_target x c_out]; same numbers as with rows.
class PatchOperator {
public:
    virtual ~PatchOperator() = default;
    virtual void forward_patches(const PatchMap& map, const Matrix& x, std::size_t samples, Matrix& y,
                                 Step& step) = 0;  ///< y has its shape
    virtual void backward_patches(const PatchMap& map, const Matrix& dy, std::size_t samples, Matrix& dx, bool accumulate, Step& step) = 0;
    virtual void update_patches(const PatchMap& map, const Matrix& x, const Matrix& dy, std::size_t samples, const UpdateRule& rule,
                                Step& step) = 0;
};

/// y = x W: a digital matrix, or weights on crossbars. x is [batch x n_in], W [n_in x n_out].
class LinearOp {
public:
    virtual ~LinearOp() = default;
    virtual std::size_t n_in() const = 0;
    virtual std::size_t n_out() const = 0;
    virtual void forward(const Matrix& x, Matrix& y, Step& step) = 0;
    virtual void backward(const Matrix& dy, Matrix& dx, Step& step) = 0;  ///< dx = dy W^T through the same weights, same noise, same bill
    virtual void update(const Matrix& x, const Matrix& dy, const UpdateRule& rule, Step& step) = 0;
    virtual PatchOperator* patches() { return nullptr; }  ///< when it can follow patches
    virtual Matrix weights() const = 0;                   ///< as the network sees them, without noise
    virtual State state() const = 0;
    virtual void restore(const State& state) = 0;  ///< throws DataError when the state is another operator's
};

/// Fills a batch of latent vectors [batch x n].
class NoiseSource {
public:
    virtual ~NoiseSource() = default;
    virtual void fill(Matrix& z, Step& step) = 0;
    virtual State state() const { return {}; }
    virtual void restore(const State&) {}
};

}  // namespace ganbar
