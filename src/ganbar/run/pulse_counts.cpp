#include "ganbar/run/pulse_counts.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "ganbar/run/sealed_file.h"

namespace ganbar {
namespace fs = std::filesystem;

namespace {
fs::path file_of(const fs::path& folder, std::int64_t round) { return folder / fmt::format("{:06d}.safetensors", round); }
std::string key(const WeightMatrix& matrix, std::size_t k) { return matrix.name + "/" + std::to_string(k); }
}  // namespace

void write_pulse_counts(const fs::path& folder, std::int64_t round, std::int64_t since, const Model& model) {
    TensorFile file;
    file.metadata["format"] = "ganbar pulse counts 1";
    file.put("since", {1}, std::vector<std::int64_t>{since});
    for (const auto& matrix : model.analog)
        for (std::size_t k = 0; k < matrix.cells.size(); ++k) {
            const auto& counts = matrix.cells[k]->counts();
            file.put(key(matrix, k), {counts.size()}, std::vector<double>(counts.begin(), counts.end()));
        }
    fs::create_directories(folder);
    write_sealed(file_of(folder, round), file);
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".safetensors") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (std::size_t i = 0; i + 2 < files.size(); ++i) fs::remove(files[i]);
}

std::int64_t read_pulse_counts(const fs::path& folder, std::int64_t round, Model& model) {
    const auto begin_here = [&] {
        for (auto& matrix : model.analog)
            for (auto* cells : matrix.cells) cells->set_counts(std::vector<std::uint32_t>(cells->size()));
        return round;
    };
    if (!fs::exists(file_of(folder, round))) return begin_here();
    try {
        const TensorFile file = read_sealed(file_of(folder, round));
        for (auto& matrix : model.analog)
            for (std::size_t k = 0; k < matrix.cells.size(); ++k) {
                const auto counts = file.get<double>(key(matrix, k));
                matrix.cells[k]->set_counts({counts.begin(), counts.end()});
            }
        return file.get<std::int64_t>("since", {1})[0];
    } catch (const DataError&) {  // damaged: as if it were not there
        return begin_here();
    }
}

}  // namespace ganbar
