#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "ganbar/config/node.h"
#include "ganbar/core/rng.h"

namespace ganbar::config {
namespace {

/// The message of the ConfigError that `f` throws; "" when it throws none. Any other exception fails the test.
template <class F>
std::string fault_of(F f) {
    try {
        f();
    } catch (const ConfigError& e) {
        EXPECT_EQ(e.exit_code(), 2);
        return e.what();
    }
    return "";
}

enum class Window { off, clip };
struct Pulse {
    Volt v_set{0.8};
    Second width{1e-7};
    std::int64_t epochs = 1;
    double rate = 0.5;
    bool mirror = false;
    std::string name = "x";
    Window window = Window::clip;
    std::vector<std::int64_t> classes{3};
    std::vector<double> shares{1};
    static Schema<Pulse> schema() {
        return {
            param("v_set", &Pulse::v_set, Volt{0}, Volt{3}, "set voltage", assumed("test")),
            param("pulse_width", &Pulse::width, Second{1e-9}, Second{1}, "pulse width", assumed("test")),
            param("epochs", &Pulse::epochs, 1, 1000, "epochs", assumed("test")),
            param("rate", &Pulse::rate, 0, 1, "rate", assumed("test")),
            param("mirror", &Pulse::mirror, "mirror", assumed("test")),
            param("name", &Pulse::name, "name", assumed("test")),
            choice("window", &Pulse::window, {"off", "on"}, "window", assumed("test")),
            param("classes", &Pulse::classes, 0, 9, "classes", assumed("test")),
            param("shares", &Pulse::shares, 0.0, 1.0, "shares", assumed("test")),
        };
    }
};

Pulse bound(const std::string& text, const std::vector<std::string>& overrides = {}) {
    auto root = parse_toml(text, "x.toml");
    for (const auto& o : overrides) apply_override(*root, o);
    Pulse p;
    const auto names = config::bind(root->table("train"), Pulse::schema(), p);
    reject_unused(*root, {{"train", names}});
    return p;
}

TEST(Toml, EveryKindOfValueWithItsPlace) {
    const auto root =
        parse_toml("a = 1\n[t]\n  b = 2.5\nc = \"x\"\nd = [1, 2]\ne = [1, 2.5]\nf = [\"p\", \"q\"]\ng = true\nh = []\n", "f.toml");
    EXPECT_EQ(std::get<std::int64_t>(root->leaf("a")->value), 1);
    const Node* t = root->table("t");
    ASSERT_NE(t, nullptr);
    EXPECT_EQ(t->where.text(), "f.toml:2:2");
    EXPECT_EQ(std::get<double>(t->leaf("b")->value), 2.5);
    EXPECT_EQ(t->leaf("b")->where.text(), "f.toml:3:7");
    EXPECT_EQ(t->leaf("b")->key_where.text(), "f.toml:3:3");
    EXPECT_EQ(t->leaf("b")->origin, "file f.toml");
    EXPECT_EQ(std::get<std::vector<double>>(t->leaf("e")->value), (std::vector<double>{1, 2.5}));
    EXPECT_EQ(std::get<std::vector<std::string>>(t->leaf("f")->value), (std::vector<std::string>{"p", "q"}));
    EXPECT_TRUE(std::get<std::vector<std::int64_t>>(t->leaf("h")->value).empty());
}

TEST(Toml, ListsOfTables) {
    const auto root = parse_toml("[[axis]]\nkey = \"a\"\n[[axis]]\nkey = \"b\"\n", "f.toml");
    const auto items = root->list("axis");
    ASSERT_EQ(items.size(), 2u);
    EXPECT_EQ(items[1]->where.line, 3);
    EXPECT_EQ(std::get<std::string>(items[1]->leaf("key")->value), "b");
}

TEST(Toml, EveryFaultIsOneLineWithAPlace) {
    const std::string deep_list = "x = " + std::string(10000, '['), dots = "a" + std::string(5000, '.') + "a = 1";
    std::string dotted = "a";
    for (int i = 0; i < 5000; ++i) dotted += ".a";
    const std::vector<std::string> bad{"x = nan",
                                       "x = [1.0, nan]",
                                       "x = 99999999999999999999",
                                       "x = [1, \"a\"]",
                                       "x = [[1], [2]]",
                                       "x = [1, {a = 2}]",
                                       "x = 2020-01-01",
                                       "x = 1\nx = 2",
                                       "[t]\n[t]",
                                       "x = ",
                                       "= 3",
                                       "x",
                                       "x = \"unclosed",
                                       "x = '''unclosed",
                                       "[t",
                                       std::string("x = 1\0y", 7),
                                       "x = \"\xff\xfe\"",
                                       "\xff\xfe\x00",
                                       deep_list,
                                       dots,
                                       dotted + " = 1",
                                       "[" + dotted + "]",
                                       "x = {" + dotted + " = 1}",
                                       "x = 1e999999999",
                                       "x = \"\\uD800\"",
                                       "a.b = 1\na = 2",
                                       "\u00e9 = 1",
                                       "\ufebb\n",
                                       "x = \ufefb",
                                       "[="};
    for (const auto& text : bad) {
        const auto what = fault_of([&] { parse_toml(text, "bad.toml"); });
        EXPECT_EQ(what.substr(0, 9), "bad.toml:") << text.substr(0, 60) << " -> " << what;
        EXPECT_NE(what.find("expected"), std::string::npos) << what;
        EXPECT_EQ(what.find('\n'), std::string::npos) << what;
        EXPECT_LT(what.size(), 500u);
    }
}

TEST(Toml, AnyCharacterInAText) {
    const auto root = parse_toml("a = \"\u00e9\ufefb\"\nb = \"\"\"x\\\n  \u00e9\ufefb\"\"\" # \u00b5\n", "f.toml");
    EXPECT_EQ(std::get<std::string>(root->leaf("a")->value), "\u00e9\ufefb");
    EXPECT_EQ(std::get<std::string>(root->leaf("b")->value), "x\u00e9\ufefb");
}

TEST(Toml, LongTextsAreRefusedByTheirSize) {
    EXPECT_NE(fault_of([] { parse_toml("x = \"" + std::string(10'000'000, 'a') + "\"", "big.toml"); }).find("1000000 bytes"),
              std::string::npos);
    EXPECT_EQ(fault_of([] { parse_toml("x = \"" + std::string(900'000, '.') + "\" # " + std::string(1000, '['), "big.toml"); }), "");
}

TEST(Toml, ArbitraryBytesNeverCrash) {
    Rng rng(11);
    const std::string alphabet = "abc.=[]{}\"'\\\n#,-+0123456789enfT:_ \t\r\x01\xc3\xa9\xff";
    for (int i = 0; i < 3000; ++i) {
        std::string text;
        const auto n = static_cast<std::size_t>(rng.uniform() * 60);
        for (std::size_t k = 0; k < n; ++k)
            text += alphabet[static_cast<std::size_t>(rng.uniform() * static_cast<double>(alphabet.size()))];
        fault_of([&] { parse_toml(text, "any.toml"); });
        fault_of([&] {
            Node root;
            apply_override(root, text);
        });
        fault_of([&] { parse_quantity(text, "s", "t", {}); });
    }
}

TEST(Load, WhatIsNoReadableFile) {
    const auto folder = std::filesystem::temp_directory_path();
    EXPECT_NE(fault_of([&] { load_toml(folder.string()); }).find("is a folder"), std::string::npos);
    EXPECT_NE(fault_of([&] { load_toml((folder / "no-such-file.toml").string()); }).find("No such file"), std::string::npos);
    EXPECT_NE(fault_of([&] { load_toml("/dev/zero"); }).find("bytes"), std::string::npos);
}

TEST(Quantity, SameDoubleAsTheSiText) {
    EXPECT_EQ(parse_quantity("100 ns", "s", "t", {}), 1e-7);
    EXPECT_EQ(parse_quantity("100ns", "s", "t", {}), 1e-7);
    EXPECT_EQ(parse_quantity("  +1.5e2 uS ", "S", "g", {}), 1.5e-4);
    EXPECT_EQ(parse_quantity("150 \u00b5S", "S", "g", {}), 1.5e-4);
    EXPECT_EQ(parse_quantity("150 \u03bcS", "S", "g", {}), 1.5e-4);
    EXPECT_EQ(parse_quantity("-1.07 V", "V", "v", {}), -1.07);
    EXPECT_EQ(parse_quantity("3 kohm", "ohm", "r", {}), 3000.0);
    EXPECT_EQ(parse_quantity("3 k\u03a9", "ohm", "r", {}), 3000.0);
    EXPECT_EQ(parse_quantity("0.18 um2", "m2", "a", {}), 0.18e-12);
    EXPECT_EQ(parse_quantity("30 nm2", "m2", "a", {}), 30e-18);
    EXPECT_EQ(parse_quantity("2 mm^2", "m2", "a", {}), 2e-6);
    EXPECT_EQ(parse_quantity("2 \u00b5m\u00b2", "m2", "a", {}), 2e-12);
    EXPECT_EQ(parse_quantity("25 degC", "K", "temperature", {}), 25 + 273.15);
    EXPECT_EQ(parse_quantity("2 m", "m", "l", {}), 2.0);
    EXPECT_EQ(parse_quantity("2 mm", "m", "l", {}), 0.002);
    EXPECT_EQ(parse_quantity("2 min", "s", "t", {}), 120.0);
    EXPECT_EQ(parse_quantity("1 eV", "J", "e", {}), 1.602176634e-19);
    EXPECT_EQ(parse_quantity("1e3 eV", "J", "e", {}), 1e3 * 1.602176634e-19);
    EXPECT_EQ(parse_quantity("10 MHz", "Hz", "f", {}), 1e7);
    EXPECT_EQ(parse_quantity("3 fF", "F", "c", {}), 3e-15);
    EXPECT_EQ(parse_quantity("3 aJ", "J", "e", {}), 3e-18);
    EXPECT_TRUE(std::isinf(parse_quantity("inf s", "s", "t", {})));
}

TEST(Quantity, EveryPrefixOfEveryUnitScalesByItsDecade) {
    const std::vector<std::pair<std::string, int>> prefixes{{"f", -15}, {"p", -12}, {"n", -9}, {"u", -6}, {"m", -3},
                                                            {"", 0},    {"k", 3},   {"M", 6},  {"G", 9}};
    for (const std::string unit : {"V", "A", "S", "ohm", "s", "Hz", "m", "F", "J", "W", "K"})
        for (const auto& [prefix, decade] : prefixes)
            EXPECT_EQ(parse_quantity("7.3 " + prefix + unit, unit, "q", {}),
                      std::strtod(("7.3e" + std::to_string(decade)).c_str(), nullptr))
                << prefix << unit;
}

TEST(Quantity, FaultsNameTheDimension) {
    const Location where{"satyam.toml", 15, 15};
    EXPECT_EQ(fault_of([&] { parse_quantity("100 mV", "s", "pulse_width", where); }),
              "satyam.toml:15:15: \"100 mV\" is a voltage; pulse_width is a time, for example \"100 ns\"");
    EXPECT_EQ(fault_of([&] { parse_quantity("100 nS", "s", "pulse_width", where); }),
              "satyam.toml:15:15: \"100 nS\" is a conductance; pulse_width is a time, for example \"100 ns\"");
    EXPECT_EQ(fault_of([&] { parse_quantity("100", "s", "pulse_width", {}); }),
              "\"100\" has no unit; pulse_width is a time, for example \"100 ns\"");
    for (const std::string bad :
         {"", " ", "ns", "100 xs", "1e999999999999 s", "1e400 s", "1..2 s", "--1 s", "1 s s", "nan s", "0x10 s", "1,5 s", "1e5e5 s", "1 e"})
        EXPECT_NE(fault_of([&] { parse_quantity(bad, "s", "t", {}); }), "") << bad;
}

TEST(Bind, ReadsEveryType) {
    const auto p = bound(
        "[train]\nv_set = \"900 mV\"\npulse_width = \"1 us\"\nepochs = 7\nrate = 1\nmirror = true\nname = \"n\"\nwindow = false\n"
        "classes = [3, 5]\nshares = [0, 0.5]\n");
    EXPECT_EQ(p.v_set.si, 0.9);
    EXPECT_EQ(p.width.si, 1e-6);
    EXPECT_EQ(p.epochs, 7);
    EXPECT_EQ(p.rate, 1.0);
    EXPECT_TRUE(p.mirror);
    EXPECT_EQ(p.name, "n");
    EXPECT_EQ(p.window, Window::off);
    EXPECT_EQ(p.classes, (std::vector<std::int64_t>{3, 5}));
    EXPECT_EQ(p.shares, (std::vector<double>{0, 0.5}));
}

TEST(Bind, FaultsSayWhereWhatAndWhatWasExpected) {
    const auto of = [](const std::string& line) { return fault_of([&] { bound("[train]\n" + line + "\n"); }); };
    EXPECT_EQ(of("pulse_width = \"100 mV\""), "x.toml:2:15: \"100 mV\" is a voltage; pulse_width is a time, for example \"100 ns\"");
    EXPECT_EQ(of("pulse_width = 100"), "x.toml:2:15: \"100\" has no unit; pulse_width is a time, for example \"100 ns\"");
    EXPECT_EQ(of("epochs = 2.0"), "x.toml:2:10: epochs is a number; expected a whole number, written without point or exponent");
    EXPECT_EQ(of("epochs = 0").substr(0, 12), "x.toml:2:10:");
    EXPECT_NE(of("rate = inf").find("out of range"), std::string::npos);
    EXPECT_NE(of("rate = \"0.5\"").find("without unit and quotes"), std::string::npos);
    EXPECT_NE(of("window = \"onn\"").find("did you mean \"on\""), std::string::npos);
    EXPECT_NE(of("mirror = 1").find("expected true or false"), std::string::npos);
    EXPECT_NE(of("classes = [3.5]").find("list of whole numbers"), std::string::npos);
    EXPECT_NE(of("name = 5").find("text in quotes"), std::string::npos);
    EXPECT_NE(of("epochs = [1]").find("expected a whole number"), std::string::npos);
}

TEST(Unused, NearestNameAndTheKnownOnes) {
    EXPECT_EQ(fault_of([] { bound("\n[train]\nv_sett = \"1 V\"\n"); }),
              "x.toml:3:1: unknown key \"v_sett\" in [train]; did you mean \"v_set\"? (known: classes, epochs, mirror, name, pulse_width, "
              "rate, shares, v_set, window)");
    EXPECT_EQ(fault_of([] { bound("[trian]\nepochs = 1\n"); }), "x.toml:1:2: unknown table [trian]; did you mean [train]? (known: train)");
    EXPECT_EQ(fault_of([] { bound("train = 1\n"); }), "x.toml:1:1: \"train\" at the top level is a table; expected [train]");
    EXPECT_EQ(fault_of([] { bound("[train.epochs]\na = 1\n"); }),
              "x.toml:1:8: \"epochs\" in [train] is a value, not a table; expected epochs = ...");
    EXPECT_NE(fault_of([] { bound("[train]\nq = 1\na = 2\n"); }).find(":2:1: unknown key \"q\""), std::string::npos);  // first in the file
    EXPECT_NE(fault_of([] { bound("[train]\n[[train.axis]]\na = 2\n"); }).find("unknown list of tables [[train.axis]]"), std::string::npos);
    EXPECT_NE(fault_of([] {
                  bound("", {"train.epoch=3"});
              }).find("--set train.epoch: unknown key \"epoch\" in [train]; did you mean \"epochs\"?"),
              std::string::npos);
}

TEST(Unused, AListWhereOneTableIsDue) {
    const auto root = parse_toml("[[train]]\nx = 1\n", "x.toml");
    EXPECT_EQ(fault_of([&] {
                  reject_unused(*root, {{"", {"train"}}, {"train", {"x"}}});
              }),
              "x.toml:1:1: list of tables [[train]] is not read here; expected one table [train]");
}

TEST(Unused, KnownButUnreadSaysSo) {
    const auto root = parse_toml("[noise]\nx = 1\n", "x.toml");
    EXPECT_NE(fault_of([&] {
                  reject_unused(*root, {{"noise", {"x"}}});
              }).find("is not read here; expected an experiment that uses it"),
              std::string::npos);
}

TEST(Override, TomlWhereItIsTomlElseText) {
    const auto p = bound("[train]\nepochs = 2\nv_set = \"1 V\"\n",
                         {"train.epochs=5", "train.pulse_width=200 ns", "train.window=off", "train.classes=3,5", "train.name=1.10",
                          "train.mirror=on", "train.shares=[0.5]", "train.epochs=6"});
    EXPECT_EQ(p.epochs, 6);
    EXPECT_EQ(p.v_set.si, 1.0);
    EXPECT_EQ(p.width.si, 2e-7);
    EXPECT_EQ(p.window, Window::off);
    EXPECT_EQ(p.classes, (std::vector<std::int64_t>{3, 5}));
    EXPECT_EQ(p.name, "1.10");
    EXPECT_TRUE(p.mirror);
    EXPECT_EQ(p.shares, (std::vector<double>{0.5}));
    EXPECT_EQ(bound("", {"train.classes=7"}).classes, (std::vector<std::int64_t>{7}));
    EXPECT_EQ(bound("", {"train={epochs = 4, rate = 0.1}"}).epochs, 4);
    EXPECT_EQ(bound("", {"train.name=\"a b\""}).name, "a b");
    EXPECT_EQ(bound("", {"train.name=C:\\x \"y\""}).name, "C:\\x \"y\"");
}

TEST(Override, Faults) {
    const auto of = [](const std::string& o) { return fault_of([&] { bound("[train]\nepochs = 2\n", {o}); }); };
    EXPECT_NE(of("train.epochs").find("no \"=\""), std::string::npos);
    EXPECT_NE(of("train..epochs=1").find("not a key"), std::string::npos);
    EXPECT_NE(of("=1").find("not a key"), std::string::npos);
    EXPECT_NE(of("train.epochs=").find("no value"), std::string::npos);
    EXPECT_NE(of("train=5").find("is a table"), std::string::npos);
    EXPECT_NE(of("train.epochs.x=5").find("is not a table"), std::string::npos);
    EXPECT_EQ(of("train.epochs=x"), "--set train.epochs: epochs is a text; expected a whole number");
    EXPECT_NE(of("train.classes=[3, 5").find("--set train.classes: "), std::string::npos);
    EXPECT_NE(of("train.name=a\xff").find("UTF-8"), std::string::npos);
    EXPECT_NE(of("train.name=a\nb = 2").find("plain text"), std::string::npos);
    EXPECT_NE(of("train.rate=nan"), "");
}

TEST(Merge, OverWinsTablesMergeListsAreReplaced) {
    auto base = parse_toml("a = [1, 2]\nb = 1\n[t]\nx = 1\ny = 2\n[u]\nz = 1\n[[l]]\nk = 1\n[[l]]\nk = 2\n", "base");
    const auto over = parse_toml("a = [3]\nu = 5\n[t]\ny = 3\n[[l]]\nk = 9\n", "over");
    merge(*base, *over);
    EXPECT_EQ(std::get<std::vector<std::int64_t>>(base->leaf("a")->value), (std::vector<std::int64_t>{3}));
    EXPECT_EQ(std::get<std::int64_t>(base->table("t")->leaf("x")->value), 1);
    EXPECT_EQ(std::get<std::int64_t>(base->table("t")->leaf("y")->value), 3);
    EXPECT_EQ(base->table("t")->leaf("x")->origin, "file base");
    EXPECT_EQ(base->table("t")->leaf("y")->origin, "file over");
    EXPECT_EQ(base->list("l").size(), 1u);
    EXPECT_EQ(base->table("u"), nullptr);
    EXPECT_NE(base->leaf("u"), nullptr);
}

}  // namespace
}  // namespace ganbar::config
