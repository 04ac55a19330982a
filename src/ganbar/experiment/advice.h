// What to try when training goes wrong: two settings that fit the experiment at hand.
#pragma once
#include "ganbar/experiment/experiment.h"
#include "ganbar/gan/watch.h"

namespace ganbar {

/// "try train.rate_d = 0.0005 (now 0.001), or train.label_real = 0.9 (now 1)": two settings, as --set takes them.
std::string advice(const Experiment& e, gan::Trouble trouble);

}  // namespace ganbar
