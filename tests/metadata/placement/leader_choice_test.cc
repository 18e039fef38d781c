#include "metadata/placement/leader_choice.h"

#include <gtest/gtest.h>

#include <set>

namespace barnabas::placement {
namespace {

image::PartitionState Partition() {
  image::PartitionState partition;
  partition.replicas = {BrokerId(1), BrokerId(2), BrokerId(3)};
  partition.isr = {BrokerId(3), BrokerId(2)};
  partition.leader = BrokerId(3);
  return partition;
}

BrokerId Choose(const image::PartitionState& partition,
                const std::set<int32_t>& live) {
  return ChooseLeader(partition,
                      [&](BrokerId id) { return live.count(id.value()) != 0; });
}

TEST(LeaderChoice, TheLeaderStaysWhileItMay) {
  EXPECT_EQ(Choose(Partition(), {1, 2, 3}), BrokerId(3));
}

TEST(LeaderChoice, ElseTheFirstInSyncInOrderOfTheAssignment) {
  EXPECT_EQ(Choose(Partition(), {1, 2}), BrokerId(2));
  image::PartitionState leaderless = Partition();
  leaderless.leader = kNoBroker;
  EXPECT_EQ(Choose(leaderless, {1, 2, 3}), BrokerId(2));
}

TEST(LeaderChoice, NeverOneThatIsNotInSync) {
  EXPECT_EQ(Choose(Partition(), {1}), kNoBroker);
  image::PartitionState odd = Partition();
  odd.leader = BrokerId(1);
  EXPECT_EQ(Choose(odd, {1, 3}), BrokerId(3));
}

}  // namespace
}  // namespace barnabas::placement
