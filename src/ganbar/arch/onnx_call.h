// One node of an ONNX graph as its shape rule sees it: what its inputs are, its attributes, and how it is refused.
#pragma once
#include <fmt/format.h>

#include "ganbar/arch/onnx_graph.h"
#include "ganbar/core/error.h"

namespace ganbar::arch::onnx_file {

using Numbers = std::vector<double>;
constexpr double largest_map = 1e12, largest_weights = 1e15;  ///< elements
constexpr Int largest_side = 1 << 24;

/// What an edge of the graph carries.
struct Value {
    Dims dims;                       ///< all of them, the batch included
    bool whole = false;              ///< of a type without fractions
    std::optional<Numbers> numbers;  ///< where they follow from the file alone and are few
    bool live = false;               ///< depends on the network's input; otherwise it is computed from what the file stores
    int layer = -1;                  ///< of live values: the layer that computes it; -1 = an input of the network
};

/// Numbers that a shape depends on and the file does not hold: then the shape that the file declares may help.
struct UnknownNumbers : ConfigError {
    using ConfigError::ConfigError;
};

class Call {
public:
    /// `inputs`: as the node's, null where one is left out. `old_ceil`: pools in ceil_mode also count a window that starts in the padding.
    Call(const Graph& graph, const Node& node, std::vector<const Value*> inputs, bool old_ceil = false)
        : node_(node), file_(graph.file), opset_(graph.opset), inputs_(std::move(inputs)), old_ceil_(old_ceil) {}

    const Node& node() const { return node_; }
    const std::string& op() const { return node_.op; }
    Int opset() const { return opset_; }
    const std::string& file() const { return file_; }
    bool old_ceil() const { return old_ceil_; }
    [[noreturn]] void refuse(const std::string& what) const { throw ConfigError(node_.label() + ": " + what, {file_}); }

    std::size_t n_inputs() const { return inputs_.size(); }
    bool has(std::size_t i) const { return i < inputs_.size() && inputs_[i] != nullptr; }
    const Value& in(std::size_t i) const;  ///< refuses where it is left out
    const Dims& dims(std::size_t i) const { return in(i).dims; }
    std::size_t rank(std::size_t i) const { return in(i).dims.size(); }

    Int attribute(const char* key, Int fallback) const;
    bool has_attribute(const char* key) const { return node_.ints.contains(key) || node_.reals.contains(key); }
    Dims list(const char* key, std::size_t size, Int fallback) const;  ///< refuses another number of numbers
    std::string text(const char* key, const std::string& fallback) const;

    /// Real and whole numbers of an input; UnknownNumbers where they are not in the file. `what`: "shape", "pads".
    const Numbers& numbers(std::size_t i, const char* what) const;
    Dims whole(std::size_t i, const char* what) const;
    /// From input i, or from the attribute `key` that other operator sets use for it; nothing where there is neither.
    std::optional<Dims> option(std::size_t i, const char* key) const;

    std::size_t axis(Int a, std::size_t rank) const;  ///< counted from the end where negative; refuses others
    std::vector<std::size_t> axes(const Dims& list, std::size_t rank) const;

private:
    const Node& node_;
    const std::string& file_;
    Int opset_;
    std::vector<const Value*> inputs_;
    bool old_ceil_;
};

double elements(const Dims& dims);
std::string text(const Dims& dims);  ///< "1x3x8x8"; "a scalar"
/// Every index of a box in row-major order.
template <class Body>
void for_each_index(const Dims& dims, const Body& body) {
    Dims at(dims.size(), 0);
    for (double left = elements(dims); left > 0; --left) {
        body(static_cast<const Dims&>(at));
        for (std::size_t d = dims.size(); d-- > 0;) {
            if (++at[d] < dims[d]) break;
            at[d] = 0;
        }
    }
}
std::size_t flat(const Dims& dims, const Dims& at);  ///< row-major

}  // namespace ganbar::arch::onnx_file
