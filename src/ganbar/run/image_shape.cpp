#include "ganbar/run/image_shape.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "ganbar/data/catalogue.h"
#include "ganbar/run/environment.h"

namespace ganbar {

ImageShape image_shape(const std::filesystem::path& run, const Experiment& e) {
    const auto pixels = e.n_pixels();
    const nn::MapShape& end = e.generator_plan.shapes.back();
    if (end.side.size() == 2) return {end.channels, end.side[0], end.side[1]};
    const auto file = run / "env.json";
    if (std::filesystem::exists(file)) {
        const auto env = nlohmann::json::parse(read_text(file), nullptr, false);
        const auto data = env.is_object() && env.contains("data") && env["data"].is_object() ? env["data"] : nlohmann::json::object();
        const ImageShape shape{data.value("channels", std::size_t{0}), data.value("height", std::size_t{0}),
                               data.value("width", std::size_t{0})};
        if (shape.channels * shape.height * shape.width == pixels) return shape;
    }
    for (const auto& info : dataset_table())
        if (info.name == e.data.dataset) return {info.channels, info.height, info.width};
    const auto side = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(pixels))));
    return side * side == pixels ? ImageShape{1, side, side} : ImageShape{1, 1, pixels};
}

}  // namespace ganbar
