#include "ganbar/report/group_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

#include "ganbar/core/error.h"

namespace ganbar::report {
namespace {

using Settings = std::map<std::string, std::string>;

/// Longer labels are cut: the page lists every difference.
constexpr std::size_t most_keys = 3;

std::string trimmed(const std::string& text) {
    const std::size_t from = text.find_first_not_of(" \t\r"), to = text.find_last_not_of(" \t\r");
    return from == std::string::npos ? std::string() : text.substr(from, to - from + 1);
}

std::string without_comment(std::string line) {
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\\' && quoted) {
            ++i;
            continue;
        }
        if (line[i] == '"') quoted = !quoted;
        if (line[i] == '#' && !quoted) line.resize(i);
    }
    return trimmed(line);
}

std::string value_in(const Settings& settings, const std::string& key) {
    const auto at = settings.find(key);
    return at == settings.end() ? "–" : at->second;
}

/// Keys that are not the same in all variants.
std::vector<std::string> differing_keys(const std::vector<Settings>& variants) {
    std::set<std::string> keys;
    for (const auto& v : variants)
        for (const auto& [key, value] : v) keys.insert(key);
    std::vector<std::string> out;
    for (const auto& key : keys)
        if (std::any_of(variants.begin(), variants.end(),
                        [&](const Settings& v) { return value_in(v, key) != value_in(variants.front(), key); }))
            out.push_back(key);
    // Another model brings other keys and defaults of its section along: they come after what a user would say.
    const auto brought = [&](const std::string& key) {
        const std::string section = key.substr(0, key.rfind('.'));
        return key != section + ".model" && std::find(out.begin(), out.end(), section + ".model") != out.end();
    };
    std::set<std::string> last;
    for (const auto& key : out)
        if (brought(key)) last.insert(key);
    const auto rank = [&](const std::string& key) {
        const bool everywhere = std::all_of(variants.begin(), variants.end(), [&](const Settings& v) { return v.contains(key); });
        return last.contains(key) || !everywhere ? 2 : value_in(variants.front(), key).front() == '[' ? 1 : 0;
    };
    std::stable_sort(out.begin(), out.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
    return out;
}

std::string label(const Settings& settings, const std::vector<std::string>& keys) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < std::min(keys.size(), most_keys); ++i) {
        std::string value = value_in(settings, keys[i]);
        if (value.size() > 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
        words.push_back(keys[i] + " = " + value);
    }
    return join(words) + (keys.size() > most_keys ? fmt::format(" and {} more", keys.size() - most_keys) : "");
}

/// The name of each variant: the experiment's where these differ, and the settings where they do not say enough.
std::vector<std::string> labels_of(const std::vector<Settings>& variants, const std::vector<std::string>& names) {
    if (variants.size() == 1) return names;
    const auto keys = differing_keys(variants);
    const std::set<std::string> distinct(names.begin(), names.end());
    std::vector<std::string> out;
    for (std::size_t i = 0; i < variants.size(); ++i) {
        const bool name_says_it = keys.empty() || (distinct.size() == names.size() && keys.size() > most_keys);
        if (name_says_it) out.push_back(names[i]);
        else out.push_back((distinct.size() > 1 ? names[i] + ": " : "") + label(variants[i], keys));
    }
    return out;
}

}  // namespace

std::map<std::string, std::string> settings_of(const std::string& run_toml) {
    Settings settings;
    std::map<std::string, int> items;
    std::istringstream lines(run_toml);
    std::string line, section;
    while (std::getline(lines, line)) {
        line = without_comment(line);
        const std::size_t equals = line.find('=');
        if (line.size() > 4 && line.starts_with("[[") && line.ends_with("]]")) {
            const std::string path = line.substr(2, line.size() - 4);
            section = fmt::format("{}[{}].", path, items[path]++);
        } else if (line.size() > 2 && line.front() == '[' && line.back() == ']' && equals == std::string::npos) {
            section = trimmed(line.substr(1, line.size() - 2)) + ".";
        } else if (equals != std::string::npos) {
            settings[section + trimmed(line.substr(0, equals))] = trimmed(line.substr(equals + 1));
        }
    }
    std::erase_if(settings, [](const auto& s) {
        return s.first == "experiment.seed" || s.first == "experiment.name" || s.first == "experiment.doc" ||
               s.first.starts_with("set_by.");
    });
    return settings;
}

void group_runs(std::vector<RunData>& runs) {
    std::vector<Settings> variants;
    std::vector<std::string> names, owners;  // of each variant; owner: the name of runs without run.toml
    std::vector<std::size_t> variant_of;
    for (const auto& run : runs) {
        const Settings settings = settings_of(run.run_toml);
        const std::string owner = run.run_toml.empty() ? run.group : "";
        std::size_t v = 0;
        while (v < variants.size() && !(variants[v] == settings && owners[v] == owner)) ++v;
        if (v == variants.size()) variants.push_back(settings), names.push_back(run.group), owners.push_back(owner);
        variant_of.push_back(v);
    }
    std::vector<std::string> labels = labels_of(variants, names);
    for (std::size_t v = 0; v < labels.size(); ++v)  // cut labels can coincide
        if (std::count(labels.begin(), labels.end(), labels[v]) > 1) labels[v] += fmt::format(", variant {}", v + 1);
    for (std::size_t i = 0; i < runs.size(); ++i) runs[i].group = labels[variant_of[i]];
    std::set<std::pair<std::string, std::string>> seen;
    for (std::size_t i = 0; i < runs.size(); ++i)
        if (!seen.emplace(runs[i].group, runs[i].label).second) runs[i].group += ", " + folder_name(runs[i].folder);
}

}  // namespace ganbar::report
