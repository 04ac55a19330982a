// Parameters of ReGAN's schedule, whatever arrays it runs on.
#pragma once
#include "ganbar/arch/crossbar_engine.h"

namespace ganbar::arch {

inline void add_sharing(MachineSchema<CrossbarDesign>& schema) {
    using D = CrossbarDesign;
    schema.push_back(decided(
        param("spatial_parallelism", &D::spatial_parallelism, "a second copy of the discriminator", published("chen2019, sec. 4.2"))));
    schema.push_back(decided(param("computation_sharing", &D::computation_sharing, "one forward pass of the fake samples for both updates",
                                   published("chen2019, sec. 4.2"))));
    schema.push_back(
        decided(param("transposed_copies", &D::transposed_copies, std::int64_t{1}, std::int64_t{2},
                      "copies of D's transposed arrays for the two branches of computation sharing",
                      assumed("the paper duplicates only the memory for errors; with one copy the branches wait for each other"))));
    schema.push_back(decided(choice("batch_norm", &D::batch_norm, {"reference", "exact"},
                                    "statistics from a reference batch, or exact ones with a barrier per layer",
                                    assumed("the paper says only that batch normalisation sits before the activation"))));
}

}  // namespace ganbar::arch
