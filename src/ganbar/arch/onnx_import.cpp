#include "ganbar/arch/onnx_import.h"

#include <algorithm>
#include <set>

#include "ganbar/arch/onnx_lower.h"
#include "ganbar/arch/onnx_order.h"

namespace ganbar::arch::onnx_file {
namespace {

/// A shape that differs from the one the file declares.
struct DeclaredOtherwise : ConfigError {
    using ConfigError::ConfigError;
};

struct Options {
    Int open_batch = 1;              ///< samples, where the file leaves the batch open
    bool old_ceil = false;           ///< pools count windows that start in the padding, as exporters did when they declared shapes
    bool compare = true;             ///< with the shapes that the file declares
    std::optional<Dims> input = {};  ///< without the batch, for what the file leaves open
};

class Import {
public:
    Import(const Graph& graph, const std::string& name, const Options& options) : graph_(graph), name_(name), options_(options) {}

    Imported run() {
        const auto order = evaluation_order(graph_);
        for (const auto& [name, t] : graph_.tensors) {
            check_size("the stored tensor \"" + name + "\"", t.dims, 0, largest_weights);
            out_.values[name] = {t.dims, t.whole, t.values, false, -1};
        }
        start(data_inputs(order));
        Lowering lowering(name_, out_.batch);
        for (const std::size_t i : order) step(graph_.nodes[i], lowering);
        finish(lowering);
        out_.network = std::move(lowering.network());
        return std::move(out_);
    }

private:
    [[noreturn]] void refuse(const std::string& what) const { throw ConfigError(what, {graph_.file}); }
    void check_size(const std::string& what, const Dims& dims, Int smallest, double most) const {
        for (const Int d : dims)
            if (d < smallest || double(d) > most)
                refuse(fmt::format("{} is {}; expected dimensions of at least {}", what, text(dims), smallest));
        if (elements(dims) > most)
            refuse(fmt::format("{} ({}) has {:.3g} elements; expected at most {:.0g}", what, text(dims), elements(dims), most));
    }

    // ---- inputs

    /// True for the places at which operators take weights.
    static bool takes_weights(const Node& n, std::size_t i, std::size_t rank) {
        static const std::map<std::string, std::size_t> last{{"Conv", 2},   {"ConvTranspose", 2},      {"Gemm", 2},
                                                             {"PRelu", 1},  {"BatchNormalization", 4}, {"InstanceNormalization", 2},
                                                             {"MatMul", 1}, {"LayerNormalization", 2}, {"GroupNormalization", 2}};
        const auto it = last.find(n.op);
        return it != last.end() && i >= 1 && i <= it->second && (n.op != "MatMul" || rank == 2);
    }
    /// Inputs of the graph that some node uses as data; those that only serve as weights become stored tensors without numbers.
    std::vector<std::string> data_inputs(const std::vector<std::size_t>& order) {
        std::set<std::string> data(graph_.outputs.begin(), graph_.outputs.end()), weights;
        for (const std::size_t i : order)
            for (std::size_t k = 0; k < graph_.nodes[i].inputs.size(); ++k) {
                const std::string& in = graph_.nodes[i].inputs[k];
                const auto d = graph_.declared.find(in);
                const bool fixed = d != graph_.declared.end() && std::count(d->second.begin(), d->second.end(), -1) == 0;
                (fixed && takes_weights(graph_.nodes[i], k, d->second.size()) ? weights : data).insert(in);
            }
        std::vector<std::string> out;
        for (const std::string& in : graph_.inputs)
            if (data.contains(in)) out.push_back(in);
            else if (weights.contains(in))
                check_size("the input \"" + in + "\"", graph_.declared.at(in), 1, largest_weights),
                    out_.values[in] = {graph_.declared.at(in), false, {}, false, -1};
        if (out.empty())
            refuse(graph_.inputs.empty() ? "the graph has no inputs; expected at least one"
                                         : "the graph's output does not depend on its inputs; expected a network");
        return out;
    }

