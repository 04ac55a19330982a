#include "ganbar/exports/onnx_reads.h"

#include <algorithm>

namespace ganbar::exports {
namespace {

Dims dims(const std::vector<std::size_t>& v) { return {v.begin(), v.end()}; }

class LinearWriter {
public:
    LinearWriter(OnnxBuilder& onnx, const ActingNetwork& network, const Linear& layer, const ReadDetail& detail)
        : onnx_(onnx), network_(network), l_(layer), detail_(detail) {
        if (!is_dense()) taps_ = nn::product(l_.window.kernel);
    }

    std::string write(const std::string& x) {
        if (detail_.plain() || !network_.matrix(l_.first).reads) return exact(x);
        std::string sum;
        for (std::size_t p = 0; p < n_parts(); ++p) {
            const std::string y = read(p, x);
            sum = sum.empty() ? y : onnx_.node("Add", {sum, y});
        }
        return l_.bias == nn::BiasKind::digital ? onnx_.node("Add", {sum, bias("bias", network_.values(l_.name + "/bias"))}) : sum;
    }

private:
    bool is_dense() const { return l_.kind == LinearKind::dense; }
    bool transposed() const { return l_.kind == LinearKind::conv_transpose; }
    std::size_t n_parts() const { return transposed() ? l_.phases.size() : 1; }
    std::size_t n_cells_bias() const { return l_.bias == nn::BiasKind::cells ? 1 : 0; }

    /// A vector of the outputs, to be added to all samples and positions.
    std::string bias(const std::string& name, std::vector<float> values) {
        Dims shape{1, static_cast<std::int64_t>(values.size())};
        for (std::size_t a = 0; !is_dense() && a < l_.out.side.size(); ++a) shape.push_back(1);
        return onnx_.floats(name, shape, std::move(values));
    }
    std::string flat_bias(const std::vector<float>& values) {
        return onnx_.floats("bias", {static_cast<std::int64_t>(values.size())}, values);
    }

    /// The kernel [out, in, taps] (transposed: [in, out, taps]) whose values come from rows [row0, row0 + n) and columns [col0, col0 + n)
    /// of a matrix of one part; other rows are zero.
    template <class At>
    std::vector<float> kernel(std::size_t part, std::size_t row0, std::size_t rows, std::size_t cols, const At& at) const {
        const std::size_t c_in = l_.in.channels;
        std::vector<float> k(taps_ * c_in * cols, 0.0f);
        for (std::size_t r = row0; r < std::min(row0 + rows, part_taps(part) * c_in); ++r) {
            const std::size_t tap = transposed() ? l_.phases[part].taps[r / c_in] : r / c_in, in = r % c_in;
            for (std::size_t o = 0; o < cols; ++o) k[(transposed() ? in * cols + o : o * c_in + in) * taps_ + tap] = at(r - row0, o);
        }
        return k;
    }
    std::size_t part_taps(std::size_t part) const { return transposed() ? l_.phases[part].taps.size() : taps_; }
    Dims kernel_dims(std::size_t in, std::size_t out) const {
        Dims d = transposed() ? Dims{static_cast<std::int64_t>(in), static_cast<std::int64_t>(out)}
                              : Dims{static_cast<std::int64_t>(out), static_cast<std::int64_t>(in)};
        for (const auto k : l_.window.kernel) d.push_back(static_cast<std::int64_t>(k));
        return d;
    }
    std::string convolve(const std::vector<std::string>& inputs) {
        auto attributes = window_attributes(l_.window);
        if (transposed()) attributes.push_back({"output_padding", dims(l_.window.output_pad)});
        return onnx_.node(transposed() ? "ConvTranspose" : "Conv", inputs, attributes);
    }

    std::string exact(const std::string& x) {
        const Matrix& w = network_.matrix(l_.first).weights;
        std::vector<float> b;
        if (l_.bias == nn::BiasKind::digital) b = network_.values(l_.name + "/bias");
        if (l_.bias == nn::BiasKind::cells) b.assign(w.row_span(w.rows() - 1).begin(), w.row_span(w.rows() - 1).end());
        if (is_dense()) {
            Matrix own(l_.in.size(), w.cols());
            for (std::size_t r = 0; r < own.rows(); ++r) std::copy_n(w.row(r), w.cols(), own.row(r));
            std::vector<std::string> inputs{x, onnx_.matrix("weight", own)};
            if (!b.empty()) inputs.push_back(flat_bias(b));
            return b.empty() ? onnx_.node("MatMul", inputs) : onnx_.node("Gemm", inputs);
        }
        std::vector<float> all(taps_ * l_.in.channels * l_.out.channels, 0.0f);
        for (std::size_t p = 0; p < n_parts(); ++p) {
            const Matrix& part = network_.matrix(l_.first + p).weights;
            const auto k = kernel(p, 0, part.rows(), part.cols(), [&](std::size_t r, std::size_t c) { return part(r, c); });
            for (std::size_t i = 0; i < all.size(); ++i) all[i] += k[i];  // phases share no tap
        }
        std::vector<std::string> inputs{x, onnx_.floats("weight", kernel_dims(l_.in.channels, l_.out.channels), std::move(all))};
        if (!b.empty()) inputs.push_back(flat_bias(b));
        return convolve(inputs);
    }

