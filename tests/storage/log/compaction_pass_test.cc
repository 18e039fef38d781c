// Whole compactions of a log: what stays, where, and what readers see of it.

#include "storage/log/compaction_pass.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/log/partition_log.h"
#include "storage/log/verify.h"
#include "tests/storage/log/compaction_model.h"
#include "tests/storage/log/log_fixture.h"
#include "tests/support/batches.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::HasErrorCode;
using support::TestRecord;

constexpr int64_t kRetentionMs = 1000;

class CompactionPassTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(files_.CreateDirectory("log"));
    Reopen();
  }

  void Reopen(bool clean = false) {
    log_.reset();
    PartitionLog::Options options = OptionsOn(&files_, &clock_);
    options.config.compaction.delete_retention_ms = kRetentionMs;
    options.clean = clean;
    ASSERT_OK_AND_ASSIGN(log_, PartitionLog::Open(options));
  }

  void Append(const std::vector<TestRecord>& records,
              record::Codec codec = record::Codec::kNone,
              const record::BatchProducer& producer = {}) {
    ASSERT_OK(AppendTo(log_.get(), support::BatchOf(records, codec, producer)));
  }
  void Put(const std::string& key, const std::string& value) {
    Append({TestRecord{clock_.WallMs(), key, value, {}}});
  }
  void Remove(const std::string& key) {
    Append({TestRecord{clock_.WallMs(), key, std::nullopt, {}}});
  }

  // "offset key=value" of each record, "offset key" of a tombstone.
  std::vector<std::string> Contents() {
    std::vector<std::string> lines;
    const auto batches = ReadAll(*log_);
    EXPECT_OK(batches);
    if (!batches.ok()) return lines;
    for (const StoredBatch& batch : *batches) {
      record::RecordReader reader;
      record::RecordView view;
      EXPECT_OK(
          reader.Open({support::HeaderOf(batch.bytes), batch.bytes}, true));
      while (reader.Next(&view).value()) {
        lines.push_back(absl::StrCat(view.offset.value(), " ",
                                     std::string(view.key.value_or("-"))));
        if (view.value) {
          absl::StrAppend(&lines.back(), "=", std::string(*view.value));
        }
      }
    }
    return lines;
  }
  std::vector<std::string> Files() { return files_.List("log").value(); }
  bool AnyFile(std::string_view part) {
    for (const std::string& name : Files()) {
      if (name.find(part) != std::string::npos) return true;
    }
    return false;
  }

  support::FaultFiles files_;
  support::FakeClock clock_;
  std::unique_ptr<PartitionLog> log_;
};

using Lines = std::vector<std::string>;

TEST_F(CompactionPassTest, TheLastRecordOfEachKeyStaysAtItsOffset) {
  for (int i = 0; i < 90; ++i) Put(absl::StrCat("k", i % 3), absl::StrCat(i));
  ASSERT_OK_AND_ASSIGN(const CompactionReport report, CompactAll(log_.get()));
  EXPECT_EQ(report.range.dirty_begin, Offset(0));
  EXPECT_EQ(report.clean_end, Offset(90));
  EXPECT_EQ(report.counts.records_kept, 3);
  EXPECT_EQ(report.counts.records_removed, 87);
  EXPECT_EQ(report.counts.keys, 3);
  EXPECT_LT(report.bytes_after, report.bytes_before / 10);
  const Lines expected = {"87 k0=87", "88 k1=88", "89 k2=89"};
  EXPECT_EQ(Contents(), expected);
  EXPECT_EQ(log_->facts().log_end, Offset(90));
  EXPECT_EQ(log_->facts().log_start, Offset(0));
  Put("k0", "new");
  EXPECT_EQ(Contents().back(), "90 k0=new");
  Reopen();
  EXPECT_EQ(Contents().size(), 4u);
  ASSERT_OK_AND_ASSIGN(const Verification found, VerifyLog(&files_, "log"));
  EXPECT_TRUE(found.findings.empty()) << found.findings[0].what;
}

TEST_F(CompactionPassTest, NothingToDoIsNoJob) {
  ASSERT_OK_AND_ASSIGN(const auto job, log_->cleaning().StartCompaction(
                                           {.limit = Offset(INT64_MAX)}));
  EXPECT_EQ(job, nullptr);
}

