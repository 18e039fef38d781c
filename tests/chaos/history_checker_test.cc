// Each anomaly has a bad history of its own, which differs from a good one in
// as little as makes it bad.
#include "tests/chaos/history_checker.h"

#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace barnabas::chaos {
namespace {

// Producer 0 is idempotent and asks for all replicas, producer 1 is neither.
// Log 0 is synced, log 1 is not. Consumer 0 ran to the end, 9 is the final one.
// Log 0 holds 0:0 0:1 | 1:0 0:2 (the bar: epoch 2 begins), log 1 holds 0:3.
std::vector<std::string> GoodHistory() {
  return {
      R"({"op":"log","log":0,"topic":"t","partition":0,"synced":true})",
      R"({"op":"log","log":1,"topic":"u","partition":0,"synced":false})",
      R"({"op":"producer","producer":0,"idempotent":true,"acks":"all"})",
      R"({"op":"producer","producer":1,"idempotent":false,"acks":"leader"})",
      R"({"op":"consumer","consumer":0,"final":false,"whole":true})",
      R"({"op":"begin","consumer":0,"log":0,"offset":0,"at":1})",
      R"({"op":"begin","consumer":0,"log":1,"offset":0,"at":1})",
      R"({"op":"send","producer":0,"number":0,"log":0,"time":100,"at":10})",
      R"({"op":"send","producer":0,"number":1,"log":0,"time":90,"at":11})",
      R"({"op":"told","producer":0,"number":0,"at":20,"outcome":"stored",)"
      R"("offset":0,"epoch":1,"durability":4,"duplicate":false})",
      R"({"op":"told","producer":0,"number":1,"at":21,"outcome":"stored",)"
      R"("offset":1,"epoch":1,"durability":4,"duplicate":false})",
      R"({"op":"read","consumer":0,"log":0,"at":25,"epoch":1,)"
      R"("high_watermark":2,"offsets":[0,1],"producers":[0,0],)"
      R"("numbers":[0,1],"times":[100,90]})",
      R"({"op":"send","producer":1,"number":0,"log":0,"time":105,"at":30})",
      R"({"op":"send","producer":0,"number":2,"log":0,"time":110,"at":31})",
      R"({"op":"send","producer":0,"number":3,"log":1,"time":120,"at":32})",
      R"({"op":"send","producer":0,"number":4,"log":0,"time":130,"at":33})",
      R"({"op":"told","producer":1,"number":0,"at":40,"outcome":"stored",)"
      R"("offset":2,"epoch":2,"durability":2,"duplicate":false})",
      R"({"op":"told","producer":0,"number":3,"at":42,"outcome":"stored",)"
      R"("offset":0,"epoch":2,"durability":3,"duplicate":false})",
      R"({"op":"told","producer":0,"number":4,"at":43,"outcome":"failed"})",
      R"({"op":"time","log":0,"asked":50,"target":101,"offset":2,"time":105,)"
      R"("epoch":2})",
      R"({"op":"time","log":0,"asked":50,"target":200})",
      R"({"op":"read","consumer":0,"log":0,"at":55,"epoch":2,)"
      R"("high_watermark":4,"offsets":[2,3],"producers":[1,0],)"
      R"("numbers":[0,2],"times":[105,110]})",
      R"({"op":"read","consumer":0,"log":1,"at":56,"epoch":2,)"
      R"("high_watermark":1,"offsets":[0],"producers":[0],"numbers":[3],)"
      R"("times":[120]})",
      R"({"op":"consumer","consumer":9,"final":true})",
      R"({"op":"read","consumer":9,"log":0,"at":60,"epoch":2,)"
      R"("high_watermark":4,"offsets":[0,1,2,3],"producers":[0,0,1,0],)"
      R"("numbers":[0,1,0,2],"times":[100,90,105,110],"epochs":[1,1,2,2]})",
      R"({"op":"read","consumer":9,"log":1,"at":61,"epoch":2,)"
      R"("high_watermark":1,"offsets":[0],"producers":[0],"numbers":[3],)"
      R"("times":[120],"epochs":[2]})",
      R"({"op":"end","log":0,"start":0,"end":4})",
      R"({"op":"end","log":1,"start":0,"end":1})",
  };
}

Judgement JudgeLines(const std::vector<std::string>& lines) {
  std::stringstream text;
  for (const std::string& line : lines) text << line << "\n";
  const absl::StatusOr<History> history = ReadHistory(&text);
  EXPECT_TRUE(history.ok()) << history.status();
  return history.ok() ? Judge(*history) : Judgement();
}

// A change to the good history: the first line that contains `where` has
// `from` replaced by `to`; an empty `from` puts the line `to` behind it.
struct Change {
  std::string where;
  std::string from;
  std::string to;
};

struct BadHistory {
  std::string name;
  std::vector<Change> changes;
  std::string anomaly;
};

std::vector<std::string> Changed(const std::vector<Change>& changes) {
  std::vector<std::string> lines = GoodHistory();
  for (const Change& change : changes) {
    bool done = false;
    for (size_t i = 0; i < lines.size() && !done; ++i) {
      if (lines[i].find(change.where) == std::string::npos) continue;
      done = true;
      if (change.from.empty()) {
        lines.insert(lines.begin() + static_cast<int64_t>(i) + 1, change.to);
        continue;
      }
      const size_t at = lines[i].find(change.from);
      if (at == std::string::npos) {
        ADD_FAILURE() << change.from << " is not in " << lines[i];
        break;
      }
      lines[i].replace(at, change.from.size(), change.to);
    }
    EXPECT_TRUE(done) << "no line with " << change.where;
  }
  return lines;
}

constexpr char kFinal0[] = R"("consumer":9,"log":0)";
constexpr char kFinal1[] = R"("consumer":9,"log":1)";
constexpr char kEnd0[] = R"("op":"end","log":0)";
constexpr char kEnd1[] = R"("op":"end","log":1)";
constexpr char kTold0[] = R"("op":"told","producer":0,"number":0)";
constexpr char kTold1[] = R"("op":"told","producer":0,"number":1)";
constexpr char kTold3[] = R"("op":"told","producer":0,"number":3)";
constexpr char kToldOther[] = R"("op":"told","producer":1)";
constexpr char kRead0[] = R"("op":"read","consumer":0,"log":0)";
constexpr char kRead0Later[] = R"("consumer":0,"log":0,"at":55)";
constexpr char kRead1[] = R"("op":"read","consumer":0,"log":1)";

// What the logs hold.
std::vector<BadHistory> BadLogs() {
  return {
      {"AckedRecordIsNotInTheLog",
       {{kFinal0, R"([0,1,0,2])", R"([0,7,0,2])"}},
       "lost"},
      {"AckedRecordBeyondTheEnd",
       {{kToldOther, R"("offset":2)", R"("offset":9)"},
        {kFinal0, R"("producers":[0,0,1,0],"numbers":[0,1,0,2])",
         R"("producers":[0,0,0,0],"numbers":[0,1,5,2])"}},
       "lost"},
      {"OneRecordTwice",
       {{kFinal0,
         R"("offsets":[0,1,2,3],"producers":[0,0,1,0],)"
         R"("numbers":[0,1,0,2],"times":[100,90,105,110],)"
         R"("epochs":[1,1,2,2])",
         R"("offsets":[0,1,2,3,4],"producers":[0,0,1,0,0],)"
         R"("numbers":[0,1,0,2,2],"times":[100,90,105,110,110],)"
         R"("epochs":[1,1,2,2,2])"},
        {kEnd0, R"("end":4)", R"("end":5)"}},
       "doubled"},
      {"AckedElsewhere",
       {{kToldOther, R"("offset":2)", R"("offset":3)"}},
       "misplaced"},
      {"StoredInAnotherLog",
       {{R"("number":3,"log":1,"time")", R"("log":1)", R"("log":0)"}},
       "misplaced"},
      {"TwoRecordsAtOneOffset",
       {{kRead0, R"("numbers":[0,1],"times":[100,90])",
         R"("numbers":[0,2],"times":[100,110])"}},
       "inconsistent"},
      {"YoungerBeforeOlder",
       {{kFinal0, R"("numbers":[0,1,0,2],"times":[100,90,105,110])",
         R"("numbers":[1,0,0,2],"times":[90,100,105,110])"}},
       "reordered"},
      {"OffsetsLeftOut",
       {{kFinal0, R"("offsets":[0,1,2,3])", R"("offsets":[0,1,3,4])"},
        {kEnd0, R"("end":4)", R"("end":5)"}},
       "gap"},
      {"OffsetUsedTwice",
       {{kFinal0, R"("offsets":[0,1,2,3])", R"("offsets":[0,1,1,2])"},
        {kEnd0, R"("end":4)", R"("end":3)"}},
       "gap"},
      {"EndsEarly", {{kEnd0, R"("end":4)", R"("end":6)"}}, "gap"},
  };
}

// What was never to be there.
std::vector<BadHistory> BadContents() {
  return {
      {"NeverSent",
       {{kFinal1, R"("numbers":[3])", R"("numbers":[33])"}},
       "phantom"},
      {"NeverSentButReadOnce",
       {{kRead1, R"("numbers":[3])", R"("numbers":[33])"}},
       "phantom"},
      {"NobodysBytes",
       {{kFinal0, R"("producers":[0,0,1,0])", R"("producers":[0,0,1,-1])"}},
       "garbled"},
      {"NobodysBytesReadOnce",
       {{kRead0Later, R"("producers":[1,0])", R"("producers":[1,-1])"}},
       "garbled"},
      {"FailedForGoodButThere",
       {{kFinal0, R"("numbers":[0,1,0,2],"times":[100,90,105,110])",
         R"("numbers":[0,1,0,4],"times":[100,90,105,130])"}},
       "aborted"},
  };
}

// What consumers saw.
std::vector<BadHistory> BadReadings() {
  return {
      {"ConsumerLeavesOneOut",
       {{kRead0Later,
         R"("offsets":[2,3],"producers":[1,0],)"
         R"("numbers":[0,2],"times":[105,110])",
         R"("offsets":[3],"producers":[0],"numbers":[2],"times":[110])"}},
       "skipped"},
      {"ConsumerGoesBack",
       {{kRead0Later,
         R"("offsets":[2,3],"producers":[1,0],)"
         R"("numbers":[0,2],"times":[105,110])",
         R"("offsets":[1,2,3],"producers":[0,1,0],)"
         R"("numbers":[1,0,2],"times":[90,105,110])"}},
       "went-back"},
      {"ConsumerNeverSeesTheLast",
       {{kRead0Later,
         R"("offsets":[2,3],"producers":[1,0],)"
         R"("numbers":[0,2],"times":[105,110])",
         R"("offsets":[2],"producers":[1],"numbers":[0],"times":[105])"}},
       "missed"},
      {"ReadAtTheHighWatermark",
       {{kRead0, R"("high_watermark":2)", R"("high_watermark":1)"}},
       "beyond-watermark"},
      {"HighWatermarkFalls",
       {{kRead0, R"("epoch":1,"high_watermark":2)",
         R"("epoch":2,"high_watermark":5)"}},
       "watermark-fell"},
      {"ReadFromASyncedLogAndGone",
       {{kRead0Later, "",
         R"({"op":"read","consumer":0,"log":0,"at":57,"epoch":2,)"
         R"("high_watermark":5,"offsets":[4],"producers":[0],"numbers":[2],)"
         R"("times":[110]})"}},
       "vanished"},
      {"ReadFromASyncedLogAndGoneWithThePower",
       {{kRead0Later, "",
         R"({"op":"read","consumer":0,"log":0,"at":57,"epoch":2,)"
         R"("high_watermark":5,"offsets":[4],"producers":[0],"numbers":[2],)"
         R"("times":[110]})"},
        {kEnd0, "", R"({"op":"cut","log":0,"epoch":3})"}},
       "vanished"},
  };
}

// What was told.
std::vector<BadHistory> BadAnswers() {
  return {
      {"ToldOnDiskAndGoneWithThePower",
       {{kTold3, R"("offset":0,"epoch":2,"durability":3)",
         R"("offset":1,"epoch":2,"durability":4)"},
        {kRead1, R"("numbers":[3],"times":[120])",
         R"("numbers":[5],"times":[120])"},
        {kFinal1, R"("numbers":[3],"times":[120])",
         R"("numbers":[5],"times":[120])"},
        {R"("number":4,"log":0)", "",
         R"({"op":"send","producer":0,"number":5,"log":1,"time":120,)"
         R"("at":34})"},
        {kEnd1, "", R"({"op":"cut","log":1,"epoch":3})"}},
       "false-receipt"},
      {"NotOnDiskThoughSynced",
       {{kTold1, R"("durability":4)", R"("durability":3)"}},
       "weak-receipt"},
      {"OneReplicaThoughAllWereAsked",
       {{kTold1, R"("durability":4)", R"("durability":2)"}},
       "weak-receipt"},
      {"StoredBelowWhatWasKnown",
       {{R"("producer":0,"number":1,"log":0)", R"("at":11)", R"("at":26)"}},
       "offset-travel"},
      {"TimeAnsweredTooLate",
       {{R"("target":101)", R"("offset":2,"time":105)",
         R"("offset":3,"time":110)"}},
       "wrong-time"},
      {"TimeAnsweredTooEarly",
       {{R"("target":101)", R"("offset":2,"time":105)",
         R"("offset":0,"time":100)"}},
       "wrong-time"},
      {"TimeAnsweredWithAnotherTime",
       {{R"("target":101)", R"("time":105)", R"("time":101)"}},
       "wrong-time"},
      {"TimeAnsweredWithNothing",
       {{R"("target":200)", R"("target":200)", R"("target":105)"}},
       "wrong-time"},
      {"TimeOfARecordChanged",
       {{kFinal0, R"("times":[100,90,105,110])",
         R"("times":[100,90,105,111])"}},
       "wrong-timestamp"},
      {"TwoOutcomes",
       {{kTold0, "",
         R"({"op":"told","producer":0,"number":0,"at":22,)"
         R"("outcome":"failed"})"}},
       "told-twice"},
      {"ConsumerRefused",
       {{kRead0, "",
         R"({"op":"trouble","consumer":0,"log":0,"at":26,)"
         R"("text":"OFFSET_OUT_OF_RANGE"})"}},
       "trouble"},
  };
}

std::vector<BadHistory> BadHistories() {
  std::vector<BadHistory> all;
  for (const auto& some :
       {BadLogs(), BadContents(), BadReadings(), BadAnswers()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

class Anomaly : public testing::TestWithParam<BadHistory> {};

TEST_P(Anomaly, IsFound) {
  const Judgement judgement = JudgeLines(Changed(GetParam().changes));
  EXPECT_GE(judgement.Count(GetParam().anomaly), 1) << judgement.ToString();
  EXPECT_FALSE(judgement.Holds());
}

INSTANTIATE_TEST_SUITE_P(HistoryChecker, Anomaly,
                         testing::ValuesIn(BadHistories()),
                         [](const testing::TestParamInfo<BadHistory>& bad) {
                           return bad.param.name;
                         });

TEST(HistoryChecker, AGoodHistoryHoldsAndIsCounted) {
  const Judgement judgement = JudgeLines(GoodHistory());
  EXPECT_TRUE(judgement.Holds()) << judgement.ToString();
  EXPECT_EQ(judgement.sent, 6);
  EXPECT_EQ(judgement.acknowledged, 4);
  EXPECT_EQ(judgement.failed, 1);
  EXPECT_EQ(judgement.unknown, 1);
  EXPECT_EQ(judgement.unknown_stored, 1);
  EXPECT_EQ(judgement.read, 5);
  EXPECT_EQ(judgement.read_meanwhile, 5);
  EXPECT_EQ(judgement.receipts_on_disk, 3);
  EXPECT_EQ(judgement.times_checked, 2);
}

TEST(HistoryChecker, NothingDoneIsNothingWrong) {
  EXPECT_TRUE(JudgeLines({}).Holds());
}

TEST(HistoryChecker, EveryAnomalyOfTheHeaderHasABadHistory) {
  std::map<std::string, int> histories;
  for (const BadHistory& bad : BadHistories()) ++histories[bad.anomaly];
  for (const char* anomaly : {"lost",
                              "doubled",
                              "misplaced",
                              "inconsistent",
                              "reordered",
                              "gap",
                              "phantom",
                              "garbled",
                              "aborted",
                              "skipped",
                              "went-back",
                              "missed",
                              "beyond-watermark",
                              "watermark-fell",
                              "vanished",
                              "false-receipt",
                              "weak-receipt",
                              "offset-travel",
                              "wrong-time",
                              "wrong-timestamp",
                              "told-twice",
                              "trouble"}) {
    EXPECT_GE(histories[anomaly], 1) << anomaly;
  }
}

// Log 1, unsynced, loses 0:3 with the power; 0:5 takes its offset.
std::vector<Change> ForgottenWithThePower() {
  return {
      {kFinal1, R"("numbers":[3],"times":[120],"epochs":[2])",
       R"("numbers":[5],"times":[140],"epochs":[3])"},
      {R"("number":4,"log":0)", "",
       R"({"op":"send","producer":0,"number":5,"log":1,"time":140,"at":57})"},
      {kRead1, "",
       R"({"op":"told","producer":0,"number":5,"at":58,"outcome":"stored",)"
       R"("offset":0,"epoch":3,"durability":3,"duplicate":false})"},
  };
}

TEST(HistoryChecker, WhatWasNotOnDiskMayGoWithThePower) {
  std::vector<Change> changes = ForgottenWithThePower();
  changes.push_back({kEnd1, "", R"({"op":"cut","log":1,"epoch":3})"});
  const Judgement judgement = JudgeLines(Changed(changes));
  EXPECT_TRUE(judgement.Holds()) << judgement.ToString();
  EXPECT_EQ(judgement.forgotten, 1);
}

TEST(HistoryChecker, WhatWasNotOnDiskMayNotGoOtherwise) {
  const Judgement judgement = JudgeLines(Changed(ForgottenWithThePower()));
  EXPECT_EQ(judgement.Count("lost"), 1) << judgement.ToString();
  EXPECT_EQ(judgement.Count("inconsistent"), 1);
}

TEST(HistoryChecker, APowerCutBeforeTheAckExcusesNothing) {
  std::vector<Change> changes = ForgottenWithThePower();
  changes.push_back({kEnd1, "", R"({"op":"cut","log":1,"epoch":2})"});
  EXPECT_EQ(JudgeLines(Changed(changes)).Count("lost"), 1);
}

TEST(HistoryChecker, WithoutIdempotenceDoublesAreCountedOnly) {
  const Judgement judgement = JudgeLines(
      Changed({{kFinal0,
                R"("offsets":[0,1,2,3],"producers":[0,0,1,0],)"
                R"("numbers":[0,1,0,2],"times":[100,90,105,110],)"
                R"("epochs":[1,1,2,2])",
                R"("offsets":[0,1,2,3,4],"producers":[0,0,1,0,1],)"
                R"("numbers":[0,1,0,2,0],"times":[100,90,105,110,105],)"
                R"("epochs":[1,1,2,2,2])"},
               {kEnd0, R"("end":4)", R"("end":5)"},
               {kRead0Later,
                R"("high_watermark":4,"offsets":[2,3],)"
                R"("producers":[1,0],"numbers":[0,2],"times":[105,110])",
                R"("high_watermark":5,"offsets":[2,3,4],)"
                R"("producers":[1,0,1],"numbers":[0,2,0],)"
                R"("times":[105,110,105])"}}));
  EXPECT_TRUE(judgement.Holds()) << judgement.ToString();
  EXPECT_EQ(judgement.doubles_allowed, 1);
}

TEST(HistoryChecker, FindingsAreCountedBeyondTheExamples) {
  std::vector<std::string> lines = GoodHistory();
  for (int i = 0; i < 20; ++i) {
    lines.push_back(absl::StrCat(R"({"op":"trouble","consumer":0,"log":0,)",
                                 R"("at":70,"text":"no )", i, "\"}"));
  }
  const Judgement judgement = JudgeLines(lines);
  EXPECT_EQ(judgement.Count("trouble"), 20);
  EXPECT_EQ(judgement.examples.at("trouble").size(),
            static_cast<size_t>(Judgement::kExamplesMax));
}

TEST(ReadHistory, NamesTheLineThatItCannotRead) {
  std::stringstream text("{\"op\":\"log\",\"log\":0}\n{\"op\":\n");
  const absl::StatusOr<History> history = ReadHistory(&text);
  ASSERT_FALSE(history.ok());
  EXPECT_NE(history.status().ToString().find("line 2"), std::string::npos);
}

TEST(ReadHistory, RefusesAnOutcomeOfWhatWasNotSent) {
  std::stringstream text(
      R"({"op":"told","producer":0,"number":0,"at":1,"outcome":"failed"})");
  EXPECT_FALSE(ReadHistory(&text).ok());
}

}  // namespace
}  // namespace barnabas::chaos
