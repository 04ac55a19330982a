// What is known of every ONNX operator that networks are read with: one entry an operator. An operator not in the table is refused.
#pragma once
#include "ganbar/arch/network.h"
#include "ganbar/arch/onnx_fold.h"

namespace ganbar::arch::onnx_file {

/// What becomes of an operator whose input depends on the network's input.
enum class Role : std::uint8_t {
    rename,      ///< nothing: the same elements, with another shape or name
    layer,       ///< a layer without weights: an operation, or a word moved, for each element of the result
    arithmetic,  ///< the same, but the sum of branches, and a bias joins the layer whose products it is added to
    norm,        ///< batch normalisation: joins the layer before it
    activation,  ///< joins the layer before it
    convolution,
    transposed_convolution,
    product,  ///< matrix product
    shape,    ///< numbers that follow from the shape of the input
    source,   ///< random numbers, drawn anew for each sample
};

struct Rule {
    Role role = Role::layer;
    Shapes (*shapes)(const Call&) = nullptr;
    Fold fold = nullptr;  ///< where the numbers of the result may matter to shapes
    LayerKind kind = LayerKind::elementwise;
    Activation activation = Activation::identity;
};

const std::map<std::string, Rule>& rules();
/// Throws ConfigError with the reason.
const Rule& rule_of(const Call& c);
/// Whether the results are of a type without fractions.
bool makes_whole(const Call& c);

}  // namespace ganbar::arch::onnx_file
