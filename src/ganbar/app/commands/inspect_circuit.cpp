// `ganbar inspect circuit NAME`: the static curve of a circuit of the analog periphery, and its SPICE deck with the same inputs.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "ganbar/app/command.h"
#include "ganbar/app/inspect.h"
#include "ganbar/app/output_file.h"
#include "ganbar/periphery/circuits.h"
#include "ganbar/periphery/decks.h"

namespace ganbar::app {
namespace {

struct InspectCircuitArguments {
    std::string name;
    OutputFile deck;
    std::vector<std::string> sets;
    double from_V = -0.9, to_V = 0.9;
    std::int64_t points = 19;
    bool json = false;
};

periphery::PeripheryParams settings(const std::vector<std::string>& sets) {
    config::Node node;
    for (const auto& s : sets) config::apply_override(node, s);
    periphery::PeripheryParams p;
    std::vector<std::string> known = config::bind(&node, periphery::PeripheryParams::schema(), p);
    config::reject_unused(node, {{"", known}});
    return p;
}

void show(const InspectCircuitArguments& o) {
    o.deck.check();
    const auto p = settings(o.sets);
    std::vector<double> x;
    for (std::int64_t i = 0; i < o.points; ++i)
        x.push_back(o.from_V + (o.to_V - o.from_V) * static_cast<double>(i) / static_cast<double>(std::max<std::int64_t>(1, o.points - 1)));
    std::ostringstream deck;
    periphery::write_deck(o.name, p, x, deck);  // names the fault when there is no such circuit
    if (o.deck.asked()) o.deck.write(deck.str());
    if (o.deck.to_stdout()) return;
    for (const auto& b : periphery::all_circuits(p)) {
        if (b.name != o.name) continue;
        nlohmann::ordered_json out{{"circuit", b.name},
                                   {"x_V", x},
                                   {"y_V", nlohmann::ordered_json::array()},
                                   {"slope", nlohmann::ordered_json::array()},
                                   {"power_W", b.power_W(p)},
                                   {"area_m2", b.area_m2(p)},
                                   {"time_constant_s", b.time_constant_s}};
        for (const double v : x) out["y_V"].push_back(b.at(v).y_V), out["slope"].push_back(b.at(v).slope);
        if (o.json) {
            fmt::print("{}\n", out.dump(1));
            return;
        }
        fmt::print("{}: {}\n{}\n\n{:>10}{:>12}{:>10}\n", b.name, b.doc, b.curve, "input V", "output V", "slope");
        for (const double v : x) fmt::print("{:>10.4f}{:>12.6f}{:>10.4f}\n", v, b.at(v).y_V, b.at(v).slope);
        return;
    }
}

}  // namespace

void ganbar_register_inspect_circuit(CommandContext& context) {
    auto* command =
        inspect_command(context.cli)->add_subcommand("circuit", "the curve of a circuit of the analog periphery, and its SPICE deck");
    auto o = std::make_shared<InspectCircuitArguments>();
    command->add_option("name", o->name, "as `ganbar list circuits` prints it")->required();
    command->add_option("--set", o->sets, "key=value of [periphery], for example opamp_gain=100")->one_value();
    o->deck.declare(*command, "--deck", "write the SPICE deck with the same inputs here; run it by ngspice -b FILE");
    command->add_option("--from", o->from_V, "first input, volts")->show_default();
    command->add_option("--to", o->to_V, "last input, volts")->show_default();
    command->add_option("--points", o->points, "number of inputs")->check(Range{1, 1000})->show_default();
    command->add_flag("--json", o->json, "print JSON");
    command->callback([&context, o] { context.run = [o] { show(*o); }; });
}

}  // namespace ganbar::app