TEST_F(CompactionPassTest, TheActiveSegmentAndWhatLiesBehindTheLimitStay) {
  for (int i = 0; i < 60; ++i) Put("k", absl::StrCat(i));
  ASSERT_OK(Flush(log_.get()));
  const size_t before = Contents().size();
  ASSERT_OK_AND_ASSIGN(CompactionReport report,
                       Compact(log_.get(), {.limit = Offset(0)}));
  EXPECT_EQ(report.counts.records_removed, 0);
  EXPECT_EQ(Contents().size(), before);
  ASSERT_OK_AND_ASSIGN(report, Compact(log_.get()));
  EXPECT_GT(report.counts.records_removed, 0);
  EXPECT_LT(report.clean_end, Offset(60));
  const Lines lines = Contents();
  EXPECT_EQ(lines.back(), "59 k=59");
  EXPECT_EQ(static_cast<int64_t>(lines.size()),
            1 + Distance(report.clean_end, Offset(60)));
}

TEST_F(CompactionPassTest, WhatIsNotDurableIsNotTouched) {
  for (int i = 0; i < 60; ++i) Put("k", absl::StrCat(i));
  ASSERT_OK_AND_ASSIGN(const CompactionReport report, Compact(log_.get()));
  EXPECT_EQ(report.range.segments, 0u);
}

TEST_F(CompactionPassTest, TombstonesStayForTheirTimeFromTheFirstPassOn) {
  Put("a", "1");
  Put("b", "1");
  Remove("a");
  clock_.Advance(absl::Hours(5));
  ASSERT_OK(CompactAll(log_.get()));
  Lines expected = {"1 b=1", "2 a"};
  EXPECT_EQ(Contents(), expected);
  clock_.Advance(absl::Milliseconds(kRetentionMs - 1));
  Put("c", "1");
  ASSERT_OK(CompactAll(log_.get()));
  expected = {"1 b=1", "2 a", "3 c=1"};
  EXPECT_EQ(Contents(), expected);
  clock_.Advance(absl::Milliseconds(1));
  ASSERT_OK_AND_ASSIGN(const CompactionReport report, CompactAll(log_.get()));
  EXPECT_EQ(report.counts.tombstones_removed, 1);
  expected = {"1 b=1", "3 c=1"};
  EXPECT_EQ(Contents(), expected);
}

TEST_F(CompactionPassTest, RecordsWithoutAKeyGoAndAreCounted) {
  Append({TestRecord{1, std::nullopt, "x", {}}, TestRecord{2, "k", "v", {}}});
  ASSERT_OK_AND_ASSIGN(const CompactionReport report, CompactAll(log_.get()));
  EXPECT_EQ(report.counts.keyless_removed, 1);
  EXPECT_EQ(Contents(), Lines{"1 k=v"});
}

TEST_F(CompactionPassTest, WithLittleMemoryPassesGoOnWhereTheLastOneEnded) {
  for (int i = 0; i < 200; ++i) {
    Put(absl::StrCat("k", i % 40), absl::StrCat(i));
  }
  ASSERT_OK(log_->cleaning().RollActive(RollWhen::kAlways));
  ASSERT_OK(Flush(log_.get()));
  CompactionRequest request{.limit = Offset(INT64_MAX)};
  request.memory_bytes_max = 0;
  int passes = 0;
  Offset at(0);
  while (log_->cleaning().Outlook(request.limit).dirty_bytes > 0) {
    ASSERT_OK_AND_ASSIGN(const CompactionReport report,
                         Compact(log_.get(), request));
    ASSERT_GT(report.clean_end, at);
    at = report.clean_end;
    ASSERT_LT(++passes, 100);
  }
  EXPECT_GT(passes, 2);
  EXPECT_EQ(Contents().size(), 40u);
}

TEST_F(CompactionPassTest, SmallSegmentsBecomeOne) {
  for (int i = 0; i < 300; ++i) Put(absl::StrCat("k", i % 5), "value");
  ASSERT_OK(CompactAll(log_.get()));
  const int32_t after = log_->facts().segments;
  ASSERT_OK(CompactAll(log_.get()));
  EXPECT_LE(log_->facts().segments, std::min(after, 2));
  EXPECT_EQ(Contents().size(), 5u);
}

