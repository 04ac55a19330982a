// The public face of ganbar, in reading order. No header reached from here includes one of another project, and a program that includes it
// takes the compile options of ganbar::ganbar with it, as headers hold kernels (docs: README, "Install").
#pragma once
#include "ganbar/arch/estimates.h"              // run_estimates: what accelerators take for a network
#include "ganbar/circuit/nodal.h"               // solve_operating_point: a passive crossbar with its wires
#include "ganbar/config/preset.h"               // experiments, networks and machines by name or path
#include "ganbar/core/error.h"                  // what is thrown: ConfigError, DataError, NumericError
#include "ganbar/core/ledger.h"                 // who did what for how much energy
#include "ganbar/core/matrix.h"                 // images, latent vectors and weights
#include "ganbar/device/device_pulses.h"        // pulse_cell: one cell under pulses
#include "ganbar/experiment/experiment.h"       // load_experiment: network, hardware and training, checked
#include "ganbar/experiment/places.h"           // where data and presets lie
#include "ganbar/experiment/registries.h"       // device models and accelerators by name
#include "ganbar/experiment/session.h"          // Session: a training step by step, without files
#include "ganbar/experiment/session_records.h"  // what a round came to
#include "ganbar/run/build_info.h"              // which ganbar this is
#include "ganbar/run/run.h"                     // run: a training that leaves a folder; a folder read back
#include "ganbar/run/run_observer.h"            // who watches a run
