#include "ganbar/study/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>

#include "ganbar/core/file_ending.h"
#include "ganbar/experiment/experiment.h"
#include "ganbar/study/sweep_work.h"

namespace ganbar::study {
namespace {

namespace fs = std::filesystem;
using Leaf = config::Node::Leaf;
constexpr std::size_t most_points = 100'000;

std::string number_text(double v) { return fmt::format("{:.6g}", v); }

/// The values of a leaf, a list's or the only one, as --set takes them.
std::vector<std::string> texts_of(const Leaf& leaf) {
    std::vector<std::string> out;
    std::visit(
        [&](const auto& v) {
            using T = std::decay_t<decltype(v)>;
            if constexpr (std::is_same_v<T, bool>) out.push_back(v ? "true" : "false");
            else if constexpr (std::is_same_v<T, std::int64_t>) out.push_back(std::to_string(v));
            else if constexpr (std::is_same_v<T, double>) out.push_back(fmt::format("{}", v));
            else if constexpr (std::is_same_v<T, std::string>) out.push_back(v);
            else
                for (const auto& item : v) {
                    if constexpr (std::is_same_v<std::decay_t<decltype(item)>, std::string>) out.push_back(item);
                    else out.push_back(fmt::format("{}", item));
                }
        },
        leaf.value);
    return out;
}

struct Bound {
    double value = 0;
    std::string unit;
    bool is_integer = false;
};
Bound bound_of(const Leaf& leaf) {
    if (const auto* i = std::get_if<std::int64_t>(&leaf.value)) return {static_cast<double>(*i), "", true};
    if (const auto* d = std::get_if<double>(&leaf.value)) return {*d, "", false};
    if (const auto* text = std::get_if<std::string>(&leaf.value)) {
        std::size_t end = 0;
        try {
            const double value = std::stod(*text, &end);
            const std::string unit = text->substr(std::min(text->find_first_not_of(' ', end), text->size()));
            if (std::isfinite(value) && !unit.empty()) return {value, unit, false};
        } catch (const std::exception&) {  // falls through to the message below
        }
    }
    throw ConfigError("the end of a range must be a number or a quantity, for example 0.5 or \"0.8 V\"", leaf.where);
}

class AxisReader {
public:
    AxisReader(const config::Node& node, SweepSearch search) : node_(node), search_(search) { axis_.where = node.where; }
    SweepAxis read() {
        const Leaf* key = node_.leaf("key");
        if (key == nullptr || texts_of(*key).size() != 1) fail("an axis needs the setting it varies, for example key = \"train.v_set\"");
        axis_.key = texts_of(*key).front();
        axis_.where = key->where;
        const Leaf* values = node_.leaf("values");
        const Leaf* from = node_.leaf("from");
        const Leaf* to = node_.leaf("to");
        const auto* named = node_.table("settings");
        const bool has_ends = from != nullptr || to != nullptr;
        if (has_ends ? values != nullptr || named != nullptr : values == nullptr && named == nullptr)
            fail(fmt::format("axis {} needs values = [...], from and to, or [axis.settings]", axis_.key));
        if (!has_ends) {
            for (const char* other : {"n", "scale"})
                if (const auto* leaf = node_.leaf(other))
                    throw ConfigError(fmt::format("{} belongs to an axis with from and to; axis {} lists its values", other, axis_.key),
                                      leaf->key_where);
            if (values != nullptr) read_values(*values);
            if (named != nullptr) read_named(*named, values);
            return axis_;
        }
        if (from == nullptr || to == nullptr) fail(fmt::format("axis {} has only one end; expected from and to", axis_.key));
        read_range(*from, *to);
        return axis_;
    }

private:
    void read_values(const Leaf& values) {
        axis_.values = texts_of(values);
        for (std::size_t i = 0; i < axis_.values.size(); ++i)
            if (std::find(axis_.values.begin(), axis_.values.begin() + static_cast<std::ptrdiff_t>(i), axis_.values[i]) !=
                axis_.values.begin() + static_cast<std::ptrdiff_t>(i))
                throw ConfigError(fmt::format("axis {} has the value {} twice, which would count one result as two; expected each once",
                                              axis_.key, axis_.values[i]),
                                  values.where);
        if (axis_.values.empty()) throw ConfigError(fmt::format("axis {} has no values; expected at least one", axis_.key), values.where);
    }
    /// Named settings: the key is a label of their own, `values` says which and in what order.
    void read_named(const config::Node& named, const Leaf* values) {
        for (const auto& [name, leaf] : named.leaves) {
            axis_.settings[name] = texts_of(leaf);
            for (const auto& text : axis_.settings[name])
                if (text.find('=') == std::string::npos)
                    throw ConfigError(fmt::format("\"{}\" is no setting; expected key=value", text), leaf.where);
        }
        if (axis_.settings.empty())
            throw ConfigError(
                fmt::format("axis {} has no named settings; expected at least one, for example low = [\"train.v_set=0.8 V\"]", axis_.key),
                named.where);
        if (values == nullptr)
            for (const auto& [name, settings] : axis_.settings) axis_.values.push_back(name);
        for (const auto& name : axis_.values)
            if (!axis_.settings.contains(name))
                throw ConfigError(fmt::format("axis {} has no settings named {}; expected one in [axis.settings]", axis_.key, name),
                                  values->where);
    }
    [[noreturn]] void fail(const std::string& what) const { throw ConfigError(what, axis_.where); }
    void read_range(const Leaf& from, const Leaf& to) {
        const Bound a = bound_of(from), b = bound_of(to);
        if (a.unit != b.unit)
            throw ConfigError(fmt::format("axis {} goes from {} to {}; expected the same unit at both ends", axis_.key, texts_of(from)[0],
                                          texts_of(to)[0]),
                              to.where);
        axis_.is_range = true, axis_.is_integer = a.is_integer && b.is_integer, axis_.from = a.value, axis_.to = b.value,
        axis_.unit = a.unit;
        if (const auto* scale = node_.leaf("scale")) {
            const std::string text = texts_of(*scale).size() == 1 ? texts_of(*scale)[0] : "";
            if (text != "linear" && text != "log") throw ConfigError("scale is not known; expected \"linear\" or \"log\"", scale->where);
            axis_.is_log = text == "log";
            if (axis_.is_log && !(a.value * b.value > 0))
                throw ConfigError(fmt::format("axis {} has a logarithmic scale through zero; expected ends of one sign", axis_.key),
                                  scale->where);
        }
        const Leaf* n = node_.leaf("n");
        if (search_ == SweepSearch::random) {
            if (n != nullptr) throw ConfigError("n belongs to a grid; a random search draws from the range", n->key_where);
            return;
        }
        const auto* count = n == nullptr ? nullptr : std::get_if<std::int64_t>(&n->value);
        if (count == nullptr || *count < 2 || *count > static_cast<std::int64_t>(most_points))
            throw ConfigError(
                fmt::format("axis {} of a grid needs n, how many values from end to end; expected a whole number from 2", axis_.key),
                n ? n->where : axis_.where);
        for (std::int64_t k = 0; k < *count; ++k) {
            const std::string value = axis_.drawn(static_cast<double>(k) / static_cast<double>(*count - 1));
            if (axis_.values.empty() || axis_.values.back() != value) axis_.values.push_back(value);
        }
    }
    const config::Node& node_;
    SweepSearch search_;
    SweepAxis axis_;
};

std::vector<std::vector<std::string>> random_points(const std::vector<SweepAxis>& axes, std::int64_t n, std::int64_t seed) {
    const Rng root(static_cast<std::uint64_t>(seed));
    std::vector<std::vector<std::string>> points;
    for (std::int64_t i = 0; i < n; ++i) {
        Rng own = root.stream("point", static_cast<std::uint64_t>(i));
        auto& point = points.emplace_back();
        for (const auto& a : axes) point.push_back(a.is_range ? a.drawn(own.uniform()) : a.values[own.below(a.values.size())]);
    }
    return points;
}

/// Words in use for results, as this program calls them.
std::string result_word(const std::string& word, const std::vector<std::string>& there) {
    static const std::map<std::string, std::string> others{{"fid", "frechet_distance"},
                                                           {"kid", "kernel_distance"},
                                                           {"accuracy", "classifier_accuracy"},
                                                           {"is", "inception_style_score"},
                                                           {"energy", "training_energy_J"},
                                                           {"area", "area_m2"},
                                                           {"time", "wall_s"},
                                                           {"loss_g", "final_loss_g"},
                                                           {"loss_d", "final_loss_d"}};
    std::string lower = word;
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const auto it = others.find(lower);
    return it != others.end() && std::find(there.begin(), there.end(), it->second) != there.end() ? it->second : nearest_name(word, there);
}

void check_results(const Sweep& sweep, const std::vector<std::string>& there) {
    auto asked = sweep.also;
    asked.insert(asked.begin(), sweep.spec.objective);
    for (const auto& name : asked) {
        const bool compares = &name == &asked.front();
        if (std::find(there.begin(), there.end(), name) != there.end()) continue;
        const std::string near = result_word(name, there);
        throw ConfigError(
            fmt::format("there is no result \"{}\" to {}{}; expected one of {}", name, compares ? "compare points by" : "show",
                        near.empty() ? "" : "; did you mean \"" + near + "\"?", join(there)),
            compares ? sweep.objective_where : sweep.also_where);
    }
}

}  // namespace

Schema<SweepSpec> SweepSpec::schema() {
    using T = SweepSpec;
    return {
        param("name", &T::name, "short name, for the folder", assumed("the file's")),
        param("doc", &T::doc, "what the sweep is for, in a sentence", assumed("ours")),
        choice("kind", &T::kind, {"experiment", "estimate"}, "train experiments, or estimate a network on accelerators",
               assumed("experiments")),
        param("base", &T::base, "experiment or network that all points start from: a preset, or a path relative to this file",
              assumed("none")),
        choice("search", &T::search, {"grid", "random"}, "all combinations, or points drawn at random", assumed("grid")),
        param("points", &T::points, std::int64_t{0}, static_cast<std::int64_t>(most_points), "random: how many", assumed("none")),
        param("seed", &T::seed, std::int64_t{0}, std::int64_t{1} << 53, "random: which points", assumed("any")),
        param("objective", &T::objective, "result to compare points by; \"\" = frechet_distance, or iteration_latency_s for estimates",
              assumed("ours")),
        choice("goal", &T::goal, {"min", "max"}, "whether the objective is better small or large", assumed("small")),
        param("keep_runs", &T::keep_runs, "keep the run folders of points that are done", assumed("kept")),
    };
}

std::string SweepAxis::drawn(double share) const {
    double v =
        is_log ? std::copysign(std::exp(std::log(std::fabs(from)) + share * (std::log(std::fabs(to)) - std::log(std::fabs(from)))), from)
               : from + share * (to - from);
    if (share == 0) v = from;
    if (share == 1) v = to;
    if (is_integer) return fmt::format("{:.0f}", std::round(v));
    return unit.empty() ? number_text(v) : number_text(v) + " " + unit;
}

bool SweepAxis::is_number() const {
    if (is_range && values.empty()) return unit.empty();
    return std::all_of(values.begin(), values.end(), [](const std::string& text) {
        double value = 0;
        const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
        return fault == std::errc() && end == text.data() + text.size() && std::isfinite(value);
    });
}

std::vector<std::vector<std::string>> grid_points(const std::vector<SweepAxis>& axes, const Location& where) {
    double n = 1;
    for (const auto& a : axes) n *= static_cast<double>(a.values.size());
    if (n > static_cast<double>(most_points))
        throw ConfigError(fmt::format("the grid has {:.3g} points; expected at most {}", n, most_points), where);
    std::vector<std::vector<std::string>> points(1);
    for (const auto& a : axes) {
        std::vector<std::vector<std::string>> more;
        for (const auto& p : points)
            for (const auto& v : a.values) {
                more.push_back(p);
                more.back().push_back(v);
            }
        points = std::move(more);
    }
    return points;
}

// Every value of an axis with the first values of the others.
void check_settings(const Sweep& sweep, const SweepTargets& targets) {
    std::vector<std::string> results;
    const auto attempt = [&](const std::vector<std::string>& point) -> std::optional<std::string> {
        try {
            results = check_point(sweep, settings_of(sweep, point), targets);
            return std::nullopt;
        } catch (const ConfigError& e) {
            return e.what();
        }
    };
    const auto& first = sweep.points.front();
    if (const auto fault = attempt(first)) {
        Location where = sweep.where;
        for (const auto& axis : sweep.axes)
            if (fault->find(axis.key) != std::string::npos) where = axis.where;
        throw ConfigError(*fault, where);
    }
    check_results(sweep, results);
    for (std::size_t a = 0; a < sweep.axes.size(); ++a)
        for (const auto& value :
             sweep.axes[a].is_range ? std::vector<std::string>{sweep.axes[a].drawn(0), sweep.axes[a].drawn(1)} : sweep.axes[a].values) {
            auto point = first;
            point[a] = value;
            if (const auto fault = attempt(point)) throw ConfigError(*fault, sweep.axes[a].where);
        }
}

const SweepAxis* seed_axis(const Sweep& sweep) {
    if (sweep.axes.size() < 2) return nullptr;
    const auto found = std::find_if(sweep.axes.begin(), sweep.axes.end(), [](const auto& axis) { return axis.key == "experiment.seed"; });
    return found == sweep.axes.end() ? nullptr : &*found;
}

std::vector<std::string> settings_of(const Sweep& sweep, const std::vector<std::string>& values) {
    std::vector<std::string> out;
    for (std::size_t a = 0; a < sweep.axes.size(); ++a) {
        const auto& axis = sweep.axes[a];
        if (axis.settings.empty()) out.push_back(axis.key + "=" + values[a]);
        else out.insert(out.end(), axis.settings.at(values[a]).begin(), axis.settings.at(values[a]).end());
    }
    return out;
}

std::vector<std::string> labels_of(const Sweep& sweep, std::size_t point) {
    std::vector<std::string> out;
    for (std::size_t a = 0; a < sweep.axes.size(); ++a) out.push_back(sweep.axes[a].key + "=" + sweep.points[point][a]);
    return out;
}

std::vector<std::string> settings_of(const Sweep& sweep, std::size_t point) { return settings_of(sweep, sweep.points[point]); }

Sweep load_sweep(const std::string& path, const config::Presets& experiments, const config::Presets& networks,
                 const Registries& registries) {
    return read_sweep(*config::load_toml(path), {path}, fs::path(path).stem().string(), fs::path(path).parent_path(),
                      {experiments, networks, registries});
}

Sweep read_sweep(const config::Node& root, const Location& where, const std::string& name, const fs::path& beside,
                 const SweepTargets& targets) {
    Sweep sweep;
    sweep.where = where;
    std::map<std::string, std::vector<std::string>> known{{"", {"sweep", "axis"}},
                                                          {"axis", {"key", "values", "from", "to", "n", "scale", "settings"}}};
    const config::Node* node = root.table("sweep");
    if (node == nullptr) throw ConfigError("is no sweep: it has no [sweep]", sweep.where);
    sweep.where = node->where;
    known["sweep"] = config::bind(node, SweepSpec::schema(), sweep.spec);
    known["sweep"].insert(known["sweep"].end(), {"set", "also"});
    if (const auto* leaf = node->leaf("set")) sweep.set = texts_of(*leaf);
    sweep.objective_where = sweep.also_where = sweep.where;
    if (const auto* leaf = node->leaf("objective")) sweep.objective_where = leaf->where;
    if (const auto* leaf = node->leaf("also")) sweep.also = texts_of(*leaf), sweep.also_where = leaf->where;
    if (sweep.spec.name.empty()) sweep.spec.name = name;
    if (sweep.spec.base.empty()) throw ConfigError("the sweep needs a base, for example base = \"satyam2022-balanced\"", sweep.where);
    const bool is_path = names_file(sweep.spec.base, {".toml"});
    if (is_path) sweep.spec.base = fs::absolute(beside / sweep.spec.base).lexically_normal().string();
    if (sweep.spec.objective.empty())
        sweep.spec.objective = sweep.spec.kind == SweepKind::experiment ? "frechet_distance" : "iteration_latency_s";
    for (const auto* item : root.list("axis")) {
        for (const auto& key : known["axis"])
            if (key != "settings") item->leaf(key);
        if (const auto* named = item->table("settings"))
            for (const auto& [name, leaf] : named->leaves) leaf.used = true;
    }
    config::reject_unused(root, known);
    for (const auto* item : root.list("axis")) sweep.axes.push_back(AxisReader(*item, sweep.spec.search).read());
    if (sweep.axes.empty()) throw ConfigError("the sweep varies nothing; expected at least one [[axis]]", sweep.where);
    for (std::size_t a = 0; a < sweep.axes.size(); ++a)
        for (std::size_t b = 0; b < a; ++b)
            if (sweep.axes[a].key == sweep.axes[b].key)
                throw ConfigError(fmt::format("axis {} is there twice; expected each setting once", sweep.axes[a].key),
                                  sweep.axes[a].where);
    if (sweep.spec.search == SweepSearch::random && sweep.spec.points < 1)
        throw ConfigError("a random search needs points, how many to draw", sweep.where);
    if (sweep.spec.search == SweepSearch::grid && sweep.spec.points > 0)
        throw ConfigError("points belongs to search = \"random\"; a grid has as many as its axes give", node->leaf("points")->key_where);
    sweep.points = sweep.spec.search == SweepSearch::grid ? grid_points(sweep.axes, sweep.where)
                                                          : random_points(sweep.axes, sweep.spec.points, sweep.spec.seed);
    check_settings(sweep, targets);
    return sweep;
}

}  // namespace ganbar::study
