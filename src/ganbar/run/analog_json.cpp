#include "ganbar/run/analog_json.h"

namespace ganbar {

nlohmann::ordered_json analog_system_json(const AnalogSystem& s) {
    using json = nlohmann::ordered_json;
    json layers = json::array();
    for (const auto& l : s.layers)
        layers.push_back(
            {{"network", l.network},      {"layer", l.name},      {"rows", l.rows},           {"columns", l.columns},
             {"reads", l.reads},          {"devices", l.devices}, {"sign_bits", l.sign_bits}, {"crossbars", l.crossbars},
             {"readouts", l.readouts},    {"opamps", l.opamps},   {"device_W", l.device_W},   {"cells_W", l.cells_W},
             {"circuits_W", l.circuit_W}, {"slot_W", l.slot_W},   {"working", l.working},     {"average_W", l.average_W},
             {"image_J", l.image_J},      {"image_s", l.image_s}, {"cells_m2", l.cells_m2},   {"periphery_m2", l.periphery_m2}});
    return {{"devices", s.devices},
            {"published_devices", published_devices},
            {"sign_bits", s.sign_bits},
            {"crossbars", s.crossbars},
            {"opamps", s.opamps},
            {"area_m2", s.area_m2},
            {"least_average_W", s.least_average_W},
            {"mean_average_W", s.mean_average_W},
            {"least_slot_W", s.least_slot_W},
            {"published_least_average_W", published_neural_W},
            {"generate_J", s.generate_J},
            {"generate_s", s.generate_s},
            {"judge_J", s.judge_J},
            {"judge_s", s.judge_s},
            {"layers", layers}};
}

}  // namespace ganbar
