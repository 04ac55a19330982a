#include "ganbar/exports/onnx_export.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace ganbar::exports {
namespace {

constexpr float norm_epsilon = 1e-5f;  // as BatchNormSpec has it
constexpr std::int64_t axis_batch = 0;

class OnnxVisitor final : public NetworkVisitor {
public:
    OnnxVisitor(OnnxBuilder& onnx, const ActingNetwork& network, const ReadDetail& detail, std::string input)
        : onnx_(onnx), network_(network), detail_(detail), input_(std::move(input)) {}
    std::string value;
    std::int64_t n_reference = 0;
    void set_input(const std::string& input) { input_ = input; }

    void begin(std::size_t layer, const std::vector<int>& from) override {
        layer_ = layer;
        onnx_.scope(network_.plan().names[layer]);
        const auto of = [&](int k) { return k < 0 ? first_.empty() ? input_ : first_ : made_.at(static_cast<std::size_t>(k)); };
        value = of(from[0]);
        if (from.size() > 1) value = onnx_.node("Add", {value, of(from[1])});
    }
    void end(std::size_t) override { made_.push_back(value); }
    void classes(std::size_t matrix, std::size_t n_classes, const nn::MapShape& image) override {
        const auto n = static_cast<std::int64_t>(image.size()), k = static_cast<std::int64_t>(n_classes);
        const std::string pixels = slice(value, 1, 0, n), one_hot = slice(value, 1, n, n + k);
        Linear embedding;
        embedding.name = "classes", embedding.first = matrix, embedding.in = {n_classes, {}}, embedding.out = {image.positions(), {}};
        const std::string plane = write_linear(onnx_, network_, embedding, detail_, one_hot);
        value = onnx_.node("Concat",
                           {onnx_.node("Reshape", {pixels, onnx_.whole(map_dims(image))}),
                            onnx_.node("Reshape", {plane, onnx_.whole(map_dims({1, image.side}))})},
                           {{"axis", std::int64_t{1}}});
        first_ = value;
    }
    // Vectors of maps run position after position, each with its channels.
    void rearrange(const nn::MapShape& shape, Layout from, Layout to) override {
        const auto n = static_cast<std::int64_t>(shape.side.size());
        if (to == Layout::map) rank_ = shape.side.size();
        Dims last{0}, first{0, n + 1};  // orders that bring the channels to the end, and to the front
        for (std::int64_t a = 0; a < n; ++a) last.push_back(a + 2), first.push_back(a + 1);
        last.push_back(1);
        if (from == Layout::vector) {
            Dims sides{-1};
            for (const auto s : shape.side) sides.push_back(static_cast<std::int64_t>(s));
            sides.push_back(static_cast<std::int64_t>(shape.channels));
            value = onnx_.node("Transpose", {onnx_.node("Reshape", {value, onnx_.whole(sides)})}, {{"perm", first}});
        } else if (from == Layout::planar) {
            value = onnx_.node("Reshape", {value, onnx_.whole(map_dims(shape))});
            if (layer_ == 0 && made_.empty()) first_ = value;
        } else {
            if (to == Layout::vector) value = onnx_.node("Transpose", {value}, {{"perm", last}});
            value = onnx_.node("Reshape", {value, onnx_.whole({-1, static_cast<std::int64_t>(shape.size())})});
        }
    }
    void linear(const Linear& l) override {
        rank_ = l.kind == LinearKind::dense ? 0 : l.out.side.size();
        value = write_linear(onnx_, network_, l, detail_, value);
    }
    void norm(const std::string& name, std::size_t channels, bool map, bool of_reference) override {
        const auto vector = [&](const char* what) {
            return onnx_.floats(what, {static_cast<std::int64_t>(channels)}, network_.values(name + "/" + what));
        };
        if (!of_reference) {
            value = onnx_.node("BatchNormalization", {value, vector("gamma"), vector("beta"), vector("mean"), vector("variance")},
                               {{"epsilon", norm_epsilon}});
            return;
        }
        Dims axes{0}, shape{1, static_cast<std::int64_t>(channels)};
        for (std::size_t a = 0; map && a < rank_; ++a) axes.push_back(static_cast<std::int64_t>(a) + 2), shape.push_back(1);
        const auto wide = [&](const char* what) { return onnx_.floats(what, shape, network_.values(name + "/" + what)); };
        const std::string reference = slice(value, axis_batch, 0, n_reference),
                          mean = onnx_.node("ReduceMean", {reference}, {{"axes", axes}});
        const std::string from_mean = onnx_.node("Sub", {reference, mean}),
                          variance = onnx_.node("ReduceMean", {onnx_.node("Mul", {from_mean, from_mean})}, {{"axes", axes}});
        const std::string deviation = onnx_.node("Sqrt", {onnx_.node("Add", {variance, onnx_.number(norm_epsilon)})});
        const std::string scaled = onnx_.node("Mul", {onnx_.node("Div", {onnx_.node("Sub", {value, mean}), deviation}), wide("gamma")});
        value = onnx_.node("Add", {scaled, wide("beta")});
    }
    void activate(nn::Activation f, double slope) override {
        switch (f) {
            case nn::Activation::identity: return;
            case nn::Activation::relu: value = onnx_.node("Relu", {value}); return;
            case nn::Activation::leaky_relu: value = onnx_.node("LeakyRelu", {value}, {{"alpha", static_cast<float>(slope)}}); return;
            case nn::Activation::tanh: value = onnx_.node("Tanh", {value}); return;
            case nn::Activation::sigmoid: value = onnx_.node("Sigmoid", {value}); return;
        }
    }
    // Drops are noise of the hardware: without it, the mean of what passes.
    void dropout(double rate, bool at_inference) override {
        if (!at_inference || rate == 0 || !detail_.noise) return;
        const std::string keep =
            onnx_.node("GreaterOrEqual", {onnx_.node("RandomUniformLike", {value}), onnx_.number(static_cast<float>(rate))});
        value = onnx_.node("Where", {keep, onnx_.node("Mul", {value, onnx_.number(static_cast<float>(1 / (1 - rate)))}), onnx_.number(0)});
    }
    void pool(bool average, const nn::Window& window) override {
        value = onnx_.node(average ? "AveragePool" : "MaxPool", {value}, window_attributes(window));
    }
    void upsample(std::size_t factor, const nn::MapShape& in) override {
        std::vector<float> scales(in.side.size() + 2, static_cast<float>(factor));
        scales[0] = scales[1] = 1;
        const std::string by = onnx_.floats("scales", {static_cast<std::int64_t>(scales.size())}, scales);
        value = onnx_.node("Resize", {value, "", by},
                           {{"mode", std::string("nearest")},
                            {"coordinate_transformation_mode", std::string("asymmetric")},
                            {"nearest_mode", std::string("floor")}});
    }
    // Channels (block, channel) to positions: block of the last axis fastest.
    void depth_to_space(std::size_t factor, const nn::MapShape& in) override {
        const std::size_t n = in.side.size();
        const auto f = static_cast<std::int64_t>(factor);
        Dims split{-1}, order{0, static_cast<std::int64_t>(n) + 1}, joined{-1, 1};
        std::size_t channels = in.channels;
        for (std::size_t a = 0; a < n; ++a) split.push_back(f), channels /= factor;
        split.push_back(static_cast<std::int64_t>(channels)), joined[1] = static_cast<std::int64_t>(channels);
        for (std::size_t a = 0; a < n; ++a) {
            split.push_back(static_cast<std::int64_t>(in.side[a]));
            order.push_back(static_cast<std::int64_t>(n + 2 + a)), order.push_back(static_cast<std::int64_t>(1 + a));
            joined.push_back(static_cast<std::int64_t>(in.side[a]) * f);
        }
        value = onnx_.node("Reshape", {onnx_.node("Transpose", {onnx_.node("Reshape", {value, onnx_.whole(split)})}, {{"perm", order}}),
                                       onnx_.whole(joined)});
    }
    void shortcut() override {
        main_ = value;
        value = residual_input_;
    }
    void join() override { value = onnx_.node("Add", {main_, value}); }
    void start_residual() override { residual_input_ = value; }
    void end_of_network(const nn::MapShape&, Layout) override {}

private:
    static Dims map_dims(const nn::MapShape& s) {
        Dims d{-1, static_cast<std::int64_t>(s.channels)};
        for (const auto side : s.side) d.push_back(static_cast<std::int64_t>(side));
        return d;
    }
    std::string slice(const std::string& x, std::int64_t axis, std::int64_t from, std::int64_t to) {
        return onnx_.node("Slice", {x, onnx_.whole({from}), onnx_.whole({to}), onnx_.whole({axis})});
    }

