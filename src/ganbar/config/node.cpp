#include "ganbar/config/node.h"

namespace ganbar::config {

const Node* Node::table(const std::string& name) const {
    const auto it = tables.find(name);
    if (it == tables.end()) return nullptr;
    it->second->used = true;
    return it->second.get();
}

const Node::Leaf* Node::leaf(const std::string& name) const {
    const auto it = leaves.find(name);
    if (it == leaves.end()) return nullptr;
    it->second.used = true;
    return &it->second;
}

Node& Node::child(const std::string& name) {
    auto& slot = tables[name];
    if (!slot) slot = std::make_unique<Node>();
    return *slot;
}

}  // namespace ganbar::config