    /// The shape of an input, 0 for an open batch. Sides that the file leaves open come from the caller.
    Dims input_dims(const std::string& in) const {
        constexpr const char* remedy =
            "(only the batch may vary; a network's TOML file may say it: onnx = \"FILE.onnx\" with input = \"3x64x64\")";
        const auto d = graph_.declared.find(in);
        if (d == graph_.declared.end() && !options_.input)
            refuse(fmt::format("the input \"{}\" has no shape; expected one with a batch and channels, for example N x 3 x 64 x 64 {}", in,
                               remedy));
        Dims dims = d == graph_.declared.end() ? Dims{} : d->second;
        const auto open = std::find_if(dims.begin() + (dims.empty() ? 0 : 1), dims.end(), [](Int side) { return side < 1; });
        if (d == graph_.declared.end() || (open != dims.end() && options_.input)) {
            const Dims& given = *options_.input;
            if (dims.empty()) dims = Dims(given.size() + 1, -1);
            if (dims.size() != given.size() + 1)
                refuse(fmt::format("the input \"{}\" has {} dimensions beside the batch; expected the same of {}", in, dims.size() - 1,
                                   text(given)));
            for (std::size_t i = 1; i < dims.size(); ++i) {
                if (dims[i] > 0 && dims[i] != given[i - 1])
                    refuse(fmt::format("dimension {} of the input \"{}\" is {} in the file; expected the same in {}", i, in, dims[i],
                                       text(given)));
                dims[i] = given[i - 1];
            }
        } else if (open != dims.end())
            refuse(
                fmt::format("dimension {} of the input \"{}\" has no fixed size; expected a number {}", open - dims.begin(), in, remedy));
        if (!dims.empty()) dims[0] = std::max<Int>(dims[0], 0);
        return dims;
    }

    void start(const std::vector<std::string>& inputs) {
        std::map<std::string, Dims> shapes;
        std::string main = inputs.front();
        const auto sides = [&](const std::string& in) {
            return shapes.at(in).empty() ? 0.5 : elements({shapes.at(in).begin() + 1, shapes.at(in).end()});
        };
        for (const std::string& in : inputs) {
            shapes[in] = input_dims(in);
            if (sides(in) > sides(main)) main = in;
        }
        const Dims& shape = shapes.at(main);
        out_.batch = shape.empty() || shape[0] == 0 ? options_.open_batch : shape.size() > 1 ? shape[0] : 1;
        for (auto& [in, dims] : shapes) {
            if (!dims.empty() && dims[0] == 0) dims[0] = out_.batch;
            check_size("the input \"" + in + "\"", dims, 1, largest_map);
            out_.values[in] = {dims, graph_.whole.at(in), {}, true, -1};
        }
        inputs_ = inputs;
        std::stable_partition(inputs_.begin(), inputs_.end(), [&](const std::string& in) { return in == main; });
        if (options_.input && Dims(out_.values[main].dims.begin() + !shape.empty(), out_.values[main].dims.end()) != *options_.input)
            refuse(fmt::format("its input \"{}\" is {}; expected {}, as the network's file says", main, text(out_.values[main].dims),
                               text(*options_.input)));
    }

    // ---- nodes

    void step(const Node& n, Lowering& lowering) {
        std::vector<const Value*> inputs;
        for (const std::string& in : n.inputs) {
            const auto it = out_.values.find(in);
            if (it == out_.values.end() && !in.empty())
                refuse(
                    fmt::format("{}: its input \"{}\" is made by no node and stored nowhere in the file; expected an input of the graph, a "
                                "stored tensor or another node's result",
                                n.label(), in));
            inputs.push_back(in.empty() ? nullptr : &it->second);
        }
        const Call c(graph_, n, std::move(inputs), options_.old_ceil);
        const Rule& rule = rule_of(c);
        std::vector<Value> results = results_of(c, rule);
        if (!results.empty() && results[0].live) lowering.add(c, rule, results);
        for (std::size_t i = 0; i < results.size(); ++i)
            if (!n.outputs[i].empty()) {
                compare(c, n.outputs[i], results[i].dims);
                out_.values[n.outputs[i]] = std::move(results[i]);
            }
    }

    std::vector<Value> results_of(const Call& c, const Rule& rule) {
        bool live = rule.role == Role::source, known = rule.fold != nullptr;
        for (std::size_t i = 0; i < c.n_inputs(); ++i)
            if (c.has(i)) live = live || c.in(i).live, known = known && (c.in(i).numbers || c.op() == "Shape" || c.op() == "Size");
        const Shapes shapes = shapes_of(c, rule);
        std::vector<Value> out;
        for (std::size_t i = 0; i < std::min(shapes.size(), c.node().outputs.size()); ++i) {
            Value v{shapes[i], makes_whole(c), {}, live && rule.role != Role::shape, -1};
            check_size(c.node().label() + ": its result", v.dims, v.live ? 1 : 0, v.live ? largest_map : largest_weights);
            if (known && elements(v.dims) <= largest_folded) v.numbers = rule.fold(c, v.dims, i), v.live = false;
            out.push_back(std::move(v));
        }
        return out;
    }

