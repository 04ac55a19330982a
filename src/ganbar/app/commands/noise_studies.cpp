// ganbar noise chips | restart | budget
#include <fmt/format.h>

#include "ganbar/app/command.h"
#include "ganbar/bits/bit_studies.h"
#include "ganbar/core/parallel.h"

namespace ganbar::app {
namespace {

struct StudyOptions {
    std::vector<std::string> set;
    std::size_t chips = 8, readings = 4, bits = 0, restarts = 1000, initial = 1'000'000;
    std::string selection = "repeated";
    int threads = 0;
    bool json = false;
};

template <class Study>
void show(const StudyOptions& o, const Study& study) {
    if (o.json) fmt::print("{}\n", to_json(study).dump(2));
    else fmt::print("{}", to_text(study));
}

}  // namespace

void ganbar_register_noise_studies(CommandContext& context) {
    auto* noise = context.cli.find_subcommand("noise");
    const auto add = [&](const char* name, const char* text, const char* bits, std::size_t n_bits, const auto& more, const auto& run) {
        auto o = std::make_shared<StudyOptions>();
        o->bits = n_bits;
        auto* command = noise->add_subcommand(name, text);
        command->add_option("--set", o->set, "key=value, as for generate")->one_value();
        command->add_option("--bits", o->bits, bits)->check(Range{std::size_t{16}, std::size_t{1} << 28})->show_default();
        more(command, o.get());
        command->add_option("--threads", o->threads, "threads to use")->check(Range{1, 1024});
        command->add_flag("--json", o->json, "as JSON");
        command->callback([&context, o, run] {
            context.run = [&context, o, run] {
                if (o->threads > 0) set_threads(o->threads);
                run(*o, context.registries.devices);
            };
        });
    };
    add(
        "chips", "Hamming distances between chips, readings and selections: a generator or a fingerprint?", "bits of a reading", 4096,
        [](Command* c, StudyOptions* o) {
            c->add_option("--chips", o->chips, "how many chips")->check(Range{2, 1000})->show_default();
            c->add_option("--readings", o->readings, "readings of each chip")->check(Range{2, 1000})->show_default();
        },
        [](const StudyOptions& o, const DeviceRegistry& devices) {
            show(o, study_chips(BitSource(o.set, devices), o.chips, o.readings, o.bits));
        });
    add(
        "restart", "restart tests of SP 800-90B section 3.1.4 on a chip that is switched off and on", "bits after each restart", 1000,
        [](Command* c, StudyOptions* o) {
            c->add_option("--restarts", o->restarts, "how many restarts")->check(Range{2, 100000})->show_default();
            c->add_option("--initial", o->initial, "bits without a restart for the first estimate")
                ->check(Range{std::size_t{4096}, std::size_t{4'000'000}})
                ->show_default();
            c->add_option("--selection", o->selection, "what selects cells starts again with the same choices, or with fresh ones")
                ->check(OneOf{{"repeated", "fresh"}})
                ->show_default();
        },
        [](const StudyOptions& o, const DeviceRegistry& devices) {
            show(o, study_restarts(BitSource(o.set, devices), o.restarts, o.bits, o.initial, o.selection == "repeated"));
        });
    add(
        "budget", "min-entropy per bit that each cause of randomness contributes", "bits per cause", 100'000,
        [](Command*, StudyOptions*) {},
        [](const StudyOptions& o, const DeviceRegistry& devices) { show(o, entropy_budget(o.set, devices, o.bits)); });
}

}  // namespace ganbar::app
