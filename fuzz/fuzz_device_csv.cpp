// uses: fit
// Measured pulses and I-V sweeps. Allowed outcomes: a DataError or ConfigError, or data whose numbers are finite (conductances may be
// gaps), and a fit of finite steps. The first byte says which: bit 0 sweeps, bit 1 a plan of pulses, bit 2 a read voltage.
#include <cmath>

#include "expect.h"
#include "ganbar/core/error.h"
#include "ganbar/fit/device_fit.h"

namespace {

using namespace ganbar;

void read(std::string_view text, std::uint8_t how) {
    fit::ReadOptions options;
    if ((how & 2) != 0) options.plan = fit::parse_plan("3 x 1.0 V,100 ns; 3 x -1.2 V,100 ns");
    if ((how & 4) != 0) options.read_V = 0.1;
    const fit::PulseData data = fit::parse_pulses(text, "input", options);
    for (const auto& row : data.rows) {
        fuzz::expect(std::isfinite(row.v_V) && std::isfinite(row.t_s) && row.t_s >= 0, "a pulse has a finite voltage and width");
        fuzz::expect(std::isnan(row.g_S) || (std::isfinite(row.g_S) && row.g_S >= 0), "a conductance is finite and not below 0, or a gap");
        fuzz::expect(row.device >= 0 && static_cast<std::size_t>(row.device) < data.devices.size(), "a device has a name");
    }
    if (data.rows.size() > 2000) return;
    const fit::DeviceFit found = fit::fit_device(data, {.n_nodes = 5, .n_bootstrap = 1});
    fuzz::expect(found.g_max_S > found.g_min_S && found.g_min_S >= 0, "the window is one");
    for (const auto* steps : {&found.set, &found.reset})
        for (const double step : steps->mean_S) fuzz::expect(std::isfinite(step), "a step is finite");
    fuzz::expect(!fit::device_toml(found, "measured-device").empty(), "a fit can be written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    try {
        if ((data[0] & 1) != 0) fuzz::expect(std::isfinite(fit::fit_iv(text, "input").residual), "a fitted curve has a finite residual");
        else read(text, data[0]);
    } catch (const DataError&) {
    } catch (const ConfigError&) {
    }
    return 0;
}
