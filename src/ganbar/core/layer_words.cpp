#include "ganbar/core/layer_words.h"

#include <algorithm>
#include <map>

namespace ganbar {
namespace {

std::string in_use(const std::map<std::string, std::string>& others, const std::string& word) {
    const auto it = others.find(word);
    return it == others.end() ? word : it->second;
}

}  // namespace

const std::vector<std::string>& activation_names() {
    static const std::vector<std::string> names{"identity", "relu", "leaky_relu", "tanh", "sigmoid"};
    return names;
}

std::string activation_word(const std::string& word) {
    static const std::map<std::string, std::string> others{{"none", "identity"}, {"linear", "identity"}, {"lrelu", "leaky_relu"}};
    return in_use(others, word);
}

std::optional<kernels::Activation> find_activation(const std::string& word) {
    const auto& names = activation_names();
    const auto it = std::find(names.begin(), names.end(), activation_word(word));
    if (it == names.end()) return {};
    return static_cast<kernels::Activation>(it - names.begin());
}

std::string layer_word(const std::string& word) {
    static const std::map<std::string, std::string> others{
        {"fc", "dense"},    {"linear", "dense"},       {"tconv", "conv_transpose"}, {"deconv", "conv_transpose"},
        {"up", "upsample"}, {"d2s", "depth_to_space"}, {"pool", "avg_pool"},        {"bn", "batch_norm"}};
    return in_use(others, word);
}

}  // namespace ganbar
