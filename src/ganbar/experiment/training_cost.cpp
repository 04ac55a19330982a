#include "ganbar/experiment/training_cost.h"

namespace ganbar {

TrainingCost training_cost(const Ledger& l) {
    TrainingCost c;
    for (const auto& [path, charge] : l.accounts()) {
        if (!path.starts_with("training/")) continue;
        const Account account = Account::of(path);
        if (account.component == Component::set) c.n_set += charge.n;
        if (account.component == Component::reset) c.n_reset += charge.n;
    }
    c.part_J = energies_by_part(l, "training/");
    return c;
}

double TrainingCost::training_J() const {
    double sum = 0;
    for (const double part : part_J) sum += part;
    return sum;
}

double noise_energy_per_vector_J(const Ledger& l) {
    const auto n = static_cast<double>(l.total("training/noise/", "/vector").n);
    return n > 0 ? training_cost(l).of(Part::noise) / n : 0;
}

}  // namespace ganbar
