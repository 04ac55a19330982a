// `ganbar watch RUN|SWEEP`: the report's page on the loopback address while another process works in the folder.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <thread>

#include "ganbar/app/command.h"
#include "ganbar/app/terminal.h"
#include "ganbar/app/watch_server.h"
#include "ganbar/core/error.h"
#include "ganbar/report/live_page.h"
#include "ganbar/study/watched_sweep.h"

namespace ganbar::app {
namespace {

namespace fs = std::filesystem;

Watched watched_run(const fs::path& folder) {
    const auto run = std::make_shared<WatchedRun>(folder);
    return {report::live_page(run->title(), fmt::format("What is in `{}`, as it comes.", folder.string())), [run] { return run->look(); },
            [run](const std::string& kind, std::int64_t round) { return run->picture(kind, round); }};
}

Watched watched_sweep(const std::shared_ptr<study::WatchedSweep>& sweep, const fs::path& folder) {
    return {report::live_page(sweep->title(), fmt::format("What is in `{}`, as it comes.", folder.string())),
            [sweep] { return sweep->look(); },
            {}};
}

/// A training that was begun just before makes its folder once its data are read, and its first files soon after.
void wait_for(const fs::path& folder) {
    constexpr auto look = std::chrono::milliseconds(100);
    constexpr int looks_for_it = 80, looks_into_it = 10;
    std::error_code ignored;
    for (int k = 0; k < looks_for_it && !fs::exists(folder, ignored) && !signal_noted(); ++k) std::this_thread::sleep_for(look);
    for (int k = 0; k < looks_into_it && fs::is_directory(folder, ignored) && !signal_noted(); ++k) {
        if (study::is_sweep_folder(folder) || is_run_folder(folder)) return;
        std::this_thread::sleep_for(look);
    }
}

void watch(const std::string& name, int port) {
    const fs::path folder = name;
    note_signals();
    wait_for(folder);
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored))
        throw DataError("no such folder; expected a run folder of ganbar train or the folder of a sweep", {name, 0, 0});
    std::unique_ptr<WatchServer> server;
    if (study::is_sweep_folder(folder)) {
        const auto sweep = std::make_shared<study::WatchedSweep>(folder);
        const auto point = [sweep](std::size_t k) -> std::optional<Watched> {
            const fs::path of_point = sweep->point_folder(k);
            return is_run_folder(of_point) ? std::optional(watched_run(of_point)) : std::nullopt;
        };
        server = std::make_unique<WatchServer>(watched_sweep(sweep, folder), point, port);
    } else if (is_run_folder(folder)) {
        server = std::make_unique<WatchServer>(
            watched_run(folder), [](std::size_t) { return std::nullopt; }, port);
    } else {
        throw DataError("is neither a run folder nor that of a sweep: none of run.toml, metrics.csv, summary.json and sweep.sqlite in it",
                        {name, 0, 0});
    }
    fmt::print("http://127.0.0.1:{}/\n", server->port());
    std::fflush(stdout);
    say("open this address in a browser of this machine; Ctrl-C ends the watching, not the work");
    server->serve([] { return signal_noted(); });
}

}  // namespace

void ganbar_register_watch(CommandContext& context) {
    struct Options {
        std::string folder;
        int port = 0;
    };
    auto o = std::make_shared<Options>();
    auto* command =
        context.cli.add_subcommand("watch", "a page that follows a run or a sweep while it works, at an address of this machine");
    command->add_option("folder", o->folder, "run folder, or folder of a sweep; it is only read")->required();
    command->add_option("--port", o->port, "port of 127.0.0.1 to serve at; 0: any that is free")->check(Range{0, 65535})->show_default();
    command->callback([&context, o] { context.run = [o] { watch(o->folder, o->port); }; });
}

}  // namespace ganbar::app