    OnnxBuilder& onnx_;
    const ActingNetwork& network_;
    const ReadDetail detail_;
    std::string input_, first_, main_, residual_input_;  // first_: the input as the first layer took it
    std::vector<std::string> made_;
    std::size_t layer_ = 0, rank_ = 0;
};

bool converts(const ActingNetwork& g) {
    for (std::size_t i = 0; i < g.n_matrices(); ++i)
        if (const auto& r = g.matrix(i).reads; r && (r->dac_codes > 0 || r->adc_codes > 0)) return true;
    return false;
}

bool has_noise(const ActingNetwork& g) {
    const auto some = [](const std::vector<float>& v) { return std::any_of(v.begin(), v.end(), [](float x) { return x > 0; }); };
    for (std::size_t i = 0; i < g.n_matrices(); ++i) {
        const auto& r = g.matrix(i).reads;
        if (!r) continue;
        if (r->adc_noise_lsb > 0 && r->adc_codes > 0) return true;
        for (const auto& part : r->parts)
            if (some(part.variance_A2) || some(part.variance_per_V2)) return true;
    }
    const auto layers = g.spec().layer_list();
    return std::any_of(layers.begin(), layers.end(),
                       [](const nn::LayerSpec& s) { return s.type == nn::LayerType::dropout && s.at_inference && s.rate > 0; });
}

void check(const ActingNetwork& g, const ReadDetail& detail) {
    if (g.experiment().periphery.kind == periphery::PeripheryKind::analog)
        throw ConfigError(
            "the circuits between this run's crossbars (periphery.kind = \"analog\") cannot be said in ONNX: a column's readout starts "
            "from the column before; expected a run with periphery.kind = \"digital\"");
    if (!detail.plain() && !g.in_cells())
        throw ConfigError(
            fmt::format("{} asks for what reads of crossbars do, but this run's generator is in software; expected a run on crossbars, or "
                        "the export without it",
                        detail.converters ? "--converters" : "--noise"));
    if (detail.converters && !converts(g))
        throw ConfigError(
            "this run reads its crossbars without converters (tile.dac_bits and tile.adc_bits are 0); expected the export without "
            "--converters");
    if (detail.noise && !has_noise(g))
        throw ConfigError(
            "this run's reads have no noise (tile.read_noise is false, or the device model has none); expected the export without --noise "
            "reads");
}

std::string description(const ActingNetwork& g, const ReadDetail& detail) {
    std::string how = !g.in_cells() ? "weights in digital memory" : "weights as the cells show them to a read";
    if (detail.converters) how += ", inputs and outputs of crossbars quantised as by their converters";
    if (detail.noise) how += ", reads with their noise";
    return fmt::format("Generator of {}, written by ganbar: {}.", g.experiment().experiment.name, how);
}

}  // namespace

