#include "client/consumer/fetch_inbox.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "client/rpc/frame_codec.h"
#include "proto/types/error.h"
#include "storage/record/batch_builder.h"

namespace barnabas::client {
namespace {

const ConsumerPartition kFirst{"orders", 0};
const ConsumerPartition kSecond{"orders", 1};

// A frame of `count` records from `base` on.
std::shared_ptr<FetchedChunk> Chunk(int64_t base, int count,
                                    int64_t high_watermark,
                                    bool damaged = false) {
  record::BatchBuilder builder;
  for (int i = 0; i < count; ++i) builder.Append(1000, "k", "v");
  std::string batch = builder.Finish();
  // The base offset lies outside the checksum.
  for (int i = 0; i < 8; ++i) {
    batch[i] = static_cast<char>(base >> (56 - 8 * i));
  }
  if (damaged) batch.back() = static_cast<char>(batch.back() ^ 1);
  v1::FetchFrame frame;
  frame.set_session(1);
  frame.set_next_offset(base + count);
  frame.set_high_watermark(high_watermark);
  frame.set_credit_bytes(static_cast<int64_t>(batch.size()));
  const grpc::Slice slice = rpc::SliceOf(std::move(batch));
  auto received =
      rpc::ReadFetchResponse(rpc::WriteFetchResponse(frame, {slice}));
  EXPECT_TRUE(received.ok()) << received.status();
  return std::make_shared<FetchedChunk>(*std::move(received), true);
}

// Decodes what is due, as Poll does; the offsets handed out.
std::vector<int64_t> HandOut(FetchInbox* inbox, int64_t records_max = 1000) {
  std::vector<int64_t> offsets;
  std::optional<DueChunk> due = inbox->Take();
  if (!due.has_value()) return offsets;
  std::vector<record::RecordView> records;
  const absl::Status status =
      due->chunk->Decode(due->from, records_max, &records);
  for (const record::RecordView& record : records) {
    offsets.push_back(record.offset.value());
  }
  const bool exhausted = status.ok() && due->chunk->Exhausted();
  int64_t position = offsets.empty() ? due->from : offsets.back() + 1;
  if (exhausted) position = due->chunk->next_offset();
  inbox->Advance(*due, position, exhausted);
  if (!status.ok()) inbox->Block(*due, status);
  return offsets;
}

TEST(FetchInboxTest, RecordsBelowThePositionAreNotHandedOut) {
  FetchInbox inbox;
  const uint64_t epoch = inbox.Restart(kFirst, std::nullopt);
  inbox.OnPlaced(kFirst, epoch, 12, 15);
  ASSERT_TRUE(inbox.OnFetched(kFirst, epoch, "a:1", Chunk(10, 5, 15)));
  EXPECT_EQ(HandOut(&inbox), (std::vector<int64_t>{12, 13, 14}));
  EXPECT_EQ(inbox.position(kFirst), 15);
}

TEST(FetchInboxTest, ABoundedPollGoesOnWhereItStopped) {
  FetchInbox inbox;
  const uint64_t epoch = inbox.Restart(kFirst, 0);
  ASSERT_TRUE(inbox.OnFetched(kFirst, epoch, "a:1", Chunk(0, 5, 5)));
  EXPECT_EQ(HandOut(&inbox, 2), (std::vector<int64_t>{0, 1}));
  EXPECT_TRUE(inbox.TakeReleased().empty());
  EXPECT_EQ(HandOut(&inbox, 2), (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(HandOut(&inbox, 2), (std::vector<int64_t>{4}));
  EXPECT_GT(inbox.TakeReleased()["a:1"], 0);
  EXPECT_FALSE(inbox.Take().has_value());
}

TEST(FetchInboxTest, ChunksOfAPlaceBeforeASeekAreThrownAway) {
  FetchInbox inbox;
  const uint64_t before = inbox.Restart(kFirst, 0);
  ASSERT_TRUE(inbox.OnFetched(kFirst, before, "a:1", Chunk(0, 5, 5)));
  const uint64_t after = inbox.Restart(kFirst, 100);
  EXPECT_FALSE(inbox.Take().has_value());
  EXPECT_GT(inbox.TakeReleased()["a:1"], 0);
  EXPECT_FALSE(inbox.OnFetched(kFirst, before, "a:1", Chunk(5, 5, 10)));
  EXPECT_TRUE(inbox.OnFetched(kFirst, after, "a:1", Chunk(100, 1, 101)));
  EXPECT_EQ(HandOut(&inbox), (std::vector<int64_t>{100}));
}

TEST(FetchInboxTest, TheEndIsToldOncePerHighWatermark) {
  FetchInbox inbox;
  const uint64_t epoch = inbox.Restart(kFirst, std::nullopt);
  inbox.OnPlaced(kFirst, epoch, 0, 3);
  EXPECT_TRUE(inbox.TakeEnds().empty());
  ASSERT_TRUE(inbox.OnFetched(kFirst, epoch, "a:1", Chunk(0, 3, 3)));
  HandOut(&inbox);
  EXPECT_EQ(inbox.TakeEnds(), std::vector<ConsumerPartition>{kFirst});
  ASSERT_TRUE(inbox.OnFetched(kFirst, epoch, "a:1", Chunk(3, 1, 4)));
  HandOut(&inbox);
  EXPECT_EQ(inbox.TakeEnds(), std::vector<ConsumerPartition>{kFirst});
}

TEST(FetchInboxTest, AnEmptyPartitionIsAtItsEndAtOnce) {
  FetchInbox inbox;
  const uint64_t epoch = inbox.Restart(kFirst, std::nullopt);
  inbox.OnPlaced(kFirst, epoch, 0, 0);
  EXPECT_EQ(inbox.TakeEnds(), std::vector<ConsumerPartition>{kFirst});
}

TEST(FetchInboxTest, PartitionsTakeTurns) {
  FetchInbox inbox;
  const uint64_t first = inbox.Restart(kFirst, 0);
  const uint64_t second = inbox.Restart(kSecond, 0);
  ASSERT_TRUE(inbox.OnFetched(kFirst, first, "a:1", Chunk(0, 1, 9)));
  ASSERT_TRUE(inbox.OnFetched(kFirst, first, "a:1", Chunk(1, 1, 9)));
  ASSERT_TRUE(inbox.OnFetched(kSecond, second, "a:1", Chunk(50, 1, 99)));
  EXPECT_EQ(HandOut(&inbox), (std::vector<int64_t>{0}));
  EXPECT_EQ(HandOut(&inbox), (std::vector<int64_t>{50}));
  EXPECT_EQ(HandOut(&inbox), (std::vector<int64_t>{1}));
}

TEST(FetchInboxTest, ADamagedBatchBlocksItsPartitionAndNamesItsOffsets) {
  FetchInbox inbox;
  const uint64_t epoch = inbox.Restart(kFirst, 7);
  ASSERT_TRUE(
      inbox.OnFetched(kFirst, epoch, "a:1", Chunk(7, 3, 10, /*damaged=*/true)));
  EXPECT_TRUE(HandOut(&inbox).empty());
  const auto troubles = inbox.TakeTroubles();
  ASSERT_EQ(troubles.size(), 1u);
  EXPECT_EQ(CodeOf(troubles[0].status), ErrorCode::kCorruptRecord);
  EXPECT_EQ(inbox.corrupt_end(kFirst), 10);
  EXPECT_FALSE(inbox.OnFetched(kFirst, epoch, "a:1", Chunk(10, 1, 11)));
}

TEST(FetchInboxTest, TroubleIsToldOnceAndStopsThePartition) {
  FetchInbox inbox;
  const uint64_t epoch = inbox.Restart(kFirst, 0);
  const absl::Status why = MakeError(ErrorCode::kOffsetOutOfRange, "gone");
  inbox.OnTrouble(kFirst, epoch, why);
  inbox.OnTrouble(kFirst, epoch, why);
  EXPECT_EQ(inbox.TakeTroubles().size(), 1u);
  EXPECT_TRUE(inbox.TakeTroubles().empty());
}

}  // namespace
}  // namespace barnabas::client
