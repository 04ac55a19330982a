#include "ganbar/study/sweep_report.h"

#include <gtest/gtest.h>

namespace ganbar::study {
namespace {

Sweep sweep_over(const std::vector<std::string>& keys) {
    Sweep sweep;
    sweep.spec.name = "s", sweep.spec.objective = "frechet_distance";
    for (const auto& key : keys) {
        SweepAxis axis;
        axis.key = key;
        sweep.axes.push_back(axis);
    }
    return sweep;
}
SweepRow row(std::map<std::string, SweepValue> values, const std::string& status = "done") {
    SweepRow r;
    r.status = status, r.values = std::move(values);
    return r;
}

TEST(SweepReport, AnAxisThatTheBillDoesNotFollowIsNamed) {
    Sweep sweep = sweep_over({"tile.adc_bits", "tile.rows", "experiment.seed"});
    std::vector<SweepRow> rows;
    for (const std::int64_t bits : {3, 8})
        for (const std::int64_t side : {32, 64})
            for (const std::int64_t seed : {1, 2})
                rows.push_back(row({{"tile.adc_bits", bits},
                                    {"tile.rows", side},
                                    {"experiment.seed", seed},
                                    {"frechet_distance", 10.0 * double(bits)},
                                    {"converter_energy_J", 1e-5 * double(side)},
                                    {"wall_s", 1.0}}));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].id = static_cast<std::int64_t>(i);
        sweep.points.push_back({i < 4 ? "3" : "8", i % 4 < 2 ? "32" : "64", i % 2 == 0 ? "1" : "2"});
    }
    EXPECT_EQ(unchanged_bill(sweep, rows), "`tile.adc_bits` changes nothing in the bill (converter_energy_J).");
    EXPECT_NE(sweep_report(sweep, rows, "").intro.find("changes nothing"), std::string::npos);
    rows[0].values["converter_energy_J"] = 2e-5;
    EXPECT_EQ(unchanged_bill(sweep, rows), "");
}

TEST(SweepReport, NothingIsSaidOfWhatWasNotCompared) {
    const Sweep sweep = sweep_over({"tile.adc_bits"});
    EXPECT_EQ(unchanged_bill(sweep, {row({{"tile.adc_bits", std::int64_t{3}}, {"read_energy_J", 1.0}}),
                                     row({{"tile.adc_bits", std::int64_t{8}}, {"read_energy_J", 1.0}}, "failed")}),
              "");
    EXPECT_EQ(unchanged_bill(sweep, {row({{"tile.adc_bits", std::int64_t{3}}, {"noise_energy_J", 0.0}}),
                                     row({{"tile.adc_bits", std::int64_t{8}}, {"noise_energy_J", 0.0}})}),
              "");
}

}  // namespace
}  // namespace ganbar::study
