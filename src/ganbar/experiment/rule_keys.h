// The tables [train.RULE] of an input: bound for the rule in force, checked for the others. Once [train] held the parameters of every rule;
// such keys go on working and say their new names.
#pragma once
#include <map>
#include <set>

#include "ganbar/config/node.h"
#include "ganbar/tile/training_rule.h"

namespace ganbar {

class RuleKeys {
public:
    explicit RuleKeys(const RuleRegistry& rules);
    /// Moves old keys of [train] into the table of every rule that has them, as they once spoke to whichever rule there was. What a file
    /// says in a table stands beside an old key of the same file; what --set says comes last.
    void spread(config::Node& root);
    /// Once, when all is read: old keys speak of pulses that write trained weights only where such are written (ex situ, fold_norm).
    void settle(config::Node& root);
    /// The rule `name` from its table. Names that [train] and its tables may hold go to `known`. ConfigError at the place of an unknown
    /// rule, a value out of range in any rule's table, or a --set for another rule.
    RuleSpec bind(const config::Node& root, const std::string& name, std::map<std::string, std::vector<std::string>>& known);
    /// Lines for the user, after bind: which new keys old ones are, and what changes nothing under this rule.
    const std::vector<std::string>& notes() const { return notes_; }

private:
    using Key = std::pair<std::string, std::string>;  // table, key
    void note(const config::Node& train, const std::string& name);
    void note_unused(const config::Node& train, const std::string& name);
    const RuleRegistry& rules_;
    std::map<std::string, std::vector<Key>> homes_;  // of an old key
    std::set<std::string> old_;                      // said by files and --set, presets aside
    std::set<Key> spread_;
    std::vector<std::string> notes_;
    bool writes_ = false;  // trained weights are written into cells
};

}  // namespace ganbar
