// One layer of nn/ on crossbars: a read forward and back, an update by Manhattan's rule, another read. tests/python/test_torch_bits.py asks
// ganbar.torch for the same and compares bits.
// usage: layer_reference HARDWARE.toml CASES.toml OUT.safetensors
#include <cstdio>

#include "ganbar/config/given.h"
#include "ganbar/data/safetensors.h"
#include "ganbar/experiment/build.h"
#include "ganbar/nn/digital_op.h"
#include "ganbar/study/kinds.h"

namespace {

using namespace ganbar;

struct CaseSpec {
    std::string name, input;
    std::int64_t batch = 1, seed = 1;
    double w_max = 1;
    std::vector<nn::LayerSpec> layers;
    static Schema<CaseSpec> schema() {
        using T = CaseSpec;
        return {param("name", &T::name, "of the layer", assumed("the test's")), param("input", &T::input, "shape", assumed("the test's")),
                param("batch", &T::batch, std::int64_t{1}, std::int64_t{1000}, "samples", assumed("the test's")),
                param("seed", &T::seed, std::int64_t{0}, std::int64_t{1} << 40, "of cells and draws", assumed("the test's")),
                param("w_max", &T::w_max, 0.0, 10.0, "weight of a fully on cell", assumed("the test's"))};
    }
};

/// An operator whose draws come from streams of its own, as tile/weight_cells.h numbers them.
class Numbered final : public LinearOp, public PatchOperator {
public:
    Numbered(std::unique_ptr<AnalogOp> op, const Rng& root) : op_(std::move(op)), root_(root) {}
    void next() { ++call_; }
    std::size_t n_in() const override { return op_->n_in(); }
    std::size_t n_out() const override { return op_->n_out(); }
    void forward(const Matrix& x, Matrix& y, Step& s) override {
        with("read", call_, s, [&](Step& own) { op_->forward(x, y, own); });
    }
    void backward(const Matrix& dy, Matrix& dx, Step& s) override {
        with("read", call_, s, [&](Step& own) { op_->backward(dy, dx, own); });
    }
    void update(const Matrix& x, const Matrix& dy, const UpdateRule& r, Step& s) override {
        with("update", 0, s, [&](Step& own) { op_->update(x, dy, r, own); });
    }
    PatchOperator* patches() override { return this; }
    void forward_patches(const PatchMap& map, const Matrix& x, std::size_t n, Matrix& y, Step& s) override {
        with("read", call_, s, [&](Step& own) { op_->forward_patches(map, x, n, y, own); });
    }
    void backward_patches(const PatchMap& map, const Matrix& dy, std::size_t n, Matrix& dx, bool add, Step& s) override {
        with("read", call_, s, [&](Step& own) { op_->backward_patches(map, dy, n, dx, add, own); });
    }
    void update_patches(const PatchMap& map, const Matrix& x, const Matrix& dy, std::size_t n, const UpdateRule& r, Step& s) override {
        with("update", 0, s, [&](Step& own) { op_->update_patches(map, x, dy, n, r, own); });
    }
    Matrix weights() const override { return op_->weights(); }
    State state() const override { return op_->state(); }
    void restore(const State& state) override { op_->restore(state); }

private:
    template <class F>
    void with(const char* what, std::uint64_t number, Step& step, const F& f) {
        const Rng rng = root_.stream(what, number);
        Step own{rng, step.ledger, step.account, step.training};
        f(own);
    }
    std::unique_ptr<AnalogOp> op_;
    Rng root_;
    std::uint64_t call_ = 1;
};

void put(TensorFile& out, const std::string& name, const Matrix& m) { out.put(name, {m.rows(), m.cols()}, flatten(m)); }

Matrix drawn(std::size_t rows, std::size_t cols, Rng rng, double scale = 1) {
    Matrix m(rows, cols);
    for (std::size_t r = 0; r < rows; ++r) {
        rng.fill_normal(m.row_span(r));
        for (float& v : m.row_span(r)) v *= static_cast<float>(scale);
    }
    return m;
}

void play(const CaseSpec& spec, const Experiment& e, TensorFile& out) {
    const Rng root(static_cast<std::uint64_t>(spec.seed)), draws = Rng(1000 + static_cast<std::uint64_t>(spec.seed));
    nn::NetworkDefaults defaults;
    defaults.bias = nn::BiasKind::none;
    const auto network = [&](const nn::OpFactory& make) {
        return nn::build_network(
            "net", spec.input, spec.layers, defaults, [&](const std::string& layer) { return draws.stream(layer); }, make);
    };
    std::vector<Shape2> shapes;
    network([&](const nn::OpRequest& r) {
        shapes.push_back({r.rows, r.cols});
        return std::make_unique<nn::DigitalOp>(r.name, Matrix(r.rows, r.cols));
    });
    const Placement placement =
        place(shapes, {static_cast<std::size_t>(e.tile.rows), static_cast<std::size_t>(e.tile.cols)}, e.tile.placement);
    std::vector<Numbered*> ops;
    const auto net = network([&](const nn::OpRequest& r) {
        const std::size_t k = ops.size();
        const std::string name = shapes.size() == 1 ? spec.name : spec.name + "/phase" + std::to_string(k);
        std::vector<Block> blocks;
        for (const auto& b : placement.blocks)
            if (b.layer == k) blocks.push_back(b);
        std::vector<std::unique_ptr<DeviceArray>> planes;
        for (int p = 0; p < (e.tile.mapping == Mapping::differential ? 2 : 1); ++p)
            planes.push_back(with_nonidealities(e.device.make(r.rows * r.cols), e.nonideal));
        const Matrix w = drawn(r.rows, r.cols, draws.stream("w", k), 0.3 * spec.w_max);
        put(out, spec.name + "/w" + std::to_string(k), w);
        auto op = std::make_unique<AnalogOp>(name, std::move(planes), std::move(blocks), w, spec.w_max, e.tile, root.stream(name));
        op->attach_wires(e.wires);
        auto numbered = std::make_unique<Numbered>(std::move(op), root.stream(name).stream("calls"));
        ops.push_back(numbered.get());
        return numbered;
    });
    const Matrix x = drawn(static_cast<std::size_t>(spec.batch), net->n_in(), draws.stream("x"));
    Matrix dy = drawn(x.rows(), net->n_out(), draws.stream("dy"));
    put(out, spec.name + "/x", x);
    put(out, spec.name + "/dy", dy);
    Ledger ledger;
    Step step{root, ledger, "training", true};
    put(out, spec.name + "/y", net->forward(x, step));
    put(out, spec.name + "/dx", net->backward(dy, true, step));
    net->update(Manhattan{}, step);
    for (std::size_t k = 0; k < ops.size(); ++k) put(out, spec.name + "/moved" + std::to_string(k), ops[k]->weights()), ops[k]->next();
    put(out, spec.name + "/again", net->forward(x, step));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    try {
        const Registries registries = builtin_registries();
        const auto node = config::load_toml(argv[1]);
        const Experiment e =
            read_experiment({.name = "hardware", .given = node.get(), .origin = config::said_in_python}, config::Presets({}), registries);
        const auto root = config::load_toml(argv[2]);
        TensorFile out;
        for (const auto* item : root->list("case")) {
            CaseSpec spec;
            config::bind(item, CaseSpec::schema(), spec);
            for (const auto* layer : item->list("layer")) {
                nn::LayerSpec s;
                s.where = layer->where;
                config::bind(layer, nn::LayerSpec::schema(), s);
                spec.layers.push_back(s);
            }
            play(spec, e, out);
        }
        write_safetensors(argv[3], out, Replace::yes);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
    return 0;
}
