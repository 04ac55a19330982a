// uses: arch
// An ONNX file from anywhere: parsed, imported, lowered to a workload. Allowed outcomes: a ConfigError, or a network whose counts are sane.
#include "expect.h"
#include "ganbar/arch/onnx_network.h"
#include "ganbar/arch/workload.h"
#include "ganbar/core/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ganbar;
    using fuzz::expect;
    try {
        const arch::Network net = arch::parse_onnx(std::string(reinterpret_cast<const char*>(data), size), "input.onnx", "net");
        expect(!net.layers.empty(), "a network has layers");
        for (std::size_t i = 0; i < net.layers.size(); ++i)
            for (const int j : net.layers[i].inputs) expect(j < static_cast<int>(i), "inputs come before their layer");
        const arch::NetworkWork work = arch::lower(net);
        for (const auto& l : work.layers)
            expect(l.forward.macs_useful >= 0 && l.forward.macs_useful <= l.forward.macs_zero_inserted,
                   "useful work is part of the executed");
    } catch (const ConfigError& e) {
        expect(std::string(e.what()).size() < 5000 + 2 * size, "a message of bounded length");
    }
    return 0;
}
