// Parses the command line, runs one command, maps faults to the exit codes of the contract: 0, 2, 3, 4, 70.
#include <fmt/format.h>

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "ganbar/app/command.h"

// Threads that wait should spin briefly and then sleep: on a busy machine spinning starves the threads that work. The OpenMP runtime
// reads this before main, hence the second start.
static void wait_politely(char** argv) {
    if (std::getenv("OMP_WAIT_POLICY") != nullptr || std::getenv("GOMP_SPINCOUNT") != nullptr) return;
    setenv("GOMP_SPINCOUNT", "20000", 1);
    execv("/proc/self/exe", argv);  // returns only when it fails; then the run is merely slower
}

int main(int argc, char** argv) {
    wait_politely(argv);
    using namespace ganbar;
    CLI::App cli{"ganbar: generative adversarial networks on memristive crossbars", "ganbar"};
    cli.require_subcommand(1);
    std::function<void()> run;
    DeviceRegistry devices("device");
    try {
        register_builtin_devices(devices);
        app::Kinds kinds;
        std::vector<app::Check> checks;
        app::CommandContext context{cli, run, devices, kinds, checks, app::default_preset_folders()};
        app::register_builtin_commands(context);
        try {
            cli.parse(argc, argv);
        } catch (const CLI::ParseError& e) {
            if (e.get_exit_code() == 0) return cli.exit(e);
            fmt::print(stderr, "ganbar: {}; see ganbar --help\n", e.what());
            return 2;
        }
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
