#include <fmt/format.h>

#include "ganbar/app/command.h"
#include "ganbar/app/output_file.h"
#include "ganbar/core/file_ending.h"
#include "ganbar/experiment/sampling.h"
#include "ganbar/run/image_shape.h"
#include "ganbar/run/pictures.h"
#include "ganbar/run/run.h"

namespace ganbar::app {
namespace {

struct SampleArguments {
    std::string run;
    OutputFile out{.path = "", .force = false, .endings = {".png", ".npy"}};
    std::int64_t n = 64, seed = 1;
};

void write_images(const Experiment& e, const std::vector<std::uint8_t>& pixels, std::size_t n, const SampleArguments& o,
                  std::size_t columns = 0) {
    const auto [channels, height, width] = image_shape(o.run, e);
    if (has_ending(o.out.path, ".npy")) o.out.write(images_npy(pixels, channels, height, width));
    else o.out.write(png_bytes(sample_grid(pixels, n, channels, height, width, columns)));
}

void sample(const SampleArguments& o, const Registries& registries) {
    o.out.check();
    Trained t = load_run(o.run, registries);
    for (const auto& text : t.passed_over) fmt::print(stderr, "warning: passed over a damaged checkpoint: {}\n", text);
    const Matrix images = sample_images(t.model, static_cast<std::size_t>(o.n), static_cast<std::uint64_t>(o.seed));
    write_images(t.experiment, to_pixels(images), static_cast<std::size_t>(o.n), o, t.model.n_classes);
}

void interpolate(const SampleArguments& o, const Registries& registries) {
    constexpr std::size_t n_rows = 8, n_steps = 10;
    o.out.check();
    Trained t = load_run(o.run, registries);
    for (const auto& text : t.passed_over) fmt::print(stderr, "warning: passed over a damaged checkpoint: {}\n", text);
    write_images(t.experiment, to_pixels(interpolate_images(t.model, n_rows, n_steps, static_cast<std::uint64_t>(o.seed))),
                 n_rows * n_steps, o, n_steps);
}

void add(CommandContext& context, const char* name, const char* text, bool counts,
         void (*work)(const SampleArguments&, const Registries&)) {
    auto* command = context.cli.add_subcommand(name, text);
    auto o = std::make_shared<SampleArguments>();
    command->add_option("run", o->run, "run folder")->required();
    if (counts) command->add_option("-n", o->n, "number of images")->check(Range{1, 1000000});
    command->add_option("--seed", o->seed, "seed of the latent vectors and the read noise")->check(Range{0, 1e19});
    o->out.declare(*command, "-o,--out", "FILE.png (a grid) or FILE.npy (bytes)")->required();
    command->callback([&context, o, work] { context.run = [&context, o, work] { work(*o, context.registries); }; });
}

}  // namespace

void ganbar_register_sample(CommandContext& context) {
    add(context, "sample", "images from a trained generator", true, sample);
    add(context, "interpolate", "images between pairs of latent vectors of a trained generator", false, interpolate);
}

}  // namespace ganbar::app
