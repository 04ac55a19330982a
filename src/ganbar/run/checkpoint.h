// Everything a run needs to go on as if it had never stopped. Equal runs write equal bytes: nothing of clocks or threads is inside.
#pragma once
#include <filesystem>
#include <optional>

#include "ganbar/core/ledger.h"
#include "ganbar/core/linear_op.h"

namespace ganbar {

struct Checkpoint {
    std::int64_t round = 0;  ///< rounds done
    State state;
    Ledger ledger;
    std::string experiment_sha256;  ///< of run.toml, so that no other experiment takes it up
    std::string stop_reason;        ///< why the run ended here; "" when it goes on
};

/// Writes folder/NNNNNN.safetensors atomically and removes all but the newest two.
void write_checkpoint(const std::filesystem::path& folder, const Checkpoint& checkpoint);
Checkpoint read_checkpoint(const std::filesystem::path& file);
/// The newest checkpoint of a folder that is whole; damaged ones are passed over and named in `passed_over`.
std::optional<Checkpoint> newest_checkpoint(const std::filesystem::path& folder, std::vector<std::string>* passed_over);

}  // namespace ganbar
