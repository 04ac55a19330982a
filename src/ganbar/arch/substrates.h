// The machines of chen2019 on one table of arrays. ReGAN's and ZARA's own are not available; a comparison on one table shows what a data
// flow is worth, one across tables also what the tables are.
#pragma once
#include "ganbar/arch/accelerator.h"

namespace ganbar::arch {

enum class Substrate : std::uint8_t { pipelayer, isaac };  ///< spikes and counters, or drivers and converters
const char* to_string(Substrate s);                        ///< "PipeLayer's arrays"

/// "zara", "regan" or "pipelayer" on these arrays. On its own the parameters are those of the registry's machine of that name.
AcceleratorEntry on_substrate(const std::string& machine, Substrate substrate);

}  // namespace ganbar::arch
