#include "ganbar/study/rule_grid.h"

#include <fmt/format.h>

#include <algorithm>

#include "ganbar/study/study_devices.h"

namespace ganbar::study {
namespace {

constexpr const char* of_window = "window*";  // "verify_step=window*0.006"

std::vector<std::vector<std::string>> values_of(const std::string& key, const std::vector<const char*>& values) {
    std::vector<std::vector<std::string>> out;
    for (const char* v : values) out.push_back({key + "=" + v});
    return out;
}

template <class Named>
std::vector<Named> called(const std::vector<Named>& all, const std::vector<std::string>& names, const char* what) {
    if (names.empty()) return all;
    std::vector<std::string> known;
    for (const auto& one : all) known.push_back(one.name);
    std::vector<Named> out;
    for (const auto& name : names) {
        const auto at = std::find(known.begin(), known.end(), name);
        if (at == known.end()) {
            const std::string near = nearest_name(name, known);
            throw ConfigError(fmt::format("{} \"{}\" is not known{}; expected some of {}", what, name,
                                          near.empty() ? "" : "; did you mean \"" + near + "\"?", join(known)));
        }
        out.push_back(all[static_cast<std::size_t>(at - known.begin())]);
    }
    return out;
}

/// The settings with "window*X" as a conductance of this device.
std::vector<std::string> filled(std::vector<std::string> sets, const Context& context) {
    double range_S = 0;
    for (auto& set : sets) {
        const auto at = set.find(of_window);
        if (at == std::string::npos) continue;
        if (range_S == 0) {
            std::vector<std::string> plain;
            for (const auto& s : sets)
                if (s.find(of_window) == std::string::npos) plain.push_back(s);
            const Experiment probe = context.load("measured-device", plain);
            const Window window = probe.device.make(1)->window();
            range_S = window.g_max.si - window.g_min.si;
        }
        set = set.substr(0, at) + fmt::format("{:.6g} S", range_S * std::stod(set.substr(at + std::string(of_window).size())));
    }
    return sets;
}

}  // namespace

const std::vector<RuleTry>& rule_grid() {
    static const std::vector<RuleTry> all{
        {"blind pulses",
         "manhattan",
         "dead zone: gradients too small for a pulse",
         0,
         {},
         values_of("train.manhattan.dead_zone", {"0", "0.5", "1", "2"})},
        {"momentum",
         "manhattan",
         "memory of the averaged gradient",
         1,
         {},
         values_of("train.manhattan.momentum", {"0.5", "0.7", "0.9", "0.97"})},
        {"write-verify",
         "manhattan",
         "move that is verified, in parts of the window",
         0,
         {"train.manhattan.verify_pulses=8"},
         values_of("train.manhattan.verify_step", {"window*0.003", "window*0.006", "window*0.012", "window*0.024"})},
        {"error feedback",
         "manhattan",
         "move per root mean square of the gradient, in parts of the window",
         1,
         {"train.manhattan.feedback=0.6", "train.manhattan.feedback_scale=0.7", "train.manhattan.verify_pulses=8"},
         values_of("train.manhattan.verify_step", {"window*0.003", "window*0.006", "window*0.012", "window*0.024"})},
        {"mixed precision", "mixed_precision", "rate", 1, {}, values_of("train.rate", {"1", "3", "10", "30"})},
        {"mixed precision with Adam",
         "mixed_precision",
         "rate",
         3,
         {"train.mixed_precision.accumulate=adam"},
         values_of("train.rate", {"0.01", "0.03", "0.1", "0.3"})},
        {"pulse trains", "pulse_train", "rate", 0, {}, values_of("train.rate", {"0.03", "0.1", "0.3", "1"})},
        {"Tiki-Taka", "tiki_taka", "rate", 0, {}, values_of("train.rate", {"0.03", "0.1", "0.3", "1"})},
        {"Tiki-Taka v2", "tiki_taka_v2", "rate", 1, {}, values_of("train.rate", {"0.03", "0.1", "0.3", "1"})},
    };
    return all;
}

std::vector<RuleTry> rules_called(const std::vector<std::string>& names) { return called(rule_grid(), names, "rule"); }

std::vector<RuleDevice> devices_called(const std::vector<std::string>& names, const config::Presets& experiments) {
    std::vector<RuleDevice> all{{"nili2020", {"device.model=nili2020", "v_set=1.0 V", "v_reset=-1.2 V"}}};
    for (const auto& [name, doc] : device_presets(experiments)) all.push_back({name, {"device.model=" + name}});
    return called(all, names.empty() ? std::vector<std::string>{"nili2020", "wox-krestinskaya", "pcm"} : names, "device");
}

std::vector<std::string> settings_of(const RuleDevice& device, const RuleTry& rule, std::size_t setting, const Context& context) {
    std::vector<std::string> sets{"train.rule=" + rule.rule};
    for (const auto& set : device.sets) sets.push_back(set.starts_with("device.") ? set : "train." + rule.rule + "." + set);
    sets.insert(sets.end(), rule.fixed.begin(), rule.fixed.end());
    sets.insert(sets.end(), rule.settings.at(setting).begin(), rule.settings.at(setting).end());
    return filled(std::move(sets), context);
}

}  // namespace ganbar::study
