// Reads paths of ONNX files, one a line, and prints what the import makes of each; onnx_check.py compares. Per file: a line "batch N", a
// line "value NAME DIMS..." for every value, "layer NAME WEIGHTS MULTIPLICATIONS" for every layer with weights (of one sample), or one line
// "error TEXT"; then "end". Names hold no spaces.
#include <cstdio>
#include <iostream>

#include "ganbar/arch/onnx_import.h"
#include "ganbar/arch/workload.h"

int main() {
    using namespace ganbar;
    std::string path;
    while (std::getline(std::cin, path)) {
        try {
            const arch::onnx_file::Imported file = arch::onnx_file::import_graph(arch::onnx_file::read(path), "network");
            std::printf("batch %lld\n", static_cast<long long>(file.batch));
            for (const auto& [name, value] : file.values) {
                std::printf("value %s", name.c_str());
                for (const arch::Int d : value.dims) std::printf(" %lld", static_cast<long long>(d));
                std::printf("\n");
            }
            for (const auto& l : arch::lower(file.network).layers)
                std::printf("layer %s %.17g %.17g\n", l.name.c_str(), l.n_weights, l.forward.macs_useful);
        } catch (const ConfigError& e) {
            std::printf("error %s\n", e.what());
        }
        std::printf("end\n");
    }
    return 0;
}
