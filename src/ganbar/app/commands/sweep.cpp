// `ganbar sweep`: works through the points of a sweep file. Under mpirun, or wherever the environment gives a rank and a number of ranks,
// rank r takes the points r, r + n, r + 2n, ...; all write the same SQLite file. Whoever finishes last writes the summary.
#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "ganbar/app/command.h"
#include "ganbar/app/output_file.h"
#include "ganbar/app/rank.h"
#include "ganbar/app/terminal.h"
#include "ganbar/data/atomic_file.h"
#include "ganbar/run/run.h"
#include "ganbar/study/slurm_script.h"
#include "ganbar/study/sweep_report.h"
#include "ganbar/study/sweep_run.h"

namespace ganbar::app {
namespace {

using namespace study;
namespace fs = std::filesystem;

struct SweepArguments {
    std::string sweep, out, rank;
    int jobs = 1, tasks = 0;
    bool retry = false, json = false, dry_run = false, slurm = false;
};

/// How many points fall to a rank.
std::size_t share_of(const Sweep& sweep, const Rank& rank) {
    const auto n = static_cast<std::size_t>(rank.n), r = static_cast<std::size_t>(rank.rank);
    return sweep.points.size() / n + (r < sweep.points.size() % n ? 1 : 0);
}

void print_sweep_plan(const Sweep& sweep) {
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
void write_job(const SweepArguments& o, const Sweep& sweep, const fs::path& out, const std::string& program) {
    if (!o.rank.empty()) throw ConfigError("--slurm writes a job whose tasks are the ranks; expected it without --rank");
    const auto n_points = static_cast<int>(std::min<std::size_t>(sweep.points.size(), 1u << 20));
    const int n_tasks = std::min(n_points, o.tasks > 0 ? o.tasks : 16);
    const fs::path file = fs::absolute(out) / "job.sh";
    make_folder(out);
    write_file(file,
               study::slurm_script({"ganbar-" + file_name_of(sweep.spec.name), program, fs::absolute(o.sweep), fs::absolute(out),
                                    fs::current_path(), n_tasks, o.jobs}),
               Replace::yes);
    fmt::print("{}\n", file.string());
    say(fmt::format("submit it: sbatch {}   ({} points, {} tasks of {} cores; follow it: ganbar watch {})", file.string(),
                    sweep.points.size(), n_tasks, o.jobs, out.string()));
}

void run(const SweepArguments& o, const config::Presets& experiments, const config::Presets& networks, const CommandContext& context) {
    const Sweep sweep = load_sweep(o.sweep, experiments, networks, context.registries);
    if (o.dry_run) return print_sweep_plan(sweep);
    const std::string out = o.out.empty() ? "sweeps/" + file_name_of(sweep.spec.name) : o.out;
    if (o.slurm) return write_job(o, sweep, out, context.program);
    if (o.tasks > 0) throw ConfigError("--tasks is the size of a job's array; expected it with --slurm");
    const Rank rank = o.rank.empty() ? rank_from_environment() : rank_of(o.rank);
    const SweepTargets targets{experiments, networks, context.registries, context.program, [] { return signal_noted(); }};
    if (rank.n > 1)
        say(fmt::format("rank {} of {} by {}: {} of {} points are left to the other ranks", rank.rank, rank.n, rank.source,
                        sweep.points.size() - share_of(sweep, rank), sweep.points.size()));
    note_signals();
    const auto rows = run_sweep(sweep, targets,
                                {.folder = out,
                                 .rank = rank.rank,
                                 .n_ranks = rank.n,
                                 // Ranks share a machine unless the number of threads of each process is said.
                                 .ranks_here = std::getenv("OMP_NUM_THREADS") != nullptr ? 1 : rank.n,
                                 .jobs = o.jobs,
                                 .retry = o.retry,
                                 .command = fmt::format("ganbar sweep {} --out {}", o.sweep, out),
                                 .say = [](const std::string& line) { say(line); }});
    if (const auto n_open = n_of(rows, "open"); n_open > 0) {
        if (signal_noted() || rank.n == 1)
            throw Interrupted(fmt::format("stopped with {} of {} points to do; to go on: the same command ({} --out {})", n_open,
                                          rows.size(), "ganbar sweep " + as_typed(o.sweep), as_typed(out)));
        return say(fmt::format("{} of {} points are open yet; the rank that ends last writes table and page", n_open, rows.size()));
    }
    if (o.json) fmt::print("{}\n", rows_json(rows).dump(1));
    else fmt::print("{}{}\n", sweep_table(sweep, rows), out);
    if (n_of(rows, "done") == 0)
        throw DataError(fmt::format("none of the {} points could be run; the table has their errors", rows.size()),
                        {out + "/sweep.sqlite"});
}

}  // namespace

void ganbar_register_sweep(CommandContext& context) {
    auto* command =
        context.cli.add_subcommand("sweep", "a grid or random search of experiments or estimates, in one SQLite file; also under mpirun");
    auto o = std::make_shared<SweepArguments>();
    command->add_option("sweep", o->sweep, "TOML file: [sweep] and one [[axis]] per setting that varies (docs/sweep.md)")->required();
    command->add_option("--out", o->out, "folder of the sweep; default sweeps/NAME. The same command again goes on where it stopped");
    command->add_option("--jobs", o->jobs, "points worked on at once by this process")->check(Range{1, 1024})->show_default();
    command->add_option("--rank", o->rank, "I/N: this is process I, from 0, of N that share the folder; otherwise as mpirun or srun say");
    command->add_flag("--slurm", o->slurm, "write OUT/job.sh, an array job of Slurm for sbatch, and stop");
    command->add_option("--tasks", o->tasks, "with --slurm: tasks of the array, each one process; default 16, never more than points")
        ->check(Range{1, 100000});
    command->add_flag("--retry", o->retry, "work on failed points again");
    command->add_flag("--dry-run", o->dry_run, "print the points and stop");
    command->add_flag("--json", o->json, "print all rows as JSON");
    const config::Presets experiments(context.places.preset_folders("experiments")), networks(context.places.preset_folders("networks"));
    command->callback([&context, o, experiments, networks] {
        context.run = [&context, o, experiments, networks] { run(*o, experiments, networks, context); };
    });
}

}  // namespace ganbar::app
