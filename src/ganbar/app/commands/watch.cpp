// `ganbar watch RUN|SWEEP`: the report's page on the loopback address while another process works in the folder.
#include <fmt/format.h>

#include <cstdio>

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

void watch(const std::string& name, int port) {
    const fs::path folder = name;
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
    note_signals();
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