TEST_F(CompactionPassTest, AProducersLastBatchesStayAsEmptyOnes) {
  std::vector<std::string> sent;
  for (int i = 0; i < 20; ++i) {
    record::BatchProducer producer{ProducerId(7), ProducerEpoch(1), i};
    sent.push_back(support::BatchOf({TestRecord{clock_.WallMs(), "k", "v", {}}},
                                    record::Codec::kLz4, producer));
    ASSERT_OK(AppendTo(log_.get(), sent.back()));
  }
  for (int i = 0; i < 20; ++i) Put("k", absl::StrCat(i));
  ASSERT_OK(CompactAll(log_.get()));
  EXPECT_EQ(Contents(), Lines{"39 k=19"});
  // From the batches alone.
  for (const std::string& name : Files()) {
    if (!name.ends_with(".snapshot")) continue;
    ASSERT_OK(files_.RemoveFile("log/" + name));
  }
  Reopen();
  for (size_t i = 15; i < 20; ++i) {
    ASSERT_OK_AND_ASSIGN(const AppendOutcome outcome,
                         AppendTo(log_.get(), sent[i]));
    EXPECT_TRUE(outcome.duplicate);
    EXPECT_EQ(outcome.base_offset, Offset(static_cast<int64_t>(i)));
  }
}

TEST_F(CompactionPassTest, DamageStopsItAndLeavesTheLog) {
  for (int i = 0; i < 60; ++i) Put("k", absl::StrCat(i));
  const auto before = ReadAll(*log_).value();
  files_.FlipBits("log/00000000000000000000.log", 65, 1);
  const absl::Status status = CompactAll(log_.get()).status();
  EXPECT_THAT(status, HasErrorCode(ErrorCode::kCorruptRecord));
  EXPECT_NE(status.message().find("00000000000000000000.log at position 0"),
            absl::string_view::npos)
      << status;
  EXPECT_EQ(ReadAll(*log_).value().size(), before.size());
  EXPECT_FALSE(log_->facts().failed);
  EXPECT_FALSE(AnyFile(".cleaned"));
}

// Offset and epoch of a batch are not part of its checksum.
TEST_F(CompactionPassTest, AnOffsetOrEpochThatDoesNotFitIsDamage) {
  for (int i = 0; i < 60; ++i) Put("k", absl::StrCat(i));
  const int64_t batch =
      static_cast<int64_t>(ReadAll(*log_).value()[0].bytes.size());
  for (const int64_t at : {int64_t{0}, int64_t{7}, int64_t{12}, int64_t{15}}) {
    SCOPED_TRACE(at);
    files_.FlipBits("log/00000000000000000000.log", batch + at, 1);
    EXPECT_THAT(CompactAll(log_.get()),
                HasErrorCode(ErrorCode::kCorruptRecord));
    files_.FlipBits("log/00000000000000000000.log", batch + at, 1);
  }
  EXPECT_OK(CompactAll(log_.get()));
  EXPECT_EQ(Contents(), Lines{"59 k=59"});
}

TEST_F(CompactionPassTest, AFullDiskStopsItAndLeavesTheLog) {
  for (int i = 0; i < 60; ++i) Put(absl::StrCat(i), "value");
  ASSERT_OK(log_->cleaning().RollActive(RollWhen::kAlways));
  ASSERT_OK(Flush(log_.get()));
  ASSERT_OK(Compact(log_.get(), {.limit = Offset(0)}));
  const auto before = ReadAll(*log_).value();
  files_.plan()->Fail(
      {support::FileAction::kWrite, ".log.cleaned", 3, 1, ENOSPC});
  EXPECT_THAT(Compact(log_.get()), HasErrorCode(ErrorCode::kDiskFull));
  EXPECT_EQ(ReadAll(*log_).value(), before);
  EXPECT_FALSE(AnyFile(".cleaned"));
  Put("60", "value");
  ASSERT_OK(CompactAll(log_.get()));
}

