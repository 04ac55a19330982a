#include "ganbar/study/readings.h"

#include <algorithm>

#include "ganbar/core/error.h"
#include "ganbar/core/param.h"

namespace ganbar::study {
namespace {

using Sets = std::vector<std::string>;

const std::string d_sigmoid = "discriminator.hidden=sigmoid", d_tanh = "discriminator.hidden=tanh", d_relu = "discriminator.hidden=relu",
                  g_relu = "generator.hidden=relu";
const std::string bits_01 = "latent.coding=01", printed = "train.manhattan.literal=true", ns_ln = "device.time_unit=ns_ln",
                  ns_log = "device.time_unit=ns_log10";
const Sets near_g_min = {"generator.init_scale=0.3", "discriminator.init_scale=0.15"};
const Sets torch_start = {"generator.init=uniform_fan_in", "discriminator.init=uniform_fan_in", "generator.init_scale=1",
                          "discriminator.init_scale=1"};
const Sets small_normal = {"generator.init=normal", "discriminator.init=normal", "generator.init_scale=0.02",
                           "discriminator.init_scale=0.02"};
const Sets glorot = {"generator.init=glorot_normal", "discriminator.init=glorot_normal", "generator.init_scale=1",
                     "discriminator.init_scale=1"};

Sets join_sets(std::initializer_list<Sets> parts) {
    Sets out;
    for (const auto& p : parts) out.insert(out.end(), p.begin(), p.end());
    return out;
}

}  // namespace

const std::vector<Reading>& default_readings() {
    static const std::vector<Reading> all = {
        {"leaky", "hidden units leaky ReLU in both networks (ganbar's guess up to 0.3)", {}},
        {"relu", "hidden units ReLU in both networks", {g_relu, d_relu}},
        {"sigmoid", "hidden units of the discriminator sigmoid", {d_sigmoid}},
        {"relu-sigmoid", "generator ReLU, discriminator sigmoid", {g_relu, d_sigmoid}},
        {"sigmoid-01", "discriminator sigmoid, true random bits coded 0 and 1", {d_sigmoid, bits_01}},
        {"sigmoid-minimax",
         "discriminator sigmoid, the loss of the paper's equation (1) for the generator too",
         {d_sigmoid, "train.loss=minimax"}},
        {"sigmoid-biases",
         "discriminator sigmoid, biases in memristors as equation (2) has them",
         {d_sigmoid, "generator.bias=cells", "discriminator.bias=cells"}},
        {"sigmoid-glorot", "discriminator sigmoid, Glorot's normal start", join_sets({{d_sigmoid}, glorot})},
        {"sigmoid-threshold", "discriminator sigmoid, device variation as a spread of thresholds", {d_sigmoid}, "threshold"},
        {"printed-sigmoid",
         "the paper's printed table for negative weights, discriminator sigmoid, bits 0 and 1",
         {printed, d_sigmoid, bits_01}},
        {"printed-tanh", "the paper's printed table for negative weights, discriminator tanh, bits 0 and 1", {printed, d_tanh, bits_01}},
        {"ns-ln",
         "pulse width in nanoseconds (ln), generator ReLU, discriminator sigmoid, bits 0 and 1",
         {ns_ln, g_relu, d_sigmoid, bits_01},
         "A",
         40},
        {"ns-log10",
         "pulse width in nanoseconds (log10), generator ReLU, discriminator sigmoid, bits 0 and 1",
         {ns_log, g_relu, d_sigmoid, bits_01},
         "A",
         40},
        {"ns-ln-pm1",
         "pulse width in nanoseconds (ln), generator ReLU, discriminator sigmoid, bits -1 and +1",
         {ns_ln, g_relu, d_sigmoid},
         "A",
         40},
        {"ns-ln-leaky",
         "pulse width in nanoseconds (ln), generator leaky ReLU, discriminator sigmoid, bits 0 and 1",
         {ns_ln, d_sigmoid, bits_01},
         "A",
         40},
        {"ns-log10-torch",
         "pulse width in nanoseconds (log10), generator leaky ReLU, discriminator sigmoid, start uniform over the fan-in, bits 0 and 1",
         join_sets({{ns_log, d_sigmoid, bits_01}, torch_start}), "A", 40},
        {"ns-ln-threshold", "as ns-ln, device variation as a spread of thresholds", {ns_ln, g_relu, d_sigmoid, bits_01}, "threshold", 40},
        {"ns-ln-normal", "pulse width in nanoseconds (ln), discriminator sigmoid, start N(0, 0.02), bits 0 and 1",
         join_sets({{ns_ln, g_relu, d_sigmoid, bits_01}, small_normal}), "A", 40},
        {"ns-ln-near", "pulse width in nanoseconds (ln), generator ReLU, discriminator sigmoid, start near G_min, bits 0 and 1",
         join_sets({{ns_ln, g_relu, d_sigmoid, bits_01}, near_g_min}), "A", 40},
    };
    return all;
}

std::vector<Reading> readings_called(const std::vector<std::string>& names) {
    const auto& all = default_readings();
    if (names.empty()) return all;
    std::vector<std::string> known;
    for (const auto& r : all) known.push_back(r.name);
    std::vector<Reading> out;
    for (const auto& name : names) {
        const auto it = std::find_if(all.begin(), all.end(), [&](const Reading& r) { return r.name == name; });
        if (it == all.end()) {
            const std::string near = nearest_name(name, known);
            throw ConfigError("unknown reading \"" + name + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?") +
                              "; expected one of " + join(known));
        }
        if (std::any_of(out.begin(), out.end(), [&](const Reading& r) { return r.name == name; }))
            throw ConfigError("reading " + name + " is named twice; expected each once");
        out.push_back(*it);
    }
    return out;
}

std::vector<Reading> crossed(const std::vector<Reading>& readings, const std::string& axis) {
    const std::size_t at = axis.find('=');
    if (at == std::string::npos || at == 0 || at + 1 == axis.size())
        throw ConfigError("--axis " + axis + " is no axis; expected KEY=V1,V2, for example generator.init_scale=0.3,0.8");
    const std::string key = axis.substr(0, at);
    std::vector<std::string> values;
    for (std::size_t from = at + 1; from <= axis.size();) {
        const std::size_t to = std::min(axis.find(',', from), axis.size());
        const std::string value = axis.substr(from, to - from);
        if (value.empty() || std::find(values.begin(), values.end(), value) != values.end())
            throw ConfigError("--axis " + axis + " has " + (value.empty() ? "an empty value" : "the value " + value + " twice") +
                              "; expected each value once");
        values.push_back(value);
        from = to + 1;
    }
    std::vector<Reading> out;
    for (const auto& r : readings)
        for (const auto& value : values) {
            Reading more = r;
            more.name += " " + key + "=" + value;
            if (key == "device.d2d") more.variation = value;  // of the variant with variation alone: the others have none by their name
            else more.sets.push_back(key + "=" + value);
            out.push_back(std::move(more));
        }
    return out;
}

const std::vector<PaperVariant>& paper_variants() {
    static const std::vector<PaperVariant> all = {
        {"prng", "pseudo-random N(0,1)", {"latent.source=gaussian"}},
        {"trng", "true random bits", {"latent.source=array"}},
        {"trng-d2d", "true random bits, device variation", {"latent.source=array"}},
    };
    return all;
}

const std::vector<OpenPoint>& open_points() {
    static const std::vector<OpenPoint> all = {
        {"generator.hidden, discriminator.hidden", "\"an activation function a = f(z) at each layer\"", "leaky ReLU, ReLU, tanh, sigmoid"},
        {"device.time_unit", "t_p = 100 ns enters a fit whose logarithm and unit the paper does not print",
         "log10 of seconds; log10 and ln of nanoseconds"},
        {"train.manhattan.literal", "the table for negative weights pairs a rising weight with V_set, against physics",
         "physics; as printed"},
        {"latent.coding", "\"a noise input of size 100 bits\"", "-1 and +1; 0 and 1"},
        {"generator.init, discriminator.init, ...init_scale", "\"random weights\"",
         "uniform below w_max (0.375 of it in the discriminator), near G_min, Glorot, over the fan-in, N(0, 0.02)"},
        {"train.loss", "equation (1) names one cost for both networks", "logarithm of D (non-saturating), minimax"},
        {"generator.bias, discriminator.bias", "equation (2) has biases, the count of 54 arrays has room for them", "none, in cells"},
        {"device.d2d", "D_d2d of the device's paper, whose time convention is open", "A (log10 of seconds), spread of thresholds"},
        {"booking of the energy", "\"until the GAN implementations converge to their optimal accuracy\"",
         "20 rounds, one update of each epoch, until the accuracy is at its best"},
    };
    return all;
}

std::vector<std::string> common_settings() {
    return {"device.model=nili2020",       "train.manhattan.v_set=0.8 V",     "train.manhattan.v_reset=-0.8 V",
            "generator.hidden=leaky_relu", "discriminator.hidden=leaky_relu", "latent.coding=pm1"};
}

std::vector<std::string> settings_of(const Reading& reading, const PaperVariant& variant) {
    auto sets = common_settings();
    sets.insert(sets.end(), reading.sets.begin(), reading.sets.end());
    sets.insert(sets.end(), variant.sets.begin(), variant.sets.end());
    sets.push_back("device.d2d=" + (variant.name.ends_with("d2d") ? reading.variation : std::string("off")));
    return sets;
}

}  // namespace ganbar::study
