#include <algorithm>

#include "ganbar/arch/network.h"

namespace ganbar::arch {

const char* to_string(LayerKind kind) {
    constexpr const char* names[] = {"fc",  "conv", "tconv",       "up",  "pool",
                                     "d2s", "add",  "elementwise", "move"};  // as in estimates, whose names stay
    return names[static_cast<std::size_t>(kind)];
}

Int Layer::n_weights() const {
    if (kind == LayerKind::fc) return in.size() * out.size();
    return computes() ? taps() * in.channels * out.channels / groups : 0;
}

Int Network::n_weights() const {
    Int n = 0;
    for (const Layer& l : layers) n += l.n_weights();
    return n;
}

std::vector<Int> Network::stages() const {
    std::vector<Int> depth;
    for (const Layer& l : layers) {
        Int longest = 0;
        for (const int i : l.inputs)
            if (i >= 0) longest = std::max(longest, depth[static_cast<std::size_t>(i)]);
        depth.push_back(longest + (l.computes() ? 1 : 0));
    }
    return depth;
}

Int Network::depth() const {
    const auto all = stages();
    return all.empty() ? 0 : *std::max_element(all.begin(), all.end());
}

}  // namespace ganbar::arch
