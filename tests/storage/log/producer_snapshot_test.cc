#include "storage/log/producer_snapshot.h"

#include <gtest/gtest.h>

#include <string>

#include "storage/record/byte_order.h"

namespace barnabas::log {
namespace {

ProducerEntry Entry(int64_t id, int batches) {
  ProducerEntry entry;
  entry.id = ProducerId(id);
  entry.epoch = ProducerEpoch(3);
  for (int i = 0; i < batches; ++i) {
    entry.Push({i * 2 + 1, Offset(100 * id + i * 2 + 1), 1, 5000 + i});
    entry.timestamp_ms = 5000 + i;
  }
  return entry;
}

TEST(ProducerSnapshotTest, EverythingComesBackInOrder) {
  ProducerEntry after_marker = Entry(4, 1);
  after_marker.timestamp_ms = 9000;
  const std::vector<ProducerEntry> entries = {
      Entry(9, 5), Entry(1, 1), Entry(2, 0), Entry(3, 7), after_marker};
  EXPECT_EQ(DecodeProducers(EncodeProducers(entries)), entries);
  EXPECT_EQ(DecodeProducers(EncodeProducers({})), std::vector<ProducerEntry>());
}

TEST(ProducerSnapshotTest, TheFirstPartIsKafkas) {
  const std::string bytes = EncodeProducers({Entry(9, 5)});
  using record::LoadBigEndian;
  const char* const at = bytes.data();
  EXPECT_EQ(LoadBigEndian<int16_t>(at), 1);
  EXPECT_EQ(LoadBigEndian<int32_t>(at + 6), 1);
  EXPECT_EQ(LoadBigEndian<int64_t>(at + 10), 9);
  EXPECT_EQ(LoadBigEndian<int16_t>(at + 18), 3);
  EXPECT_EQ(LoadBigEndian<int32_t>(at + 20), 9);
  EXPECT_EQ(LoadBigEndian<int64_t>(at + 24), 909);
  EXPECT_EQ(LoadBigEndian<int32_t>(at + 32), 1);
  EXPECT_EQ(LoadBigEndian<int64_t>(at + 36), 5004);
  EXPECT_EQ(LoadBigEndian<int32_t>(at + 44), -1);
  EXPECT_EQ(LoadBigEndian<int64_t>(at + 48), -1);
}

TEST(ProducerSnapshotTest, EveryFlippedBitIsNoticed) {
  const std::string bytes = EncodeProducers({Entry(9, 5), Entry(1, 1)});
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      EXPECT_EQ(DecodeProducers(damaged), std::nullopt) << at;
    }
  }
}

TEST(ProducerSnapshotTest, EveryCutIsNoticed) {
  const std::string bytes = EncodeProducers({Entry(9, 5), Entry(1, 1)});
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(DecodeProducers(std::string_view(bytes).substr(0, size)),
              std::nullopt)
        << size;
  }
}

}  // namespace
}  // namespace barnabas::log
