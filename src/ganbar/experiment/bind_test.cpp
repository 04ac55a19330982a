// Experiments given as trees, and another device model than the preset's.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "ganbar/config/given.h"
#include "ganbar/experiment/session.h"
#include "ganbar/experiment/test_presets.h"

namespace ganbar {
namespace {

const config::Presets shipped = test::presets(GANBAR_SOURCE_ROOT);

TEST(Bind, ATreeIsTheFileItWasReadFrom) {
    const auto e = load_experiment("satyam2022-balanced", shipped, {}, test::registries());
    const auto tree = config::parse_toml(run_toml(e), "run.toml");
    const auto again =
        read_experiment({.name = "experiment", .given = tree.get(), .origin = config::said_in_python}, shipped, test::registries());
    EXPECT_EQ(run_toml(again), run_toml(e));
}

TEST(Bind, ATreeMayStartFromAPreset) {
    const auto tree = config::parse_toml("preset = \"satyam2022-balanced\"\n[train]\nrounds = 7\n", "dict");
    const auto e = read_experiment({.name = "mine", .given = tree.get(), .origin = config::said_in_python}, shipped, test::registries());
    const std::vector<std::string> sets{"train.rounds=7", "experiment.name=mine"};
    EXPECT_EQ(run_toml(e), run_toml(load_experiment("satyam2022-balanced", shipped, sets, test::registries())));
}

/// The fault of a file with these lines on top of a preset.
std::string fault_of(const std::string& lines) {
    const auto tree = config::parse_toml("preset = \"satyam2022-software\"\n" + lines, "mine.toml");
    try {
        read_experiment({.name = "mine", .given = tree.get(), .origin = config::said_in_python}, shipped, test::registries());
    } catch (const ConfigError& e) {
        return e.what();
    }
    return "none";
}

TEST(Bind, ARunFolderIsToldHowToGoOn) {
    const auto folder = std::filesystem::path(testing::TempDir()) / "ganbar_bind_run";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "run.toml") << "preset = \"satyam2022-software\"\n";
    try {
        load_experiment(folder.string(), shipped, {}, test::registries());
        FAIL() << "a folder is no experiment";
    } catch (const ConfigError& e) {
        EXPECT_NE(std::string(e.what()).find("run.toml --out " + folder.string() + " --resume"), std::string::npos) << e.what();
    }
    std::filesystem::remove_all(folder);
}

TEST(Bind, DataSetsAreKnownBeforeAnythingIsRead) {
    for (const auto& [lines, near] :
         {std::pair{"[data]\ndataset = \"fashon\"\n", "fashion-mnist"}, std::pair{"[data]\ndataset = \"minst\"\n", "mnist"},
          std::pair{"[evaluation]\nfeatures = \"mnisst\"\n", "mnist"}}) {
        const std::string fault = fault_of(lines);
        EXPECT_NE(fault.find("mine.toml:3"), std::string::npos) << fault;
        EXPECT_NE(fault.find(std::string("did you mean \"") + near + "\""), std::string::npos) << fault;
    }
    EXPECT_EQ(fault_of("[data]\ndataset = \"fashion-mnist\"\n[evaluation]\nfeatures = \"untrained\"\n"), "none");
    EXPECT_EQ(fault_of("[data]\ndataset = \"./photos/\"\n"), "none");
}

TEST(Images, OfAnotherSizeAreToldWhatWouldFit) {
    const std::vector<std::string> sets{"data.dataset=synthetic-digits", "data.limit=40", "train.batch=8", "generator.layers=[8, 16, 1024]",
                                        "discriminator.layers=[1024, 8, 1]"};
    try {
        Session session(load_experiment("satyam2022-software", shipped, sets, test::registries()), test::places(GANBAR_SOURCE_ROOT));
        FAIL() << "28 x 28 images are no 1024 values";
    } catch (const ConfigError& e) {
        EXPECT_NE(std::string(e.what()).find("data.side = 32"), std::string::npos) << e.what();
    }
}

TEST(DeviceFiles, HaveNamesOfTheirOwn) {  // a file would stand before the model of its name
    const auto& models = test::registries().devices;
    const auto folder = std::filesystem::path(GANBAR_SOURCE_ROOT) / "presets" / "devices";
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        EXPECT_FALSE(models.contains(entry.path().stem().string())) << entry.path();
}

TEST(OtherModel, DropsWhatThePresetSaidOfItsOwn) {
    const std::vector<std::string> sets{"device.model=ideal"};
    const auto e = load_experiment("satyam2022-balanced-d2d", shipped, sets, test::registries());  // sets clamp_nonneg, which ideal has not
    EXPECT_EQ(e.device.model, "ideal");
}

TEST(OtherModel, EveryModelTakesEveryPresetsPlace) {  // keys of one name may have other values there
    for (const auto& name : test::registries().devices.names())
        for (const char* preset :
             {"satyam2022-balanced-d2d", "satyam2022-balanced", "satyam2022-wires", "satyam2022-trng-ns", "krestinskaya2020-small"}) {
            const std::vector<std::string> sets{"device.model=" + name};
            EXPECT_EQ(load_experiment(preset, shipped, sets, test::registries()).device.model, name) << preset;
        }
    const std::vector<std::string> own{"device.model=soft_bounds", "device.d2d=A"};
    EXPECT_THROW(load_experiment("satyam2022-balanced-d2d", shipped, own, test::registries()), ConfigError);
}

TEST(OtherModel, TheUsersOwnKeysStayFaults) {
    const std::vector<std::string> sets{"device.model=ideal", "device.clamp_nonneg=true"};
    EXPECT_THROW(load_experiment("satyam2022-balanced-d2d", shipped, sets, test::registries()), ConfigError);
}

TEST(OtherModel, SameFileSaysBothIsAFault) {
    const auto tree = config::parse_toml("preset = \"satyam2022-balanced\"\n[device]\nmodel = \"ideal\"\nclamp_nonneg = true\n", "x.toml");
    EXPECT_THROW(read_experiment({.name = "x", .given = tree.get(), .origin = "file x.toml"}, shipped, test::registries()), ConfigError);
}

}  // namespace
}  // namespace ganbar
