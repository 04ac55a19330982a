#include "ganbar/study/sweep_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "ganbar/core/parallel.h"
#include "ganbar/data/atomic_file.h"
#include "ganbar/data/folder_lock.h"
#include "ganbar/report/write_report.h"
#include "ganbar/study/sweep_report.h"

namespace ganbar::study {
namespace {

namespace fs = std::filesystem;

class Work {
public:
    Work(const Sweep& sweep, const SweepTargets& targets, SweepStore& store, const SweepRun& run)
        : sweep_(sweep), targets_(targets), store_(store), run_(run) {
        for (const auto& row : store.rows())
            if ((row.status == "open" || (run.retry && row.status == "failed")) && static_cast<int>(row.id % run.n_ranks) == run.rank)
                open_.push_back(static_cast<std::size_t>(row.id));
    }
    void work() {
        std::vector<std::thread> threads;
        for (int k = 0; k < std::min<int>(run_.jobs, static_cast<int>(open_.size())); ++k) threads.emplace_back([this] { take_points(); });
        for (auto& t : threads) t.join();
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    bool asked_to_stop() const { return stopped_ || (targets_.stop && targets_.stop()); }
    void take_points() {
        const int n_threads = std::max(1, max_threads() / std::max(1, run_.jobs * run_.ranks_here));
        for (std::size_t k; !asked_to_stop() && (k = next_++) < open_.size();) {
            try {
                const std::size_t point = open_[k];
                const fs::path folder = point_folder(run_.folder, point);
                const PointResult result = work_on(sweep_, point, folder, n_threads, targets_);
                const std::lock_guard lock(mutex_);
                if (result.interrupted) {
                    stopped_ = true;
                    continue;
                }
                store_.record(point, result, run_.rank);
                if (result.done && !sweep_.spec.keep_runs) fs::remove_all(folder);
                say(point, result);
            } catch (...) {  // the table cannot be written
                const std::lock_guard lock(mutex_);
                stopped_ = true;
                failure_ = std::current_exception();
            }
        }
    }
    void say(std::size_t point, const PointResult& result) {
        if (!run_.say) return;
        std::string value;
        for (const auto& [key, v] : result.values)
            if (key == sweep_.spec.objective)
                std::visit(
                    [&value, &name = key](const auto& x) {  // by name: clang 16 captures no structured binding where OpenMP is on
                        if constexpr (std::is_same_v<std::decay_t<decltype(x)>, double>) value = fmt::format("{} {:.6g}", name, x);
                        else value = fmt::format("{} {}", name, x);
                    },
                    v);
        run_.say(fmt::format("[{}/{}] point {}: {}: {} ({:.1f} s)", ++n_said_, open_.size(), point, join(labels_of(sweep_, point)),
                             result.done ? value : "failed: " + result.error, result.wall_s));
    }

    const Sweep& sweep_;
    const SweepTargets& targets_;
    SweepStore& store_;
    const SweepRun& run_;
    std::vector<std::size_t> open_;
    std::atomic<std::size_t> next_{0};
    std::atomic<bool> stopped_{false};
    std::mutex mutex_;
    std::exception_ptr failure_;
    std::size_t n_said_ = 0;
};

}  // namespace

void run_whole_sweep(const Sweep& sweep, const SweepTargets& targets, const SweepRun& run) {
    const auto rows = run_sweep(sweep, targets, run);
    if (const auto n_open = n_of(rows, "open"); n_open > 0)
        throw Interrupted(
            fmt::format("stopped with {} of {} trainings of {} to do; the same command goes on", n_open, rows.size(), sweep.spec.name));
    for (const auto& row : rows)
        if (row.status != "done")
            throw DataError(fmt::format("training {} failed: {}", row.id, row.error), {(run.folder / "sweep.sqlite").string()});
}

static SweepTargets targets_of(const StudyOptions& o, const Context& context) {
    return {context.experiments, context.networks, context.registries, o.program, o.stop, &context.places};
}

void check_trainings(const Sweep& sweep, const StudyOptions& options, const Context& context) {
    check_settings(sweep, targets_of(options, context));
}

void train_all(const Sweep& sweep, const fs::path& folder, const std::string& command, const StudyOptions& options,
               const Context& context) {
    check_trainings(sweep, options, context);
    run_whole_sweep(sweep, targets_of(options, context),
                    {.folder = folder, .jobs = options.jobs, .retry = true, .command = command, .say = context.say});
}

std::size_t n_of(const std::vector<SweepRow>& rows, const std::string& status) {
    return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [&](const auto& r) { return r.status == status; }));
}

std::vector<SweepRow> run_sweep(const Sweep& sweep, const SweepTargets& targets, const SweepRun& run) {
    std::error_code fault;
    fs::create_directories(run.folder / "runs", fault);
    if (fault)
        throw DataError(fmt::format("cannot make the folder {}: {}; choose another with --out", run.folder.string(), fault.message()));
    const FolderLock lock(run.folder, "sweep", fmt::format("{}-of-{}", run.rank, run.n_ranks));
    SweepStore store(run.folder / "sweep.sqlite", sweep);
    Work(sweep, targets, store, run).work();
    auto rows = store.rows();
    if (n_of(rows, "open") > 0) return rows;
    write_file(run.folder / "sweep.csv", sweep_csv(sweep, rows, store.result_columns()), Replace::yes);
    report::write_report(sweep_report(sweep, rows, run.command), (run.folder / "report.html").string(), true);
    return rows;
}

}  // namespace ganbar::study
