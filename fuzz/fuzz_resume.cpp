// uses: run
// A checkpoint that something damaged on the disk, taken up. Allowed outcomes: a DataError or ConfigError, or a session that stands at the
// checkpoint's round. The input: damages to a whole checkpoint, five bytes each (where, what); an odd first byte also cuts the file there.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "expect.h"
#include "ganbar/data/safetensors.h"
#include "ganbar/experiment/session.h"
#include "ganbar/run/checkpoint.h"

namespace {

using namespace ganbar;
namespace fs = std::filesystem;

constexpr const char* kExperiment = R"([data]
dataset = "synthetic-digits"
classes = [1, 7]
limit = 20
[generator]
layers = [2, 2, 784]
output = "tanh"
[discriminator]
layers = [784, 2, 1]
[device]
model = "nili2020"
[train]
rounds = 4
batch = 4
[evaluation]
samples = 16
)";

void write(const fs::path& file, std::string_view text) {
    std::ofstream(file, std::ios::binary | std::ios::trunc).write(text.data(), static_cast<std::streamsize>(text.size()));
}

struct Bench {
    fs::path folder = fs::temp_directory_path() / ("fuzz_resume." + std::to_string(::getpid()));
    std::unique_ptr<Session> session;
    std::string whole;
    Bench() {
        fs::create_directories(folder);
        const std::string file = (folder / "small.toml").string();
        write(file, kExperiment);
        session = std::make_unique<Session>(load_experiment(file, config::Presets(std::vector<std::string>{}), {}, builtin_registries()),
                                            Places{});
        session->step();
        const SessionState s = session->state();
        write_checkpoint(folder / "whole", {s.round, s.tensors, s.ledger, "digest", s.stop_reason});
        TensorFile unsealed = read_safetensors(folder / "whole" / "000001.safetensors");
        unsealed.metadata.erase("content_sha256");  // which would notice all damage before anything else sees it
        const Bytes bytes = safetensors_bytes(unsealed);
        whole.assign(bytes.begin(), bytes.end());
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Bench bench;
    std::string damaged = bench.whole;
    for (std::size_t i = 1; i + 5 <= size; i += 5) {
        const std::size_t where =
            (std::size_t{data[i]} | std::size_t{data[i + 1]} << 8 | std::size_t{data[i + 2]} << 16 | std::size_t{data[i + 3]} << 24) %
            damaged.size();
        damaged[where] = static_cast<char>(data[i + 4]);
        if (i == 1 && data[0] % 2 == 1) damaged.resize(where + 1);
    }
    const fs::path file = bench.folder / "000001.safetensors";
    write(file, damaged);
    try {
        const Checkpoint c = read_checkpoint(file);
        bench.session->restore({c.round, c.state, c.ledger, c.stop_reason});
        fuzz::expect(bench.session->round() == c.round && c.round >= 0 && c.round <= bench.session->n_rounds(),
                     "it stands at the checkpoint's round");
    } catch (const DataError&) {
    } catch (const ConfigError&) {
    }
    return 0;
}
