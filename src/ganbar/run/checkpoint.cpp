#include "ganbar/run/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>

#include "ganbar/run/sealed_file.h"

namespace ganbar {
namespace fs = std::filesystem;

namespace {
std::vector<fs::path> files_in(const fs::path& folder) {
    std::vector<fs::path> files;
    if (!fs::is_directory(folder)) return files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".safetensors") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}
}  // namespace

void write_checkpoint(const fs::path& folder, const Checkpoint& c) {
    TensorFile file;
    file.metadata["format"] = "ganbar checkpoint 1";
    file.metadata["experiment_sha256"] = c.experiment_sha256;
    file.metadata["stop_reason"] = c.stop_reason;
    const std::vector<std::int64_t> round = {c.round};
    file.put("round", {1}, round);
    for (const auto& t : c.state) file.put("state/" + t.name, {t.values.size()}, t.values);
    std::string accounts;
    std::vector<std::int64_t> n;
    std::vector<double> amounts;
    for (const auto& [account, charge] : c.ledger.accounts()) {
        accounts += account + "\n";
        n.push_back(charge.n);
        amounts.push_back(charge.energy_J);
        amounts.push_back(charge.busy_s);
    }
    file.metadata["accounts"] = accounts;
    file.put("ledger/n", {n.size()}, n);
    file.put("ledger/energy_J_busy_s", {n.size(), 2}, amounts);
    fs::create_directories(folder);
    write_sealed(folder / fmt::format("{:06d}.safetensors", c.round), file);
    auto files = files_in(folder);
    for (std::size_t i = 0; i + 2 < files.size(); ++i) fs::remove(files[i]);
}

Checkpoint read_checkpoint(const fs::path& path) {
    const TensorFile file = read_sealed(path);
    if (file.metadata_at("format") != "ganbar checkpoint 1") throw DataError(path.string() + " is no checkpoint of ganbar");
    Checkpoint c;
    c.experiment_sha256 = file.metadata_at("experiment_sha256");
    c.stop_reason = file.metadata_at("stop_reason");
    c.round = file.get<std::int64_t>("round", {1})[0];
    if (c.round != round_of(path)) throw DataError(fmt::format("{} holds round {}; expected that of its name", path.string(), c.round));
    for (const auto& [name, tensor] : file.tensors())
        if (name.starts_with("state/")) c.state.push_back({name.substr(6), file.get<float>(name)});
    const auto n = file.get<std::int64_t>("ledger/n");
    const auto amounts = file.get<double>("ledger/energy_J_busy_s", {n.size(), 2});
    const std::string& accounts = file.metadata_at("accounts");
    std::size_t begin = 0;
    for (std::size_t i = 0; i < n.size(); ++i) {
        const std::size_t end = accounts.find('\n', begin);
        if (end == std::string::npos) throw DataError(path.string() + ": the list of accounts is too short");
        c.ledger.set(accounts.substr(begin, end - begin), {n[i], amounts[2 * i], amounts[2 * i + 1]});
        begin = end + 1;
    }
    return c;
}

std::int64_t round_of(const fs::path& file) {
    const std::string stem = file.stem().string();
    const bool digits = !stem.empty() && stem.size() < 19 && stem.find_first_not_of("0123456789") == std::string::npos;
    return digits ? std::stoll(stem) : -1;
}

void remove_checkpoints_after(const fs::path& folder, std::int64_t round) {
    for (const auto& file : files_in(folder))
        if (round_of(file) > round) fs::remove(file);
}

std::optional<Checkpoint> newest_checkpoint(const fs::path& folder, std::vector<std::string>* passed_over, std::int64_t before) {
    const auto files = files_in(folder);
    for (auto it = files.rbegin(); it != files.rend(); ++it) {
        if (round_of(*it) >= before) continue;
        try {
            return read_checkpoint(*it);
        } catch (const DataError& e) {
            if (passed_over) passed_over->push_back(e.what());
        }
    }
    return std::nullopt;
}

}  // namespace ganbar
