#include "ganbar/study/slurm_script.h"

#include <fmt/format.h>

#include "ganbar/core/error.h"

namespace ganbar::study {
namespace {

std::string checked(const std::string& path) {
    if (path.find_first_of("\n\r") != std::string::npos)
        throw ConfigError("a job script cannot name a path with a line break; expected another --out, or another place of the sweep file");
    return path;
}

/// One word of a shell, whatever is in it.
std::string word(const std::string& text) {
    std::string out = "'";
    for (const char c : checked(text)) out += c == '\'' ? "'\\''" : std::string(1, c);
    return out + "'";
}

/// A path in a line of #SBATCH, where % begins a pattern.
std::string pattern(const std::string& path) {
    std::string out;
    for (const char c : checked(path)) out += c == '%' ? "%%" : c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    return out;
}

}  // namespace

std::string slurm_script(const SlurmJob& job) {
    return fmt::format(R"(#!/bin/bash
#SBATCH --job-name="{name}"
#SBATCH --array=0-{last}
#SBATCH --ntasks=1
#SBATCH --cpus-per-task={jobs}
#SBATCH --output="{log}/slurm-%A_%a.log"
#SBATCH --signal=B:TERM@120
# Task I of the array does the points I, I + {n}, I + {n} + {n}, ...; the task that ends last writes the table and the page. Two minutes before the
# time limit trainings end with a checkpoint; the same sbatch again goes on with what is open. More options: sbatch --time=... --partition=... THIS.
set -eu
cd {folder}
export OMP_NUM_THREADS="${{SLURM_CPUS_PER_TASK:-{jobs}}}"
if [ -n "${{SLURM_ARRAY_TASK_ID:-}}" ]; then
    set -- --rank "$SLURM_ARRAY_TASK_ID/{n}"
else
    set --  # no array task: all points
fi
exec {program} sweep {sweep} --out {out} --jobs {jobs} "$@"
)",
                       fmt::arg("name", pattern(job.name)), fmt::arg("last", job.n_tasks - 1), fmt::arg("n", job.n_tasks),
                       fmt::arg("jobs", job.jobs), fmt::arg("log", pattern(job.out)), fmt::arg("folder", word(job.folder)),
                       fmt::arg("program", word(job.program)), fmt::arg("sweep", word(job.sweep)), fmt::arg("out", word(job.out)));
}

}  // namespace ganbar::study
