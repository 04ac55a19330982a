#include "ganbar/run/environment.h"

#include <sys/utsname.h>

#include <fstream>

#include "ganbar/core/parallel.h"
#include "ganbar/data/bytes.h"
#include "ganbar/run/build_info.h"

namespace ganbar {

static std::string cpu_model() {
    std::ifstream in("/proc/cpuinfo");
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    return "unknown";
}

nlohmann::ordered_json environment_json(const Dataset& data) {
    utsname system{};
    uname(&system);
    return {{"ganbar", version()},
            {"commit", commit()},
            {"compiler", compiler()},
            {"system", std::string(system.sysname) + " " + system.release + " " + system.machine},
            {"cpu", cpu_model()},
            {"vector_target", vector_target()},
            {"threads", max_threads()},
            {"data",
             {{"name", data.name},
              {"split", data.split},
              {"images", data.n},
              {"channels", data.channels},
              {"height", data.height},
              {"width", data.width},
              {"sha256", data.sha256},
              {"origin", data.origin}}}};
}

std::string read_text(const std::filesystem::path& path) {
    const auto bytes = read_file(path);
    return {bytes.begin(), bytes.end()};
}

}  // namespace ganbar
