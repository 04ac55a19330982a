#include "ganbar/config/preset.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace ganbar::config {
namespace {

namespace fs = std::filesystem;

/// A folder of its own with the files given, gone at the end.
class PresetTest : public testing::Test {
protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "ganbar-preset-XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        folder_ = name;
        fs::create_directory(folder_ / "presets");
        write("presets/base.toml",
              "# The base of all.\n#   Second line.\n\n# not this\n[train]\nepochs = 1\nbatch = 64\n[data]\nclasses = [3]\n");
        write("presets/mid.toml", "# Middle\npreset = \"base\"\n[train]\nepochs = 2\n");
    }
    void TearDown() override { fs::remove_all(folder_); }
    void write(const std::string& name, const std::string& text) { std::ofstream(folder_ / name) << text; }
    Presets presets() const { return Presets({(folder_ / "absent").string(), (folder_ / "presets").string()}); }
    Loaded load(const std::string& name, const std::vector<std::string>& overrides = {}) { return load_input(name, presets(), overrides); }
    std::string fault(const std::string& name) {
        try {
            load(name);
        } catch (const ConfigError& e) {
            return e.what();
        }
        return "";
    }
    fs::path folder_;
};

std::int64_t number(const Loaded& l, const std::string& table, const std::string& key) {
    return std::get<std::int64_t>(l.root->table(table)->leaf(key)->value);
}

TEST_F(PresetTest, NamesAndTexts) {
    EXPECT_EQ(presets().names(), (std::vector<std::string>{"base", "mid"}));
    EXPECT_EQ(presets().text("base"), "The base of all.\nSecond line.");
}

TEST_F(PresetTest, FileOverPresetOverPresetThenSet) {
    write("x.toml", "preset = \"mid\"\n[train]\nbatch = 608\n");
    const auto l = load((folder_ / "x.toml").string(), {"data.classes=[5]"});
    EXPECT_EQ(l.name, "x");
    EXPECT_EQ(l.files.size(), 3u);
    EXPECT_EQ(number(l, "train", "epochs"), 2);
    EXPECT_EQ(number(l, "train", "batch"), 608);
    EXPECT_EQ(l.root->table("train")->leaf("epochs")->origin, "preset mid");
    EXPECT_EQ(l.root->table("train")->leaf("batch")->origin, "file " + (folder_ / "x.toml").string());
    EXPECT_EQ(std::get<std::vector<std::int64_t>>(l.root->table("data")->leaf("classes")->value), (std::vector<std::int64_t>{5}));
    EXPECT_FALSE(l.root->leaves.contains("preset"));
}

TEST_F(PresetTest, RelativePathsStartAtTheFile) {
    write("x.toml", "preset = \"presets/base.toml\"\n");
    EXPECT_EQ(number(load((folder_ / "x.toml").string()), "train", "batch"), 64);
}

TEST_F(PresetTest, FaultsHaveAPlace) {
    write("unknown.toml", "\npreset = \"midd\"\n");
    write("number.toml", "preset = 3\n");
    write("absent.toml", "preset = \"no/such.toml\"\n");
    write("presets/a.toml", "preset = \"b\"\n");
    write("presets/b.toml", "preset = \"c\"\n");
    write("presets/c.toml", "preset = \"a\"\n");
    write("presets/self.toml", "preset = \"../presets/self.toml\"\n");
    const auto at = [&](const char* name) { return (folder_ / name).string(); };
    EXPECT_NE(fault("bas").find("unknown preset \"bas\"; did you mean \"base\"?"), std::string::npos) << fault("bas");
    EXPECT_NE(fault(at("unknown.toml")).find("unknown.toml:2:10: unknown preset \"midd\"; did you mean \"mid\"?"), std::string::npos);
    EXPECT_NE(fault(at("number.toml")).find("number.toml:1:10: preset is not a name"), std::string::npos);
    EXPECT_NE(fault(at("absent.toml")).find("absent.toml:1:10: preset file"), std::string::npos);
    EXPECT_NE(fault("a").find("c.toml:1:10: presets go in a circle"), std::string::npos) << fault("a");
    EXPECT_NE(fault("self").find("circle"), std::string::npos);
    EXPECT_NE(fault(at("none.toml")).find("none.toml: cannot be read"), std::string::npos);
    EXPECT_NE(fault(""), "");
    EXPECT_NE(fault(folder_.string()).find("is a folder"), std::string::npos);
}

}  // namespace
}  // namespace ganbar::config
