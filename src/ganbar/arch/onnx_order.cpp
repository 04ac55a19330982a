#include "ganbar/arch/onnx_order.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <set>

#include "ganbar/core/error.h"

namespace ganbar::arch::onnx_file {
namespace {

using Makers = std::map<std::string, std::size_t>;  ///< node that computes a value

Makers makers_of(const Graph& graph) {
    Makers out;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
        for (const auto& value : graph.nodes[i].outputs)
            if (!value.empty() && !out.emplace(value, i).second)
                throw ConfigError(
                    graph.nodes[i].label() + ": the value \"" + value + "\" is computed twice; expected one node for each value",
                    {graph.file});
    return out;
}

std::set<std::size_t> ancestors(const Graph& graph, const Makers& makers) {
    std::set<std::size_t> out;
    std::vector<std::string> open = graph.outputs;
    while (!open.empty()) {
        const auto m = makers.find(open.back());
        open.pop_back();
        if (m == makers.end() || !out.insert(m->second).second) continue;
        const auto& inputs = graph.nodes[m->second].inputs;
        open.insert(open.end(), inputs.begin(), inputs.end());
    }
    return out;
}

/// A cycle among the nodes that never became ready: from one of them, back along inputs that never came, until a node repeats.
std::string cycle_text(const Graph& graph, const std::set<std::size_t>& needed, const std::map<std::size_t, std::size_t>& missing,
                       const Makers& makers) {
    const auto stuck = [&](std::size_t i) {
        const auto m = missing.find(i);
        return m != missing.end() && m->second > 0;
    };
    std::vector<std::size_t> path{*std::find_if(needed.begin(), needed.end(), stuck)};
    for (;;) {
        for (const auto& in : graph.nodes[path.back()].inputs)
            if (const auto m = makers.find(in); m != makers.end() && stuck(m->second)) {
                path.push_back(m->second);
                break;
            }
        const auto seen = std::find(path.begin(), path.end() - 1, path.back());
        if (seen == path.end() - 1) continue;
        std::vector<std::size_t> cycle(seen, path.end() - 1);
        std::sort(cycle.begin(), cycle.end());
        std::vector<std::string> names;
        for (const std::size_t i : cycle) names.push_back(graph.nodes[i].label());
        return "cycle: " + join(names);
    }
}

}  // namespace

std::vector<std::size_t> evaluation_order(const Graph& graph) {  // Kahn
    const Makers makers = makers_of(graph);
    const auto needed = ancestors(graph, makers);
    std::map<std::size_t, std::vector<std::size_t>> users;
    std::map<std::size_t, std::size_t> missing;
    for (const std::size_t i : needed)
        for (const auto& in : graph.nodes[i].inputs)
            if (const auto m = makers.find(in); m != makers.end()) users[m->second].push_back(i), ++missing[i];
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (const std::size_t i : needed)
        if (missing[i] == 0) ready.push(i);
    std::vector<std::size_t> out;
    while (!ready.empty()) {
        out.push_back(ready.top());
        ready.pop();
        for (const std::size_t user : users[out.back()])
            if (--missing[user] == 0) ready.push(user);
    }
    if (out.size() == needed.size()) return out;
    throw ConfigError("the graph has a " + cycle_text(graph, needed, missing, makers) + "; expected every node's inputs to come before it",
                      {graph.file});
}

}  // namespace ganbar::arch::onnx_file
