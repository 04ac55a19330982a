// uses: experiment
// The networks of an experiment as users write them. Allowed outcomes: a ConfigError, or networks whose shapes follow one another and an
// experiment that reads back from its own run.toml to the same bytes.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "expect.h"
#include "ganbar/experiment/experiment.h"

namespace {

using namespace ganbar;

/// A file of this process with a text in it: experiments are read from files.
std::string file_with(const std::string& text) {
    static const std::string path =
        (std::filesystem::temp_directory_path() / ("fuzz_layers." + std::to_string(::getpid()) + ".toml")).string();
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
    return path;
}

Experiment read(const std::string& text) {
    static const Registries registries = builtin_registries();
    static const config::Presets presets(std::vector<std::string>{});
    return load_experiment(file_with(text), presets, {}, registries);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (std::string_view(reinterpret_cast<const char*>(data), size).find("preset") != std::string_view::npos)
        return 0;  // would read other files
    try {
        const Experiment e = read({reinterpret_cast<const char*>(data), size});
        for (const auto* plan : {&e.generator_plan, &e.discriminator_plan}) {
            fuzz::expect(plan->shapes.size() == plan->names.size() + 1, "a shape before each layer and after the last");
            for (const auto& matrix : plan->matrices)
                fuzz::expect(matrix.layer < plan->names.size() && matrix.rows > 0 && matrix.cols > 0, "a matrix of a layer");
        }
        const std::string text = run_toml(e);
        fuzz::expect(run_toml(read(text)) == text, "run.toml reads back to the same bytes");
    } catch (const ConfigError&) {
    }
    return 0;
}
