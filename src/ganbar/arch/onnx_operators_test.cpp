// Operators one by one: shapes and multiplications worked out by hand, and constant expressions.
#include <gtest/gtest.h>

#include "ganbar/arch/onnx_test_model.h"
#include "ganbar/core/error.h"

namespace ganbar::arch {
namespace {

using Macs = std::map<std::string, double>;
constexpr Int to_float = 1;  // onnx.proto's TensorProto.DataType

TEST(OnnxOperators, PoolsLeaveOutWindowsThatStartInThePadding) {
    int left_out = 0;
    for (Int side = 2; side <= 9; ++side)
        for (Int k = 1; k <= 3; ++k)
            for (Int s = 1; s <= 4; ++s)
                for (Int p = 0; p <= k / 2; ++p) {
                    if (side + 2 * p < k) continue;
                    Int windows = 0;  // placed until one reaches the padded end; none starts behind the map
                    for (Int at = -p; at < side; at += s) {
                        ++windows;
                        if (at + k >= side + p) break;
                    }
                    Model m({1, side});
                    auto& pool = m.node("MaxPool", {"x"}, "p");
                    Model::ints(pool, "kernel_shape", {k}), Model::ints(pool, "strides", {s}), Model::ints(pool, "pads", {p, p});
                    Model::number(pool, "ceil_mode", 1);
                    m.weights("w", {1, 1, 1});
                    m.node("Conv", {"p", "w"}, "y");
                    ASSERT_EQ(m.network("y").output().side[0], windows) << side << " k" << k << " s" << s << " p" << p;
                    const Int all = side + 2 * p - k, counted = (all + s - 1) / s + 1;
                    if (counted == windows) continue;
                    ++left_out;
                    m.declare("p", {1, 1, counted});  // as exporters declared it: the counts stay those of what runs the file
                    ASSERT_EQ(m.network("y").output().side[0], windows);
                    m.declare("p", {1, 1, counted + 1});
                    ASSERT_NE(m.refusal("y").find("the file declares"), std::string::npos);
                }
    EXPECT_GT(left_out, 20);
}

TEST(OnnxOperators, DeclaredShapesAreCompared) {
    Model m({3, 8, 8});
    m.weights("w", {4, 3, 3, 3});
    m.node("Conv", {"x", "w"}, "c", "first");
    m.node("Relu", {"c"}, "y");
    m.declare("c", {0, 4, 6, 6});
    EXPECT_EQ(m.macs("y"), (Macs{{"first", 6 * 6 * 9 * 3 * 4}}));
    m.declare("c", {0, 4, 6, 7});
    EXPECT_NE(m.refusal("y").find("node \"first\" (Conv): its result \"c\" is 1x4x6x6, but the file declares"), std::string::npos)
        << m.refusal("y");
}

TEST(OnnxOperators, DilatedAndGroupedConvolutions) {
    Model m({4, 9, 9});
    m.weights("w", {8, 2, 3, 3});
    auto& c = m.node("Conv", {"x", "w"}, "y", "wide");
    Model::ints(c, "dilations", {2, 2}), Model::number(c, "group", 2);
    EXPECT_EQ(m.network("y").output().text(), "8x5x5");         // 9 - (2 * 2 + 1) + 1
    EXPECT_EQ(m.macs("y"), (Macs{{"wide", 25. * 9 * 2 * 8}}));  // every output: 9 taps of 2 channels
    Model t({4, 3});
    t.weights("w", {4, 3, 3});
    auto& up = t.node("ConvTranspose", {"x", "w"}, "y", "up");
    Model::ints(up, "strides", {2}), Model::ints(up, "dilations", {2}), Model::number(up, "group", 2), Model::ints(up, "pads", {1, 1});
    const Network net = t.network("y");
    EXPECT_EQ(net.output().text(), "6x7");  // (3 - 1) 2 + (3 - 1) 2 + 1 - 2
    EXPECT_EQ(net.n_weights(), 4 * 3 * 3);
    // o = 2 i + 2 k - 1 of 0 ... 6: i + k in 1 ... 3, 9 pairs less (0, 0) and (2, 2)
    EXPECT_EQ(t.macs("y"), (Macs{{"up", 7. * 4 * 3}}));
}

TEST(OnnxOperators, MatrixProductsOverPositions) {
    Model m({5, 16});  // five vectors of 16
    m.weights("w", {16, 7}), m.weights("v", {3, 5});
    m.node("MatMul", {"x", "w"}, "a", "each");    // N x 5 x 7
    m.node("MatMul", {"v", "a"}, "y", "across");  // N x 3 x 7
    EXPECT_EQ(m.macs("y"), (Macs{{"each", 5. * 16 * 7}, {"across", 7. * 5 * 3}}));
    EXPECT_EQ(m.network("y").n_weights(), 16 * 7 + 3 * 5);
    Model heads({2, 5, 16});  // one matrix for each of two heads
    heads.weights("w", {2, 16, 4});
    heads.node("MatMul", {"x", "w"}, "y", "own");
    EXPECT_EQ(heads.macs("y"), (Macs{{"own", 2. * 5 * 16 * 4}}));
    EXPECT_EQ(heads.network("y").n_weights(), 2 * 16 * 4);
    Model batch({16}, 6);  // a batch of six in the file is not six times the work of a sample
    batch.weights("w", {16, 4});
    batch.node("Gemm", {"x", "w"}, "y", "fc");
    EXPECT_EQ(batch.macs("y"), (Macs{{"fc", 64}}));
    EXPECT_EQ(batch.network("y").layers[0].kind, LayerKind::fc);
}

/// x (16 inputs) times weights that `make` derives from stored tensors.
double macs_with(const std::function<std::string(Model&)>& make) {
    Model m({16});
    const std::string w = make(m);
    m.node("MatMul", {"x", w}, "y", "fc");
    const auto macs = m.macs("y");
    return macs.size() == 1 ? macs.at("fc") : -1;
}

TEST(OnnxOperators, WeightsBehindOperatorsOnConstants) {
    const double expected = 16 * 12;
    EXPECT_EQ(macs_with([](Model& m) {
                  return m.weights("p", {4, 4, 12}), m.whole("s", {16, -1}), m.node("Reshape", {"p", "s"}, "w"), "w";
              }),
              expected);
    EXPECT_EQ(macs_with([](Model& m) {
                  return m.weights("p", {12, 16}), Model::ints(m.node("Transpose", {"p"}, "w"), "perm", {1, 0}), "w";
              }),
              expected);
    EXPECT_EQ(macs_with([](Model& m) {
                  return m.weights("p", {16, 12}), Model::number(m.node("Cast", {"p"}, "w"), "to", to_float), "w";
              }),
              expected);
    EXPECT_EQ(macs_with([](Model& m) {
                  return m.weights("p", {16, 12}), m.node("Identity", {"p"}, "q"), m.node("Identity", {"q"}, "w"), "w";
              }),
              expected);
    EXPECT_EQ(macs_with([](Model& m) { return m.whole("s", {16, 12}), m.node("ConstantOfShape", {"s"}, "w"), "w"; }), expected);
    EXPECT_EQ(macs_with([](Model& m) {  // spectral norm: w / (u' w v)
                  m.weights("p", {12, 16}), m.weights("u", {12}), m.weights("v", {16});
                  m.node("MatMul", {"p", "v"}, "pv"), m.node("Mul", {"u", "pv"}, "upv");
                  Model::number(m.node("ReduceSum", {"upv"}, "sigma"), "keepdims", 0);
                  m.node("Div", {"p", "sigma"}, "q"), Model::ints(m.node("Transpose", {"q"}, "w"), "perm", {1, 0});
                  return "w";
              }),
              expected);
    Model inputs({16});  // a graph that leaves its weights to whoever runs it
    inputs.input("w", {12}, 16);
    inputs.node("MatMul", {"x", "w"}, "y", "fc");
    EXPECT_EQ(inputs.macs("y"), (Macs{{"fc", 16 * 12}}));
    EXPECT_TRUE(inputs.network("y").more_inputs.empty());
}

TEST(OnnxOperators, BatchesThatAreOpen) {
    Model m({8, 4, 4});  // x.view(x.size(0), -1)
    m.node("Shape", {"x"}, "s"), m.number("zero", 0), m.node("Gather", {"s", "zero"}, "n");
    m.whole("front", {0}), m.node("Unsqueeze", {"n", "front"}, "n1"), m.whole("rest", {-1});
    Model::number(m.node("Concat", {"n1", "rest"}, "target"), "axis", 0);
    m.node("Reshape", {"x", "target"}, "flat"), m.weights("w", {128, 10}), m.node("MatMul", {"flat", "w"}, "y", "fc");
    EXPECT_EQ(m.macs("y"), (Macs{{"fc", 1280}}));
    Model baked({16});  // open at the input, 8 in a Reshape
    baked.weights("w", {16, 32}), baked.weights("k", {2, 2, 3, 3}), baked.whole("s", {8, 2, 4, 4});
    baked.node("MatMul", {"x", "w"}, "h", "fc"), baked.node("Reshape", {"h", "s"}, "map"), baked.node("Conv", {"map", "k"}, "y", "conv");
    EXPECT_EQ(baked.macs("y"), (Macs{{"fc", 16 * 32}, {"conv", 2. * 2 * 9 * 2 * 2}}));
}

TEST(OnnxOperators, FoldsWholeExpressions) {
    Model m({3, 10, 12});  // half the height, rounded down to a multiple of 2, by the arithmetic exporters leave behind
    m.weights("w", {3, 3, 1, 1}), m.node("Conv", {"x", "w"}, "c");
    m.node("Shape", {"c"}, "s"), m.whole("two", {2}), m.whole("three", {3}), m.whole("four", {4}), m.whole("axis", {0});
    m.node("Slice", {"s", "two", "four", "axis"}, "sides"), m.node("Div", {"sides", "three"}, "third");  // 3, 4: division of whole numbers
    m.node("Slice", {"s", "axis", "two", "axis"}, "front"), Model::number(m.node("Concat", {"front", "third"}, "sizes"), "axis", 0);
    m.node("Resize", {"c", "", "", "sizes"}, "y");
    EXPECT_EQ(m.network("y").output().text(), "3x3x4");
    const auto values = m.values("y");
    EXPECT_EQ(values.at("sizes").numbers, (std::vector<double>{1, 3, 3, 4}));
    EXPECT_FALSE(values.at("sizes").live);
}

TEST(OnnxOperators, PixelShuffleConcatTransposeAndSplit) {
    Model m({1, 8, 8}, 1);
    m.weights("w", {9, 1, 3, 3}), m.weights("v", {2, 2, 1, 1});
    Model::ints(m.node("Conv", {"x", "w"}, "c", "sub"), "pads", {1, 1, 1, 1});
    m.whole("s1", {1, 1, 3, 3, 8, 8}), m.whole("s2", {1, 1, 24, 24});
    m.node("Reshape", {"c", "s1"}, "r"), Model::ints(m.node("Transpose", {"r"}, "t"), "perm", {0, 1, 4, 2, 5, 3});
    m.node("Reshape", {"t", "s2"}, "up"), Model::number(m.node("Concat", {"up", "up"}, "both"), "axis", -3);
    m.node("Conv", {"both", "v"}, "out", "last");
    auto& split = m.node("Split", {"out"}, "left");
    split.add_output("right"), Model::number(split, "axis", 1);
    m.node("Sub", {"left", "right"}, "y");
    EXPECT_EQ(m.network("y").output().text(), "1x24x24");
    EXPECT_EQ(m.macs("y"), (Macs{{"sub", 22. * 22 * 9}, {"last", 24. * 24 * 2 * 2}}));  // sub: 22 pairs an axis (8 of 3 taps, less 2)
    const NetworkWork work = lower(m.network("y"));
    EXPECT_EQ(work.layers[0].extra_words, 24. * 24 + 2 * 24 * 24);  // transpose, concatenation
    EXPECT_EQ(work.layers[1].extra_words, 2. * 24 * 24 + 24 * 24);  // split, difference
}

TEST(OnnxOperators, NormsAndActivationsCostAnOperationForEachElement) {
    for (const char* op : {"InstanceNormalization", "LRN", "Softmax", "LayerNormalization", "Clip", "Elu", "HardSwish", "Gelu", "Erf"}) {
        Model m({3, 4, 4});
        m.weights("w", {2, 3, 1, 1}), m.node("Conv", {"x", "w"}, "c"), m.node(op, {"c"}, "y");
        const NetworkWork work = lower(m.network("y"));
        EXPECT_EQ(work.layers[0].extra_words, 2. * 4 * 4) << op;
        EXPECT_EQ(work.layers[0].forward.macs_useful, 4. * 4 * 3 * 2) << op;
    }
    Model sum({2, 4, 4});
    sum.weights("w", {2, 2, 1, 1}), sum.node("Conv", {"x", "w"}, "c"), sum.node("Sum", {"c", "x", "c"}, "y");
    EXPECT_EQ(lower(sum.network("y")).layers[0].extra_words, 2 * 2. * 4 * 4);  // two additions
    Model mean({2, 4, 4});
    mean.weights("w", {2, 2, 1, 1}), mean.node("Conv", {"x", "w"}, "c"), mean.whole("axes", {-1, 2});
    mean.node("ReduceMean", {"c", "axes"}, "y");
    EXPECT_EQ(mean.values("y").at("y").dims, (std::vector<Int>{1, 2, 1, 1}));
}

TEST(OnnxOperators, FormsOfEarlierAndLaterOperatorSets) {
    const auto sides = [](Int opset, const std::function<void(Model&)>& after) {
        Model m({3, 8, 8}, 1, opset);
        m.weights("w", {3, 3, 1, 1}), m.node("Conv", {"x", "w"}, "c");
        after(m);
        return m.network("y").output().text();
    };
    EXPECT_EQ(sides(10, [](Model& m) { m.reals("s", {1, 1, 2, 2}), m.node("Resize", {"c", "s"}, "y"); }), "3x16x16");
    EXPECT_EQ(sides(18,
                    [](Model& m) {
                        m.reals("s", {2, 3}), Model::ints(m.node("Resize", {"c", "", "s"}, "y"), "axes", {2, -1});
                    }),
              "3x16x24");
    EXPECT_EQ(sides(18,
                    [](Model& m) {
                        m.whole("p", {1, 2, 3, 4}), m.whole("a", {-1, 2}), m.node("Pad", {"c", "p", "", "a"}, "y");
                    }),
              "3x14x12");
    EXPECT_EQ(sides(2, [](Model& m) { Model::ints(m.node("Pad", {"c"}, "y"), "pads", {0, 0, 1, 1, 0, 0, 2, 2}); }), "3x11x11");
    EXPECT_EQ(sides(1, [](Model& m) { Model::ints(m.node("Pad", {"c"}, "y"), "paddings", {0, 0, 1, 1, 0, 0, 0, 0}); }), "3x9x9");
    EXPECT_EQ(sides(1,
                    [](Model& m) {
                        auto& u = m.node("Upsample", {"c"}, "y");
                        Model::real(u, "height_scale", 2), Model::real(u, "width_scale", 3);
                    }),
              "3x16x24");
    EXPECT_EQ(sides(1, [](Model& m) { Model::ints(m.node("Crop", {"c"}, "y"), "border", {1, 2, 0, 1}); }), "3x5x7");
    EXPECT_EQ(sides(1, [](Model& m) { Model::ints(m.node("Reshape", {"c"}, "y"), "shape", {0, -1, 4, 4}); }), "12x4x4");
    EXPECT_EQ(sides(6,
                    [](Model& m) {
                        m.weights("b", {3});
                        auto& add = m.node("Add", {"c", "b"}, "y");
                        Model::number(add, "broadcast", 1), Model::number(add, "axis", 1);
                    }),
              "3x8x8");
    EXPECT_EQ(sides(9,
                    [](Model& m) {
                        m.node("ImageScaler", {"c"}, "i");
                        auto& s = m.node("Slice", {"i"}, "y");
                        Model::ints(s, "axes", {2}), Model::ints(s, "starts", {1}), Model::ints(s, "ends", {-1});
                    }),
              "3x6x8");
    EXPECT_EQ(sides(13, [](Model& m) { Model::number(m.node("Flatten", {"c"}, "y"), "axis", -3); }), "192");
}

}  // namespace
}  // namespace ganbar::arch
