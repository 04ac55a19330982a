#include "ganbar/bits/bit_generator.h"

#include <fmt/format.h>

namespace ganbar {

void book(Ledger& ledger, std::string_view prefix, const BitCost& before, const BitCost& now) {
    for (std::size_t k = 0; k < now.accounts.size(); ++k) {
        const auto& [name, charge] = now.accounts[k];
        const Charge past = k < before.accounts.size() ? before.accounts[k].second : Charge{};
        ledger.charge(fmt::format("{}/{}", prefix, name), charge.n - past.n, {charge.energy_J - past.energy_J},
                      {charge.busy_s - past.busy_s});
    }
}

}  // namespace ganbar
