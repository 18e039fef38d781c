#include "broker/service/produce_intake.h"

#include <gtest/gtest.h>

namespace barnabas::broker {
namespace {

// Computed by Kafka's own client: Utils.toPositive(Utils.murmur2(key)) % n.
TEST(PartitionForKey, IsKafkas) {
  // murmur2 of "21", "foobar", "a-little-bit-long-string" as in Kafka's
  // published test vectors: -973932308, -790332482, -985981536.
  EXPECT_EQ(PartitionForKey("21", 1000),
            static_cast<int32_t>((-973932308 & 0x7fffffff) % 1000));
  EXPECT_EQ(PartitionForKey("foobar", 1000),
            static_cast<int32_t>((-790332482 & 0x7fffffff) % 1000));
  EXPECT_EQ(PartitionForKey("a-little-bit-long-string", 1000),
            static_cast<int32_t>((-985981536 & 0x7fffffff) % 1000));
}

TEST(PartitionForKey, StaysWithinTheCount) {
  for (int i = 0; i < 100; ++i) {
    const int32_t partition = PartitionForKey(std::to_string(i), 3);
    EXPECT_GE(partition, 0);
    EXPECT_LT(partition, 3);
  }
}

}  // namespace
}  // namespace barnabas::broker
