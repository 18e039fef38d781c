#include "storage/log/compaction_filter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "storage/record/batch_builder.h"
#include "tests/support/batches.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::TestRecord;

constexpr int64_t kNow = 1000000;

std::string BatchAt(int64_t base, const std::vector<TestRecord>& records,
                    const record::BatchProducer& producer = {}) {
  return support::Stored(
      support::BatchOf(records, record::Codec::kNone, producer), Offset(base),
      LeaderEpoch(0));
}
record::BatchView ViewOf(const std::string& batch) {
  return {support::HeaderOf(batch), batch};
}
CompactionFilter::Options OptionsUpTo(int64_t end) {
  CompactionFilter::Options options;
  options.end = Offset(end);
  options.memory_bytes_max = 1 << 20;
  options.now_ms = kNow;
  options.delete_retention_ms = 100;
  return options;
}
TestRecord Put(const std::string& key) { return {kNow, key, "v", {}}; }
TestRecord Tombstone(const std::string& key) {
  return {kNow, key, std::nullopt, {}};
}

TEST(CompactionFilterTest, OnlyTheLastOfAKeyStays) {
  CompactionFilter filter(OptionsUpTo(4));
  const std::string first = BatchAt(0, {Put("a"), Put("b")});
  const std::string second = BatchAt(2, {Put("a"), Put("a")});
  EXPECT_TRUE(filter.Learn(ViewOf(first)).value());
  EXPECT_TRUE(filter.Learn(ViewOf(second)).value());
  EXPECT_EQ(filter.learnt_end(), Offset(4));
  ASSERT_OK_AND_ASSIGN(auto kept, filter.Apply(ViewOf(first), false));
  EXPECT_EQ(kept->header.record_count, 1);
  ASSERT_OK_AND_ASSIGN(kept, filter.Apply(ViewOf(second), false));
  EXPECT_EQ(kept->header.record_count, 1);
  EXPECT_EQ(filter.counts().keys, 2);
  EXPECT_EQ(filter.counts().records_kept, 2);
  EXPECT_EQ(filter.counts().records_removed, 2);
}

TEST(CompactionFilterTest, AnEmptiedBatchGoesUnlessItIsNeeded) {
  CompactionFilter::Options options = OptionsUpTo(3);
  options.remembered = {Offset(1)};
  CompactionFilter filter(options);
  const std::string first = BatchAt(0, {Put("a")});
  const std::string second = BatchAt(1, {Put("a")});
  const std::string third = BatchAt(2, {Put("a")});
  for (const std::string* batch : {&first, &second, &third}) {
    ASSERT_OK(filter.Learn(ViewOf(*batch)));
  }
  EXPECT_EQ(filter.Apply(ViewOf(first), false).value(), std::nullopt);
  // The last of its segment.
  ASSERT_OK_AND_ASSIGN(auto kept, filter.Apply(ViewOf(first), true));
  EXPECT_EQ(kept->header.record_count, 0);
  // The producer window knows it.
  ASSERT_OK_AND_ASSIGN(kept, filter.Apply(ViewOf(second), false));
  EXPECT_EQ(kept->header.record_count, 0);
  EXPECT_EQ(kept->bytes.size(), record::kBatchHeaderBytes);
}

TEST(CompactionFilterTest, ATombstoneGoesWhenItsHorizonHasPassed) {
  const std::string batch = BatchAt(0, {Tombstone("a"), Put("b")});
  std::string marked;
  {
    CompactionFilter filter(OptionsUpTo(2));
    ASSERT_OK(filter.Learn(ViewOf(batch)));
    ASSERT_OK_AND_ASSIGN(const auto kept, filter.Apply(ViewOf(batch), false));
    EXPECT_EQ(kept->header.record_count, 2);
    EXPECT_TRUE(kept->header.HasDeleteHorizon());
    EXPECT_EQ(kept->header.base_timestamp_ms, kNow + 100);
    marked = std::string(kept->bytes);
  }
  CompactionFilter::Options later = OptionsUpTo(2);
  later.begin = Offset(2);
  later.now_ms = kNow + 99;
  CompactionFilter early(later);
  ASSERT_OK_AND_ASSIGN(auto kept, early.Apply(ViewOf(marked), false));
  EXPECT_EQ(kept->header.record_count, 2);
  later.now_ms = kNow + 100;
  CompactionFilter due(later);
  ASSERT_OK_AND_ASSIGN(kept, due.Apply(ViewOf(marked), false));
  EXPECT_EQ(kept->header.record_count, 1);
  EXPECT_EQ(due.counts().tombstones_removed, 1);
}

