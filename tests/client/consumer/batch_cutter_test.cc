#include "client/consumer/batch_cutter.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "proto/types/error.h"
#include "storage/record/batch_builder.h"

namespace barnabas::client {
namespace {

std::string Payload(int batches) {
  std::string payload;
  for (int i = 0; i < batches; ++i) {
    record::BatchBuilder builder;
    for (int j = 0; j <= i; ++j) {
      builder.Append(1000 + j, "key", std::string(20 * (i + 1), 'v'));
    }
    payload += builder.Finish();
  }
  return payload;
}

// Cuts `payload` into pieces of `size`, with an empty one between.
std::vector<std::string_view> Pieces(std::string_view payload, size_t size) {
  std::vector<std::string_view> pieces;
  while (!payload.empty()) {
    pieces.push_back(payload.substr(0, size));
    pieces.push_back(payload.substr(0, 0));
    payload.remove_prefix(std::min(size, payload.size()));
  }
  return pieces;
}

TEST(BatchCutterTest, EveryWayOfCuttingGivesTheSameBatches) {
  const std::string payload = Payload(5);
  for (size_t size = 1; size <= payload.size(); ++size) {
    BatchCutter cutter;
    ASSERT_TRUE(cutter.Cut(Pieces(payload, size)).ok()) << "pieces of " << size;
    std::string together;
    for (const record::BatchView& batch : cutter.batches()) {
      together.append(batch.bytes);
    }
    ASSERT_EQ(cutter.batches().size(), 5u) << "pieces of " << size;
    ASSERT_EQ(together, payload) << "pieces of " << size;
    EXPECT_EQ(cutter.batches()[4].header.record_count, 5);
  }
}

TEST(BatchCutterTest, WholeBatchesInOnePieceAreNotCopied) {
  const std::string payload = Payload(2);
  BatchCutter cutter;
  const std::vector<std::string_view> pieces = {payload};
  ASSERT_TRUE(cutter.Cut(pieces).ok());
  EXPECT_EQ(cutter.batches()[0].bytes.data(), payload.data());
}

TEST(BatchCutterTest, ATornEndIsCorrupt) {
  const std::string payload = Payload(2);
  for (size_t kept = 1; kept < payload.size(); ++kept) {
    BatchCutter cutter;
    const std::vector<std::string_view> pieces = {
        std::string_view(payload).substr(0, kept)};
    const absl::Status status = cutter.Cut(pieces);
    if (status.ok()) {
      // Only where a batch ends.
      EXPECT_EQ(cutter.batches().size(), 1u);
      EXPECT_EQ(cutter.batches()[0].bytes.size(), kept);
    } else {
      EXPECT_EQ(CodeOf(status), ErrorCode::kCorruptRecord);
    }
  }
}

TEST(BatchCutterTest, AnAbsurdLengthIsCorruptAndTakesNoMemory) {
  std::string payload = Payload(1);
  for (int byte : {0x00, 0x7f, 0xff}) {
    payload[8] = payload[9] = payload[10] = payload[11] =
        static_cast<char>(byte);
    BatchCutter cutter;
    const std::vector<std::string_view> pieces = {payload};
    EXPECT_EQ(CodeOf(cutter.Cut(pieces)), ErrorCode::kCorruptRecord);
  }
}

TEST(BatchCutterTest, NoPiecesAreNoBatches) {
  BatchCutter cutter;
  EXPECT_TRUE(cutter.Cut({}).ok());
  EXPECT_TRUE(cutter.batches().empty());
}

}  // namespace
}  // namespace barnabas::client
