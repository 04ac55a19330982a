#include "ganbar/core/stop.h"

namespace ganbar {

Stopped::Stopped() : Error(130, {}, "stopped") {}

}  // namespace ganbar
