#include "ganbar/exports/torch_arrays.h"

#include <algorithm>

#include "ganbar/exports/network_walk.h"

namespace ganbar::exports {
namespace {

class TorchVisitor final : public NetworkVisitor {
public:
    explicit TorchVisitor(const ActingNetwork& network) : network_(network) {}
    std::vector<NamedArray> arrays;

    void begin(std::size_t layer, const std::vector<int>& from) override {
        layer_ = layer;
        flow_ = from[0] < 0 ? Flow{} : flows_.at(static_cast<std::size_t>(from[0]));
    }
    void end(std::size_t) override { flows_.push_back(flow_); }
    void classes(std::size_t matrix, std::size_t, const nn::MapShape&) override {
        const Matrix& w = network_.matrix(matrix).weights;
        add_named(network_.name() + ".classes.weight", {w.rows(), w.cols()}, [&](std::size_t i) { return w(i / w.cols(), i % w.cols()); });
    }
    // Vectors of a map run position after position here and channel after channel in torch: what is made for the one is turned into the
    // other.
    void rearrange(const nn::MapShape& shape, Layout from, Layout to) override {
        if (from == Layout::map && to == Layout::vector) flow_.map = shape;
        if (from != Layout::vector || to != Layout::map) return;
        for (const std::size_t i : flow_.made) permute_rows(arrays[i], shape);
        flow_ = {};
    }
    void linear(const Linear& l) override {
        if (l.kind == LinearKind::dense) dense(l);
        else convolution(l);
        if (l.bias == nn::BiasKind::digital) add(l.name, "bias", network_.values(l.name + "/bias"));
        if (l.bias == nn::BiasKind::cells) add(l.name, "bias", last_row(network_.matrix(l.first).weights));
        if (l.kind == LinearKind::dense) flow_.made = from(n_before_);
    }
    void norm(const std::string& name, std::size_t, bool map, bool of_reference) override {
        const std::size_t first = arrays.size();
        add(name, "weight", network_.values(name + "/gamma")), add(name, "bias", network_.values(name + "/beta"));
        if (!of_reference)
            add(name, "running_mean", network_.values(name + "/mean")), add(name, "running_var", network_.values(name + "/variance"));
        if (map) return;
        for (std::size_t i = first; i < arrays.size(); ++i) {
            if (flow_.map) permute_rows(arrays[i], *flow_.map);
            else if (!flow_.made.empty()) flow_.made.push_back(i);
        }
    }
    void activate(nn::Activation, double) override {}
    void dropout(double, bool) override {}
    void pool(bool, const nn::Window&) override {}
    void upsample(std::size_t, const nn::MapShape&) override {}
    void depth_to_space(std::size_t, const nn::MapShape&) override {}
    void start_residual() override {}
    void shortcut() override {}
    void join() override {}
    void end_of_network(const nn::MapShape&, Layout) override {}

private:
    struct Flow {
        std::optional<nn::MapShape> map;  ///< a vector laid out from it, position after position
        std::vector<std::size_t> made;    ///< arrays whose rows are the elements of a vector
    };

    std::vector<std::size_t> from(std::size_t first) const {
        std::vector<std::size_t> out(arrays.size() - first);
        std::iota(out.begin(), out.end(), first);
        return out;
    }
    /// "conv_transpose3/norm" and "weight": "generator.2.norm.weight".
    std::string name_of(const std::string& part, const std::string& tensor) const {
        std::string inner = part.find('/') == std::string::npos ? "" : part.substr(part.find('/') + 1) + ".";
        std::replace(inner.begin(), inner.end(), '/', '.');
        return network_.name() + "." + std::to_string(layer_) + "." + inner + tensor;
    }
    void add_named(std::string name, std::vector<std::size_t> shape, const std::function<float(std::size_t)>& at) {
        NamedArray a{std::move(name), std::move(shape), {}};
        a.values.resize(nn::product(a.shape));
        for (std::size_t i = 0; i < a.values.size(); ++i) a.values[i] = at(i);
        arrays.push_back(std::move(a));
    }
    void add(const std::string& part, const std::string& tensor, const std::vector<float>& values) {
        arrays.push_back({name_of(part, tensor), {values.size()}, values});
    }
    static std::vector<float> last_row(const Matrix& w) { return {w.row_span(w.rows() - 1).begin(), w.row_span(w.rows() - 1).end()}; }

    /// Rows (position, channel) to (channel, position).
    static void permute_rows(NamedArray& a, const nn::MapShape& map) {
        const std::size_t width = a.values.size() / map.size(), positions = map.positions();
        std::vector<float> out(a.values.size());
        for (std::size_t c = 0; c < map.channels; ++c)
            for (std::size_t p = 0; p < positions; ++p)
                std::copy_n(&a.values[(p * map.channels + c) * width], width, &out[(c * positions + p) * width]);
        a.values = std::move(out);
    }
    void dense(const Linear& l) {
        n_before_ = arrays.size();
        const Matrix& w = network_.matrix(l.first).weights;
        const std::size_t n_in = l.in.size(), n_out = l.out.size();
        const nn::MapShape map = flow_.map.value_or(nn::MapShape{n_in, {}});
        const std::size_t positions = map.positions();
        add_named(name_of(l.name, "weight"), {n_out, n_in}, [&](std::size_t i) {
            const std::size_t in = i % n_in;  // channel after channel
            return w(flow_.map ? in % positions * map.channels + in / positions : in, i / n_in);
        });
        flow_ = {};
    }
    void convolution(const Linear& l) {
        const std::size_t taps = nn::product(l.window.kernel), c_in = l.in.channels, c_out = l.out.channels;
        const bool transposed = l.kind == LinearKind::conv_transpose;
        std::vector<std::size_t> shape = transposed ? std::vector{c_in, c_out} : std::vector{c_out, c_in};
        shape.insert(shape.end(), l.window.kernel.begin(), l.window.kernel.end());
        NamedArray a{name_of(l.name, "weight"), std::move(shape), std::vector<float>(taps * c_in * c_out, 0.0f)};
        const auto fill = [&](const Matrix& w, std::size_t at_row, std::size_t tap) {
            for (std::size_t i = 0; i < c_in; ++i)
                for (std::size_t o = 0; o < c_out; ++o)
                    a.values[((transposed ? i * c_out + o : o * c_in + i)) * taps + tap] = w(at_row * c_in + i, o);
        };
        if (!transposed)
            for (std::size_t t = 0; t < taps; ++t) fill(network_.matrix(l.first).weights, t, t);
        for (std::size_t p = 0; p < l.phases.size(); ++p)
            for (std::size_t t = 0; t < l.phases[p].taps.size(); ++t) fill(network_.matrix(l.first + p).weights, t, l.phases[p].taps[t]);
        arrays.push_back(std::move(a));
    }

    const ActingNetwork& network_;
    std::size_t layer_ = 0, n_before_ = 0;
    Flow flow_;
    std::vector<Flow> flows_;
};

}  // namespace

std::vector<NamedArray> torch_arrays(const ActingNetwork& network) {
    TorchVisitor visitor(network);
    walk(network, visitor);
    return std::move(visitor.arrays);
}

}  // namespace ganbar::exports
