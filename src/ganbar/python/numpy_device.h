// Cells whose law is a model in numpy (python/ganbar/device_model.py).
#pragma once
#include "ganbar/device/device_registry.h"
#include "ganbar/python/bind.h"

namespace ganbar::python {

/// What makes cells of a ganbar.DeviceModel. Arrays hold the model and call it with the GIL, which they take for each call: whoever calls
/// them, from whatever thread, must not wait for another thread while holding it.
DeviceSpec numpy_device(const nb::object& model);

}  // namespace ganbar::python
