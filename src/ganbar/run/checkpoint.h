// Everything a run needs to go on as if it had never stopped. Equal runs write equal bytes: nothing of clocks or threads is inside.
#pragma once
#include <filesystem>
#include <limits>
#include <optional>

#include "ganbar/core/ledger.h"
#include "ganbar/core/linear_op.h"

namespace ganbar {

struct Checkpoint {
    std::int64_t round = 0;  ///< rounds done
    State state;
    Ledger ledger;
    std::string experiment_sha256;  ///< identity_of(run.toml), so that no other experiment takes it up; earlier versions: of the whole file
    std::string stop_reason;        ///< why the run ended here; "" when it goes on
};

/// Writes folder/NNNNNN.safetensors atomically and removes all but the newest two.
void write_checkpoint(const std::filesystem::path& folder, const Checkpoint& checkpoint);
Checkpoint read_checkpoint(const std::filesystem::path& file);
/// The newest checkpoint of a folder that is whole, of those before round `before`; damaged ones are passed over and named in
/// `passed_over`.
std::optional<Checkpoint> newest_checkpoint(const std::filesystem::path& folder, std::vector<std::string>* passed_over,
                                            std::int64_t before = std::numeric_limits<std::int64_t>::max());
/// Removes the checkpoints of rounds after `round`.
void remove_checkpoints_after(const std::filesystem::path& folder, std::int64_t round);
/// 12 of "000012.safetensors", "000012.png"; -1 for other names.
std::int64_t round_of(const std::filesystem::path& file);

}  // namespace ganbar
