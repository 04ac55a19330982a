#include "ganbar/data/csv.h"

#include <clocale>
#include <cmath>
#include <cstring>

#include "ganbar/core/rng.h"
#include "ganbar/data/test_files.h"

namespace ganbar {
namespace {

using test::Folder;
using test::message_of;

std::string text_of(const std::filesystem::path& path) {
    const Bytes b = read_file(path);
    return {b.begin(), b.end()};
}

TEST(Csv, NumbersReadBackToTheSameBits) {
    Rng rng(3);
    std::string table = "x\n";
    std::vector<double> values{0.0, -0.0, 0.1, 1e-300, 5e-324, 1.7976931348623157e308, -INFINITY, NAN};
    for (int i = 0; i < 20000; ++i) {
        const std::uint64_t bits = std::uint64_t{rng.bits()} << 32 | rng.bits();
        double v;
        std::memcpy(&v, &bits, sizeof v);
        if (!std::isnan(v)) values.push_back(v);
    }
    for (const double v : values) table += csv_line(std::vector<CsvValue>{v});
    const auto back = parse_csv(table, "t.csv").numbers("x");
    ASSERT_EQ(back.size(), values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (std::isnan(values[i])) EXPECT_TRUE(std::isnan(back[i]));
        else EXPECT_EQ(std::memcmp(&back[i], &values[i], sizeof(double)), 0) << values[i];
    }
    EXPECT_EQ(number_text(0.1), "0.1");
    EXPECT_EQ(number_text(3), "3");
    EXPECT_EQ(number_text_json(NAN), "null");
}

TEST(Csv, NumbersIgnoreTheLocale) {
    const std::string before = std::setlocale(LC_ALL, nullptr);
    const bool german = std::setlocale(LC_ALL, "de_DE.UTF-8") != nullptr;
    const std::string text = number_text(1234567.5);
    const auto back = parse_csv("x\n1.5\n", "t").numbers("x");
    std::setlocale(LC_ALL, before.c_str());
    EXPECT_EQ(text, "1234567.5");
    EXPECT_EQ(back, std::vector<double>{1.5});
    if (!german) GTEST_SKIP() << "no locale with a decimal comma is installed; checked under the present one only";
}

TEST(Csv, AppendsAndSurvivesAKill) {
    Folder f;
    const std::vector<std::string> columns{"round", "loss", "note"};
    {
        auto w = CsvWriter::create(f / "m.csv", columns);
        for (int i = 0; i < 5; ++i) w.row({std::int64_t{i}, i * 0.1, std::string(i == 1 ? "a,\"b\"\nc" : "")});
        EXPECT_EQ(w.n_rows(), 5u);
    }
    const std::string whole = text_of(f / "m.csv");
    write_file(f / "m.csv", whole.substr(0, whole.size() - 3), Replace::yes);  // the last row is cut off
    EXPECT_HAS(message_of<DataError>([&] { CsvWriter::resume(f / "m.csv", columns, 5); }), "has 4 whole rows; the checkpoint needs 5");
    {
        auto w = CsvWriter::resume(f / "m.csv", columns, 3);
        for (int i = 3; i < 5; ++i) w.row({std::int64_t{i}, i * 0.1, std::string()});
        w.sync();
    }
    EXPECT_EQ(text_of(f / "m.csv"), whole);
    const CsvTable t = read_csv(f / "m.csv");
    EXPECT_EQ(t.rows[1][2], "a,\"b\"\nc");
    EXPECT_EQ(t.lines[2], 5);
    EXPECT_EQ(t.numbers("loss")[4], 0.4);
    EXPECT_HAS(message_of<ConfigError>([&] { CsvWriter::create(f / "m.csv", columns); }), "is there already");
    EXPECT_HAS(message_of<DataError>([&] { CsvWriter::resume(f / "m.csv", {"round"}, 0); }), "another header");
    EXPECT_HAS(message_of<DataError>([&] { t.numbers("los"); }), "did you mean \"loss\"?");
    EXPECT_HAS(message_of<DataError>([&] { t.numbers("note"); }), "m.csv:2:1: \"\" in column \"note\" is not a number");
}

TEST(Csv, BrokenTables) {
    const auto fault = [](const char* text) { return message_of<DataError>([&] { parse_csv(text, "t"); }); };
    EXPECT_HAS(fault(""), "is empty");
    EXPECT_HAS(fault("a,b\n1\n"), "t:2:1: has 1 cells; expected 2");
    EXPECT_HAS(fault("a\n\"x"), "not closed");
    EXPECT_HAS(fault("a\n\"x\"y\n"), "t:2:4: unexpected 'y'");
    EXPECT_HAS(fault("a\nx\"y\n"), "a quote inside");
    EXPECT_HAS(fault("a\rb\n"), "carriage return");
    EXPECT_EQ(parse_csv("a,b\r\n1,2\r\n3,4", "t").numbers("b"), (std::vector<double>{2, 4}));
}

}  // namespace
}  // namespace ganbar
