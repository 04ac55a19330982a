// Lengths of schedules that were simulated for one workload. Designs that differ only in what their schedule does not read (energies,
// areas, bits of converters) share one.
#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <vector>

namespace ganbar::arch {

/// For many threads.
class ScheduleMemo {
public:
    /// `read`: everything that `simulated` rests on, the workload apart.
    template <class Simulated>
    double length_s(const std::vector<double>& read, const Simulated& simulated) {
        if (const std::optional<double> known = find(read)) return *known;
        const double length = simulated();
        keep(read, length);
        return length;
    }

private:
    static constexpr std::size_t most_numbers = 8'000'000;  ///< that it keeps; what comes later is simulated every time

    std::optional<double> find(const std::vector<double>& read) {
        const std::lock_guard lock(mutex_);
        const auto at = lengths_.find(read);
        return at == lengths_.end() ? std::nullopt : std::optional(at->second);
    }
    void keep(const std::vector<double>& read, double length_s) {
        const std::lock_guard lock(mutex_);
        if ((n_numbers_ += read.size()) <= most_numbers) lengths_.emplace(read, length_s);
    }

    std::mutex mutex_;
    std::map<std::vector<double>, double> lengths_;
    std::size_t n_numbers_ = 0;
};

}  // namespace ganbar::arch
