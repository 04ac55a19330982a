// Plays the cases of a TOML file through the layers of nn/: forward, error, weight gradient. tests/oracle/layer_check.py writes the cases
// and holds the results against PyTorch.
// usage: layer_program CASES.toml OUT.safetensors
#include <cstdio>

#include "ganbar/config/node.h"
#include "ganbar/data/safetensors.h"
#include "ganbar/nn/digital_op.h"
#include "ganbar/nn/layer_spec.h"

namespace {

using namespace ganbar;

struct CaseSpec {
    std::string input;
    std::int64_t batch = 1;
    bool training = true;
    std::vector<nn::LayerSpec> layers;
    static Schema<CaseSpec> schema() {
        using T = CaseSpec;
        return {param("input", &T::input, "shape", assumed("the oracle's")),
                param("batch", &T::batch, std::int64_t{1}, std::int64_t{1000}, "samples", assumed("the oracle's")),
                param("training", &T::training, "batch statistics or running ones", assumed("the oracle's"))};
    }
};

Matrix drawn(std::size_t rows, std::size_t cols, Rng rng) {
    Matrix m(rows, cols);
    for (std::size_t r = 0; r < rows; ++r) rng.fill_normal(m.row_span(r));
    return m;
}

void put(TensorFile& out, const std::string& name, const Matrix& m) { out.put(name, {m.rows(), m.cols()}, flatten(m)); }

void play(const CaseSpec& spec, std::uint64_t seed, const std::string& name, TensorFile& out) {
    nn::NetworkDefaults defaults;
    defaults.bias = nn::BiasKind::digital;
    const Rng root(seed);
    auto net = nn::build_network(
        "net", spec.input, spec.layers, defaults, [&](const std::string& layer) { return root.stream(layer); },
        [](const nn::OpRequest& r) { return std::make_unique<nn::DigitalOp>(r.name, r.initial()); });
    State state = net->state();  // biases, scales and statistics away from where they start
    for (auto& t : state) {
        Rng draws = root.stream(t.name);
        const auto ends = [&](const char* end) { return t.name.ends_with(end); };
        for (float& v : t.values) {
            if (ends("/bias") || ends("/beta") || ends("/mean")) v = static_cast<float>(draws.normal());
            if (ends("/gamma") || ends("/variance")) v = static_cast<float>(0.5 + draws.uniform());
        }
    }
    net->restore(state);
    const auto batch = static_cast<std::size_t>(spec.batch);
    const Matrix x = drawn(batch, net->n_in(), root.stream("x"));
    Matrix dy = drawn(batch, net->n_out(), root.stream("dy"));
    put(out, name + "/x", x);
    put(out, name + "/dy", dy);
    const auto write_state = [&](const std::string& when) {
        for (const auto& t : net->state())
            if (t.name.find("moment") == std::string::npos && !t.name.ends_with("steps"))
                out.put(name + when + t.name, {t.values.size()}, t.values);
    };
    Ledger ledger;
    Step step{root, ledger, "oracle", spec.training};
    write_state("/before/");
    put(out, name + "/y", net->forward(x, step));
    put(out, name + "/dx", net->backward(dy, true, step));
    net->update(Sgd{1, 0}, step);
    write_state("/after/");
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    try {
        const auto root = config::load_toml(argv[1]);
        TensorFile out;
        std::uint64_t n = 0;
        for (const auto* item : root->list("case")) {
            CaseSpec spec;
            config::bind(item, CaseSpec::schema(), spec);
            for (const auto* layer : item->list("layer")) {
                nn::LayerSpec s;
                s.where = layer->where;
                config::bind(layer, nn::LayerSpec::schema(), s);
                spec.layers.push_back(s);
            }
            play(spec, n + 1, "case" + std::to_string(n), out);
            ++n;
        }
        write_safetensors(argv[2], out, Replace::yes);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
    return 0;
}
