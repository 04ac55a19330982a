// Open sets of components by name. Registries are plain objects, filled by generated code and passed where they are needed.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "ganbar/core/error.h"

namespace ganbar {

/// name -> entry, in alphabetical order. Unknown names throw ConfigError with the nearest legal one.
template <class Entry>
class Registry {
public:
    explicit Registry(std::string kind) : kind_(std::move(kind)) {}
    void add(const std::string& name, Entry entry) {
        GANBAR_ASSERT(!entries_.contains(name));
        entries_.emplace(name, std::move(entry));
    }
    const Entry& get(const std::string& name, const Location& where = {}) const {
        const auto it = entries_.find(name);
        if (it != entries_.end()) return it->second;
        const std::string near = nearest_name(name, names());
        throw ConfigError("unknown " + kind_ + " \"" + name + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?") +
                              " (known: " + join(names()) + ")",
                          where);
    }
    bool contains(const std::string& name) const { return entries_.contains(name); }
    std::vector<std::string> names() const {
        std::vector<std::string> out;
        for (const auto& [name, entry] : entries_) out.push_back(name);
        return out;
    }
    const std::string& kind() const { return kind_; }

private:
    std::string kind_;
    std::map<std::string, Entry> entries_;
};

}  // namespace ganbar
