// The readings of satyam2022: what its text leaves open, filled in one way each.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace ganbar::study {

/// One way to fill in what the paper leaves open, for all of its crossbar variants.
struct Reading {
    std::string name, doc;
    std::vector<std::string> sets;  ///< over `common_settings`
    std::string variation = "A";    ///< device.d2d of the variant with variation
    std::int64_t rounds = 200;      ///< the paper's 20 epochs, or fewer where large steps make it decay long before
};

/// One of the paper's GANs (fig. 6 b to d).
struct PaperVariant {
    std::string name, label;
    std::vector<std::string> sets;
};

/// A point that the paper does not settle: the setting, what the text says, and the values that the readings try.
struct OpenPoint {
    std::string setting, paper, tried;
};

/// The readings that `ganbar study readings` trains, in the order of its page.
const std::vector<Reading>& default_readings();
/// Those called `names`, in that order; all when there are none. ConfigError with the nearest name.
std::vector<Reading> readings_called(const std::vector<std::string>& names);
/// Each reading with each value of a setting: "KEY=V1,V2" of --axis. ConfigError for what is no axis.
std::vector<Reading> crossed(const std::vector<Reading>& readings, const std::string& axis);

const std::vector<PaperVariant>& paper_variants();
const std::vector<OpenPoint>& open_points();
/// What every reading has, as settings over the preset satyam2022-base: the paper's device, amplitudes and width, and the start of the
/// others.
std::vector<std::string> common_settings();
/// All settings of one training but its seed and rounds.
std::vector<std::string> settings_of(const Reading& reading, const PaperVariant& variant);

}  // namespace ganbar::study
