// 1/f noise of the cells of a bit generator, followed from bit to bit (noise/relaxations.h).
// A relaxation that forgets within a bit (tau < dt / 14, e^-14 = 1e-6) is as good as white and enters as a variance. The others are states
// of each cell. One with tau > 50 dt is advanced only every tau / 50, exactly over that stretch, and held between: a held value is stale by
// at most 2% of its tau.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "ganbar/core/matrix.h"
#include "ganbar/core/rng.h"
#include "ganbar/core/units.h"

namespace ganbar {

class FlickerField {
public:
    struct Spectrum {
        double rms = 0.003;  ///< relative to the current, between lo and hi
        Hertz lo{1}, hi{1e7};
        std::int64_t per_decade = 3;
    };
    FlickerField() = default;
    /// n x n cells in their stationary state; dt passes from bit to bit.
    FlickerField(const Spectrum& spectrum, std::size_t n, Second dt, const Rng& noise);

    bool empty() const { return slow_.empty() && white_variance_ == 0; }
    /// Brings the cells to this bit; bits only go forward.
    void advance(std::uint64_t bit);
    /// Relative deviations of the currents now, [row][column], without the white part.
    const Matrix& shift() const { return shift_; }
    double white_variance() const { return white_variance_; }  ///< relative, of a cell, per bit
    double total_variance() const { return total_variance_; }

    std::vector<float> state() const;  ///< with the bit reached
    std::size_t state_size() const { return slow_.size() * n_ * n_ + 2; }
    void restore(std::span<const float> state);

private:
    struct Slow {
        double tau_s = 0, keep = 0;  ///< exp(-every dt / tau)
        std::uint64_t every = 1;     ///< bits between advances
        std::vector<float> x;        ///< [row][column]
    };
    void settle();
    std::size_t n_ = 0;
    double sigma_ = 0, white_variance_ = 0, total_variance_ = 0;
    std::uint64_t key_ = 0, bit_ = 0;
    std::vector<Slow> slow_;
    Matrix shift_;
};

}  // namespace ganbar
