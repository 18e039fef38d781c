#include "storage/log/log_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "storage/record/batch_reader.h"
#include "tests/support/batches.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::FileAction;
using support::HasErrorCode;

class LogReaderTest : public testing::Test {
 protected:
  // Four segments of five batches; times jump about.
  void SetUp() override {
    Offset base(0);
    for (int i = 0; i < 20; ++i) {
      if (i % 5 == 0) {
        if (!segments_.empty()) {
          ASSERT_OK(segments_.back()->Seal().status());
        }
        ASSERT_OK_AND_ASSIGN(auto segment,
                             CreateSegment(&files_, ".", base, 0));
        segments_.push_back(std::move(segment));
      }
      const std::string batch =
          support::Stored(support::SimpleBatch(3, 1000 + (i * 7) % 11 * 10),
                          base, LeaderEpoch(i / 4));
      const std::string_view parts[] = {batch};
      ASSERT_OK(segments_.back()->Append(support::HeaderOf(batch), parts, 150,
                                         1 << 20));
      batches_.push_back(batch);
      base = base.Plus(3);
    }
  }

  LogReader Reader(int64_t start = 0, int64_t end = 60) {
    return LogReader({std::make_shared<const SegmentList>(segments_),
                      Offset(start), Offset(end), 0});
  }

  absl::StatusOr<ReadOutcome> Read(int64_t from, int64_t end, int64_t bytes_max,
                                   ReadCursor* cursor = nullptr) {
    allocated_ = 0;
    return Reader().ReadBatches(Offset(from), Offset(end), bytes_max, cursor,
                                [this](size_t size) {
                                  ++allocated_;
                                  memory_.assign(size, '\0');
                                  return memory_.data();
                                });
  }

  int64_t Reads() { return files_.plan()->CountOf(FileAction::kRead); }

  // All visible records as (time, offset), in order.
  std::vector<std::pair<int64_t, int64_t>> Records(int64_t start) {
    std::vector<std::pair<int64_t, int64_t>> records;
    for (const std::string& batch : batches_) {
      const record::BatchHeader header = support::HeaderOf(batch);
      for (int i = 0; i < 3; ++i) {
        const int64_t offset = header.base_offset.value() + i;
        if (offset >= start) {
          records.emplace_back(header.base_timestamp_ms + i, offset);
        }
      }
    }
    return records;
  }

  support::FaultFiles files_;
  SegmentList segments_;
  std::vector<std::string> batches_;
  std::string memory_;
  int allocated_ = 0;
};

TEST_F(LogReaderTest, AtLeastOneBatchAtMostTheBytes) {
  const int64_t one = static_cast<int64_t>(batches_[0].size());
  for (const auto& [bytes_max, expected] : {std::pair{int64_t{1}, 1},
                                            {one, 1},
                                            {2 * one - 1, 1},
                                            {2 * one, 2},
                                            {int64_t{1000000}, 5}}) {
    ASSERT_OK_AND_ASSIGN(const ReadOutcome read, Read(0, 60, bytes_max));
    EXPECT_EQ(read.bytes.size(), static_cast<size_t>(expected * one));
    EXPECT_EQ(read.next_offset, Offset(3 * expected));
    EXPECT_EQ(allocated_, 1);
  }
}

TEST_F(LogReaderTest, NoMemoryForABatchThatWillNotFit) {
  const size_t one = batches_[0].size();
  ASSERT_OK(Read(0, 60, static_cast<int64_t>(3 * one - 1)));
  EXPECT_EQ(memory_.size(), 2 * one);
  ASSERT_OK(Read(0, 9, static_cast<int64_t>(4 * one)));
  EXPECT_EQ(memory_.size(), 3 * one);
}

TEST_F(LogReaderTest, BeginsWithTheBatchThatHoldsTheOffset) {
  for (int64_t from = 0; from < 60; ++from) {
    ASSERT_OK_AND_ASSIGN(const ReadOutcome read, Read(from, 60, 1));
    EXPECT_EQ(read.bytes, batches_[static_cast<size_t>(from / 3)]) << from;
  }
}

TEST_F(LogReaderTest, NoBatchReachesTheEnd) {
  for (int64_t end = 0; end <= 15; ++end) {
    ASSERT_OK_AND_ASSIGN(const ReadOutcome read, Read(0, end, 1 << 20));
    EXPECT_EQ(read.next_offset.value(), end / 3 * 3) << end;
    EXPECT_EQ(read.bytes.size(),
              static_cast<size_t>(end / 3) * batches_[0].size());
  }
  ASSERT_OK_AND_ASSIGN(const ReadOutcome large, Read(0, 2, 1));
  EXPECT_TRUE(large.bytes.empty());
}

