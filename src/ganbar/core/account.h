// Accounts of the ledger as types: who (network and layer), in which phase, through which component. Every total, curve and table is a
// grouping of the same accounts by part_of(), so parts and whole agree by construction (docs/adr/0005).
#pragma once
#include <array>
#include <string>

#include "ganbar/core/ledger.h"

namespace ganbar {

enum class Phase : std::uint8_t { forward, backward, update, programming, latents };
const char* to_string(Phase phase);

/// What took part. `circuit` stands for the analog circuits of a periphery, which have names of their own (subtractor, tanh, ...).
enum class Component : std::uint8_t {
    cells,
    adc,
    dac,
    digital,
    set,
    reset,
    idle,
    verify,
    half_selected,
    wires,
    sign,
    circuit,
    read,
    compare,
    amplifier,
    set_pulse,
    reset_pulse,
    vector
};
constexpr std::size_t n_components = 18;
const char* to_string(Component component);  ///< "circuit" has none: its account ends in the circuit's own name

/// The parts that a training's energy is told by. Each account belongs to one.
enum class Part : std::uint8_t { update, read, converter, digital, amplifier, noise, programming };
constexpr std::size_t n_parts = 7;
const char* to_string(Part part);  ///< as in the keys update_energy_J, read_energy_J, ...

struct Account {
    std::string where;  ///< "training/generator/dense1"
    Phase phase = Phase::forward;
    Component component = Component::cells;
    std::string circuit{};  ///< its name, where component is circuit
    std::string path() const;
    /// The account of a path "WHERE/PHASE/COMPONENT". InternalError (a bug) for another form.
    static Account of(const std::string& path);
    Part part() const;
};

inline void charge(Ledger& ledger, const Account& account, std::int64_t n, Joule energy, Second busy = {}) {
    ledger.charge(account.path(), n, energy, busy);
}

/// Energy by part of all accounts whose path begins with `prefix`. Each part sums its components, and each component its accounts, in
/// order.
using PartEnergies = std::array<double, n_parts>;
PartEnergies energies_by_part(const Ledger& ledger, const std::string& prefix);

}  // namespace ganbar
