// ganbar noise generate | test; the other subcommands are in noise_*.cpp
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "ganbar/app/command.h"
#include "ganbar/app/output_file.h"
#include "ganbar/bits/bit_source.h"
#include "ganbar/bits/bit_tests.h"
#include "ganbar/core/parallel.h"
#include "ganbar/data/bytes.h"
#include "ganbar/noise/bit_file.h"

namespace ganbar::app {
namespace {

struct GenerateOptions {
    std::size_t n_bits = 0;
    OutputFile file;
    std::vector<std::string> set;
    int threads = 0;
    bool json = false;
};
struct TestOptions {
    std::string file, format = "auto";
    std::size_t n_bits = 0;
    int threads = 0;
    BitTestOptions tests;
    bool no_entropy = false;
};

void generate(const GenerateOptions& o, const DeviceRegistry& devices) {
    if (o.threads > 0) set_threads(o.threads);
    o.file.check();
    BitReport r;
    const noise::BitString bits = make_bits(o.set, o.n_bits, devices, r);
    o.file.write(std::span<const std::uint8_t>(bits.packed()));
    const auto n = static_cast<double>(r.n_bits);
    if (o.json) {
        nlohmann::ordered_json out{{"n_bits", r.n_bits},
                                   {"n_raw_bits", r.n_raw_bits},
                                   {"generator", r.generator},
                                   {"device", r.device},
                                   {"energy_per_bit_J", r.energy_J / n},
                                   {"write_energy_per_bit_J", r.write_energy_J / n},
                                   {"read_energy_per_bit_J", r.read_energy_J / n},
                                   {"comparator_energy_per_bit_J", r.comparator_energy_J / n},
                                   {"time_per_bit_s", r.time_s / n},
                                   {"throughput_bit_per_s", r.throughput_per_s()},
                                   {"area_m2", r.area_m2},
                                   {"area_per_throughput_m2_s", r.area_m2 * r.time_s / n},
                                   {"selection_bits_per_raw_bit", r.selection_bits},
                                   {"bias", r.bias},
                                   {"min_entropy_known_selection", r.min_entropy_known_selection},
                                   {"repeat_probability", r.repeat_probability},
                                   {"comparator_offset_A", r.comparator_offset_A}};
        for (const auto& [name, charge] : r.cost.accounts)
            out["accounts"][name] = {{"n", charge.n}, {"energy_J", charge.energy_J}, {"busy_s", charge.busy_s}};
        for (const auto& [name, m2] : r.area) out["area_by_component_m2"][name] = m2;
        fmt::print("{}\n", out.dump(2));
        return;
    }
    fmt::print(stderr, "{} bits ({}): {:.3g} J and {:.3g} s a bit, {:.3g} bit/s, {:.3g} mm2 (writes {:.3g} J, reads {:.3g} J)\n", r.n_bits,
               r.device.empty() ? r.generator : r.generator + ", " + r.device, r.energy_J / n, r.time_s / n, r.throughput_per_s(),
               r.area_m2 * 1e6, r.write_energy_J / n, r.read_energy_J / n);
    fmt::print(stderr,
               "bias {:+.5f}; to an observer who knows chip and selection {:.4f} bits of min-entropy a bit; {:.2f}% of the bits repeat "
               "when read again\n",
               r.bias, r.min_entropy_known_selection, 100 * r.repeat_probability);
}

void test(const TestOptions& o) {
    if (o.threads > 0) set_threads(o.threads);
    using noise::BitFormat;
    const BitFormat asked = noise::bit_format_of(o.format);
    const std::string name = o.file == "-" ? "standard input" : o.file;
    const Bytes bytes = read_file(o.file == "-" ? "/dev/stdin" : o.file);
    const BitFormat format = asked == BitFormat::automatic ? noise::recognise_bits(bytes, name) : asked;
    noise::BitString bits = noise::read_bits(bytes, format, name);
    if (o.n_bits > bits.size())
        throw DataError(fmt::format("{} holds {} bits ({}); --bits asks for {}", name, bits.size(), noise::name_of(format), o.n_bits));
    if (o.n_bits > 0) bits = bits.slice(0, o.n_bits);
    std::vector<std::string> warnings = bit_test_warnings(bits, o.tests);
    if (const auto few = noise::poor_alphabet(bytes); format == BitFormat::packed && few > 0)
        warnings.push_back(fmt::format(
            "{} holds only {} different bytes; where its bits are not packed, eight to a byte, --format says how they are written", name,
            few));
    if (format != asked && format != BitFormat::packed)
        fmt::print(stderr, "{} is read as {} (--format): {} bits\n", name, noise::name_of(format), bits.size());
    for (const auto& line : warnings) fmt::print(stderr, "warning: {}\n", line);
    fmt::print("{}", test_bits(bits, o.tests, warnings));
}

}  // namespace

void ganbar_register_noise(CommandContext& context) {
    auto* noise =
        context.cli.add_subcommand("noise", "random bits: generate from simulated arrays, test any file, study chips, restarts and causes");
    noise->require_subcommand();

    auto g = std::make_shared<GenerateOptions>();
    auto* make = noise->add_subcommand(
        "generate",
        "bits from a simulated generator, that of satyam2022 unless noise.generator says otherwise (packed, most significant bit first)");
    make->add_option("--bits", g->n_bits, "how many")->required()->check(Range{std::size_t{1}, std::size_t{1} << 33});
    g->file.declare(*make, "-o,--out", "file to write")->required();
    make->add_option("--set", g->set,
                     "key=value: experiment.seed, noise.generator, noise.post, trng.*, noise_device.*, telegraph_trng.*, switching_trng.*, "
                     "thermal_trng.*")
        ->one_value();
    make->add_option("--threads", g->threads, "threads to use")->check(Range{1, 1024});
    make->add_flag("--json", g->json, "energy, time, bias and entropy of the bits as JSON on stdout");
    make->callback([&context, g] { context.run = [&context, g] { generate(*g, context.registries.devices); }; });

    auto t = std::make_shared<TestOptions>();
    auto* check = noise->add_subcommand("test", "SP 800-22 and SP 800-90B on the bits of any file");
    check->add_option("file", t->file, "bits in one of the formats of --format; - for standard input")->required();
    check
        ->add_option("--format", t->format,
                     "auto: as recognised; packed: first bit = most significant bit of byte 0; ascii: text of 0 and 1; bytes: a byte for "
                     "each bit; hex: text")
        ->show_default();
    check->add_option("--bits", t->n_bits, "only the first so many bits")->check(Range{std::size_t{1}, std::size_t{1} << 33});
    check->add_option("--streams", t->tests.n_streams, "cut into so many streams: proportion and uniformity of the p-values")
        ->check(Range{1, 1000000});
    check
        ->add_option("--restarts", t->tests.n_restarts,
                     "the bits are so many restarts of equal length: restart tests of SP 800-90B section 3.1.4 as well")
        ->check(Range{2, 1000000});
    check
        ->add_option("--initial-entropy", t->tests.initial_entropy,
                     "with --restarts: min-entropy per bit of a sequence without restarts; default that of FILE")
        ->check(Range{0.0, 1.0});
    check->add_option("--threads", t->threads, "threads to use")->check(Range{1, 1024});
    check->add_flag("--as-printed", t->tests.as_printed, "SP 800-22 with the constants and tables that the document prints");
    check->add_flag("--no-entropy", t->no_entropy, "SP 800-22 only");
    check->add_flag("--json", t->tests.json, "as JSON");
    check->callback([&context, t] {
        context.run = [t] {
            t->tests.entropy = !t->no_entropy;
            test(*t);
        };
    });
}

}  // namespace ganbar::app