    // ---- a read of one matrix, block after block

    struct Inputs {
        std::string volts, one_V, x_max;  ///< one_V: what drives the row of biases
        std::string mean_v2;              ///< over all lines and reads, for the noise
    };

    std::string read(std::size_t part, const std::string& x) {
        const AnalogOp::ReadForm& form = *network_.matrix(l_.first + part).reads;
        const Inputs in = convert(form, part, x);
        std::map<std::size_t, std::string> by_column;  // sums of the blocks on top of each other
        for (std::size_t b = 0; b < form.parts.size(); ++b) {
            const std::string y = block(form, form.parts[b], part, in);
            auto& sum = by_column[form.parts[b].block.col0];
            sum = sum.empty() ? y : onnx_.node("Add", {sum, y});
        }
        std::vector<std::string> columns;
        for (const auto& [col0, y] : by_column) columns.push_back(y);
        const std::string y = columns.size() == 1 ? columns[0] : onnx_.node("Concat", columns, {{"axis", std::int64_t{1}}});
        return onnx_.node("Mul", {y, in.x_max});
    }

    /// Input positions that some patch of the part meets, as ones of a map; "" when all are met.
    std::string met(std::size_t part) {
        if (is_dense()) return "";
        const PatchMap own = transposed() ? PatchMap{} : nn::conv_patches(l_.in, l_.out, l_.window);
        const PatchMap& map = transposed() ? l_.phases[part].map : own;
        std::vector<float> ones(map.n_source, 0.0f);
        for (const auto s : map.source)
            if (s >= 0) ones[static_cast<std::size_t>(s)] = 1;
        if (std::count(ones.begin(), ones.end(), 1.0f) == static_cast<std::ptrdiff_t>(ones.size())) return "";
        Dims shape{1, 1};
        for (const auto s : l_.in.side) shape.push_back(static_cast<std::int64_t>(s));
        return onnx_.floats("met", shape, std::move(ones));
    }

    std::string quantised(const std::string& share, std::int64_t codes, float v_read) {
        const auto d = static_cast<float>(codes);
        std::string q = share;
        if (detail_.converters && codes > 0) {
            q = onnx_.node("Clip", {share, onnx_.number(-1), onnx_.number(1)});
            q = onnx_.node("Div", {onnx_.node("Round", {onnx_.node("Mul", {q, onnx_.number(d)})}), onnx_.number(d)});
        }
        return onnx_.node("Mul", {q, onnx_.number(v_read)});
    }

    Inputs convert(const AnalogOp::ReadForm& form, std::size_t part, const std::string& x) {
        const auto v_read = static_cast<float>(form.v_read_V);
        std::string size = onnx_.node("Abs", {x});
        if (const std::string mask = met(part); !mask.empty()) size = onnx_.node("Mul", {size, mask});
        std::string largest = onnx_.node("ReduceMax", {size}, {{"keepdims", std::int64_t{0}}});
        if (n_cells_bias() == 1) largest = onnx_.node("Max", {largest, onnx_.number(1)});
        const std::string none = onnx_.node("Equal", {largest, onnx_.number(0)});
        Inputs in;
        in.x_max = onnx_.node("Where", {none, onnx_.number(1), largest});
        in.volts = quantised(onnx_.node("Div", {x, in.x_max}), form.dac_codes, v_read);
        if (n_cells_bias() == 1) in.one_V = quantised(onnx_.node("Div", {onnx_.number(1), in.x_max}), form.dac_codes, v_read);
        if (detail_.noise) in.mean_v2 = mean_square(part, in);
        return in;
    }

    std::string mean_square(std::size_t part, const Inputs& in) {
        const auto rows = static_cast<float>(network_.matrix(l_.first + part).weights.rows());
        std::string square = onnx_.node("Mul", {in.volts, in.volts});
        float of_sum = 1;  // what turns the mean of what follows into the sum over the lines of one read, on average
        if (is_dense()) {
            of_sum = static_cast<float>(l_.in.size());
        } else {
            const auto ones = kernel(part, 0, part_taps(part) * l_.in.channels, 1, [](std::size_t, std::size_t) { return 1.0f; });
            square = convolve({square, onnx_.floats("ones", kernel_dims(l_.in.channels, 1), ones)});
            if (transposed()) of_sum = static_cast<float>(l_.out.positions()) / static_cast<float>(l_.phases[part].map.n_patches());
        }
        std::string sum = onnx_.node("Mul", {onnx_.node("ReduceMean", {square}, {{"keepdims", std::int64_t{0}}}), onnx_.number(of_sum)});
        if (n_cells_bias() == 1) sum = onnx_.node("Add", {sum, onnx_.node("Mul", {in.one_V, in.one_V})});
        return onnx_.node("Div", {sum, onnx_.number(rows)});
    }

