#include "ganbar/core/matrix.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace ganbar {

Matrix& Matrix::operator=(const Matrix& other) {
    if (this == &other) return *this;
    resize(other.rows_, other.cols_);
    if (!empty()) std::memcpy(data_.get(), other.data_.get(), rows_ * stride_ * sizeof(float));
    return *this;
}

void Matrix::resize(std::size_t rows, std::size_t cols) {
    const std::size_t stride = (cols + 15) / 16 * 16, n = rows * stride;
    const bool same_rows = cols == cols_ && n <= capacity_;
    if (n > capacity_) {
        void* p = std::aligned_alloc(64, std::max<std::size_t>(n * sizeof(float), 64));
        if (p == nullptr) throw std::bad_alloc();
        data_.reset(static_cast<float*>(p));
        capacity_ = n;
    }
    rows_ = rows;
    cols_ = cols;
    stride_ = stride;
    if (!same_rows && capacity_ > 0) std::memset(data_.get(), 0, capacity_ * sizeof(float));
}

void Matrix::fill(float value) {
    for (std::size_t r = 0; r < rows_; ++r) std::fill_n(row(r), cols_, value);
}

}  // namespace ganbar
