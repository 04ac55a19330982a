// uses: data
// A CSV table. Allowed outcomes: a DataError, or a table that reads back the same after writing; numbers keep their bits.
#include <cmath>

#include "expect.h"
#include "ganbar/data/csv.h"

namespace {

using namespace ganbar;

std::string written(const CsvTable& table) {
    std::string out = csv_line(std::vector<CsvValue>(table.columns.begin(), table.columns.end()));
    for (const auto& row : table.rows) out += csv_line(std::vector<CsvValue>(row.begin(), row.end()));
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const CsvTable table = parse_csv({reinterpret_cast<const char*>(data), size}, "input");
        const CsvTable back = parse_csv(written(table), "again");
        fuzz::expect(back.columns == table.columns && back.rows == table.rows, "a table reads back to itself");
        for (const double v : table.numbers(table.columns.front())) {
            const double again = parse_csv("x\n" + number_text(v) + "\n", "number").numbers("x").at(0);
            fuzz::expect(again == v || (std::isnan(again) && std::isnan(v)), "a number reads back to itself");
        }
    } catch (const DataError&) {
    }
    return 0;
}
