// Matrix products whose sums run in a fixed order (k ascending), so the bits do not depend on threads or vector width.
#pragma once
#include "ganbar/core/matrix.h"

namespace ganbar {

/// c[m x n] = a[m x k] b[k x n]; c is resized.
void multiply(const Matrix& a, const Matrix& b, Matrix& c);
/// c[k x n] = a[m x k]^T b[m x n]: the weight gradient x^T dy of a batch. accumulate adds to c instead of replacing it.
void multiply_at_b(const Matrix& a, const Matrix& b, Matrix& c, bool accumulate = false);
/// out[n x m] = a[m x n]^T
void transpose(const Matrix& a, Matrix& out);

}  // namespace ganbar
