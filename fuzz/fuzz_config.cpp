// uses: config
// A configuration as users write it: parse, merge with a base, overrides, bind to a schema, reject the rest, write, read again.
// Allowed outcomes: a ConfigError, or a text that reads back to itself. The input: TOML, then after each byte 0x1e one --set.
#include "expect.h"
#include "ganbar/config/write.h"

namespace {

using namespace ganbar;
using fuzz::expect;

enum class Rule { sgd, adam, manhattan };
struct Sample {
    Volt v_set{0.8};
    Second pulse_width{1e-7};
    std::int64_t epochs = 5;
    double dead_zone = 0.5;
    bool mirror = false;
    std::string dataset = "mnist";
    Rule rule = Rule::manhattan;
    std::vector<std::int64_t> classes{3};
    std::vector<double> shares{0.5};
    static Schema<Sample> schema() {
        return {
            param("v_set", &Sample::v_set, Volt{-5}, Volt{5}, "set voltage", assumed("")),
            param("pulse_width", &Sample::pulse_width, Second{0}, Second{1}, "pulse width", assumed("")),
            param("epochs", &Sample::epochs, 0, 1'000'000, "epochs", assumed("")),
            param("dead_zone", &Sample::dead_zone, -1e300, 1e300, "dead zone", assumed("")),
            param("mirror", &Sample::mirror, "mirror", assumed("")),
            param("dataset", &Sample::dataset, "data set", assumed("")),
            choice("rule", &Sample::rule, {"sgd", "adam", "manhattan"}, "update rule", assumed("")),
            param("classes", &Sample::classes, 0, 9, "classes", assumed("")),
            param("shares", &Sample::shares, 0.0, 1.0, "shares", assumed("")),
        };
    }
};

std::string written(const config::Node& root) {
    Sample sample;
    const auto names = config::bind(root.table("train"), Sample::schema(), sample);
    root.leaf("name");
    root.list("axis");
    config::reject_unused(root, {{"", {"name"}}, {"train", names}, {"axis", {}}});
    return config::to_toml({{"train", param_rows(Sample::schema(), sample)}}, {.docs = true});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::vector<std::string> parts{""};
    for (std::size_t i = 0; i < size; ++i) {
        if (data[i] == 0x1e) parts.emplace_back();
        else parts.back() += static_cast<char>(data[i]);
    }
    try {
        auto root = config::parse_toml("[train]\nepochs = 3\nclasses = [1, 2]\n", "base.toml");
        const auto own = config::parse_toml(parts[0], "input.toml");
        const std::string tree = config::to_toml(*own);
        expect(config::to_toml(*config::parse_toml(tree, "again.toml")) == tree, "a written tree reads back to itself");
        expect(config::to_toml(*own->clone()) == tree, "a clone is the same tree");
        config::merge(*root, *own);
        for (std::size_t i = 1; i < parts.size(); ++i) config::apply_override(*root, parts[i]);
        const std::string text = written(*root);
        expect(written(*config::parse_toml(text, "run.toml")) == text, "a resolved configuration reads back to the same bytes");
    } catch (const ConfigError& e) {
        expect(std::string(e.what()).size() < 5000 + 2 * size, "a message of bounded length");
    }
    return 0;
}