    /// Currents of a block's columns, without noise.
    std::string currents(const AnalogOp::ReadForm::Part& b, std::size_t part, const Inputs& in) {
        const std::size_t n_x = is_dense() ? l_.in.size() : part_taps(part) * l_.in.channels,
                          end = std::min(b.block.row0 + b.block.rows, n_x);
        std::string sum;
        if (b.block.row0 < end && is_dense()) {
            Matrix g(end - b.block.row0, b.block.cols);
            for (std::size_t r = 0; r < g.rows(); ++r) std::copy_n(b.g_S.row(r), g.cols(), g.row(r));
            std::string v = in.volts;
            if (g.rows() < n_x)
                v = onnx_.node("Slice", {v, onnx_.whole({static_cast<std::int64_t>(b.block.row0)}),
                                         onnx_.whole({static_cast<std::int64_t>(end)}), onnx_.whole({1})});
            sum = onnx_.node("MatMul", {v, onnx_.matrix("conductance", g)});
        } else if (b.block.row0 < end) {
            auto k =
                kernel(part, b.block.row0, end - b.block.row0, b.block.cols, [&](std::size_t r, std::size_t c) { return b.g_S(r, c); });
            sum = convolve({in.volts, onnx_.floats("conductance", kernel_dims(l_.in.channels, b.block.cols), std::move(k))});
        }
        if (b.block.row0 + b.block.rows <= n_x) return sum;
        const auto last = b.g_S.row_span(b.block.rows - 1);
        const std::string own = onnx_.node("Mul", {in.one_V, bias("bias_conductance", {last.begin(), last.end()})});
        return sum.empty() ? own : onnx_.node("Add", {sum, own});
    }

    std::string noisy(const std::string& current, const AnalogOp::ReadForm& form, const AnalogOp::ReadForm::Part& b, std::size_t part,
                      const Inputs& in, double lsb) {
        std::vector<float> at_zero = b.variance_A2;
        for (auto& v : at_zero) v += static_cast<float>(form.adc_noise_lsb * form.adc_noise_lsb * lsb * lsb);
        if (std::all_of(at_zero.begin(), at_zero.end(), [](float v) { return v == 0; }) &&
            std::all_of(b.variance_per_V2.begin(), b.variance_per_V2.end(), [](float v) { return v == 0; }))
            return current;
        const std::string variance = onnx_.node(
            "Add", {bias("variance", std::move(at_zero)), onnx_.node("Mul", {bias("variance_per_V2", b.variance_per_V2), in.mean_v2})});
        std::string noise = onnx_.node("Mul", {onnx_.node("RandomNormalLike", {current}), onnx_.node("Sqrt", {variance})});
        if (transposed() && l_.phases[part].map.n_patches() < l_.out.positions()) {  // only where this phase's columns give an output
            std::vector<float> here(l_.out.positions(), 0.0f);
            for (const auto t : l_.phases[part].map.target) here[static_cast<std::size_t>(t)] = 1;
            Dims shape{1, 1};
            for (const auto s : l_.out.side) shape.push_back(static_cast<std::int64_t>(s));
            noise = onnx_.node("Mul", {noise, onnx_.floats("phase", shape, std::move(here))});
        }
        return onnx_.node("Add", {current, noise});
    }

    /// A block's share of y / x_max.
    std::string block(const AnalogOp::ReadForm& form, const AnalogOp::ReadForm::Part& b, std::size_t part, const Inputs& in) {
        const bool converts = detail_.converters && form.adc_codes > 0;
        const double lsb = form.adc_codes > 0 ? double{b.range_A} / static_cast<double>(form.adc_codes) : 0,
                     gain = form.weight_per_S / form.v_read_V;
        std::string i = currents(b, part, in);
        if (detail_.noise) i = noisy(i, form, b, part, in, lsb);
        if (!converts) return onnx_.node("Mul", {i, onnx_.number(static_cast<float>(gain))});
        const auto codes = static_cast<float>(form.adc_codes);
        const std::string code = onnx_.node("Round", {onnx_.node("Mul", {i, onnx_.number(lsb > 0 ? static_cast<float>(1 / lsb) : 0.0f)})});
        return onnx_.node(
            "Mul", {onnx_.node("Clip", {code, onnx_.number(-codes), onnx_.number(codes)}), onnx_.number(static_cast<float>(gain * lsb))});
    }

    OnnxBuilder& onnx_;
    const ActingNetwork& network_;
    const Linear& l_;
    const ReadDetail detail_;
    std::size_t taps_ = 1;
};

}  // namespace

std::vector<OnnxBuilder::Attribute> window_attributes(const nn::Window& w) {
    Dims pads = dims(w.pad_lo);
    pads.insert(pads.end(), w.pad_hi.begin(), w.pad_hi.end());
    return {{"kernel_shape", dims(w.kernel)}, {"strides", dims(w.stride)}, {"pads", pads}};
}

std::string write_linear(OnnxBuilder& onnx, const ActingNetwork& network, const Linear& layer, const ReadDetail& detail,
                         const std::string& x) {
    return LinearWriter(onnx, network, layer, detail).write(x);
}

}  // namespace ganbar::exports
