#include "ganbar/experiment/experiment.h"

#include <fmt/format.h>

#include <filesystem>

#include "ganbar/config/attribution.h"
#include "ganbar/config/given.h"
#include "ganbar/core/file_ending.h"
#include "ganbar/data/catalogue.h"
#include "ganbar/data/path_dataset.h"
#include "ganbar/experiment/accelerator_spec.h"
#include "ganbar/experiment/check_cells.h"
#include "ganbar/experiment/key_place.h"
#include "ganbar/experiment/network_layers.h"
#include "ganbar/experiment/rule_keys.h"

namespace ganbar {
namespace {
constexpr const char* default_device = "nili2020";
}  // namespace

static const config::Node* peek(const config::Node& root, const char* table) {
    const auto it = root.tables.find(table);
    return it == root.tables.end() ? nullptr : it->second.get();
}

/// Rules that work on this hardware, "manhattan", "sgd", ...
static std::string rules_for(const RuleRegistry& rules, bool cells) {
    std::vector<std::string> names;
    for (const auto& name : rules.names())
        if (cells ? rules.get(name).in_cells : rules.get(name).in_software) names.push_back("\"" + name + "\"");
    return join(names);
}

/// A fall of the learning rates that would change nothing is a fault of the input.
static void check_rate(const Experiment& e) {
    const TrainSpec& t = e.train;
    const Location where = place_of(*e.source, "train", {"rate_end", "rate_from", "rate_rounds"});
    if (t.rate_end == 1 && t.rate_from == 0 && t.rate_rounds == 0) return;
    if (!e.rule.uses_rate)
        throw ConfigError(
            fmt::format("train.rule = \"{0}\" takes no train.rate that could fall; its own settings: ganbar describe rule {0}", t.rule),
            where);
    if (t.rate_end == 1 || t.rate_rounds == 0)
        throw ConfigError(
            fmt::format("train.rate_end = {:g}, train.rate_from = {} and train.rate_rounds = {} leave the rates constant; expected a "
                        "rate_end below 1 and the rate_rounds over which they fall to it",
                        t.rate_end, t.rate_from, t.rate_rounds),
            where);
}

static void check_rule(const Experiment& e, const RuleRegistry& rules) {
    const auto place = [&](const char* key) { return place_of(*e.source, "train", {key}); };
    const RuleEntry& rule = rules.get(e.train.rule);
    const bool crossbar = e.hardware.kind == HardwareKind::crossbar;
    if (crossbar && !rule.in_cells)
        throw ConfigError(
            fmt::format("weights on crossbars are updated by pulses; expected train.rule = {}, or hardware.kind = \"software\"",
                        rules_for(rules, true)),
            place("rule"));
    if (!crossbar && !rule.in_software)
        throw ConfigError(
            fmt::format(
                "this train.rule moves cells by pulses and weights in software have none; expected {}, or hardware.kind = \"crossbar\"",
                rules_for(rules, false)),
            place("rule"));
    if (crossbar && e.train.clip_d > 0)
        throw ConfigError(
            "train.clip_d clips weights in software; cells clip at their window: expected discriminator.w_max = the clip instead",
            place("clip_d"));
    check_rate(e);
}

/// Kinds of converters and their bits, told at the key at fault.
static void check_converters(const Experiment& e, const config::Node* table) {
    const auto said = [&](const char* key) -> const config::Node::Leaf* {
        const auto it = table ? table->leaves.find(key) : std::map<std::string, config::Node::Leaf>::const_iterator{};
        return table && it != table->leaves.end() ? &it->second : nullptr;
    };
    const auto place = [&](const char* key) { return said(key) ? said(key)->where : table ? table->where : Location{}; };
    const auto check_one = [&](const char* kind, const std::string& name, const Registry<Converter>& kinds, const char* key,
                               std::int64_t bits) {
        if (!kinds.get(name, place(kind)).quantises && bits > 0 && said(key))
            throw ConfigError(fmt::format("tile.{} = \"{}\" converts nothing, so tile.{} = {} has no use; expected one of the two", kind,
                                          name, key, bits),
                              place(key));
        if (bits == 1)
            throw ConfigError(fmt::format("tile.{} = 1 is a sign without a value; expected 0 (ideal) or 2 to 16", key), place(key));
    };
    check_one("adc", e.tile.adc, e.tile.converters->adcs, "adc_bits", e.tile.adc_bits);
    check_one("dac", e.tile.dac, e.tile.converters->dacs, "dac_bits", e.tile.dac_bits);
    if (e.tile.node_nm != 0 && e.tile.node_nm != 32 && e.tile.node_nm != 45 && e.tile.node_nm != 65)
        throw ConfigError(
            fmt::format("tile.node_nm = {} has no published numbers; expected 0 (each converter's own), 32, 45 or 65", e.tile.node_nm),
            place("node_nm"));
    converters_of(e.tile);
}

static void check_fold(const Experiment& e) {
    if (!e.hardware.fold_norm) return;
    const Location where = place_of(*e.source, "hardware", {"fold_norm"});
    const auto& list = e.generator.list;
    const auto has = [&](nn::Norm norm) {
        return std::any_of(list.begin(), list.end(), [&](const nn::LayerSpec& s) {
            return s.norm == norm || (norm == nn::Norm::batch && s.type == nn::LayerType::batch_norm);
        });
    };
    if (has(nn::Norm::virtual_batch))
        throw ConfigError(
            "hardware.fold_norm needs fixed statistics, which virtual batch norm takes from samples that pass with every batch; expected "
            "norm = \"batch\"",
            where);
    if (!has(nn::Norm::batch) || e.periphery.normalise)
        throw ConfigError(
            "hardware.fold_norm folds batch norms into the weights before them, and no layer of the generator has norm = \"batch\" in "
            "digital memory; expected one, or fold_norm = false",
            where);
    if (e.generator.spectral_norm)
        throw ConfigError("hardware.fold_norm writes weights that generator.spectral_norm would divide again; expected one of the two",
                          where);
    if (e.rule.join_arrays)
        throw ConfigError("hardware.fold_norm writes one cell a weight, and a rule of two arrays has two; expected another rule", where);
    if (e.wires.exact(e.wires.program))
        throw ConfigError("folded weights are written without wires; expected wires.program = \"ideal\" with hardware.fold_norm", where);
}

/// Names of data sets, told at the key; whether their files are here is asked when they are read.
static void check_data(const Experiment& e) {
    const auto known = [&](const char* table, const char* key, const std::string& name) {
        if (is_dataset_path(name)) return;
        const config::Node* node = peek(*e.source, table);
        const auto it = node ? node->leaves.find(key) : std::map<std::string, config::Node::Leaf>::const_iterator{};
        dataset_info(name, node && it != node->leaves.end() ? it->second.where : Location{});
    };
    known("data", "dataset", e.data.dataset);
    if (e.evaluation.features != "auto" && e.evaluation.features != "untrained") known("evaluation", "features", e.evaluation.features);
}

static void check(const Experiment& e, const Registries& registries) {
    const auto place = [&](const char* table, std::initializer_list<const char*> keys = {}) { return place_of(*e.source, table, keys); };
    const std::size_t made = e.n_pixels(), taken = e.discriminator_plan.shapes.front().size(),
                      logits = e.discriminator_plan.shapes.back().size();
    if (made != taken)
        throw ConfigError(
            fmt::format("the generator makes {} values but the discriminator takes {}; expected the same number", made, taken),
            place("discriminator"));
    if (logits != 1)
        throw ConfigError(fmt::format("the discriminator ends in {} outputs; expected 1 (the logit of being real)", logits),
                          place("discriminator"));
    if (!e.discriminator.list.empty() && e.discriminator.list.back().activation != nn::Activation::identity)
        throw ConfigError("the discriminator's last layer must have activation = \"identity\": the loss applies the sigmoid to its logit",
                          e.discriminator.list.back().where);
    if (e.discriminator.output != nn::Activation::identity)
        throw ConfigError("discriminator.output must be \"identity\": the loss applies the sigmoid to its logit",
                          place("discriminator", {"output"}));
    check_data(e);
    check_rule(e, registries.rules);
    check_fold(e);
    check_converters(e, peek(*e.source, "tile"));
    if (e.wires.mode == WirePhysics::exact && e.hardware.kind == HardwareKind::software)
        throw ConfigError("weights in memory have no wires; expected hardware.kind = \"crossbar\" with wires.mode = \"exact\"",
                          place("wires", {"mode"}));
    if (e.wires.exact(e.wires.program) && e.wires.write.order == WriteOrder::rank_one && e.train.batch > 1)
        throw ConfigError("the signs of a batch are no rank-one matrix; expected wires.order = \"rows\" or \"cells\", or train.batch = 1",
                          place("wires", {"order"}));
    if (e.wires.exact(e.wires.program) && e.wires.write.compensation != WriteCompensation::none && e.wires.write.order != WriteOrder::rows)
        throw ConfigError("compensated drivers are calibrated for whole rows; expected wires.order = \"rows\"",
                          place("wires", {"order", "compensation"}));
    if (e.wires.exact(e.wires.program) && e.wires.write.scheme == Scheme::floating && e.wires.lines.ends == Ends::both)
        throw ConfigError("the floating scheme needs lines with one terminal; expected wires.ends = \"single\"",
                          place("wires", {"ends", "scheme"}));
    check_cells(e);
    if (e.wires.exact(e.wires.program) && !e.rule.wires_fault.empty())
        throw ConfigError(e.rule.wires_fault, place("wires", {"mode", "program"}));
    // The array writes once a latent vector; a length of its own would be a setting without effect.
    const std::int64_t bits = e.latent.source == LatentKind::array ? static_cast<std::int64_t>(e.latent.code().bits_for(e.n_latent())) : 0;
    if (bits > 0 && e.noise.trng.vector_bits != bits && e.noise.trng.vector_bits != TrngParams{}.vector_bits)
        throw ConfigError(fmt::format("trng.vector_bits = {} does not fit: a latent vector of {} values takes {} bits; leave the key out",
                                      e.noise.trng.vector_bits, e.n_latent(), bits),
                          place("trng", {"vector_bits"}));
    if (e.train.epochs == 0 && e.train.rounds == 0)
        throw ConfigError("nothing to train: train.epochs and train.rounds are both 0", place("train", {"epochs", "rounds"}));
    const double activations = static_cast<double>(e.train.batch) * static_cast<double>(std::max(e.generator_plan.widest, e.n_pixels()));
    if (activations > 1e9)
        throw ConfigError(
            fmt::format("train.batch = {} of {} pixels does not fit in memory; use a smaller batch", e.train.batch, e.n_pixels()),
            place("train", {"batch"}));
}

std::string NetworkSpec::input_shape() const { return list.empty() ? std::to_string(layers.front()) : input; }

std::vector<nn::LayerSpec> NetworkSpec::layer_list() const {
    if (!list.empty()) return list;
    std::vector<nn::LayerSpec> out;
    for (std::size_t i = 1; i < layers.size(); ++i) {
        nn::LayerSpec dense;
        dense.units = layers[i];
        dense.activation = i + 1 == layers.size() ? output : hidden;
        dense.slope = slope;
        out.push_back(dense);
    }
    return out;
}

/// Reads [[table.layer]].
static void bind_layers(const config::Node& root, const std::string& table, NetworkSpec& spec,
                        std::map<std::string, std::vector<std::string>>& known) {
    auto& names = known[table + ".layer"];
    for (const auto& p : nn::LayerSpec::schema()) names.push_back(p.info.name);
    const config::Node* node = peek(root, table.c_str());
    if (node == nullptr) return;
    for (const auto* item : node->list("layer")) {
        nn::LayerSpec layer;
        layer.where = item->where;
        config::bind(item, nn::LayerSpec::schema(), layer);
        spec.list.push_back(layer);
    }
}

/// Shapes and matrices of a network; what does not fit is told here, at the layer.
static nn::NetworkPlan plan_of(const config::Node& root, const std::string& table, const NetworkSpec& spec, std::int64_t n_classes) {
    const Location where = place_of(root, table);
    if (!spec.list.empty() && !spec.layers.empty())
        throw ConfigError(fmt::format("{0}.layers and [[{0}.layer]] both describe the network; expected one of them", table), where);
    if (!spec.list.empty() && spec.input.empty())
        throw ConfigError(fmt::format("[[{0}.layer]] needs {0}.input, the shape of the input, for example \"100\" or \"1x28x28\"", table),
                          where);
    if (spec.list.empty() && !spec.input.empty())
        throw ConfigError(fmt::format("{0}.input goes with a list [[{0}.layer]]; expected such a list, or {0}.layers alone", table), where);
    if (spec.list.empty()) {
        if (spec.layers.size() < 2)
            throw ConfigError(fmt::format("{}.layers needs at least an input and an output, for example [100, 128, 784]", table), where);
        double weights = 0;
        for (std::size_t i = 1; i < spec.layers.size(); ++i)
            weights += static_cast<double>(spec.layers[i - 1]) * static_cast<double>(spec.layers[i]);
        if (weights > 2e8) throw ConfigError(fmt::format("{}.layers asks for {:.3g} weights; expected at most 2e8", table, weights), where);
    }
    return nn::plan_network(table, {spec.input_shape(), static_cast<std::size_t>(n_classes)}, spec.layer_list(), spec.defaults(), where);
}

/// Binds every key of a tree that is read already, rejects the unknown ones, checks what no single key can.
static Experiment bound(config::Loaded loaded, RuleKeys& keys, const config::Presets& presets, const Registries& registries) {
    Experiment e;
    e.source = std::move(loaded.root);
    keys.settle(*e.source);
    if (!e.source->child("experiment").leaves.contains("name")) {  // a file without a name is called as the file is
        auto& name = e.source->child("experiment").leaves["name"];
        name.value = loaded.name, name.origin = loaded.origin;
    }
    const config::Presets networks = networks_beside(presets);
    for (const char* table : {"generator", "discriminator"}) spell_out_network(*e.source, table, networks, loaded.files);
    std::map<std::string, std::vector<std::string>> known;
    auto& top = known[""];
    const auto section = [&](const char* name, auto& target) {
        using T = std::decay_t<decltype(target)>;
        const config::Node* node = e.source->table(name);
        top.push_back(name);
        for (auto& key : config::bind(node, T::schema(), target)) known[name].push_back(key);
    };
    section("experiment", e.experiment);
    section("data", e.data);
    section("generator", e.generator);
    section("discriminator", e.discriminator);
    section("latent", e.latent);
    for (const char* table : {"generator", "discriminator"}) known[table].push_back("network");  // written out above
    bind_layers(*e.source, "generator", e.generator, known);
    bind_layers(*e.source, "discriminator", e.discriminator, known);
    e.noise.bind(*e.source, known);
    section("hardware", e.hardware);
    section("nonideal", e.nonideal);
    section("periphery", e.periphery);
    section("tile", e.tile);
    e.tile.converters = std::make_shared<const ConverterRegistries>(registries.converters);
    section("wires", e.wires);
    section("train", e.train);
    e.rule = keys.bind(*e.source, e.train.rule, known);
    e.notes = keys.notes();
    section("evaluation", e.evaluation);
    section("quality", e.quality);
    // Device models declare their own keys; they bind here, so that a mistake shows now and not after minutes.
    for (const auto& [name, cells] : {std::pair{"device", &e.device}, std::pair{"noise_device", &e.noise_device}}) {
        top.push_back(name);
        *cells = bind_device(e.source->table(name), name, default_device, registries.devices, &known[name]);
    }
    for (auto& [path, names] : bind_accelerators(*e.source, registries.accelerators, e.accelerators)) known[path] = std::move(names);
    top.push_back("accelerators");
    top.push_back("set_by");
    resolved(e);  // reads [set_by]
    config::reject_unused(*e.source, known);
    e.generator_plan = plan_of(*e.source, "generator", e.generator, e.latent.classes);
    e.discriminator_plan = plan_of(*e.source, "discriminator", e.discriminator, e.latent.classes);
    check(e, registries);
    return e;
}

Experiment read_experiment(const ExperimentSource& source, const config::Presets& presets, const Registries& registries) {
    if (has_ending(source.name, ".onnx"))
        throw ConfigError(fmt::format("is a network as ONNX, which says nothing of how it is trained: ganbar estimate {} --on all tells "
                                      "what it costs; expected an experiment, as TOML or by name",
                                      source.name),
                          {source.name});
    namespace fs = std::filesystem;
    if (std::error_code ignored;
        !source.given && fs::is_directory(source.name, ignored) && fs::exists(fs::path(source.name) / "run.toml", ignored))
        throw ConfigError(
            fmt::format("is the folder of a run, whose experiment is {0}; to go on with it: ganbar train {0} --out {1} --resume",
                        (fs::path(source.name) / "run.toml").string(), source.name),
            {source.name});
    RuleKeys keys(registries.rules);
    const auto rename = [&](config::Node& root) { keys.spread(root); };
    config::Loaded loaded = source.given ? config::load_input(*source.given, source.name, source.origin, presets, rename)
                                         : config::load_input(source.name, presets, source.sets, rename);
    if (source.over) {
        const auto over = source.over->clone();
        over->set_origin(source.origin);
        rename(*over);
        config::merge(*loaded.root, *over);
        config::insert_device_files(*loaded.root, presets, loaded.files, rename);
    }
    return bound(std::move(loaded), keys, presets, registries);
}

Experiment load_experiment(const std::string& name_or_path, const config::Presets& presets, std::span<const std::string> overrides,
                           const Registries& registries) {
    return read_experiment({.name = name_or_path, .sets = overrides}, presets, registries);
}

std::vector<config::Section> resolved(const Experiment& e) {
    std::vector<config::Section> out;
    out.push_back({"experiment", param_rows(ExperimentSpec::schema(), e.experiment)});
    out.push_back({"data", param_rows(DataSpec::schema(), e.data)});
    for (const auto& [name, network] : {std::pair{"generator", &e.generator}, std::pair{"discriminator", &e.discriminator}}) {
        out.push_back({name, param_rows(NetworkSpec::schema(), *network)});
        for (const auto& layer : network->list)
            out.push_back({std::string(name) + ".layer", param_rows(nn::LayerSpec::schema(), layer), true});
    }
    out.push_back({"latent", param_rows(LatentSpec::schema(), e.latent)});
    for (auto& section : e.noise.sections()) out.push_back(std::move(section));
    out.push_back({"hardware", param_rows(HardwareSpec::schema(), e.hardware)});
    const auto device = [&](const char* name, const DeviceSpec& cells, const char* doc) {
        ParamInfo model;
        model.name = "model";
        model.type = ParamType::text;
        model.doc = doc;
        model.source = published("satyam2022, sec. II: the model of Nili et al. 2020");
        std::vector<ParamRow> rows = {{model, cells.model, Value{std::string(default_device)}, {}}};
        rows.insert(rows.end(), cells.params.begin(), cells.params.end());
        out.push_back({name, rows});
    };
    device("device", e.device, "device model of every cell that holds a weight");
    device("noise_device", e.noise_device, "device model of the array that makes random bits");
    out.push_back({"nonideal", param_rows(NonidealParams::schema(), e.nonideal)});
    out.push_back({"periphery", param_rows(periphery::PeripheryParams::schema(), e.periphery)});
    out.push_back({"tile", param_rows(TileParams::schema(), e.tile)});
    out.push_back({"wires", param_rows(WireParams::schema(), e.wires)});
    out.push_back({"train", param_rows(TrainSpec::schema(), e.train)});
    if (!e.rule.params.empty()) out.push_back({"train." + e.rule.name, e.rule.params});
    out.push_back({"evaluation", param_rows(EvaluationSpec::schema(), e.evaluation)});
    out.push_back({"quality", param_rows(gan::QualitySpec::schema(), e.quality)});
    for (auto& section : accelerator_sections(e.accelerators)) out.push_back(std::move(section));
    if (e.source) config::attribute(out, *e.source);
    return out;
}

std::string run_toml(const Experiment& e) {
    const auto sections = resolved(e);
    return config::to_toml(sections) + config::set_by_toml(sections);
}

}  // namespace ganbar
