// Tensors in a checkpoint's state by name, and matrices as flat values.
#pragma once
#include <span>

#include "ganbar/core/linear_op.h"

namespace ganbar {

constexpr std::size_t any_size = std::string::npos;
/// The named tensor of a state; DataError when it is missing or has another size.
const std::vector<float>& find_tensor(const State& state, const std::string& name, std::size_t n = any_size);
/// The same for a tensor that may be empty.
const std::vector<float>& find_tensor_or_empty(const State& state, const std::string& name, std::size_t n);
/// Throws the DataError of a tensor `name` with another size.
[[noreturn]] void refuse_size(const std::string& name);

/// Flat copy of a matrix without its padding, and back.
std::vector<float> flatten(const Matrix& m);
void unflatten(std::span<const float> values, Matrix& m);
/// The [rows x cols] matrix with these values; an empty one for none.
Matrix unflattened(std::span<const float> values, std::size_t rows, std::size_t cols);

}  // namespace ganbar
