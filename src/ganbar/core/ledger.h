// Who did what, how often, for how much energy and time. merge() and iteration are in account order, so totals are reproducible.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "ganbar/core/units.h"

namespace ganbar {

/// One line of account.
struct Charge {
    std::int64_t n = 0;  ///< how many actions (pulses, conversions, cell reads)
    double energy_J = 0;
    double busy_s = 0;  ///< time the component was busy, had it worked alone
};

/// Accounts are paths "network/layer/phase/component", for example "generator/dense2/update/set_pulse".
class Ledger {
public:
    void charge(std::string_view account, std::int64_t n, Joule energy, Second busy = {});
    void merge(const Ledger& other);
    /// Sum over the accounts whose path begins with `prefix` and ends with `suffix`.
    Charge total(std::string_view prefix = "", std::string_view suffix = "") const;
    Joule energy(std::string_view prefix = "", std::string_view suffix = "") const { return {total(prefix, suffix).energy_J}; }
    const std::map<std::string, Charge, std::less<>>& accounts() const { return accounts_; }
    void set(const std::string& account, const Charge& value) { accounts_[account] = value; }  ///< for checkpoints
private:
    std::map<std::string, Charge, std::less<>> accounts_;
};

}  // namespace ganbar
