#include "tools/cli/bench/figures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace barnabas::cli {
namespace {

env::HistogramSnapshot Latencies(int count) {
  env::Histogram histogram;
  for (int i = 1; i <= count; ++i) histogram.Record(int64_t{i} * 1000000);
  return histogram.Snapshot();
}

Figures SampleRun() {
  return {.work = "produce",
          .records = 1000,
          .bytes = 100000,
          .elapsed = absl::Seconds(2),
          .latency_ns = Latencies(1000)};
}

TEST(FiguresTest, RatesAreOfTheWholeRun) {
  EXPECT_DOUBLE_EQ(SampleRun().RecordsPerSecond(), 500);
  EXPECT_DOUBLE_EQ(SampleRun().MegabytesPerSecond(), 0.05);
}

TEST(FiguresTest, ARunOfNoTimeHasNoRate) {
  EXPECT_EQ(Figures().RecordsPerSecond(), 0);
  EXPECT_EQ(Figures().MegabytesPerSecond(), 0);
}

TEST(FiguresTest, TheLineReadsAsKafkasTool) {
  const std::string line = LineOf(SampleRun());
  EXPECT_TRUE(
      line.starts_with("1000 records sent, 500.0 records/sec (0.05 MB/sec), "))
      << line;
  for (const char* part : {" ms avg latency", "1000.000 ms max latency",
                           " ms 50th", " ms 95th", " ms 99th", " ms 99.9th."}) {
    EXPECT_NE(line.find(part), std::string::npos) << part << ": " << line;
  }
}

TEST(FiguresTest, WithoutLatenciesTheLineNamesNone) {
  Figures figures = SampleRun();
  figures.latency_ns = {};
  EXPECT_EQ(LineOf(figures),
            "1000 records sent, 500.0 records/sec (0.05 MB/sec).");
}

TEST(FiguresTest, WhatIsConsumedIsRead) {
  for (const char* work : {"consume", "ceiling consume"}) {
    Figures figures = SampleRun();
    figures.work = work;
    EXPECT_TRUE(LineOf(figures).starts_with("1000 records read, ")) << work;
  }
}

TEST(FiguresTest, FailedRecordsAreNotHidden) {
  Figures figures = SampleRun();
  figures.failed = 3;
  EXPECT_NE(LineOf(figures).find(", 3 FAILED."), std::string::npos);
}

TEST(FiguresTest, TheTableHasARowForEachCeilingAndCellsForEachColumn) {
  BenchResult result{.run = SampleRun(), .ceilings = {Figures()}};
  const Document document = DocumentOf(result);
  ASSERT_EQ(document.sections.size(), 1);
  const Table& table = document.sections[0].table;
  ASSERT_EQ(table.rows.size(), 2);
  for (const auto& row : table.rows) {
    EXPECT_EQ(row.size(), table.columns.size());
  }
}

TEST(FiguresTest, TheTreeSaysVerdictAndRatio) {
  BenchResult result{.run = SampleRun(), .ceilings = {Figures()}};
  result.ratio = 0.5;
  result.verdict = Verdict{.acknowledged = 7, .lost = 1};
  const Tree tree = DocumentOf(result).tree;
  ASSERT_NE(tree.Find("verdict"), nullptr);
  EXPECT_EQ(tree.Find("verdict")->Find("lost")->text, "1");
  EXPECT_EQ(tree.Find("verdict")->Find("holds")->text, "false");
  EXPECT_EQ(tree.Find("ratio")->text, "0.500");
  EXPECT_EQ(tree.Find("records")->text, "1000");
}

TEST(FiguresTest, ACsvRowHasAsManyFieldsAsItsHeader) {
  const auto fields = [](const std::string& row) {
    return std::count(row.begin(), row.end(), ',');
  };
  EXPECT_EQ(fields(CsvRow(SampleRun())), fields(CsvHeader()));
}

TEST(FiguresTest, TheDistributionEndsWithEveryValue) {
  const std::string text = DistributionOf(Latencies(1000));
  EXPECT_NE(text.find("1.000000000000       1000"), std::string::npos) << text;
  EXPECT_NE(text.find("Total count    =         1000"), std::string::npos);
}

}  // namespace
}  // namespace barnabas::cli
