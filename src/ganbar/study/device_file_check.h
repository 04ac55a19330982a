// A device file from a fit is tried before it is written.
#pragma once
#include <filesystem>
#include <functional>

#include "ganbar/study/device_page.h"

namespace ganbar::study {

/// The file is a whole experiment: `read` reads it once from a folder of its own before the place `asked` holds it, so that a fault in the
/// preset or in settings leaves nothing. Faults name `asked`, or the pulse in the measured data that no training takes.
void check_device_file(const DeviceSheet& sheet, const std::filesystem::path& asked,
                       const std::function<void(const std::filesystem::path&)>& read);

}  // namespace ganbar::study
