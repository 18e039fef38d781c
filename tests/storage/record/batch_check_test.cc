#include "storage/record/batch_check.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>
#include <vector>

#include "storage/record/batch_builder.h"
#include "storage/record/batch_reader.h"
#include "storage/record/byte_order.h"
#include "tests/support/batches.h"
#include "tests/support/matchers.h"

namespace barnabas::record {
namespace {

using support::BatchOf;
using support::HasErrorCode;
using support::HeaderOf;
using support::RandomRecords;
using support::Reseal;
using support::SimpleBatch;

constexpr int64_t kPlenty = int64_t{1} << 30;

absl::Status Checked(std::string_view batch) {
  return CheckBatch({batch}).status();
}

// A change of the header of a good batch, checksum made right again.
template <typename Change>
std::string With(Change change) {
  std::string batch = SimpleBatch(3);
  BatchHeader header = HeaderOf(batch);
  change(&header);
  Reseal(header, &batch);
  return batch;
}

template <typename Change>
absl::Status Produced(Change change) {
  return CheckProduced(HeaderOf(With(change)), kPlenty);
}

TEST(CheckBatchTest, AnyCutIntoSlicesIsTheSameBatch) {
  std::mt19937_64 random(11);
  const std::string batch = BatchOf(RandomRecords(20, &random));
  const BatchHeader whole = HeaderOf(batch);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string_view> slices;
    std::string_view rest = batch;
    while (!rest.empty()) {
      const size_t part = random() % (rest.size() / 2 + 20);
      slices.push_back(rest.substr(0, part));
      rest.remove_prefix(std::min(part, rest.size()));
    }
    EXPECT_THAT(CheckBatch(slices), support::IsOkAndHolds(whole));
  }
}

TEST(CheckBatchTest, EveryFlippedBitIsFoundButInOffsetAndEpoch) {
  std::mt19937_64 random(12);
  for (Codec codec : {Codec::kNone, Codec::kZstd}) {
    std::string batch = BatchOf(RandomRecords(10, &random), codec);
    for (size_t at = 0; at < std::min<size_t>(batch.size(), 2000); ++at) {
      const bool outside = at < 8 || (at >= 12 && at < 16);
      for (int bit = 0; bit < 8; ++bit) {
        batch[at] = static_cast<char>(batch[at] ^ (1 << bit));
        const bool negative = at == 0 && bit == 7;
        EXPECT_EQ(Checked(batch).ok(), outside && !negative)
            << "byte " << at << " bit " << bit;
        batch[at] = static_cast<char>(batch[at] ^ (1 << bit));
      }
    }
    EXPECT_OK(Checked(batch));
  }
}

TEST(CheckBatchTest, CutOffOrProlongedBatchesAreCorrupt) {
  const std::string batch = SimpleBatch(3);
  for (size_t size = 0; size < batch.size(); ++size) {
    EXPECT_THAT(Checked(std::string_view(batch).substr(0, size)),
                HasErrorCode(ErrorCode::kCorruptRecord));
  }
  EXPECT_THAT(Checked(batch + "x"), HasErrorCode(ErrorCode::kCorruptRecord));
  EXPECT_THAT(Checked(batch + batch), HasErrorCode(ErrorCode::kCorruptRecord));
}

TEST(CheckBatchTest, OtherMagicsAreNamedAsSuch) {
  for (int8_t magic : {int8_t{0}, int8_t{1}, int8_t{3}, int8_t{-1}}) {
    std::string batch = SimpleBatch(1);
    batch[16] = static_cast<char>(magic);
    EXPECT_THAT(Checked(batch),
                HasErrorCode(ErrorCode::kUnsupportedBatchFormat));
    EXPECT_THAT(Checked(std::string_view(batch).substr(0, 17)),
                HasErrorCode(ErrorCode::kUnsupportedBatchFormat));
  }
}

TEST(CheckBatchTest, UnknownCodecsAreRefused) {
  for (int16_t codec : {5, 6, 7}) {
    EXPECT_THAT(Checked(With([&](BatchHeader* h) { h->attributes = codec; })),
                HasErrorCode(ErrorCode::kUnsupportedCompression));
  }
}

TEST(CheckBatchTest, CountsThatContradictAreInvalid) {
  const auto refused = [](auto change) {
    EXPECT_THAT(Checked(With(change)), HasErrorCode(ErrorCode::kInvalidRecord));
  };
  refused([](BatchHeader* h) { h->record_count = -1; });
  refused([](BatchHeader* h) { h->last_offset_delta = -1; });
  refused([](BatchHeader* h) { h->record_count = 4; });
  refused([](BatchHeader* h) { h->record_count = 0; });
  // More records than bytes for them.
  refused([](BatchHeader* h) {
    h->record_count = 1000;
    h->last_offset_delta = 999;
  });
  // A codec lifts that bound but not the one on all batches.
  refused([](BatchHeader* h) {
    h->attributes = 1;
    h->record_count = 5 * 1000 * 1000;
    h->last_offset_delta = h->record_count - 1;
  });
}

TEST(CheckBatchTest, CompactionMayLeaveFewerRecordsOrNone) {
  EXPECT_OK(Checked(With([](BatchHeader* h) { h->last_offset_delta = 9; })));
  std::string empty = SimpleBatch(3).substr(0, kBatchHeaderBytes);
  BatchHeader header = HeaderOf(empty);
  header.length = static_cast<int32_t>(kBatchHeaderBytes - kBatchOverheadBytes);
  header.record_count = 0;
  Reseal(header, &empty);
  EXPECT_OK(Checked(empty));
  EXPECT_OK(CheckRecords(empty, /*allow_gaps=*/true));
}

TEST(CheckBatchTest, OffsetsThatRunOverAreCorrupt) {
  const auto with_base = [](int64_t base) {
    std::string batch = SimpleBatch(3);
    StoreBigEndian(base, batch.data());
    return Checked(batch);
  };
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  EXPECT_OK(with_base(kMax - 3));
  EXPECT_THAT(with_base(kMax - 2), HasErrorCode(ErrorCode::kCorruptRecord));
  EXPECT_THAT(with_base(-1), HasErrorCode(ErrorCode::kCorruptRecord));
}

TEST(CheckProducedTest, TakesPlainAndSequencedBatches) {
  EXPECT_OK(Produced([](BatchHeader* h) {}));
  EXPECT_OK(Produced([](BatchHeader* h) {
    h->producer_id = ProducerId(0);
    h->producer_epoch = ProducerEpoch(0);
    h->base_sequence = std::numeric_limits<int32_t>::max();
  }));
  EXPECT_OK(Produced([](BatchHeader* h) { h->attributes = 1 << 3; }));
}

TEST(CheckProducedTest, RefusesWhatOnlyBrokersWrite) {
  const auto refused = [](auto change) {
    EXPECT_THAT(Produced(change), HasErrorCode(ErrorCode::kInvalidRecord));
  };
  refused([](BatchHeader* h) { h->attributes = 1 << 5; });
  refused([](BatchHeader* h) { h->attributes = 1 << 6; });
  refused([](BatchHeader* h) { h->attributes = 1 << 7; });
  refused([](BatchHeader* h) { h->attributes = -32768; });
  refused([](BatchHeader* h) { h->attributes = 1 << 4; });
  refused([](BatchHeader* h) { h->last_offset_delta = 3; });
  refused([](BatchHeader* h) { h->record_count = 2; });
}

TEST(CheckProducedTest, NeedsASequenceIfAndOnlyIfThereIsAProducer) {
  const auto refused = [](int64_t id, int16_t epoch, int32_t sequence) {
    EXPECT_THAT(Produced([&](BatchHeader* h) {
                  h->producer_id = ProducerId(id);
                  h->producer_epoch = ProducerEpoch(epoch);
                  h->base_sequence = sequence;
                }),
                HasErrorCode(ErrorCode::kInvalidRecord))
        << id << " " << epoch << " " << sequence;
  };
  refused(5, 0, -1);
  refused(5, -1, 0);
  refused(-1, 0, 0);
  refused(-1, -1, 0);
  refused(-1, 0, -1);
  refused(-2, 0, 0);
  refused(5, 0, -2);
}

TEST(CheckProducedTest, MeasuresTheWholeBatch) {
  const std::string batch = SimpleBatch(3);
  const int64_t size = static_cast<int64_t>(batch.size());
  EXPECT_OK(CheckProduced(HeaderOf(batch), size));
  EXPECT_THAT(CheckProduced(HeaderOf(batch), size - 1),
              HasErrorCode(ErrorCode::kBatchTooLarge));
}

// Offset delta of record `index` of SimpleBatch: behind length, attributes and
// a time of one byte each.
size_t DeltaPosition(std::string_view batch, int index) {
  size_t at = kBatchHeaderBytes;
  for (int i = 0; i < index; ++i) at += 1 + batch[at] / 2;
  return at + 3;
}

TEST(CheckRecordsTest, OffsetsMustRiseByOneUnlessGapsAreAllowed) {
  std::string batch = SimpleBatch(3);
  BatchHeader header = HeaderOf(batch);
  header.last_offset_delta = 9;
  batch[DeltaPosition(batch, 2)] = 7 * 2;
  Reseal(header, &batch);
  EXPECT_OK(CheckRecords(batch, /*allow_gaps=*/true));
  EXPECT_THAT(CheckRecords(batch, /*allow_gaps=*/false),
              HasErrorCode(ErrorCode::kInvalidRecord));
  batch[DeltaPosition(batch, 2)] = 1 * 2;
  EXPECT_THAT(CheckRecords(batch, /*allow_gaps=*/true),
              HasErrorCode(ErrorCode::kInvalidRecord));
}

TEST(CheckRecordsTest, CountsMustAgreeWithTheRecordsInside) {
  std::string few = With([](BatchHeader* h) { h->record_count = 2; });
  EXPECT_THAT(CheckRecords(few, true), HasErrorCode(ErrorCode::kCorruptRecord));
  std::string many = With([](BatchHeader* h) {
    h->record_count = 4;
    h->last_offset_delta = 3;
  });
  EXPECT_THAT(CheckRecords(many, true),
              HasErrorCode(ErrorCode::kCorruptRecord));
}

// Whatever bytes follow a right header and checksum: an error or records, no
// crash (the sanitizers watch).
TEST(CheckRecordsTest, GarbageBehindARightChecksumIsOnlyAnError) {
  std::mt19937_64 random(13);
  for (int round = 0; round < 3000; ++round) {
    const Codec codec = static_cast<Codec>(random() % 5);
    std::string batch = BatchOf(RandomRecords(5, &random), codec);
    const int flips = 1 + static_cast<int>(random() % 4);
    for (int i = 0; i < flips; ++i) {
      const size_t at =
          kBatchHeaderBytes + random() % (batch.size() - kBatchHeaderBytes);
      batch[at] = static_cast<char>(random());
    }
    Reseal(HeaderOf(batch), &batch);
    ASSERT_OK(Checked(batch));
    const absl::Status status = CheckRecords(batch, true);
    if (status.ok()) continue;
    EXPECT_TRUE(CodeOf(status) == ErrorCode::kCorruptRecord ||
                CodeOf(status) == ErrorCode::kInvalidRecord)
        << status;
  }
}

TEST(CheckRecordsTest, NeedsExactlyOneBatch) {
  const std::string batch = SimpleBatch(1);
  EXPECT_THAT(CheckRecords("", true), HasErrorCode(ErrorCode::kCorruptRecord));
  EXPECT_THAT(CheckRecords(batch + batch, true),
              HasErrorCode(ErrorCode::kCorruptRecord));
}

}  // namespace
}  // namespace barnabas::record
