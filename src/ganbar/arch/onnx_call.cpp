#include "ganbar/arch/onnx_call.h"

#include <cmath>

namespace ganbar::arch::onnx_file {

const Value& Call::in(std::size_t i) const {
    if (!has(i)) refuse(fmt::format("it lacks input {}; expected at least {}", i, i + 1));
    return *inputs_[i];
}

Int Call::attribute(const char* key, Int fallback) const {
    const auto it = node_.ints.find(key);
    return it == node_.ints.end() || it->second.empty() ? fallback : it->second.front();
}

Dims Call::list(const char* key, std::size_t size, Int fallback) const {
    const auto it = node_.ints.find(key);
    if (it == node_.ints.end()) return Dims(size, fallback);
    if (it->second.size() != size) refuse(fmt::format("{} has {} numbers; expected {}", key, it->second.size(), size));
    return it->second;
}

std::string Call::text(const char* key, const std::string& fallback) const {
    const auto it = node_.texts.find(key);
    return it == node_.texts.end() ? fallback : it->second;
}

const Numbers& Call::numbers(std::size_t i, const char* what) const {
    const Value& v = in(i);
    if (v.numbers) return *v.numbers;
    const std::string why =
        v.live ? "is computed from the network's data" : "has no numbers in the file (external or left out data, or too many)";
    throw UnknownNumbers(fmt::format("{}: its {} \"{}\" {}; expected numbers that follow from the file alone (export with fixed shapes)",
                                     node_.label(), what, node_.inputs[i], why),
                         {file_});
}

Dims Call::whole(std::size_t i, const char* what) const {
    Dims out;
    for (const double v : numbers(i, what)) {
        if (!(std::abs(v) <= 9.3e18)) refuse(fmt::format("its {} \"{}\" holds {}; expected whole numbers", what, node_.inputs[i], v));
        out.push_back(v >= 9e18 ? Int(9e18) : v <= -9e18 ? Int(-9e18) : Int(std::llround(v)));
    }
    return out;
}

std::optional<Dims> Call::option(std::size_t i, const char* key) const {
    if (has(i)) return whole(i, key);
    const auto it = node_.ints.find(key);
    return it == node_.ints.end() ? std::nullopt : std::optional(it->second);
}

std::size_t Call::axis(Int a, std::size_t rank) const {
    const Int n = Int(rank);
    if (a < -n || a >= n) refuse(fmt::format("axis {} is impossible for {} dimensions; expected {} to {}", a, n, -n, n - 1));
    return std::size_t(a < 0 ? a + n : a);
}

std::vector<std::size_t> Call::axes(const Dims& list, std::size_t rank) const {
    std::vector<std::size_t> out;
    if (list.size() > rank) refuse(fmt::format("it names {} axes of {} dimensions; expected every axis once", list.size(), rank));
    for (const Int a : list) {
        out.push_back(axis(a, rank));
        for (std::size_t i = 0; i + 1 < out.size(); ++i)
            if (out[i] == out.back()) refuse(fmt::format("it names axis {} twice; expected every axis once", out.back()));
    }
    return out;
}

double elements(const Dims& dims) {
    double n = 1;
    for (const Int d : dims) n *= double(d);
    return n;
}

std::string text(const Dims& dims) {
    if (dims.empty()) return "a scalar";
    std::string out;
    for (const Int d : dims) out += (out.empty() ? "" : "x") + std::to_string(d);
    return out;
}

std::size_t flat(const Dims& dims, const Dims& at) {
    std::size_t n = 0;
    for (std::size_t d = 0; d < dims.size(); ++d) n = n * std::size_t(dims[d]) + std::size_t(at[d]);
    return n;
}

}  // namespace ganbar::arch::onnx_file
