// What layers under PyTorch are described by: hardware, placement, training rule, windows of convolutions.
#pragma once
#include "ganbar/config/given.h"
#include "ganbar/experiment/build.h"
#include "ganbar/nn/map_shape.h"
#include "ganbar/python/bind.h"
#include "ganbar/python/numpy_device.h"
#include "ganbar/tile/pulse_rule.h"
#include "ganbar/tile/training_rule.h"

namespace ganbar::python {

/// What the layers live on: cells, arrays, converters, wires of an experiment; and its rule, unless the optimizer names another.
struct Hardware {
    LibraryPtr library;
    Experiment e;
    std::string toml;  ///< of the experiment as it was said: a model in numpy is not in it
    Hardware(const LibraryPtr& l, const std::string& said, const nb::object& model)
        : library(l),
          e(read_experiment({.name = "hardware", .given = config::parse_toml(said, "hardware").get(), .origin = config::said_in_python},
                            l->presets("experiments"), l->registries)) {
        if (e.hardware.kind != HardwareKind::crossbar) throw ConfigError("layers live on crossbars; expected hardware.kind = \"crossbar\"");
        toml = run_toml(e);
        if (!model.is_none()) e.device = numpy_device(model);
    }
};
using HardwarePtr = std::shared_ptr<const Hardware>;

/// Where the matrices of a model lie, all placed together.
struct Plan {
    Placement placement;
    Plan(const HardwarePtr& hw, const std::vector<std::pair<std::size_t, std::size_t>>& shapes) {
        std::vector<Shape2> list;
        for (const auto& [rows, cols] : shapes) list.push_back({rows, cols});
        placement =
            place(list, {static_cast<std::size_t>(hw->e.tile.rows), static_cast<std::size_t>(hw->e.tile.cols)}, hw->e.tile.placement);
    }
};

/// A training rule with settings in place of an experiment's [train.RULE].
struct Rule {
    RuleSpec spec;
    std::string name;
    Rule(const LibraryPtr& library, const std::string& rule, const nb::dict& settings) : name(rule) {
        const auto& entry = library->registries.rules.get(rule, {});
        if (!entry.in_cells) throw ConfigError("rule \"" + rule + "\" moves no cells; expected one that does (ganbar.list(\"rules\"))");
        const auto node = node_of(settings, "rule");
        spec = entry.bind(node.get());
        config::reject_unused(*node, {{"", [&] {
                                           std::vector<std::string> names;
                                           for (const auto& row : entry.defaults) names.push_back(row.info.name);
                                           return names;
                                       }()}});
    }
    /// Whether it needs inputs and errors, not the gradient alone.
    bool wants_pairs() const {
        if (spec.join_arrays) return true;
        const UpdateRule rule = spec.at({0, false, 0.01});
        const auto* pulses = dynamic_cast<const PulseRule*>(rule.cells.get());
        return pulses != nullptr && pulses->wants_pairs();
    }
};

/// The windows of a convolution over maps of one size; a transposed one without zeros has a part a phase.
struct Windows {
    struct Part {
        PatchMap map;
        std::vector<std::size_t> taps;
    };
    std::vector<Part> parts;
    std::vector<std::size_t> out_side;
    Windows(bool transposed, const std::vector<std::size_t>& side, const std::vector<std::size_t>& kernel,
            const std::vector<std::size_t>& stride, const std::vector<std::size_t>& padding, const std::vector<std::size_t>& output_padding,
            bool zero_free) {
        const nn::MapShape in{1, side};
        const nn::Window w{kernel, stride, padding, padding, output_padding};
        if (transposed) {
            const auto out = nn::conv_transpose_output(in, w, 1, {});
            for (auto& part : nn::conv_transpose_patches(in, out, w, zero_free))
                parts.push_back({std::move(part.map), std::move(part.taps)});
            out_side = out.side;
        } else {
            const auto out = nn::conv_output(in, w, 1, {});
            std::size_t n = 1;
            for (const std::size_t k : kernel) n *= k;
            std::vector<std::size_t> all(n);
            for (std::size_t i = 0; i < n; ++i) all[i] = i;
            parts.push_back({nn::conv_patches(in, out, w), std::move(all)});
            out_side = out.side;
        }
    }
};
using WindowsPtr = std::shared_ptr<const Windows>;

/// Their classes, before those of the cells.
void bind_torch_parts(nb::module_& m);

}  // namespace ganbar::python
