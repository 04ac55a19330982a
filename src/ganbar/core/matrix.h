// Dense row-major float matrix. Rows are padded to 16 floats and 64-byte aligned, so kernels load whole vectors;
// the padding is finite, meaningless, and never read into a result.
#pragma once
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>

#include "ganbar/core/error.h"

namespace ganbar {

class Matrix {
public:
    Matrix() = default;
    Matrix(std::size_t rows, std::size_t cols) { resize(rows, cols); }
    Matrix(const Matrix& other) { *this = other; }
    Matrix(Matrix&&) noexcept = default;
    Matrix& operator=(Matrix&&) noexcept = default;
    Matrix& operator=(const Matrix& other);

    /// New shape; contents become zero where the number of columns changes or memory is added, else rows keep what they last held: batches
    /// may change size.
    void resize(std::size_t rows, std::size_t cols);
    void fill(float value);

    std::size_t rows() const { return rows_; }
    std::size_t cols() const { return cols_; }
    std::size_t stride() const { return stride_; }  ///< floats from one row to the next
    float* row(std::size_t r) { return data_.get() + r * stride_; }
    const float* row(std::size_t r) const { return data_.get() + r * stride_; }
    std::span<float> row_span(std::size_t r) { return {row(r), cols_}; }
    std::span<const float> row_span(std::size_t r) const { return {row(r), cols_}; }
    float& operator()(std::size_t r, std::size_t c) { return row(r)[c]; }
    float operator()(std::size_t r, std::size_t c) const { return row(r)[c]; }
    bool empty() const { return rows_ == 0 || cols_ == 0; }

private:
    struct Free {
        void operator()(float* p) const { std::free(p); }
    };
    std::size_t rows_ = 0, cols_ = 0, stride_ = 0, capacity_ = 0;
    std::unique_ptr<float[], Free> data_;
};

}  // namespace ganbar