    /// By the operator's rule; where that needs numbers that the file does not hold, as the file declares them.
    Shapes shapes_of(const Call& c, const Rule& rule) {
        try {
            return rule.shapes(c);
        } catch (const UnknownNumbers&) {
            Shapes out;
            for (const std::string& name : c.node().outputs) {
                const auto it = graph_.declared.find(name);
                if (it == graph_.declared.end() || it->second.empty()) throw;
                out.push_back(it->second);
                if (out.back()[0] < 0) out.back()[0] = out_.batch;
                if (std::any_of(out.back().begin(), out.back().end(), [](Int d) { return d < 1; })) throw;
            }
            return out;
        }
    }

    void compare(const Call& c, const std::string& name, const Dims& dims) const {
        const auto it = graph_.declared.find(name);
        if (!options_.compare || it == graph_.declared.end() || it->second.empty())
            return;  // some exporters write an empty shape for an unknown one
        bool same = it->second.size() == dims.size();
        for (std::size_t i = 0; same && i < dims.size(); ++i) same = it->second[i] < 0 || it->second[i] == dims[i];
        if (!same)
            throw DeclaredOtherwise(
                fmt::format("{}: its result \"{}\" is {}, but the file declares {}; expected a file that agrees with itself (export it "
                            "again, or without shapes of intermediate values)",
                            c.node().label(), name, text(dims), text(it->second)),
                {graph_.file});
    }

    // ---- outputs

    void finish(Lowering& lowering) {
        static const Node whole{"output", "Graph", "", {}, {}, {}, {}, {}, {}};
        const Call c(graph_, whole, {});
        Network& net = lowering.network();
        std::vector<Shape> made;
        for (const std::string& name : graph_.outputs) {
            const auto it = out_.values.find(name);
            if (it == out_.values.end() || !it->second.live || it->second.layer < 0) continue;
            made.push_back(lowering.sample(it->second.dims, c));
        }
        if (made.empty() || net.layers.empty())
            refuse("the output \"" + join(graph_.outputs) + "\" comes from no layer; expected a network from its input to its output");
        std::stable_sort(made.begin(), made.end(), [](const Shape& a, const Shape& b) { return a.size() > b.size(); });
        net.made = made.front(), net.more_outputs.assign(made.begin() + 1, made.end());
        for (const std::string& in : inputs_) {
            const Shape s = lowering.sample(out_.values.at(in).dims, c);
            if (in == inputs_.front()) net.input = s;
            else net.more_inputs.push_back(s);
        }
    }

    const Graph& graph_;
    const std::string& name_;
    Options options_;
    Imported out_;
    std::vector<std::string> inputs_;  ///< the largest first
};

bool has_ceil_pools(const Graph& graph) {
    return std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const Node& n) { return n.ints.contains("ceil_mode"); });
}

Imported import_with(const Graph& graph, const std::string& name, Options options) {
    try {
        return Import(graph, name, options).run();
    } catch (const DeclaredOtherwise&) {
        if (!has_ceil_pools(graph)) throw;
        try {  // shapes declared by an exporter that counted one window too many: what runs the file does not
            options.old_ceil = true;
            Import(graph, name, options).run();
        } catch (const ConfigError&) {
            options.compare = true;
            options.old_ceil = false;
            return Import(graph, name, options).run();  // throws again
        }
        options.old_ceil = options.compare = false;
        return Import(graph, name, options).run();
    }
}

}  // namespace

Imported import_graph(const Graph& graph, const std::string& name, const std::optional<Dims>& input) {
    Options options;
    options.input = input;
    try {
        return import_with(graph, name, options);
    } catch (const OtherBatch& e) {
        const auto open = [&](const std::string& in) {
            const auto d = graph.declared.find(in);
            return d != graph.declared.end() && !d->second.empty() && d->second[0] < 0;
        };
        if (std::none_of(graph.inputs.begin(), graph.inputs.end(), open)) throw;
        options.open_batch = e.times;  // the batch is open at the input and fixed in a Reshape
    }
    return import_with(graph, name, options);
}

}  // namespace ganbar::arch::onnx_file
