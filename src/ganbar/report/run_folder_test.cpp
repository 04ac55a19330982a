#include "ganbar/report/run_folder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "ganbar/core/error.h"
#include "ganbar/report/report_input.h"

namespace ganbar::report {
namespace {
namespace fs = std::filesystem;

class RunFolder : public testing::Test {
protected:
    void SetUp() override {
        folder = testing::TempDir() + "ganbar_run_" + testing::UnitTest::GetInstance()->current_test_info()->name();
        fs::remove_all(folder);
        fs::create_directories(folder + "/conductance");
        fs::create_directories(folder + "/samples");
        write("metrics.csv", "round,epoch,loss_d\n1,1,0.5\n2,1,0.25\n");
        write(
            "summary.json",
            R"({"name": "x", "seed": 7, "classes": [3], "collapsed": false, "collapsed_reason": "fine", "coverage": 0.8, "recall": null, "dataset": "mnist"})");
    }
    void TearDown() override { fs::remove_all(folder); }
    void write(const std::string& name, const std::string& text) const { std::ofstream(folder + "/" + name, std::ios::binary) << text; }
    void expect_fault(const std::string& part) const {
        try {
            read_run(folder);
            ADD_FAILURE() << "expected a DataError with \"" << part << "\"";
        } catch (const DataError& e) {
            EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
        }
    }
    std::string folder;
};

TEST_F(RunFolder, OptionalPartsMayBeMissing) {
    const RunData run = read_run(folder);
    EXPECT_EQ(run.group, "x");
    EXPECT_EQ(run.label, "seed 7");
    EXPECT_EQ(run.metrics.find("loss_d")->at(1), 0.25);
    EXPECT_EQ(run.quality.n_rows(), 0u);
    EXPECT_EQ(run.summary.collapsed, false);
    EXPECT_EQ(run.summary.classes, (std::vector<std::int64_t>{3}));
    EXPECT_FALSE(run.summary.number("recall"));
    EXPECT_EQ(run.summary.text("dataset"), "mnist");
    EXPECT_NE(render_html(describe_runs({run})).find("mnist"), std::string::npos);
}

TEST_F(RunFolder, ReadsAccountsOfAnyDepth) {
    write("hardware.json", R"({"accounts": [{"account": "generator/dense1/update/set", "n": 3, "energy_J": 1e-6, "busy_s": 2e-6},
        {"account": "generator/conv/part2/forward/adc", "energy_J": 1}, {"account": "trng/write", "energy_J": 2}], "totals": {"update_energy_J": 1e-6},
        "area": [{"component": "cells", "area_m2": 1e-8, "n": 4}], "assumptions": [{"name": "a", "value": 0.5, "unit": "V", "kind": "assumed", "source": "s"}, {"name": "b", "value": "off", "kind": "published"}]})");
    const Hardware hardware = read_run(folder).hardware;
    ASSERT_EQ(hardware.accounts.size(), 3u);
    EXPECT_EQ(hardware.accounts[0].layer + "|" + hardware.accounts[0].phase + "|" + hardware.accounts[0].component, "dense1|update|set");
    EXPECT_EQ(hardware.accounts[1].layer + "|" + hardware.accounts[1].phase + "|" + hardware.accounts[1].component,
              "conv/part2|forward|adc");
    EXPECT_EQ(hardware.accounts[2].network + "|" + hardware.accounts[2].component, "trng|write");
    EXPECT_EQ(hardware.totals.at("update_energy_J"), 1e-6);
    EXPECT_EQ(hardware.assumptions[0].number, 0.5);
    EXPECT_EQ(hardware.assumptions[1].value, "off");
}

TEST_F(RunFolder, HalfWrittenLastLineIsDropped) {
    write("metrics.csv", "round,epoch,loss_d\n1,1,0.5\n2,1,0.");
    EXPECT_EQ(read_run(folder).metrics.n_rows(), 1u);
}

TEST_F(RunFolder, EmptyCellsAndBooleans) {
    write("quality.csv", "round,coverage,collapsed\n0,,true\n10,0.5,false\n");
    const Table q = read_run(folder).quality;
    EXPECT_TRUE(std::isnan(q.find("coverage")->at(0)));
    EXPECT_EQ(*q.find("collapsed"), (std::vector<double>{1, 0}));
}

TEST_F(RunFolder, MalformedPartsNameFileAndLine) {
    write("metrics.csv", "round,epoch,loss_d\n1,1,0.5\n2,1\n");
    expect_fault("metrics.csv:3:1: 2 cells; expected 3");
    write("metrics.csv", "round,epoch,loss_d\n1,1,half\n");
    expect_fault("metrics.csv:2:1: \"half\" is not a number");
    write("metrics.csv", "round,round\n1,1\n");
    expect_fault("names a column twice");
    write("metrics.csv", "epoch\n1\n");
    expect_fault("no column \"round\"");
    write("metrics.csv", "");
    expect_fault("is empty");
}

TEST_F(RunFolder, MalformedJsonIsADataFault) {
    write("hardware.json", "{\"accounts\": [");
    expect_fault("hardware.json: is not valid JSON");
    write("hardware.json", R"({"accounts": [{"account": "a"}]})");
    expect_fault("hardware.json: has an unexpected shape");
    write("hardware.json", R"({"assumptions": [{"name": "a", "value": 1, "kind": "guessed"}]})");
    expect_fault("expected published, derived or assumed");
    write("hardware.json", "[1]");
    expect_fault("hardware.json: has an unexpected shape");
    fs::remove(folder + "/hardware.json");
    write("summary.json", "[]");
    expect_fault("summary.json: has an unexpected shape");
}

TEST_F(RunFolder, PicturesAreCheckedAndSorted) {
    const std::string head("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0\0\x20", 24);
    write("samples/000010.png", head);
    write("samples/000002.png", head);
    write("samples/notes.txt", "not a picture");
    const auto samples = read_run(folder).samples;
    ASSERT_EQ(samples.size(), 2u);
    EXPECT_EQ(samples[0].round, 2);
    EXPECT_EQ(samples[1].round, 10);
    EXPECT_EQ(samples[0].width, 256u);
    EXPECT_EQ(samples[0].height, 32u);
    write("samples/000003.png", "GIF89a");
    expect_fault("000003.png: is not a PNG image");
}

TEST_F(RunFolder, HistogramColumnsAreChecked) {
    write("conductance/histogram.csv", "round,layer,bin_lo_S,bin_hi_S,count\n0,g/d1,1e-4,2e-4,5\n");
    EXPECT_EQ(read_run(folder).histogram.at(0).layer, "g/d1");
    write("conductance/histogram.csv", "round,layer,bin_lo_S,bin_hi_S,count\n0,g/d1,2e-4,1e-4,5\n");
    expect_fault("histogram.csv:2:1: bin ends at or before its start");
    write("conductance/histogram.csv", "round,layer\n");
    expect_fault("has other columns than expected");
}

TEST_F(RunFolder, OtherFoldersAreRefused) {
    EXPECT_THROW(read_run(folder + "/absent"), DataError);
    EXPECT_THROW(read_run(folder + "/samples"), DataError);
}

}  // namespace
}  // namespace ganbar::report
