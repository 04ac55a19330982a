#include "ganbar/core/account.h"

#include "ganbar/core/error.h"

namespace ganbar {
namespace {

constexpr const char* phases[] = {"forward", "backward", "update", "programming", "latents"};
constexpr const char* components[] = {"cells", "adc",     "dac",           "digital",   "set",         "reset",
                                      "idle",  "verify",  "half_selected", "wires",     "sign",        "circuit",
                                      "read",  "compare", "amplifier",     "set_pulse", "reset_pulse", "vector"};
constexpr const char* parts[] = {"update", "read", "converter", "digital", "amplifier", "noise", "programming"};

template <class Enum, std::size_t n>
bool find(const char* const (&names)[n], const std::string& word, Enum& out) {
    for (std::size_t i = 0; i < n; ++i)
        if (word == names[i]) return out = static_cast<Enum>(i), true;
    return false;
}

}  // namespace

const char* to_string(Phase p) { return phases[static_cast<std::size_t>(p)]; }
const char* to_string(Component c) { return components[static_cast<std::size_t>(c)]; }
const char* to_string(Part p) { return parts[static_cast<std::size_t>(p)]; }

std::string Account::path() const {
    return where + "/" + to_string(phase) + "/" + (component == Component::circuit ? circuit : to_string(component));
}

Account Account::of(const std::string& path) {
    const std::size_t last = path.rfind('/'),
                      middle = last == std::string::npos || last == 0 ? std::string::npos : path.rfind('/', last - 1);
    GANBAR_ASSERT(middle != std::string::npos);
    Account out{path.substr(0, middle)};
    const bool is_phase = find(phases, path.substr(middle + 1, last - middle - 1), out.phase);
    GANBAR_ASSERT(is_phase);
    const std::string word = path.substr(last + 1);
    if (!find(components, word, out.component)) out.component = Component::circuit, out.circuit = word;
    return out;
}

Part Account::part() const {
    switch (phase) {
        case Phase::latents: return Part::noise;
        case Phase::programming: return Part::programming;
        case Phase::update: return component == Component::digital ? Part::digital : Part::update;
        case Phase::forward:
        case Phase::backward: break;
    }
    if (component == Component::adc || component == Component::dac) return Part::converter;
    if (component == Component::digital) return Part::digital;
    return component == Component::circuit ? Part::amplifier : Part::read;
}

PartEnergies energies_by_part(const Ledger& ledger, const std::string& prefix) {
    std::array<std::array<std::array<double, 2>, n_components>, n_parts> sums{};  // cells: those of backward reads apart
    PartEnergies out{};
    for (const auto& [path, c] : ledger.accounts()) {
        if (!path.starts_with(prefix)) continue;
        const Account account = Account::of(path);
        const Part part = account.part();
        if (part == Part::noise) out[static_cast<std::size_t>(part)] += c.energy_J;
        else
            sums[static_cast<std::size_t>(part)][static_cast<std::size_t>(account.component)]
                [account.component == Component::cells && account.phase == Phase::backward] += c.energy_J;
    }
    for (std::size_t p = 0; p < n_parts; ++p)
        for (const auto& component : sums[p]) out[p] += component[0] + component[1];
    return out;
}

}  // namespace ganbar
