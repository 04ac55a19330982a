// Internal to the ONNX import: the graph in order, its values and attributes, and the network under construction.
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <queue>
#include <set>

#include "ganbar/arch/network.h"
#include "ganbar/arch/onnx_graph.h"

namespace ganbar::arch::onnx_file {

using Dims = std::vector<Int>;
constexpr Int largest_side = 1 << 24;
constexpr double largest_map = 1e12, largest_weights = 1e15;

/// What an edge of the graph carries: the layer that computes it (-1: the network's input) and its shape without the batch.
struct Flow {
    int layer = -1;
    Shape shape;
};

/// What the operators in onnx_network.cpp stand on: order of the nodes, values, attributes, layers under construction.
class OnnxImport {
protected:
    OnnxImport(const Graph& graph, const std::string& name) : graph_(graph) { net_.name = name; }

    [[noreturn]] void refuse(const std::string& what) const { throw ConfigError(what, {graph_.file}); }
    [[noreturn]] void refuse(const Node& n, const std::string& what) const { refuse(n.label() + ": " + what); }

    // ---- the graph
    void start() {
        if (graph_.inputs.size() != 1)
            refuse(fmt::format("the graph has {} inputs ({}); expected one", graph_.inputs.size(), join(graph_.inputs)));
        if (graph_.outputs.size() != 1)
            refuse(fmt::format("the graph has {} outputs ({}); expected one", graph_.outputs.size(), join(graph_.outputs)));
        const std::string& input = graph_.inputs.front();
        const auto declared = graph_.declared.find(input);
        if (declared == graph_.declared.end() || declared->second.size() < 2)
            refuse("the input \"" + input + "\" has no shape with a batch and channels; expected for example N x 3 x 64 x 64");
        for (std::size_t d = 1; d < declared->second.size(); ++d)
            if (declared->second[d] < 1)
                refuse(fmt::format("dimension {} of the input \"{}\" has no fixed size; expected a number (only the batch may vary)", d,
                                   input));
        net_.input = shape_of({declared->second.begin() + 1, declared->second.end()},
                              [&](const std::string& what) { refuse("the input \"" + input + "\" " + what); });
        flows_[input] = {-1, net_.input};
    }

    /// Nodes the output depends on, inputs first (Kahn); ties in the order of the file.
    std::vector<std::size_t> order() const {
        std::map<std::string, std::size_t> maker;
        for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
            for (const auto& out : graph_.nodes[i].outputs)
                if (!out.empty() && !maker.emplace(out, i).second)
                    refuse(graph_.nodes[i], "the value \"" + out + "\" is computed twice; expected one node for each value");
        const auto needed = ancestors(maker);
        std::map<std::size_t, std::vector<std::size_t>> users;
        std::map<std::size_t, std::size_t> missing;
        for (const std::size_t i : needed)
            for (const auto& in : graph_.nodes[i].inputs)
                if (const auto m = maker.find(in); m != maker.end()) users[m->second].push_back(i), ++missing[i];
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
        refuse("the graph has a " + cycle_text(needed, missing, maker) + "; expected every node's inputs to come before it");
    }
    /// A cycle among the nodes that never became ready: from one of them, back along inputs that never came, until a node repeats.
    std::string cycle_text(const std::set<std::size_t>& needed, const std::map<std::size_t, std::size_t>& missing,
                           const std::map<std::string, std::size_t>& maker) const {
        const auto stuck = [&](std::size_t i) {
            const auto m = missing.find(i);
            return m != missing.end() && m->second > 0;
        };
        std::vector<std::size_t> path{*std::find_if(needed.begin(), needed.end(), stuck)};
        for (;;) {
            for (const auto& in : graph_.nodes[path.back()].inputs)
                if (const auto m = maker.find(in); m != maker.end() && stuck(m->second)) {
                    path.push_back(m->second);
                    break;
                }
            const auto seen = std::find(path.begin(), path.end() - 1, path.back());
            if (seen == path.end() - 1) continue;
            std::vector<std::size_t> cycle(seen, path.end() - 1);
            std::sort(cycle.begin(), cycle.end());
            std::vector<std::string> names;
            for (const std::size_t i : cycle) names.push_back(graph_.nodes[i].label());
            return "cycle: " + join(names);
        }
    }
    std::set<std::size_t> ancestors(const std::map<std::string, std::size_t>& maker) const {
        std::set<std::size_t> out;
        std::vector<std::string> open{graph_.outputs.front()};
        while (!open.empty()) {
            const auto m = maker.find(open.back());
            open.pop_back();
            if (m == maker.end() || !out.insert(m->second).second) continue;
            const auto& inputs = graph_.nodes[m->second].inputs;
            open.insert(open.end(), inputs.begin(), inputs.end());
        }
        return out;
    }

