// The job script of `ganbar sweep --slurm`: an array job (slurm.schedmd.com/job_array.html) whose tasks are the ranks of the sweep.
#pragma once
#include <cstddef>
#include <string>

namespace ganbar::study {

struct SlurmJob {
    std::string name;                         ///< of the job
    std::string program, sweep, out, folder;  ///< absolute paths: ganbar, the sweep file, the sweep's folder, where the job starts
    int n_tasks = 1;                          ///< ranks; each is a task of the array
    int jobs = 1;                             ///< points at once in a task, and cores of it
};

/// Bash. As an array task it does the points of its rank; run otherwise (`bash job.sh`, sbatch without an array) it does all points.
/// ConfigError for a path with a line break, which no job script can name.
std::string slurm_script(const SlurmJob& job);

}  // namespace ganbar::study
