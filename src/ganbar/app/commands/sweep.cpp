// `ganbar sweep`: works through the points of a sweep file. Under mpirun, or wherever the environment gives a rank and a number of ranks,
// rank r takes the points r, r + n, r + 2n, ...; all write the same SQLite file. Whoever finishes last writes the summary.
#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "ganbar/app/command.h"
#include "ganbar/app/output_file.h"
#include "ganbar/app/rank.h"
#include "ganbar/app/slurm_script.h"
#include "ganbar/app/terminal.h"
#include "ganbar/run/run.h"
#include "ganbar/data/folder_lock.h"
#include "ganbar/study/sweep_report.h"
#include "ganbar/core/parallel.h"
#include "ganbar/data/atomic_file.h"
#include "ganbar/report/write_report.h"

namespace ganbar::app {
namespace {

using namespace study;
namespace fs = std::filesystem;

struct Options {
    std::string sweep, out, rank;
    int jobs = 1, tasks = 0;
    bool retry = false, json = false, dry_run = false, slurm = false;
};

fs::path run_folder(const fs::path& out, std::size_t point) { return out / "runs" / fmt::format("{:05d}", point); }

class Work {
public:
    Work(const Sweep& sweep, const SweepTargets& targets, SweepStore& store, const fs::path& out, const Rank& rank, const Options& o)
        : sweep_(sweep), targets_(targets), store_(store), out_(out), rank_(rank), jobs_(o.jobs) {
        for (const auto& row : store.rows())
            if ((row.status == "open" || (o.retry && row.status == "failed")) && static_cast<int>(row.id % rank.n) == rank.rank) open_.push_back(static_cast<std::size_t>(row.id));
    }
    void run() {
        std::vector<std::thread> threads;
        for (int k = 0; k < std::min<int>(jobs_, static_cast<int>(open_.size())); ++k) threads.emplace_back([this] { take_points(); });
        for (auto& t : threads) t.join();
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    void take_points() {
        // Ranks share a machine unless the number of threads of each process is said.
        const int n_threads = std::max(1, max_threads() / std::max(1, jobs_ * (std::getenv("OMP_NUM_THREADS") != nullptr ? 1 : rank_.n)));
        for (std::size_t k; !stopped_ && !signal_noted() && (k = next_++) < open_.size();) {
            try {
                const std::size_t point = open_[k];
                const fs::path folder = run_folder(out_, point);
                const PointResult result = work_on(sweep_, point, folder, n_threads, targets_);
                const std::lock_guard lock(mutex_);
                if (result.interrupted) {
                    stopped_ = true;
                    continue;
                }
                store_.record(point, result, rank_.rank);
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
        std::string value;
        for (const auto& [key, v] : result.values)
            if (key == sweep_.spec.objective) std::visit([&](const auto& x) { value = fmt::format("{} {}", key, x); }, v);
        app::say(fmt::format("[{}/{}] point {}: {}: {} ({:.1f} s)", ++n_said_, open_.size(), point, join(settings_of(sweep_, point)), result.done ? value : "failed: " + result.error, result.wall_s));
    }

    const Sweep& sweep_;
    const SweepTargets& targets_;
    SweepStore& store_;
    fs::path out_;
    Rank rank_;
    int jobs_;
    std::vector<std::size_t> open_;
    std::atomic<std::size_t> next_{0};
    std::atomic<bool> stopped_{false};
    std::mutex mutex_;
    std::exception_ptr failure_;
    std::size_t n_said_ = 0;
};

/// How many points fall to a rank.
std::size_t share_of(const Sweep& sweep, const Rank& rank) {
    const auto n = static_cast<std::size_t>(rank.n), r = static_cast<std::size_t>(rank.rank);
    return sweep.points.size() / n + (r < sweep.points.size() % n ? 1 : 0);
}

void print_plan(const Sweep& sweep) {
    for (std::size_t p = 0; p < sweep.points.size(); ++p) fmt::print("point {}: {}\n", p, join(settings_of(sweep, p)));
}

nlohmann::ordered_json rows_json(const std::vector<SweepRow>& rows) {
    auto out = nlohmann::ordered_json::array();
    for (const auto& row : rows) {
        nlohmann::ordered_json item{{"id", row.id}, {"status", row.status}, {"wall_s", row.wall_s}};
        if (!row.error.empty()) item["error"] = row.error;
        for (const auto& [key, value] : row.values) std::visit([&, &k = key](const auto& v) { item[k] = v; }, value);
        out.push_back(std::move(item));
    }
    return out;
}

/// Nothing is worked on: the job does that.
void write_job(const Options& o, const Sweep& sweep, const fs::path& out, const std::string& program) {
    if (!o.rank.empty()) throw ConfigError("--slurm writes a job whose tasks are the ranks; expected it without --rank");
    const auto n_points = static_cast<int>(std::min<std::size_t>(sweep.points.size(), 1u << 20));
    const int n_tasks = std::min(n_points, o.tasks > 0 ? o.tasks : 16);
    const fs::path file = fs::absolute(out) / "job.sh";
    make_folder(out);
    write_file(file, slurm_script({"ganbar-" + file_name_of(sweep.spec.name), program, fs::absolute(o.sweep), fs::absolute(out), fs::current_path(), n_tasks, o.jobs}), Replace::yes);
    fmt::print("{}\n", file.string());
    say(fmt::format("submit it: sbatch {}   ({} points, {} tasks of {} cores; follow it: ganbar watch {})", file.string(), sweep.points.size(), n_tasks, o.jobs, out.string()));
}

void run(const Options& o, const config::Presets& experiments, const config::Presets& networks, const CommandContext& context) {
    const Sweep sweep = load_sweep(o.sweep, experiments, networks, context.registries);
    if (o.dry_run) return print_plan(sweep);
    const fs::path out = o.out.empty() ? fs::path("sweeps") / file_name_of(sweep.spec.name) : fs::path(o.out);
    if (o.slurm) return write_job(o, sweep, out, context.program);
    if (o.tasks > 0) throw ConfigError("--tasks is the size of a job's array; expected it with --slurm");
    const Rank rank = o.rank.empty() ? rank_from_environment() : rank_of(o.rank);
    std::error_code fault;
    fs::create_directories(out / "runs", fault);
    if (fault) throw DataError(fmt::format("cannot make the folder {}: {}; choose another with --out", out.string(), fault.message()));
    const FolderLock lock(out, "sweep", fmt::format("{}-of-{}", rank.rank, rank.n));
    SweepStore store(out / "sweep.sqlite", sweep);
    const SweepTargets targets{experiments, networks, context.registries, context.program, [] { return signal_noted(); }};
    if (rank.n > 1) say(fmt::format("rank {} of {} by {}: {} of {} points are left to the other ranks", rank.rank, rank.n, rank.source, sweep.points.size() - share_of(sweep, rank), sweep.points.size()));
    note_signals();
    Work(sweep, targets, store, out, rank, o).run();
    const auto rows = store.rows();
    const auto has = [&](const char* status) { return std::any_of(rows.begin(), rows.end(), [&](const auto& r) { return r.status == status; }); };
    if (has("open")) {
        const auto n_open = std::count_if(rows.begin(), rows.end(), [](const auto& r) { return r.status == "open"; });
        if (signal_noted() || rank.n == 1)
            throw Interrupted(fmt::format("stopped with {} of {} points to do; to go on: the same command ({} --out {})", n_open, rows.size(), "ganbar sweep " + o.sweep, out.string()));
        return say(fmt::format("{} of {} points are open yet; the rank that ends last writes table and page", n_open, rows.size()));
    }
    write_file(out / "sweep.csv", sweep_csv(sweep, rows, store.result_columns()), Replace::yes);
    report::write_report(sweep_report(sweep, rows, fmt::format("ganbar sweep {} --out {}", o.sweep, out.string())), (out / "report.html").string(), true);
    if (o.json) fmt::print("{}\n", rows_json(rows).dump(1));
    else fmt::print("{}{}\n", sweep_table(sweep, rows), out.string());
    if (!has("done")) throw DataError(fmt::format("none of the {} points could be run; the table has their errors", rows.size()), {(out / "sweep.sqlite").string()});
}

}  // namespace

void ganbar_register_sweep(CommandContext& context) {
    auto* command = context.cli.add_subcommand("sweep", "a grid or random search of experiments or estimates, in one SQLite file; also under mpirun");
    auto o = std::make_shared<Options>();
    command->add_option("sweep", o->sweep, "TOML file: [sweep] and one [[axis]] per setting that varies (docs/sweep.md)")->required();
    command->add_option("--out", o->out, "folder of the sweep; default sweeps/NAME. The same command again goes on where it stopped");
    command->add_option("--jobs", o->jobs, "points worked on at once by this process")->check(Range{1, 1024})->show_default();
    command->add_option("--rank", o->rank, "I/N: this is process I, from 0, of N that share the folder; otherwise as mpirun or srun say");
    command->add_flag("--slurm", o->slurm, "write OUT/job.sh, an array job of Slurm for sbatch, and stop");
    command->add_option("--tasks", o->tasks, "with --slurm: tasks of the array, each one process; default 16, never more than points")->check(Range{1, 100000});
    command->add_flag("--retry", o->retry, "work on failed points again");
    command->add_flag("--dry-run", o->dry_run, "print the points and stop");
    command->add_flag("--json", o->json, "print all rows as JSON");
    const config::Presets experiments(context.places.preset_folders("experiments")), networks(context.places.preset_folders("networks"));
    command->callback([&context, o, experiments, networks] { context.run = [&context, o, experiments, networks] { run(*o, experiments, networks, context); }; });
}

}  // namespace ganbar::app
