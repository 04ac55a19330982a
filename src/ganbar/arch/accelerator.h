// An accelerator: parameters with sources, and a function from a workload to cycles, time, energy and area. One file per accelerator in
// models/. Every estimate is a sum of accounts (operation x component); totals are never computed another way.
#pragma once
#include <array>
#include <functional>
#include <memory>
#include <optional>

#include "ganbar/arch/workload.h"
#include "ganbar/core/registry.h"

namespace ganbar::arch {

/// Who uses energy and area.
enum class Component : std::uint8_t {
    crossbar,
    drive,
    conversion,
    accumulate,
    cell_write,
    activation,
    alu,
    mac_unit,
    register_file,
    inter_pe,
    buffer,
    link,
    dram,
    idle,
    board,
    reprogram
};
constexpr std::size_t n_components = 16;
const char* to_string(Component c);
using PerComponent = std::array<double, n_components>;
inline double& at(PerComponent& v, Component c) { return v[static_cast<std::size_t>(c)]; }
inline double at(const PerComponent& v, Component c) { return v[static_cast<std::size_t>(c)]; }

/// Cost of one op of the workload, over the whole iteration.
struct OpCost {
    double cycles = 0;  ///< busy cycles of the resources that run it, in the accelerator's own cycles
    double macs_useful = 0, macs_executed = 0;
    PerComponent energy_J{};
    double energy_total_J() const;
};

/// What a chip of fixed size adds (chip.h); of the iteration. All zero on machines that have as many arrays as the network needs.
struct ChipUse {
    double arrays_needed = 0;               ///< by the network at the machine's copies
    double swaps = 0;                       ///< times that arrays are loaded with the weights of other layers
    double cells = 0;                       ///< programmed by them
    double reprogram_s = 0;                 ///< nothing computes meanwhile
    double drain_s = 0;                     ///< the pipeline empties before arrays are loaded, and fills again
    double bytes_dram = 0, bytes_mesh = 0;  ///< weights, activations and errors to and from memory; from layer to layer
    double dram_s = 0, mesh_s = 0;          ///< least times for activations and errors; beside computing
    double buffer_share = 0;                ///< of what waits for its gradient: the part that the buffers hold
};

struct Estimate {
    double cycle_s = 0;  ///< the cycle of iteration_cycles: a logical cycle of the pipeline, or a clock
    double iteration_cycles = 0, iteration_latency_s = 0;
    double macs_useful = 0, macs_executed = 0, macs_zero_inserted = 0;
    double peak_macs_per_s = 0, peak_power_W = 0;  ///< every array or unit at work on operands without inserted zeros
    double n_arrays = 0;                           ///< crossbars, or processing elements
    double writes = 0, reads = 0, conversions = 0, bytes_dram = 0, words_buffer = 0;  ///< of the iteration: cells written, array steps, ...
    double writes_per_cell = 0;  ///< of the iteration, of the cells that are programmed most often
    double endurance = 0;        ///< writes that a cell survives; 0: not given
    ChipUse chip;
    std::vector<OpCost> ops;  ///< parallel to Workload::ops
    PerComponent area_m2{};
    PerComponent idle_J{};  ///< energy that belongs to no operation (static power x latency)
    double energy_J() const;
    double area_total_m2() const;
    double power_density_W_m2() const;
    double lifetime_s()
        const;  ///< training without pause until the first cell fails, no wear levelling; 0: endurance not given, or nothing is written
    double utilisation() const;     ///< useful multiplications per multiplication slot of the peak rate
    void reset(const Workload& w);  ///< empty accounts, no allocation when the size is unchanged
};

/// A parameter of a machine.
template <class Design>
struct MachineParam : Param<Design> {
    /// Whoever builds the machine decides it (sides of arrays, bits, copies, a schedule), so no interval swings it. All others are
    /// measured, assumed or left out by the model.
    bool is_choice = false;
    MachineParam(Param<Design> p, bool choice = false) : Param<Design>(std::move(p)), is_choice(choice) {}
};
template <class Design>
using MachineSchema = std::vector<MachineParam<Design>>;
/// A design choice.
template <class Design>
MachineParam<Design> decided(Param<Design> p) {
    return {std::move(p), true};
}
template <class Design>
std::vector<ParamRow> param_rows(const MachineSchema<Design>& schema, const Design& values, const Design& defaults) {
    std::vector<ParamRow> rows;
    for (const auto& p : schema) rows.push_back({p.info, p.get(values), p.get(defaults), {}});
    return rows;
}

/// An uncertain parameter's plausible low and high value, for intervals and tornado plots. Never a design choice's.
struct Swing {
    std::string param;
    Value lo, hi;
};

/// A choice whose price the model does not know: whoever changes `param` should change `companions` too.
struct Uncoupled {
    std::string param;
    std::vector<std::string> companions;
    std::string why;
};

/// Above this a package needs more than a fan; estimates say so.
constexpr double high_power_density_W_m2 = 1e6;

/// One sentence for every entry of `uncoupled` that was changed while one of its companions was not.
std::vector<std::string> uncoupled_changes(const std::vector<Uncoupled>& uncoupled, const std::vector<ParamRow>& now,
                                           const std::vector<ParamRow>& published);

/// One sentence for every energy, power, time or area that was set to zero: what it stands for is free.
std::vector<std::string> set_to_nothing(const std::vector<ParamRow>& now);

/// What a machine with `bits` too few in its converters should be told.
std::string bits_lost_warning(double bits);

class Accelerator {
public:
    virtual ~Accelerator() = default;
    /// Throws ConfigError when the workload does not fit; the message names the layer and the limit.
    virtual void estimate(const Workload& w, Estimate& out) const = 0;
    /// Crossbars the workload fills (processing elements of digital machines): what an estimate's n_arrays rests on, without the rest.
    virtual double arrays_needed(const Workload& w) const = 0;
    virtual std::vector<ParamRow> params() const = 0;
    /// Changed parameters whose consequences the model does not follow, one sentence each.
    virtual std::vector<std::string> warnings() const = 0;
    /// Bits that its converters lack to resolve what an array adds up as well as the published machine does; 0 where it has none.
    virtual double bits_lost() const = 0;
    virtual std::unique_ptr<Accelerator> with(const std::string& param, const Value& value) const = 0;
};

/// The chip that was published, or that we state; zeros: not known.
struct Chip {
    double area_m2 = 0, n_arrays = 0, power_W = 0;
    Source source;
};

/// Published operations per joule and per second and area at full use; zeros: none. `text`: where they are from, or why there are none or
/// ours differ.
struct PublishedPeak {
    double op_per_J = 0, op_per_s_m2 = 0;
    std::string text;
};

struct AcceleratorEntry {
    std::string doc, platform, scope;  ///< scope: what time, energy and area count
    bool trains = true;                ///< false: published for inference; its training passes are our extension and say so
    bool pipelined = false;            ///< samples stream through the layers in logical cycles (pipeline.h)
    std::vector<std::string> param_names;
    std::vector<std::string> choices;  ///< of param_names: what whoever builds the machine decides
    std::vector<ParamRow> defaults;
    std::vector<Swing> swings, chip_swings;  ///< chip_swings: beside them on a chip of fixed size
    Chip chip;
    PublishedPeak peak;
    std::function<std::unique_ptr<Accelerator>(const config::Node*)> make;  ///< parameters from a table (may be null)
};

/// What a model file fills in. Design is the parameter struct of one of the engines (crossbar_engine.h, digital_engine.h, gpu_engine.h).
template <class Design>
struct AcceleratorModel {
    std::string doc, platform, scope;
    bool trains = true, pipelined = false;
    Design defaults;
    MachineSchema<Design> schema;
    std::vector<Swing> swings, chip_swings;
    Chip chip;
    PublishedPeak peak;
    std::vector<Uncoupled> uncoupled;
    /// What a design costs whose choices differ from the published ones (`defaults`): energies, times and areas of the periphery follow.
    Design (*couple)(const Design& design, const Design& published) = nullptr;
    double (*bits_lost)(const Design& design, const Design& published) = nullptr;  ///< null: no converters to choose
    void (*run)(const Design&, const Workload&, Estimate&) = nullptr;
    double (*arrays)(const Design&, const Workload&) = nullptr;  ///< null: a fixed machine
};

template <class Design>
class AcceleratorOf final : public Accelerator {
public:
    AcceleratorOf(std::shared_ptr<const AcceleratorModel<Design>> model, Design design)
        : model_(std::move(model)), design_(std::move(design)) {}
    void estimate(const Workload& w, Estimate& out) const override {
        model_->run(model_->couple ? model_->couple(design_, model_->defaults) : design_, w, out);
    }
    double arrays_needed(const Workload& w) const override { return model_->arrays ? model_->arrays(design_, w) : 0; }
    std::vector<ParamRow> params() const override { return param_rows(model_->schema, design_, model_->defaults); }
    std::unique_ptr<Accelerator> with(const std::string& name, const Value& value) const override {
        Design changed = design_;
        for (const auto& p : model_->schema)
            if (p.info.name == name) {
                check_value(p.info, value, {});
                p.set(changed, value);
                return std::make_unique<AcceleratorOf>(model_, std::move(changed));
            }
        throw ConfigError("unknown parameter \"" + name + "\"");
    }
    std::vector<std::string> warnings() const override {
        auto out = uncoupled_changes(model_->uncoupled, params(), param_rows(model_->schema, model_->defaults, model_->defaults));
        for (std::string& free : set_to_nothing(params())) out.push_back(std::move(free));
        if (bits_lost() > 0) out.push_back(bits_lost_warning(bits_lost()));
        return out;
    }
    double bits_lost() const override { return model_->bits_lost ? model_->bits_lost(design_, model_->defaults) : 0; }
    const Design& design() const { return design_; }

private:
    std::shared_ptr<const AcceleratorModel<Design>> model_;
    Design design_;
};

/// Throws std::logic_error where one of `swings` names a design choice, or nothing.
void check_swings(const std::vector<Swing>& swings, const AcceleratorEntry& entry);

template <class Design>
AcceleratorEntry accelerator_entry(AcceleratorModel<Design> model) {
    auto shared = std::make_shared<const AcceleratorModel<Design>>(std::move(model));
    auto schema = std::make_shared<const Schema<Design>>(shared->schema.begin(), shared->schema.end());
    AcceleratorEntry e;
    e.doc = shared->doc, e.platform = shared->platform, e.scope = shared->scope, e.trains = shared->trains, e.pipelined = shared->pipelined;
    for (const auto& p : shared->schema) {
        e.param_names.push_back(p.info.name);
        if (p.is_choice) e.choices.push_back(p.info.name);
    }
    e.defaults = param_rows(shared->schema, shared->defaults, shared->defaults);
    e.swings = shared->swings, e.chip_swings = shared->chip_swings;
    for (const auto* swings : {&e.swings, &e.chip_swings}) check_swings(*swings, e);
    e.chip = shared->chip, e.peak = shared->peak;
    e.make = [shared, schema](const config::Node* node) -> std::unique_ptr<Accelerator> {
        Design design = shared->defaults;
        config::bind(node, *schema, design);
        return std::make_unique<AcceleratorOf<Design>>(shared, std::move(design));
    };
    return e;
}

/// Latency, energy and area with the interval that the swings of uncertain parameters give together (5th to 95th percentile of joint
/// draws).
struct Interval {
    double value = 0, lo = 0, hi = 0;
};
struct Influence {
    std::string param;
    Value lo, hi;
    double latency_lo = 1, latency_hi = 1, energy_lo = 1, energy_hi = 1, area_lo = 1, area_hi = 1;  ///< ratios to the estimate
};
struct Uncertainty {
    Interval latency_s, energy_J, area_m2;
    std::vector<Influence> influences;  ///< strongest on latency and energy first
};
Uncertainty uncertainty(const Accelerator& accelerator, const std::vector<Swing>& swings, const Workload& w, const Estimate& e);

/// The same machine with the smallest logical cycle (most copies of layers) that needs at most `n_arrays`; the machine itself where it has
/// no such choice. With `zeros_inserted`, and its zeros left in.
std::unique_ptr<Accelerator> within_arrays(const Accelerator& machine, const Workload& w, double n_arrays, bool zeros_inserted = false);

/// What zero skipping saves on the same machine at the same number of arrays: ratios of the zero-inserting machine to this one.
struct ZeroSkipping {
    double macs = 1, latency = 1, energy = 1;
};
/// Nothing for machines that cannot insert zeros.
std::optional<ZeroSkipping> zero_skipping(const Accelerator& machine, const Workload& w, const Estimate& e);

}  // namespace ganbar::arch

namespace ganbar {
using AcceleratorRegistry = Registry<arch::AcceleratorEntry>;
/// All files of arch/models.
void register_builtin_accelerators(AcceleratorRegistry& registry);
}  // namespace ganbar
