// Kinds of things with names (devices, experiments, data sets, ...): what `list`, `describe` and `doctor` ask.
// A kind is one file kinds/kind_<plural>.cpp whose registration puts an entry into context.kinds; nothing else changes.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ganbar/config/write.h"
#include "ganbar/experiment/places.h"
#include "ganbar/experiment/registries.h"

namespace ganbar::study {

struct Listed {
    std::string name, text;  ///< text: one short line
};
struct Description {
    std::string text;                                        ///< prose: what, equations, source, valid range
    std::vector<std::pair<std::string, std::string>> facts;  ///< ("shape", "28 x 28"), in order
    std::vector<config::Section> sections;                   ///< parameters with their defaults
    std::string config;                                      ///< configuration text, "" when there is none
};
struct Kind {
    std::string singular;  ///< "device"
    std::function<std::vector<Listed>()> list;
    std::function<Description(const std::string& name)> describe;  ///< ConfigError with the nearest name when it is unknown
};
using Kinds = std::map<std::string, Kind>;  ///< by plural: "devices"

/// The kind called `word`, singular or plural. ConfigError with the nearest one.
std::pair<std::string, const Kind*> find_kind(const Kinds& kinds, const std::string& word);

/// First sentence of a prose, for lists: its first clauses when it has more than 100 characters.
std::string first_sentence(const std::string& text);
/// A description as people read it, and as JSON (numbers in SI, keys of the parameters: name type value unit lo hi choices doc source
/// kind).
std::string describe_text(const std::string& singular, const std::string& name, const Description& description);
std::string describe_json(const std::string& singular, const std::string& name, const Description& description);

/// What a kind's file is handed; it puts its entry into `kinds`, and asks the others when it is used.
struct KindContext {
    Kinds& kinds;
    const Registries& registries;
    const Places& places;
};
/// Every kind of kinds/*.cpp. `context.registries` and `context.places` outlive the kinds.
void register_builtin_kinds(KindContext& context);

}  // namespace ganbar::study