TEST_F(LogReaderTest, SequentialReadingIsOneReadEach) {
  ReadCursor cursor;
  ASSERT_OK_AND_ASSIGN(ReadOutcome read, Read(0, 60, 600, &cursor));
  Offset at = read.next_offset;
  while (at < Offset(60)) {
    const int64_t before = Reads();
    ASSERT_OK_AND_ASSIGN(read, Read(at.value(), 60, 600, &cursor));
    EXPECT_EQ(Reads() - before, 1) << at;
    EXPECT_EQ(support::HeaderOf(read.bytes).base_offset, at);
    at = read.next_offset;
  }
}

TEST_F(LogReaderTest, CursorsFromBeforeACutAreNotBelieved) {
  ReadCursor cursor{Offset(3), Offset(0), 17, 4};
  ASSERT_OK_AND_ASSIGN(const ReadOutcome read, Read(3, 60, 1, &cursor));
  EXPECT_EQ(read.bytes, batches_[1]);
  cursor = ReadCursor{Offset(3), Offset(1), 17, 0};
  EXPECT_OK(Read(3, 60, 1, &cursor));
}

TEST_F(LogReaderTest, ADamagedHeaderIsNamedNotReturned) {
  const int64_t position = static_cast<int64_t>(batches_[0].size());
  files_.FlipBits("00000000000000000000.log", position + 16, 4);
  ASSERT_OK_AND_ASSIGN(const ReadOutcome read, Read(0, 60, 1 << 20));
  EXPECT_EQ(read.next_offset, Offset(3)) << "what is sound comes first";
  ReadCursor cursor{Offset(3), Offset(0), position, 0};
  const absl::Status status = Read(3, 60, 1 << 20, &cursor).status();
  EXPECT_THAT(status, HasErrorCode(ErrorCode::kCorruptRecord));
  EXPECT_THAT(std::string(status.message()),
              testing::HasSubstr("00000000000000000000.log at position " +
                                 std::to_string(position)));
}

TEST_F(LogReaderTest, TimesAreFoundAsByALinearScan) {
  for (const int64_t start : {0, 4, 17, 30}) {
    const auto records = Records(start);
    for (int64_t time = 990; time < 1120; ++time) {
      const auto expected = std::find_if(
          records.begin(), records.end(),
          [time](const auto& record) { return record.first >= time; });
      ASSERT_OK_AND_ASSIGN(const auto match, Reader(start).FindTime(time));
      ASSERT_EQ(match.has_value(), expected != records.end()) << time;
      if (!match.has_value()) continue;
      EXPECT_EQ(match->offset.value(), expected->second) << time;
      EXPECT_EQ(match->timestamp_ms, expected->first);
      EXPECT_EQ(match->epoch.value(), expected->second / 12);
    }
  }
}

TEST_F(LogReaderTest, LargestTimeIsTheFirstRecordThatHasIt) {
  for (const int64_t start : {0, 4, 17, 30, 59}) {
    const auto records = Records(start);
    const auto expected = std::max_element(
        records.begin(), records.end(),
        [](const auto& a, const auto& b) { return a.first < b.first; });
    ASSERT_OK_AND_ASSIGN(const auto match,
                         Reader(start).FindTime(LargestTime{}));
    ASSERT_TRUE(match.has_value());
    EXPECT_EQ(match->offset.value(), expected->second) << start;
    EXPECT_EQ(match->timestamp_ms, expected->first);
  }
}

TEST_F(LogReaderTest, AFlippedTimeIndexDoesNotMislead) {
  const auto records = Records(0);
  const std::string path = "00000000000000000000.timeindex";
  ASSERT_OK_AND_ASSIGN(const auto file,
                       files_.Open(path, env::OpenMode::kRead));
  ASSERT_OK_AND_ASSIGN(const int64_t size, file->Size());
  for (int64_t at = 0; at < size; ++at) {
    files_.FlipBits(path, at, 0x08);
    for (int64_t time = 1000; time < 1070; time += 3) {
      const auto expected = std::find_if(
          records.begin(), records.end(),
          [time](const auto& record) { return record.first >= time; });
      ASSERT_OK_AND_ASSIGN(const auto match, Reader().FindTime(time));
      ASSERT_TRUE(match.has_value());
      EXPECT_EQ(match->offset.value(), expected->second)
          << "byte " << at << " time " << time;
    }
    files_.FlipBits(path, at, 0x08);
  }
}

}  // namespace
}  // namespace barnabas::log