TEST(CompactionFilterTest, MemoryThatIsFullEndsTheLearning) {
  CompactionFilter::Options options = OptionsUpTo(100);
  options.memory_bytes_max = 0;
  CompactionFilter filter(options);
  std::vector<TestRecord> records;
  for (int i = 0; i < 30; ++i) records.push_back(Tombstone(std::to_string(i)));
  const std::string batch = BatchAt(0, records);
  EXPECT_FALSE(filter.Learn(ViewOf(batch)).value());
  EXPECT_EQ(filter.learnt_end(), Offset(14));
  ASSERT_OK_AND_ASSIGN(const auto kept, filter.Apply(ViewOf(batch), false));
  EXPECT_EQ(kept->header.record_count, 30);
  // What its tombstones hide may still be there.
  EXPECT_FALSE(kept->header.HasDeleteHorizon());
  const std::string beyond = BatchAt(30, {Put("0"), Put("0")});
  ASSERT_OK_AND_ASSIGN(const auto same, filter.Apply(ViewOf(beyond), false));
  EXPECT_EQ(same->bytes.data(), beyond.data());
}

TEST(CompactionFilterTest, CleanRecordsAreNotLearntAgain) {
  CompactionFilter::Options options = OptionsUpTo(4);
  options.begin = Offset(1);
  CompactionFilter filter(options);
  const std::string batch = BatchAt(0, {Put("a"), Put("b")});
  ASSERT_OK(filter.Learn(ViewOf(batch)));
  EXPECT_EQ(filter.counts().keys, 1);
}

TEST(CompactionFilterTest, WhatLiesBelowTheLogsStartGoes) {
  CompactionFilter::Options options = OptionsUpTo(2);
  options.log_start = options.begin = Offset(1);
  CompactionFilter filter(options);
  const std::string batch = BatchAt(0, {Put("a"), Put("b")});
  ASSERT_OK(filter.Learn(ViewOf(batch)));
  ASSERT_OK_AND_ASSIGN(const auto kept, filter.Apply(ViewOf(batch), false));
  EXPECT_EQ(kept->header.record_count, 1);
}

TEST(CompactionFilterTest, ControlBatchesStayAndTransactionsEndTheLearning) {
  CompactionFilter filter(OptionsUpTo(20));
  std::string control = support::Stored(
      record::BuildControlBatch(2, "value", kNow), Offset(0), LeaderEpoch(0));
  EXPECT_TRUE(filter.Learn(ViewOf(control)).value());
  std::string transactional =
      BatchAt(5, {Put("a")}, {ProducerId(1), ProducerEpoch(0), 0});
  record::BatchHeader header = support::HeaderOf(transactional);
  header.attributes |= 1 << 4;
  support::Reseal(header, &transactional);
  EXPECT_FALSE(filter.Learn(ViewOf(transactional)).value());
  EXPECT_EQ(filter.learnt_end(), Offset(5));
  ASSERT_OK_AND_ASSIGN(auto kept, filter.Apply(ViewOf(control), false));
  EXPECT_EQ(kept->bytes.data(), control.data());
  ASSERT_OK_AND_ASSIGN(kept, filter.Apply(ViewOf(transactional), false));
  EXPECT_EQ(kept->bytes.data(), transactional.data());
}

}  // namespace
}  // namespace barnabas::log
