// Parses the command line, runs one command, maps faults to the exit codes of the contract: 0, 2, 3, 4, 70.
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "ganbar/app/command.h"
#include "ganbar/app/places.h"
#include "ganbar/app/terminal.h"
#include "ganbar/core/parallel.h"

namespace {

using namespace ganbar;

int work(int argc, char** argv) {
    std::function<void()> run;
    if (const char* threads = std::getenv("OMP_NUM_THREADS"); threads != nullptr && std::atoi(threads) > 0)
        set_threads(std::atoi(threads));  // what batch systems set
    const Registries registries = builtin_registries();
    const Places places = app::places_from_environment();
    app::CommandLine line;
    study::Kinds kinds;
    std::vector<app::Check> checks;
    app::CommandContext context{line.root(), run, registries, places, kinds, checks, app::program_file().string()};
    study::KindContext kind_context{kinds, registries, places};
    study::register_builtin_kinds(kind_context);
    app::register_builtin_commands(context);
    if (const int code = line.parse(argc, argv); code >= 0) return code;
    if (run) run();
    return 0;
}

int with_faults_told(int argc, char** argv) {
    using app::say;
    try {
        return app::close_streams(work(argc, argv));
    } catch (const Error& e) {
        say(e.what());
        return app::close_streams(e.exit_code());
    } catch (const std::bad_alloc&) {
        say("ganbar: out of memory; use smaller arrays, a smaller batch or fewer threads");
        return 3;
    } catch (const std::filesystem::filesystem_error& e) {
        say(fmt::format("ganbar: {}: {}; expected a place that can be read and written", e.path1().string(), e.code().message()));
        return 3;
    } catch (const std::system_error& e) {  // a stream or a thread that the system refused: no bug of ours
        if (std::ferror(stdout) != 0 || std::ferror(stderr) != 0) return app::close_streams(0, e.code().value());
        say(fmt::format("ganbar: {}: {}; expected a system that grants it", e.what(), e.code().message()));
        return 3;
    } catch (const std::exception& e) {
        say(fmt::format("ganbar: internal error: {}; please report it with the command you ran", e.what()));
        return 70;
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGXFSZ, SIG_IGN);  // a file at its size limit is a full disk: told, not killed
    std::signal(SIGPIPE, SIG_IGN);  // so is a reader that has gone: a run goes on, a printed result ends with exit code 3
    return with_faults_told(argc, argv);
}