    // ---- values and attributes
    static Shape shape_of(const Dims& dims, const std::function<void(const std::string&)>& fail) {
        Shape s;
        if (dims.empty() || dims.size() > max_dims + 1)
            fail(fmt::format("has {} dimensions beside the batch; expected channels and up to three sides", dims.size()));
        double size = 1;
        for (const Int d : dims) {
            if (d < 1 || d > largest_side) fail(fmt::format("has a dimension of {}; expected 1 to {}", d, largest_side));
            size *= double(d);
        }
        if (size > largest_map) fail(fmt::format("has {:.3g} elements; expected at most {:.0g}", size, largest_map));
        s.channels = dims[0], s.dims = int(dims.size()) - 1;
        std::copy(dims.begin() + 1, dims.end(), s.side.begin());
        return s;
    }
    Shape shape_for(const Node& n, const Dims& dims) const {
        return shape_of(dims, [&](const std::string& what) { refuse(n, "its result " + what); });
    }
    static Dims dims_of(const Shape& s) {
        Dims out{s.channels};
        out.insert(out.end(), s.side.begin(), s.side.begin() + s.dims);
        return out;
    }
    const Tensor* stored(const Node& n, std::size_t i) const {
        if (i >= n.inputs.size() || n.inputs[i].empty()) return nullptr;
        const auto it = graph_.tensors.find(n.inputs[i]);
        if (it != graph_.tensors.end()) return &it->second;
        const auto alias = aliases_.find(n.inputs[i]);
        return alias == aliases_.end() ? nullptr : &graph_.tensors.at(alias->second);
    }
    const Tensor& weights(const Node& n, std::size_t rank_lo, std::size_t rank_hi) const {
        const Tensor* w = stored(n, 1);
        if (!w) refuse(n, "its weights are not stored in the file; expected constant weights");
        if (w->dims.size() < rank_lo || w->dims.size() > rank_hi)
            refuse(n, fmt::format("its weights have {} dimensions; expected {} to {}", w->dims.size(), rank_lo, rank_hi));
        double size = 1;
        for (const Int d : w->dims) {
            if (d < 1 || d > largest_side) refuse(n, fmt::format("its weights have a dimension of {}; expected 1 to {}", d, largest_side));
            size *= double(d);
        }
        if (size > largest_weights) refuse(n, fmt::format("it has {:.3g} weights; expected at most {:.0g}", size, largest_weights));
        return *w;
    }
    const Flow& flow(const Node& n, std::size_t i) const {
        if (i >= n.inputs.size()) refuse(n, fmt::format("it lacks input {}", i));
        const auto it = flows_.find(n.inputs[i]);
        if (it == flows_.end())
            refuse(n,
                   "its input \"" + n.inputs[i] + "\" is no activation of the network; expected one that depends on the network's input");
        return it->second;
    }
    bool flows(const Node& n, std::size_t i) const { return i < n.inputs.size() && flows_.contains(n.inputs[i]); }
    static Int one(const Node& n, const char* key, Int fallback) {
        const auto it = n.ints.find(key);
        return it == n.ints.end() || it->second.empty() ? fallback : it->second.front();
    }
    Dims list(const Node& n, const char* key, std::size_t size, Int fallback) const {
        const auto it = n.ints.find(key);
        if (it == n.ints.end()) return Dims(size, fallback);
        if (it->second.size() != size) refuse(n, fmt::format("{} has {} numbers; expected {}", key, it->second.size(), size));
        return it->second;
    }
    /// Whole numbers from a stored input, or from the attribute that older operator sets use.
    std::optional<Dims> numbers(const Node& n, std::size_t input, const char* attribute) const {
        if (const Tensor* t = stored(n, input); t && t->values) {
            Dims out;
            for (const double v : *t->values) {
                if (!(std::abs(v) <= 9e15)) refuse(n, fmt::format("\"{}\" holds {}; expected whole numbers", n.inputs[input], v));
                out.push_back(Int(std::llround(v)));
            }
            return out;
        }
        const auto it = n.ints.find(attribute);
        return it == n.ints.end() ? std::nullopt : std::optional(it->second);
    }