TEST_F(CompactionPassTest, ACutMeanwhileOvertakesIt) {
  for (int i = 0; i < 60; ++i) Put("k", absl::StrCat(i));
  ASSERT_OK(log_->cleaning().RollActive(RollWhen::kAlways));
  ASSERT_OK(Flush(log_.get()));
  ASSERT_OK_AND_ASSIGN(const auto job, log_->cleaning().StartCompaction(
                                           {.limit = Offset(INT64_MAX)}));
  ASSERT_OK(job->Run());
  ASSERT_OK(log_->TruncateSuffix(Offset(5)));
  EXPECT_THAT(log_->cleaning().AdvanceCompaction(job.get(), absl::OkStatus()),
              HasErrorCode(ErrorCode::kOverloaded));
  EXPECT_EQ(Contents().size(), 5u);
  EXPECT_FALSE(AnyFile(".cleaned"));
  Reopen();
  EXPECT_EQ(Contents().size(), 5u);
}

TEST_F(CompactionPassTest, ReadersGoOnWithWhatTheyHave) {
  for (int i = 0; i < 60; ++i) Put(i % 2 == 0 ? "k" : absl::StrCat(i), "v");
  std::string memory;
  ReadCursor cursor;
  ASSERT_OK_AND_ASSIGN(ReadOutcome read,
                       ReadFrom(*log_, Offset(0), 500, &memory, &cursor));
  ASSERT_OK(CompactAll(log_.get()));
  // The cursor names a position of before; it must not be believed.
  Offset at = read.next_offset;
  int records = 0;
  while (at < Offset(60)) {
    ASSERT_OK_AND_ASSIGN(read, ReadFrom(*log_, at, 500, &memory, &cursor));
    ASSERT_GT(read.next_offset, at);
    record::BatchReader batches(read.bytes);
    while (const auto batch = batches.Next().value()) {
      records += batch->header.record_count;
    }
    at = read.next_offset;
  }
  EXPECT_GT(records, 20);
  EXPECT_LT(records, 32);
}

TEST_F(CompactionPassTest, ACutInAGapEndsTheLogBeforeIt) {
  Put("a", "1");
  for (int i = 0; i < 30; ++i) Put("b", "2");
  ASSERT_OK(CompactAll(log_.get()));
  const Lines expected = {"0 a=1", "30 b=2"};
  ASSERT_EQ(Contents(), expected);
  ASSERT_OK(log_->TruncateSuffix(Offset(20)));
  EXPECT_LE(log_->facts().log_end, Offset(20));
  EXPECT_EQ(Contents(), Lines{"0 a=1"});
  Put("c", "3");
  Put("c", "4");
  ASSERT_OK(CompactAll(log_.get()));
  EXPECT_EQ(Contents().size(), 2u);
  Reopen();
  EXPECT_EQ(Contents().back().substr(2), "c=4");
}

TEST_F(CompactionPassTest, EpochsOutliveTheirBatches) {
  for (int32_t epoch = 0; epoch < 4; ++epoch) {
    for (int i = 0; i < 20; ++i) {
      ASSERT_OK(AppendTo(
          log_.get(),
          support::BatchOf({TestRecord{clock_.WallMs(), "k", "v", {}}}),
          epoch));
    }
  }
  ASSERT_OK(CompactAll(log_.get()));
  ASSERT_OK(log_->Close());
  Reopen(/*clean=*/true);
  EXPECT_TRUE(log_->recovery().clean);
  for (int32_t epoch = 0; epoch < 4; ++epoch) {
    const auto end = log_->EndOfEpoch(LeaderEpoch(epoch));
    ASSERT_TRUE(end.has_value());
    EXPECT_EQ(end->first, LeaderEpoch(epoch));
    EXPECT_EQ(end->second, Offset(20 * (epoch + 1)));
  }
  ASSERT_OK_AND_ASSIGN(const Verification found, VerifyLog(&files_, "log"));
  EXPECT_TRUE(found.findings.empty()) << found.findings[0].what;
}

