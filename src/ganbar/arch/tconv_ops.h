// The transposed convolution as arithmetic: the direct operator, the zero-inserted one, and the deformed, zero-free one, in all three
// passes. Used to hold the deformation against the operator it replaces, and to count what each form multiplies.
#pragma once
#include <span>
#include <vector>

#include "ganbar/arch/tconv.h"

namespace ganbar::arch {

/// Shapes: small map [c_small][small axes], large map [c_large][large axes], kernel [c_small][c_large][kernel axes], all row-major.
struct TconvShape {
    Axes axes;
    Int c_small = 1, c_large = 1;
    Int small_size() const {
        return c_small * product(axes, [](const Axis& a) { return a.small; });
    }
    Int large_size() const {
        return c_large * product(axes, [](const Axis& a) { return a.large; });
    }
    Int kernel_size() const {
        return c_small * c_large * product(axes, [](const Axis& a) { return a.kernel; });
    }
};

/// A result and how many multiplications were executed to get it.
struct Counted {
    std::vector<double> values;
    Int n_multiplications = 0;
};

/// Small map -> large map: forward pass of a transposed convolution, error pass of a convolution.
Counted up_direct(const TconvShape& t, std::span<const double> small,
                  std::span<const double> kernel);  ///< scatter of every pair that exists
Counted up_zero_inserted(const TconvShape& t, std::span<const double> small,
                         std::span<const double> kernel);  ///< expand with zeros, then stride 1
Counted up_deformed(const TconvShape& t, std::span<const double> small,
                    std::span<const double> kernel);  ///< s^d dense sub-kernels, interleaved

/// Large map -> small map: forward pass of a convolution, error pass of a transposed convolution. No zeros are inserted in this direction.
Counted down_dense(const TconvShape& t, std::span<const double> large, std::span<const double> kernel);

/// Weight gradient [c_small][c_large][kernel axes] = sum over i of small[i] large[i s - p + k].
Counted gradient_zero_free(const TconvShape& t, std::span<const double> small, std::span<const double> large);
Counted gradient_dilated(const TconvShape& t, std::span<const double> small,
                         std::span<const double> large);  ///< small map dilated by s used as a kernel

}  // namespace ganbar::arch