    // ---- layers
    void give(const Node& n, const Flow& f) {
        if (n.outputs.empty()) refuse(n, "it has no output");
        flows_[n.outputs.front()] = f;
    }
    Layer& add_layer(const Node& n, LayerKind kind, const Flow& in, const Shape& out) {
        Layer l;
        l.kind = kind, l.in = in.shape, l.out = out, l.inputs = {in.layer};
        l.name = !n.name.empty() ? n.name : n.outputs.empty() ? n.op : n.outputs.front();
        for (int again = 2; !names_.insert(l.name).second; ++again) l.name = fmt::format("{}_{}", !n.name.empty() ? n.name : n.op, again);
        net_.layers.push_back(std::move(l));
        give(n, {int(net_.layers.size()) - 1, out});
        return net_.layers.back();
    }
    /// A layer without weights that only costs one operation per element.
    Layer& elementwise(const Node& n, const Flow& in) { return add_layer(n, LayerKind::upsample, in, in.shape); }
    Layer* producer(const Flow& f) { return f.layer < 0 ? nullptr : &net_.layers[std::size_t(f.layer)]; }

    /// Padding of every axis; auto_pad as ONNX defines it. `out_of`: what SAME asks for.
    struct Pads {
        Dims lo, hi;
        bool same_upper = false, same_lower = false;
    };
    Pads pads(const Node& n, std::size_t axes) const {
        const Dims all = list(n, "pads", 2 * axes, 0);
        Pads p{{all.begin(), all.begin() + std::ptrdiff_t(axes)}, {all.begin() + std::ptrdiff_t(axes), all.end()}};
        const auto it = n.texts.find("auto_pad");
        const std::string word = it == n.texts.end() ? "NOTSET" : it->second;
        p.same_upper = word == "SAME_UPPER", p.same_lower = word == "SAME_LOWER";
        if (word == "VALID" || p.same_upper || p.same_lower) p.lo = p.hi = Dims(axes, 0);
        else if (word != "NOTSET" && !word.empty())
            refuse(n, "auto_pad \"" + word + "\" is not known; expected NOTSET, VALID, SAME_UPPER or SAME_LOWER");
        return p;
    }
    static void split(Int all, bool lower, Int& lo, Int& hi) {
        all = std::max<Int>(0, all);
        lo = lower ? (all + 1) / 2 : all / 2, hi = all - lo;
    }
    /// Shape checks that both convolutions share; returns the number of axes.
    std::size_t convolution_axes(const Node& n, const Flow& in, const Tensor& w) const {
        const std::size_t axes = w.dims.size() - 2;
        if (std::size_t(in.shape.dims) != axes)
            refuse(n, fmt::format("weights for {} axes meet a map {}; expected as many sides", axes, in.shape.text()));
        const Dims kernel(w.dims.begin() + 2, w.dims.end());
        if (list(n, "kernel_shape", axes, 0) != kernel && n.ints.contains("kernel_shape"))
            refuse(n, "kernel_shape differs from the shape of the weights");
        for (const Int d : list(n, "dilations", axes, 1))
            if (d != 1) refuse(n, fmt::format("a dilation of {} is not supported; expected 1", d));
        return axes;
    }
    Axis axis_of(const Node& n, const std::function<Axis()>& make) const {
        try {
            return make();
        } catch (const ConfigError& e) {
            refuse(n, e.what());
        }
    }

    const Graph& graph_;
    Network net_;
    std::map<std::string, Flow> flows_;
    std::map<std::string, std::string> aliases_;
    std::set<std::string> names_;
};

}  // namespace ganbar::arch::onnx_file
