// Which of several processes that share a work this one is.
#pragma once
#include <string>

namespace ganbar::app {

struct Rank {
    int rank = 0, n = 1;
    std::string source;  ///< who said so: "--rank", "SLURM_PROCID"; "" when nobody did
};

/// From "I/N" (--rank); ConfigError unless 0 <= I < N.
Rank rank_of(const std::string& text);
/// From what Open MPI, MPICH, Intel MPI and Slurm set, or GANBAR_RANK and GANBAR_RANKS; ConfigError when a pair names no rank. A program
/// started in a Slurm batch script without srun is alone, whatever the job has been given.
Rank rank_from_environment();

}  // namespace ganbar::app