TEST_F(CompactionPassTest, ACompactedLogOpensWithoutADurablePoint) {
  for (int i = 0; i < 90; ++i) Put(absl::StrCat("k", i % 7), absl::StrCat(i));
  ASSERT_OK(CompactAll(log_.get()));
  Put("k0", "last");
  ASSERT_OK(log_->Close());
  log_.reset();
  ASSERT_OK(files_.RemoveFile("log/durable-point"));
  Reopen();
  EXPECT_EQ(log_->recovery().cut_bytes, 0);
  EXPECT_EQ(Contents().size(), 8u);
}

TEST_F(CompactionPassTest, RunsAreShort) {
  for (int i = 0; i < 200; ++i) Put(absl::StrCat("k", i), "value");
  ASSERT_OK(log_->cleaning().RollActive(RollWhen::kAlways));
  ASSERT_OK(Flush(log_.get()));
  CompactionRequest request{.limit = Offset(INT64_MAX)};
  request.run_bytes_max = 1000;
  ASSERT_OK_AND_ASSIGN(const auto job,
                       log_->cleaning().StartCompaction(request));
  int runs = 0;
  for (bool over = false; !over; ++runs) {
    ASSERT_OK(job->Run());
    EXPECT_LE(job->run_bytes(), 1200);
    ASSERT_OK_AND_ASSIGN(
        over, log_->cleaning().AdvanceCompaction(job.get(), absl::OkStatus()));
  }
  EXPECT_GT(runs, 20);
}

// Random keys, tombstones, codecs, producers, passes, reopenings.
TEST_F(CompactionPassTest, AgreesWithTheModelInAnyHistory) {
  constexpr record::Codec kCodecs[] = {
      record::Codec::kNone, record::Codec::kGzip, record::Codec::kSnappy,
      record::Codec::kLz4, record::Codec::kZstd};
  int passes = 0;
  for (uint64_t seed = 0; seed < 25; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::mt19937_64 random(seed);
    files_.plan()->Clear();
    log_.reset();
    for (const std::string& name : Files()) {
      ASSERT_OK(files_.RemoveFile("log/" + name));
    }
    Reopen();
    CompactionModel model(kRetentionMs);
    std::map<ProducerId, int32_t> sequences;
    for (int step = 0; step < 150; ++step) {
      const uint64_t dice = random() % 100;
      if (dice < 80) {
        const auto records = KeyedRecords(25, clock_.WallMs(), &random);
        record::BatchProducer producer;
        if (random() % 2 == 0) {
          producer.id = ProducerId(static_cast<int64_t>(random() % 3));
          producer.epoch = ProducerEpoch(0);
          producer.base_sequence = sequences[producer.id];
          sequences[producer.id] += static_cast<int32_t>(records.size());
        }
        const std::string sent =
            support::BatchOf(records, kCodecs[random() % 5], producer);
        model.Appending(log_->facts().log_end, records, sent);
        ASSERT_OK(AppendTo(log_.get(), sent));
      } else if (dice < 92) {
        if (random() % 3 == 0) {
          ASSERT_OK(log_->cleaning().RollActive(RollWhen::kAlways));
        }
        ASSERT_OK(Flush(log_.get()));
        CompactionRequest request{.limit = Offset(INT64_MAX)};
        request.memory_bytes_max = random() % 2 == 0 ? 0 : kMiB;
        request.run_bytes_max = 700;
        model.Compacting(log_->cleaning().Outlook(request.limit).end,
                         clock_.WallMs());
        ASSERT_OK_AND_ASSIGN(const CompactionReport report,
                             Compact(log_.get(), request));
        ++passes;
        ASSERT_EQ(model.CheckClean(*log_, report.clean_end), "");
      } else if (dice < 96) {
        clock_.Advance(absl::Milliseconds(random() % 1500));
      } else {
        if (random() % 2 == 0) {
          ASSERT_OK(log_->Close());
        } else {
          ASSERT_OK(Flush(log_.get()));
        }
        Reopen();
      }
      if (step % 10 != 9) continue;
      ASSERT_EQ(model.Check(log_.get(), clock_.WallMs()), "") << step;
    }
    ASSERT_OK_AND_ASSIGN(const Verification found, VerifyLog(&files_, "log"));
    ASSERT_TRUE(found.findings.empty()) << found.findings[0].what;
  }
  std::printf("%d passes\n", passes);
}

}  // namespace
}  // namespace barnabas::log
