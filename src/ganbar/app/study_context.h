// What the commands that train many runs hand to their study.
#pragma once
#include <fmt/format.h>

#include "ganbar/app/command.h"
#include "ganbar/app/terminal.h"
#include "ganbar/study/context.h"

namespace ganbar::app {

inline study::Context study_context(const CommandContext& c, const config::Presets& experiments, const config::Presets& networks,
                                    RunObserver& observer) {
    return {experiments, networks, c.registries, c.places, observer, [](const std::string& line) { fmt::print(stderr, "{}\n", line); }};
}

}  // namespace ganbar::app
