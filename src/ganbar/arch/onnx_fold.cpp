#include "ganbar/arch/onnx_fold.h"

#include <algorithm>
#include <cmath>

namespace ganbar::arch::onnx_file {
namespace {

const Numbers& of(const Call& c, std::size_t i) { return *c.in(i).numbers; }

/// out[index] = from(index) for every index.
template <class From>
Numbers fill(const Dims& out, const From& from) {
    Numbers v;
    for_each_index(out, [&](const Dims& at) { v.push_back(from(at)); });
    return v;
}

/// The element of input i that lies at `at` of the result when sides of 1 are spread.
double spread(const Call& c, std::size_t i, const Dims& at) {
    const Dims& dims = c.dims(i);
    Dims mine(dims.size());
    const std::size_t before = at.size() - dims.size();
    for (std::size_t d = 0; d < dims.size(); ++d) mine[d] = at[d + before] % dims[d];
    return of(c, i)[flat(dims, mine)];
}

using Unary = double (*)(double);
using Binary = double (*)(double, double);

const std::map<std::string, Unary>& unary_operators() {
    static const std::map<std::string, Unary> map{{"Neg", [](double x) { return -x; }},
                                                  {"Abs", [](double x) { return std::abs(x); }},
                                                  {"Floor", [](double x) { return std::floor(x); }},
                                                  {"Ceil", [](double x) { return std::ceil(x); }},
                                                  {"Round", [](double x) { return std::nearbyint(x); }},
                                                  {"Sqrt", [](double x) { return std::sqrt(x); }},
                                                  {"Exp", [](double x) { return std::exp(x); }},
                                                  {"Log", [](double x) { return std::log(x); }},
                                                  {"Reciprocal", [](double x) { return 1 / x; }},
                                                  {"Sign", [](double x) { return double((x > 0) - (x < 0)); }},
                                                  {"Relu", [](double x) { return std::max(x, 0.0); }},
                                                  {"Not", [](double x) { return double(x == 0); }}};
    return map;
}
const std::map<std::string, Binary>& binary_operators() {
    static const std::map<std::string, Binary> map{{"Add", [](double x, double y) { return x + y; }},
                                                   {"Sum", [](double x, double y) { return x + y; }},
                                                   {"Sub", [](double x, double y) { return x - y; }},
                                                   {"Mul", [](double x, double y) { return x * y; }},
                                                   {"Div", [](double x, double y) { return x / y; }},
                                                   {"Pow", [](double x, double y) { return std::pow(x, y); }},
                                                   {"Mod", [](double x, double y) { return x - y * std::floor(x / y); }},
                                                   {"Min", [](double x, double y) { return std::min(x, y); }},
                                                   {"Max", [](double x, double y) { return std::max(x, y); }},
                                                   {"And", [](double x, double y) { return double(x != 0 && y != 0); }},
                                                   {"Or", [](double x, double y) { return double(x != 0 || y != 0); }},
                                                   {"Equal", [](double x, double y) { return double(x == y); }},
                                                   {"Less", [](double x, double y) { return double(x < y); }},
                                                   {"LessOrEqual", [](double x, double y) { return double(x <= y); }},
                                                   {"Greater", [](double x, double y) { return double(x > y); }},
                                                   {"GreaterOrEqual", [](double x, double y) { return double(x >= y); }}};
    return map;
}

}  // namespace

Numbers fold_shape(const Call& c, const Dims& out, std::size_t) {
    const Int n = Int(c.rank(0)), start = c.attribute("start", 0);
    const std::ptrdiff_t first = std::clamp<Int>(start < 0 ? start + n : start, 0, n);
    return {c.dims(0).begin() + first, c.dims(0).begin() + first + std::ptrdiff_t(elements(out))};
}
Numbers fold_size(const Call& c, const Dims&, std::size_t) { return {elements(c.dims(0))}; }
Numbers fold_same(const Call& c, const Dims&, std::size_t) { return of(c, 0); }

bool casts_to_whole(const Call& c) {
    const Int to = c.attribute("to", 1);  // numbers of onnx.proto's TensorProto.DataType
    return to != 1 && to != 10 && to != 11 && to != 16;
}
Numbers fold_cast(const Call& c, const Dims&, std::size_t) {
    Numbers v = of(c, 0);
    for (double& x : v) {
        if (c.attribute("to", 1) == 9) x = double(x != 0);
        else if (casts_to_whole(c)) x = std::trunc(x);
    }
    return v;
}

Numbers fold_unary(const Call& c, const Dims&, std::size_t) {
    Numbers v = of(c, 0);
    const Unary f = unary_operators().at(c.op());
    for (double& x : v) x = f(x);
    return v;
}

Numbers fold_binary(const Call& c, const Dims& out, std::size_t) {
    const Binary f = binary_operators().at(c.op());
    const bool whole_division = c.op() == "Div" && c.in(0).whole;
    return fill(out, [&](const Dims& at) {
        double v = spread(c, 0, at);
        for (std::size_t i = 1; i < c.n_inputs(); ++i) v = f(v, spread(c, i, at));
        return whole_division ? std::trunc(v) : v;
    });
}

Numbers fold_where(const Call& c, const Dims& out, std::size_t) {
    return fill(out, [&](const Dims& at) { return spread(c, spread(c, 0, at) != 0 ? 1 : 2, at); });
}

Numbers fold_transpose(const Call& c, const Dims& out, std::size_t) {
    const auto perm = permutation(c);
    Dims from(perm.size());
    return fill(out, [&](const Dims& at) {
        for (std::size_t d = 0; d < perm.size(); ++d) from[perm[d]] = at[d];
        return of(c, 0)[flat(c.dims(0), from)];
    });
}

Numbers fold_concat(const Call& c, const Dims& out, std::size_t) {
    const std::size_t axis = joined_axis(c);
    return fill(out, [&](Dims at) {
        std::size_t i = 0;
        while (at[axis] >= c.dims(i)[axis]) at[axis] -= c.dims(i++)[axis];
        return of(c, i)[flat(c.dims(i), at)];
    });
}

Numbers fold_split(const Call& c, const Dims& out, std::size_t which) {
    const std::size_t axis = c.axis(c.attribute("axis", 0), c.rank(0));
    const Dims sizes = split_sizes(c);
    Int before = 0;
    for (std::size_t i = 0; i < which; ++i) before += sizes[i];
    return fill(out, [&](Dims at) {
        at[axis] += before;
        return of(c, 0)[flat(c.dims(0), at)];
    });
}

Numbers fold_slice(const Call& c, const Dims& out, std::size_t) {
    const auto spans = slice_spans(c);
    return fill(out, [&](Dims at) {
        for (std::size_t d = 0; d < at.size(); ++d) at[d] = spans[d].first + at[d] * spans[d].step;
        return of(c, 0)[flat(c.dims(0), at)];
    });
}

Numbers fold_gather(const Call& c, const Dims& out, std::size_t) {
    const std::size_t axis = c.axis(c.attribute("axis", 0), c.rank(0)), n = c.rank(1);
    const Int side = c.dims(0)[axis];
    return fill(out, [&](const Dims& at) {
        const auto a = at.begin() + std::ptrdiff_t(axis);
        const double index = of(c, 1)[flat(c.dims(1), {a, a + std::ptrdiff_t(n)})];
        if (!(index >= -double(side) && index < double(side)))
            c.refuse(fmt::format("it takes element {} of {}; expected {} to {}", index, side, -side, side - 1));
        Dims from(at.begin(), a);
        from.push_back(Int(index) + (index < 0 ? side : 0));
        from.insert(from.end(), a + std::ptrdiff_t(n), at.end());
        return of(c, 0)[flat(c.dims(0), from)];
    });
}

Numbers fold_spread(const Call& c, const Dims& out, std::size_t) {
    return fill(out, [&](const Dims& at) { return spread(c, 0, at); });
}

Numbers fold_reduce(const Call& c, const Dims& out, std::size_t) {
    const auto gone = reduced_axes(c);
    const bool keep = c.attribute("keepdims", 1) != 0;
    const std::string& op = c.op();
    const bool product = op == "ReduceProd", largest = op == "ReduceMax", smallest = op == "ReduceMin";
    const double none = product ? 1 : largest ? -INFINITY : smallest ? INFINITY : 0;
    Numbers v(std::size_t(elements(out)), none);
    for_each_index(c.dims(0), [&](const Dims& at) {
        Dims to;
        for (std::size_t d = 0; d < at.size(); ++d)
            if (!gone[d]) to.push_back(at[d]);
            else if (keep) to.push_back(0);
        double& sum = v[flat(out, to)];
        const double x = of(c, 0)[flat(c.dims(0), at)];
        sum = product ? sum * x : largest ? std::max(sum, x) : smallest ? std::min(sum, x) : sum + x;
    });
    if (op == "ReduceMean")
        for (double& x : v) x *= elements(out) / elements(c.dims(0));
    return v;
}

Numbers fold_fill(const Call& c, const Dims& out, std::size_t) {
    const auto it = c.node().tensors.find("value");
    const bool given = it != c.node().tensors.end() && it->second.values && !it->second.values->empty();
    return Numbers(std::size_t(elements(out)), given ? it->second.values->front() : 0.0);
}

Numbers fold_range(const Call& c, const Dims& out, std::size_t) {
    Numbers v;
    for (Int i = 0; i < out[0]; ++i) v.push_back(of(c, 0)[0] + double(i) * of(c, 2)[0]);
    return v;
}

}  // namespace ganbar::arch::onnx_file
