#include "ganbar/arch/network.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "ganbar/arch/workload.h"
#include "ganbar/core/error.h"

namespace ganbar::arch {
namespace {

std::string preset_folder() { return std::string(GANBAR_SOURCE_ROOT) + "/presets/networks"; }
Gan preset(const std::string& name) { return read_gan(*config::load_toml(preset_folder() + "/" + name + ".toml"), name); }

double forward_macs(const NetworkWork& n) {
    double macs = 0;
    for (const auto& l : n.layers) macs += l.forward.macs_deformed;
    return macs;
}

struct KnownSize {
    const char* name;
    double g_mmac, d_mmac, g_mparams, d_mparams;  // facts of the repositories named in the presets; 0 = not known there
};

TEST(Networks, SizesOfThePresets) {
    const KnownSize known[] = {{"mlp1", .11, .10, 0, 0},
                               {"mlp1_4layer", 1.48, 1.46, 1.48, 1.46},
                               {"mlp2", .99, 23.5, .99, 1.03},
                               {"gan1", 40.8, 40.6, 4.51, 4.31},
                               {"gan2", 860, 859, 19.1, 17.4},
                               {"resnet101_64", 466, 440, 9.16, 7.60},
                               {"resnet_cifar", 422, 272, 1.20, 1.05},
                               {"dcgan", 640.6, 639.0, 18.85, 17.23},
                               {"igan", 108, 107, 0, 0},
                               {"3dgan", 3899, 3892, 17.6, 11.0},
                               {"discogan", 207.6, 103.8, 0, 0},
                               {"gpgan", 273.2, 103.8, 0, 0},
                               {"magan", 106.7, 207.6, 0, 0},
                               {"krestinskaya2020", 0, 0, 1.6236, .0945}};
    for (const KnownSize& k : known) {
        const Gan gan = preset(k.name);
        const auto near = [&](double value, double expected, const char* what) {
            if (expected == 0) return;
            EXPECT_NEAR(value / 1e6, expected, 0.005 + 0.006 * expected) << k.name << " " << what;
        };
        near(forward_macs(lower(gan.generator)), k.g_mmac, "G MACs");
        near(forward_macs(lower(gan.discriminator)), k.d_mmac, "D MACs");
        near(double(gan.generator.n_weights()), k.g_mparams, "G weights");
        near(double(gan.discriminator.n_weights()), k.d_mparams, "D weights");
        EXPECT_FALSE(gan.source.empty());
    }
}

TEST(Networks, EveryPresetLowers) {
    int n = 0;
    for (const auto& entry : std::filesystem::directory_iterator(preset_folder())) {
        const Gan gan = preset(entry.path().stem().string());
        const Workload w = lower(gan, gan.has_discriminator() ? Task::training : Task::generation, 4, 1);
        const MacTotals t = totals(w);
        EXPECT_GT(t.useful, 0) << gan.name;
        EXPECT_LE(t.useful, t.deformed) << gan.name;
        EXPECT_LE(t.deformed, t.zero_inserted) << gan.name;
        ++n;
    }
    EXPECT_GE(n, 21);
}

TEST(Networks, ResnetHas101Layers) {  // 33 blocks of three, the projection and the output convolution
    const Gan gan = preset("resnet101_64");
    EXPECT_EQ(gan.generator.depth(), 101);
    EXPECT_EQ(gan.discriminator.depth(), 101);
    EXPECT_EQ(33 * 3 + 2, 101);
}

TEST(Networks, DcganIterationTotals) {  // per sample, in millions: zero-inserted and deformed, D step, G step, with computation sharing
    const auto check = [](const char* name, double z_iter, double z_cs, double d_iter, double d_cs, double z_d, double z_g, double d_d,
                          double d_g) {
        const Workload w = lower(preset(name), Task::training, 1, 1);
        EXPECT_NEAR(totals(w).zero_inserted / 1e6, z_iter, 0.06);
        EXPECT_NEAR(totals(w, true).zero_inserted / 1e6, z_cs, 0.06);
        EXPECT_NEAR(totals(w).deformed / 1e6, d_iter, 0.06);
        EXPECT_NEAR(totals(w, true).deformed / 1e6, d_cs, 0.06);
        Workload d_only = w;
        std::erase_if(d_only.ops, [](const Op& op) { return op.phase == Phase::g_step; });
        EXPECT_NEAR(totals(d_only).zero_inserted / 1e6, z_d, 0.06);
        EXPECT_NEAR(totals(d_only).deformed / 1e6, d_d, 0.06);
        EXPECT_NEAR((totals(w).zero_inserted - totals(d_only).zero_inserted) / 1e6, z_g, 0.06);
        EXPECT_NEAR((totals(w).deformed - totals(d_only).deformed) / 1e6, d_g, 0.06);
    };
    check("dcgan", 21876.5, 18680.0, 7653.1, 6373.5, 13278.5, 8598.0, 4454.9, 3198.2);
    check("dcgan_k4", 14002.8, 11956.4, 4899.8, 4080.3, 8498.9, 5503.9, 2851.8, 2048.0);
}

TEST(Networks, MacsAreTheSameWhicheverWayTheyAreCounted) {
    for (const auto& entry : std::filesystem::directory_iterator(preset_folder())) {
        const Gan gan = preset(entry.path().stem().string());
        for (const Network* net : {&gan.generator, &gan.discriminator}) {
            if (net->layers.empty()) continue;
            for (const LayerWork& l : lower(*net).layers)
                for (const PassWork* p : {&l.forward, &l.error, &l.gradient}) {
                    double jobs = 0;
                    for (const MatrixJob& j : p->deformed) jobs += j.macs();
                    ASSERT_DOUBLE_EQ(jobs, p->macs_phases) << gan.name << " " << l.name;
                    ASSERT_DOUBLE_EQ(p->zero_inserted.macs(), p->macs_zero_inserted) << gan.name << " " << l.name;
                    const double passes = !l.dynamic         ? 1
                                          : p == &l.error    ? 2
                                          : p == &l.gradient ? 0
                                                             : 1;                      // back through a product: one for each operand
                    ASSERT_DOUBLE_EQ(p->macs_useful, passes * l.forward.macs_useful);  // every pass uses the same pairs
                }
        }
    }
}

TEST(Networks, DeformationKeepsTheWeightsOnce) {
    for (const char* name : {"dcgan", "dcgan_k4", "3dgan", "magan"}) {
        const Gan gan = preset(name);
        for (const LayerWork& l : lower(gan.generator).layers) {
            double cells = 0;
            for (const MatrixJob& j : l.forward.deformed) cells += double(j.rows * j.cols * j.count);
            EXPECT_DOUBLE_EQ(cells, l.n_weights) << name << " " << l.name;
        }
    }
}

TEST(Networks, StepsOfTheDiscriminatorMultiplyItsWork) {
    const Gan gan = preset("dcgan");
    const MacTotals one = totals(lower(gan, Task::training, 8, 1)), five = totals(lower(gan, Task::training, 8, 5));
    EXPECT_NEAR(five.deformed - one.deformed, 4 * 8 * 4454.9e6, 4 * 8 * 0.1e6);
}

void expect_fault(const std::string& input, const std::vector<std::string>& layers, const std::string& part) {
    try {
        parse_network("generator", input, layers);
        ADD_FAILURE() << "expected a fault with \"" << part << "\"";
    } catch (const ConfigError& e) {
        EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
        EXPECT_EQ(e.exit_code(), 2);
    }
}

TEST(Networks, BadInputIsRefusedWithItsPlace) {
    expect_fault("100", {"fc 10", "conv 8 k5"}, "layers[1]");
    expect_fault("3x8x8", {"convv 8 k3"}, "did you mean \"conv\"");
    expect_fault("3x8x8", {"conv 8"}, "needs a kernel");
    expect_fault("3x8x8", {"conv 0 k3"}, "number of channels");
    expect_fault("3x8x8", {"conv 8 k3 s0"}, "at least 1");
    expect_fault("3x8x8", {"conv 8 k3 p-1"}, "p-1");
    expect_fault("3x8x8", {"conv 8 k3 q4"}, "not understood");
    expect_fault("3x8x8", {"conv 8 k3 @9"}, "expects a side of 9");
    expect_fault("3x8x8", {"conv 8 k3 name=a from=b", "conv 8 k3 name=b"}, "cycle");
    expect_fault("3x8x8", {"conv 8 k3 same name=a", "conv 9 k3 same", "add a"}, "cannot add");
    expect_fault("3x8x8", {"conv 8 k3 same name=a", "conv 8 k3 same from=input"}, "feeds nothing");
    expect_fault("3x8x8", {"conv 8 k3 same name=a", "add aa"}, "no layer is called");
    expect_fault("3x0x8", {"fc 1"}, "not a shape");
    expect_fault("3x", {"fc 1"}, "not a shape");
    expect_fault("", {"fc 1"}, "not a shape");
    expect_fault("3", {}, "no layers");
    expect_fault("3x8x8", {"conv 8 k3 g2"}, "groups");
}

TEST(Networks, OptionsThatWouldChangeNothingAreRefused) {
    expect_fault("4x8x8", {"pool 2 s2"}, "pool takes a kernel alone");
    expect_fault("4x8x8", {"pool 2 k3 p1"}, "pool takes a kernel alone");
    expect_fault("4x8x8", {"pool 2 same"}, "pool takes a kernel alone");
    expect_fault("4x8x8", {"up 2 k3"}, "takes no kernel");
    expect_fault("4x8x8", {"fc 2 g1"}, "takes no kernel");
    expect_fault("4x8x8", {"conv 8 k3 same p1"}, "exclude each other");
    expect_fault("4x8x8", {"conv 8 k3 valid same"}, "exclude each other");
    expect_fault("4", {"fc 3x16x16 tanh relu"}, "\"tanh\" and \"relu\" exclude each other");
    expect_fault("4x8x8", {"conv 3 k3 p1 p1"}, "exclude each other");
    expect_fault("4x8x8", {"conv 3 k3 k5 p1"}, "exclude each other");
    expect_fault("4x8x8", {"conv 3 k3 p1 bn batch_norm"}, "exclude each other");
    expect_fault("4x8x8", {"conv 8 k3 op1"}, "output padding");
    expect_fault("4x8x8", {"tconv 8 k3 s2 same op1"}, "output padding");
    EXPECT_EQ(parse_network("d", "4x9x9", {"pool 2 k3"}).output().text(), "4x4x4");
}

TEST(Networks, SizesBeyondWholeNumbersAreRefused) {
    expect_fault("16777216x16777216x16777216x16777216", {"fc 1"}, "2^40 elements");
    expect_fault("8", {"fc 16777216x16777216x16777216"}, "2^40 elements");
    expect_fault("8x64x64x64", {"up 16777216"}, "2^40 elements");
    expect_fault("1x16777216", {"up 65536", "up 16777216"}, "2^40 elements");
    expect_fault("8x4x4x4", {"d2s 16777216"}, "cannot be spread");
    expect_fault("1048576x1024", {"fc 1048576x1024"}, "weights; expected at most");
    expect_fault("16777216x1x1x1", {"tconv 1 k1048576 p0:1048575"}, "weights; expected at most");
}

TEST(Networks, LayersThatNoInputReachesAreRefused) {
    for (const char* text : {"conv 4 k1 s5 p1:0", "tconv 4 k1 s2 p1:0 op1"}) {
        try {
            lower(parse_network("generator", "4x1x1", {text}));
            ADD_FAILURE() << text;
        } catch (const ConfigError& e) {
            EXPECT_NE(std::string(e.what()).find("padding alone"), std::string::npos) << e.what();
        }
    }
}

TEST(Networks, FileFaultsNameThePlace) {
    const auto fault = [](const std::string& text) -> std::string {
        try {
            read_gan(*config::parse_toml(text, "net.toml"), "net");
        } catch (const ConfigError& e) {
            return e.what();
        }
        return "";
    };
    EXPECT_NE(fault("[discriminator]\ninput = \"8\"\nlayers = [\"fc 1\"]\nlayer = 3\n").find("net.toml:4:"), std::string::npos);
    EXPECT_NE(fault("batch = 0\n[discriminator]\ninput = \"8\"\nlayers = [\"fc 1\"]\n").find("net.toml:1:"), std::string::npos);
    EXPECT_NE(fault("doc = \"x\"\n").find("[discriminator]"), std::string::npos);
    EXPECT_NE(
        fault("[generator]\ninput=\"4\"\nlayers=[\"fc 9\"]\n[discriminator]\ninput = \"8\"\nlayers = [\"fc 1\"]\n").find("equal sizes"),
        std::string::npos);
}

}  // namespace
}  // namespace ganbar::arch
