#include "ganbar/run/accelerators_json.h"

#include "ganbar/report/estimate_json.h"

namespace ganbar {

using Json = nlohmann::ordered_json;

Json run_estimates_json(const RunEstimates& r, const Ledger& ledger) {
    Json out = Json::array();
    const double rounds = double(r.rounds);
    const auto n = [&](const char* ending) { return ledger.total("training/", ending).n; };
    for (const auto& named : r.result.estimates) {
        const arch::Estimate& e = named.estimate;
        Json j = report::estimate_json(r.result.workload, named);
        j.erase("assumptions");  // they stand with all the others of the run
        j["rounds"] = r.rounds;
        j["run_latency_s"] = rounds * e.iteration_latency_s;
        j["run_energy_J"] = rounds * e.energy_J();
        j["counts_of_the_run"] = r.counted;
        j["counts"] = {{"run_cell_reads", n("/forward/cells") + n("/backward/cells")},
                       {"run_conversions", n("/adc")},
                       {"run_pulses", n("/update/set") + n("/update/reset") + n("/update/idle")},
                       {"array_steps", rounds * e.reads},
                       {"conversions", rounds * e.conversions},
                       {"cells_written", rounds * e.writes}};
        out.push_back(std::move(j));
    }
    for (const auto& [name, reason] : r.result.unfit) out.push_back({{"accelerator", name}, {"does_not_run_it", reason}});
    return out;
}

Json run_estimates_summary(const RunEstimates& r) {
    Json out = Json::object();
    for (const auto& named : r.result.estimates)
        out[named.name] = {{"run_latency_s", double(r.rounds) * named.estimate.iteration_latency_s},
                           {"run_energy_J", double(r.rounds) * named.estimate.energy_J()},
                           {"area_m2", named.estimate.area_total_m2()}};
    return out;
}

}  // namespace ganbar