Bytes onnx_bytes(const ActingNetwork& generator, const ReadDetail& detail, const ImageShape& image, std::int64_t round) {
    check(generator, detail);
    const Experiment& e = generator.experiment();
    OnnxBuilder onnx(e.experiment.name, description(generator, detail));
    onnx.property("seed", std::to_string(e.experiment.seed)), onnx.property("round", std::to_string(round));
    onnx.property("converters", detail.converters ? "in the graph" : "none"), onnx.property("noise", detail.noise ? "reads" : "none");
    const auto n_in = static_cast<std::int64_t>(e.n_latent());
    if (e.latent.classes > 0) onnx.property("classes", fmt::format("{}, one 1 among zeros behind the latent vector", e.latent.classes));
    onnx.input("latents", {n_in + e.latent.classes});
    std::string input = "latents";
    OnnxVisitor visitor(onnx, generator, detail, input);
    const auto layers = generator.spec().layer_list();
    if (std::any_of(layers.begin(), layers.end(), [](const nn::LayerSpec& s) { return s.norm == nn::Norm::virtual_batch; })) {
        const auto& reference = generator.values("reference");
        visitor.n_reference = static_cast<std::int64_t>(reference.size()) / (n_in + e.latent.classes);
        input = onnx.node("Concat", {onnx.floats("reference", {visitor.n_reference, n_in + e.latent.classes}, reference), input},
                          {{"axis", axis_batch}});
        visitor.set_input(input);
    }
    walk(generator, visitor);
    onnx.scope("");
    if (visitor.n_reference > 0) {
        constexpr std::int64_t to_the_end = std::numeric_limits<std::int64_t>::max();
        visitor.value =
            onnx.node("Slice", {visitor.value, onnx.whole({visitor.n_reference}), onnx.whole({to_the_end}), onnx.whole({axis_batch})});
    }
    const Dims shape{static_cast<std::int64_t>(image.channels), static_cast<std::int64_t>(image.height),
                     static_cast<std::int64_t>(image.width)};
    onnx.node("Reshape", {visitor.value, onnx.whole({-1, shape[0], shape[1], shape[2]})});
    onnx.rename_last("images");
    onnx.output("images", shape);
    return onnx.bytes();
}

}  // namespace ganbar::exports
