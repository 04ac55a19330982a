#include "ganbar/core/ledger.h"

namespace ganbar {

void Ledger::charge(std::string_view account, std::int64_t n, Joule energy, Second busy) {
    auto it = accounts_.find(account);
    if (it == accounts_.end()) it = accounts_.emplace(std::string(account), Charge{}).first;
    it->second.n += n;
    it->second.energy_J += energy.si;
    it->second.busy_s += busy.si;
}

void Ledger::merge(const Ledger& other) {
    for (const auto& [account, c] : other.accounts_) charge(account, c.n, {c.energy_J}, {c.busy_s});
}

Charge Ledger::total(std::string_view prefix, std::string_view suffix) const {
    Charge sum;
    for (const auto& [account, c] : accounts_)
        if (account.starts_with(prefix) && account.ends_with(suffix)) {
            sum.n += c.n;
            sum.energy_J += c.energy_J;
            sum.busy_s += c.busy_s;
        }
    return sum;
}

}  // namespace ganbar
