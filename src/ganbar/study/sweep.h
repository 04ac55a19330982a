// A sweep: many experiments or estimates that differ in some settings, as a grid or at random. The file says which; this says what they
// are.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "ganbar/config/preset.h"
#include "ganbar/experiment/registries.h"

namespace ganbar::study {

enum class SweepKind : std::uint8_t { experiment, estimate };
enum class SweepSearch : std::uint8_t { grid, random };
enum class SweepGoal : std::uint8_t { min, max };

struct SweepSpec {
    std::string name, doc, base, objective;
    SweepKind kind = SweepKind::experiment;
    SweepSearch search = SweepSearch::grid;
    SweepGoal goal = SweepGoal::min;
    std::int64_t points = 0, seed = 1;
    bool keep_runs = true;
    static Schema<SweepSpec> schema();
};

/// One setting that varies. Values are texts as --set takes them.
struct SweepAxis {
    std::string key;
    std::vector<std::string> values;  ///< of a list, or of a range in a grid
    bool is_range = false, is_integer = false, is_log = false;
    double from = 0, to = 0;
    std::string unit;  ///< "V" for from = "0.6 V"
    std::map<std::string, std::vector<std::string>>
        settings;  ///< named settings: what each value stands for; empty: the setting `key` itself
    Location where;
    bool is_number() const;                 ///< all its values are plain numbers
    std::string drawn(double share) const;  ///< range: the value at `share` of the way, 0..1
};

struct Sweep {
    SweepSpec spec;
    std::vector<std::string> set;   ///< settings all points share
    std::vector<std::string> also;  ///< further results to show beside the objective
    std::vector<SweepAxis> axes;
    /// Per point one value per axis, in axis order. A grid varies the last axis fastest; random points come from the sweep's seed.
    std::vector<std::vector<std::string>> points;
    Location where, objective_where, also_where;  ///< of the sweep, and of what it compares by and shows, where it says so
};

/// Reads a sweep file; its base is a preset's name or a path relative to the file. ConfigError with the place: unknown keys, empty or
/// contradictory axes, more than 100,000 points, a setting that the base does not take (every value of every axis is tried).
Sweep load_sweep(const std::string& path, const config::Presets& experiments, const config::Presets& networks,
                 const Registries& registries);
struct SweepTargets;
/// The same of a tree that is no file: a base that is a path is relative to `beside`; `name` where [sweep] has none.
Sweep read_sweep(const config::Node& root, const Location& where, const std::string& name, const std::filesystem::path& beside,
                 const SweepTargets& targets);

/// The axis of seeds, which make replicates of a point rather than points of their own; nullptr when no other axis is there.
const SweepAxis* seed_axis(const Sweep& sweep);

/// "train.v_set=0.8 V" of each axis; of an axis of named settings, those that the value stands for.
std::vector<std::string> settings_of(const Sweep& sweep, std::size_t point);
/// "train.v_set=0.8 V" of each axis; of an axis of named settings, the name.
std::vector<std::string> labels_of(const Sweep& sweep, std::size_t point);
/// settings_of one value per axis, in axis order.
std::vector<std::string> settings_of(const Sweep& sweep, const std::vector<std::string>& values);
/// All combinations of the axes' values, the last axis fastest. ConfigError beyond 100,000.
std::vector<std::vector<std::string>> grid_points(const std::vector<SweepAxis>& axes, const Location& where);
/// Tries every value of every axis before anything runs. ConfigError: a setting that the base does not take, a result that is none.
void check_settings(const Sweep& sweep, const SweepTargets& targets);

}  // namespace ganbar::study
