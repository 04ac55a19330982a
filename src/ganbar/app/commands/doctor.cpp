// What ganbar can use on this machine: tools, presets, and whatever other files added to context.checks.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "ganbar/app/command.h"
#include "ganbar/core/parallel.h"

namespace ganbar::app {
namespace {

namespace fs = std::filesystem;

/// Full path of a program on the PATH, or "".
std::string on_path(const std::string& program) {
    const char* path = std::getenv("PATH");
    std::string folders = path ? path : "";
    for (std::size_t start = 0; start <= folders.size();) {
        const auto end = std::min(folders.find(':', start), folders.size());
        const auto candidate = fs::path(folders.substr(start, end - start)) / program;
        if (end > start && access(candidate.c_str(), X_OK) == 0) return candidate.string();
        start = end + 1;
    }
    return "";
}

Check tool(const std::string& program, const std::string& package, const std::string& use) {
    return {program, false, [=] {
                const auto found = on_path(program);
                if (!found.empty()) return Finding{true, found, ""};
                return Finding{false, "not found; " + use, "apt-get install " + package};
            }};
}

Finding look_for_presets(const std::vector<std::string>& folders) {
    for (const auto& folder : folders) {
        std::error_code ignored;
        if (fs::is_directory(folder, ignored)) return {true, folder, ""};
    }
    return {false, "no experiments by name in " + join(folders), "run ganbar from its source tree, or give a .toml file instead of a name"};
}

Finding look_at_memory() {
    const double bytes = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE));
    const bool enough = bytes > 2e9;
    return {enough,
            fmt::format("{:.1f} GB of memory, {} processors, {} threads by default", bytes / 1e9, std::thread::hardware_concurrency(),
                        max_threads()),
            enough ? "" : "use a smaller train.batch"};
}

Finding look_at_space() {
    std::error_code fault;
    const auto here = fs::current_path(fault);
    const auto space = fs::space(here, fault);
    if (fault) return {false, "the current folder cannot be looked at: " + fault.message(), "start ganbar in a folder you may write to"};
    if (access(here.c_str(), W_OK) != 0)
        return {false, here.string() + " is not writable", "start ganbar in a folder you may write to, or use --out"};
    return {space.available > 200'000'000, fmt::format("{}, {:.1f} GB free", here.string(), static_cast<double>(space.available) / 1e9),
            space.available > 200'000'000 ? "" : "a run needs up to 200 MB: make room, or use --out"};
}

}  // namespace

void ganbar_register_doctor(CommandContext& context) {
    auto json = std::make_shared<bool>(false);
    auto* command = context.cli.add_subcommand("doctor", "what is present on this machine, what is missing, how to get it");
    command->add_flag("--json", *json, "as JSON");
    const auto folders = context.places.preset_folders("experiments");
    context.checks.push_back({"machine", false, look_at_memory});
    context.checks.push_back({"current folder", true, look_at_space});
    context.checks.push_back({"presets", false, [folders] { return look_for_presets(folders); }});
    context.checks.push_back(tool("ngspice", "ngspice", "only tests that compare with it need it"));
    context.checks.push_back(tool("python3", "python3", "some tests need it"));
    context.checks.push_back(tool("mpirun", "openmpi-bin", "only sweeps over several machines need it"));
    command->callback([&context, json] {
        context.run = [&context, json] {
            nlohmann::ordered_json out = nlohmann::ordered_json::array();
            std::vector<std::string> failed;
            for (const auto& check : context.checks) {
                const Finding f = check.look();
                out.push_back(
                    {{"name", check.name}, {"ok", f.ok}, {"required", check.is_required}, {"found", f.found}, {"remedy", f.remedy}});
                if (!f.ok && check.is_required) failed.push_back(check.name);
                if (!*json)
                    fmt::print("{:7}  {:16}  {}{}\n", f.ok ? "ok" : "missing", check.name, f.found,
                               f.remedy.empty() ? "" : "; " + f.remedy);
            }
            if (*json) fmt::print("{}\n", out.dump(1));
            if (!failed.empty()) throw DataError("not ready: " + join(failed) + "; expected what is listed as missing");
        };
    });
}

}  // namespace ganbar::app
