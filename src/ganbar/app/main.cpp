// Parses the command line, runs one command, maps faults to the exit codes of the contract: 0, 2, 3, 4, 70.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "ganbar/app/command.h"
#include "ganbar/app/places.h"
#include "ganbar/core/parallel.h"

int main(int argc, char** argv) {
    using namespace ganbar;
    std::function<void()> run;
    try {
        if (const char* threads = std::getenv("OMP_NUM_THREADS"); threads != nullptr && std::atoi(threads) > 0) set_threads(std::atoi(threads));  // what batch systems set
        const Registries registries = builtin_registries();
        const Places places = app::places_from_environment();
        app::CommandLine line;
        app::Kinds kinds;
        std::vector<app::Check> checks;
        app::CommandContext context{line.root(), run, registries, places, kinds, checks, app::program_file().string()};
        app::register_builtin_commands(context);
        if (const int code = line.parse(argc, argv); code >= 0) return code;
        if (run) run();
        return 0;
    } catch (const Error& e) {
        fmt::print(stderr, "{}\n", e.what());
        return e.exit_code();
    } catch (const std::bad_alloc&) {
        fmt::print(stderr, "ganbar: out of memory; use smaller arrays, a smaller batch or fewer threads\n");
        return 3;
    } catch (const std::filesystem::filesystem_error& e) {
        fmt::print(stderr, "ganbar: {}: {}; expected a place that can be read and written\n", e.path1().string(), e.code().message());
        return 3;
    } catch (const std::exception& e) {
        fmt::print(stderr, "ganbar: internal error: {}; please report it with the command you ran\n", e.what());
        return 70;
    }
}
