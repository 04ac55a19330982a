// Random bits from simulated arrays, and the statistical tests on any bits.
#include "ganbar/bits/bit_source.h"
#include "ganbar/bits/bit_tests.h"
#include "ganbar/noise/bit_file.h"
#include "ganbar/python/interrupt.h"

namespace ganbar::python {
namespace {

nb::bytes generate(const LibraryPtr& library, std::size_t n_bits, const std::vector<std::string>& settings) {
    const auto packed = interruptible([=] {
        BitReport report;
        return make_bits(settings, n_bits, library->registries.devices, report).packed();
    });
    return nb::bytes(packed.data(), packed.size());
}

/// JSON as `noise test --json` prints it.
std::string test(const nb::bytes& data, const std::string& format, std::size_t n_bits, bool entropy) {
    const auto* first = static_cast<const std::uint8_t*>(data.data());
    return interruptible([bytes = std::vector<std::uint8_t>(first, first + data.size()), format, n_bits, entropy] {
        using noise::BitFormat;
        const std::string name = "data";
        const BitFormat asked = noise::bit_format_of(format);
        noise::BitString bits = noise::read_bits(bytes, asked == BitFormat::automatic ? noise::recognise_bits(bytes, name) : asked, name);
        if (n_bits > bits.size())
            throw DataError("data hold " + std::to_string(bits.size()) + " bits; bits = " + std::to_string(n_bits) + " asks for more");
        if (n_bits > 0) bits = bits.slice(0, n_bits);
        BitTestOptions options;
        options.json = true, options.entropy = entropy;
        return test_bits(bits, options, bit_test_warnings(bits, options));
    });
}

}  // namespace

void bind_noise(nb::module_& m) {
    m.def("noise_generate", &generate, nb::arg("library"), nb::arg("bits"), nb::arg("settings"));
    m.def("noise_test", &test, nb::arg("data"), nb::arg("format"), nb::arg("bits"), nb::arg("entropy"));
}

}  // namespace ganbar::python
