#include "tests/chaos/history.h"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/support/matchers.h"

namespace barnabas::chaos {
namespace {

TEST(History, WhatWasWrittenIsReadBack) {
  Sent sent;
  sent.log = 1;
  sent.timestamp_ms = 7;
  sent.at_ns = 8;
  Sent told = sent;
  told.outcome = Outcome::kStored;
  told.told_ns = 9;
  told.offset = 10;
  told.epoch = 2;
  told.durability = 4;
  told.duplicate = true;
  Reading reading;
  reading.consumer = 3;
  reading.log = 1;
  reading.at_ns = 11;
  reading.epoch = 2;
  reading.high_watermark = 12;
  reading.records = {{10, 0, 0, 7, 2}, {11, -1, -1, 0, 2}};
  Reading begin;
  begin.kind = Reading::Kind::kBegin;
  begin.offset = 5;
  Reading trouble;
  trouble.kind = Reading::Kind::kTrouble;
  trouble.text = "a \"quoted\"\nword\\";
  const TimeAnswer answer{1, 13, 14, 15, 16, 2};
  std::stringstream text;
  for (const JsonLine& line :
       {LogLine(1, {"t", 4, false}), ProducerLine(0, {true, false}),
        ConsumerLine(3, {true, false}), SendLine(0, 0, sent),
        ToldLine(0, 0, told), ReadingLine(reading), ReadingLine(begin),
        ReadingLine(trouble), TimeLine(answer), EndLine(1, 0, 12),
        CutLine(1, 2)}) {
    text << line.ToString() << "\n";
  }
  ASSERT_OK_AND_ASSIGN(const History history, ReadHistory(&text));
  EXPECT_EQ(history.logs.at(1).topic, "t");
  EXPECT_FALSE(history.logs.at(1).synced);
  EXPECT_FALSE(history.producers.at(0).acks_all);
  EXPECT_TRUE(history.consumers.at(3).is_final);
  const Sent& record = history.sent.at(0).at(0);
  EXPECT_EQ(record.outcome, Outcome::kStored);
  EXPECT_EQ(record.offset, 10);
  EXPECT_EQ(record.told_ns, 9);
  EXPECT_TRUE(record.duplicate);
  ASSERT_EQ(history.readings.size(), 3u);
  ASSERT_EQ(history.readings[0].records.size(), 2u);
  EXPECT_EQ(history.readings[0].records[1].producer, -1);
  EXPECT_EQ(history.readings[0].records[0].epoch, 2);
  EXPECT_EQ(history.readings[1].offset, 5);
  EXPECT_EQ(history.readings[2].text, "a \"quoted\" word\\");
  EXPECT_EQ(history.times.at(0).offset, 15);
  EXPECT_EQ(history.ends.at(1).end, 12);
  EXPECT_EQ(history.cuts.at(1), std::vector<int32_t>{2});
}

TEST(History, AnOutcomeThatWasNeverToldIsUnknown) {
  Sent sent;
  sent.log = 0;
  std::stringstream text(SendLine(0, 0, sent).ToString());
  ASSERT_OK_AND_ASSIGN(const History history, ReadHistory(&text));
  EXPECT_EQ(history.sent.at(0).at(0).outcome, Outcome::kUnknown);
}

}  // namespace
}  // namespace barnabas::chaos
