// Random operations on a log, compared with a list in memory.

#include <glog/logging.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "tests/storage/model/model_run.h"

namespace barnabas::model {
namespace {

constexpr uint64_t kSeeds = 250;
constexpr int kOperations = 120;

TEST(ModelTest, ALogIsWhatTheListIs) {
  // Each tail that is cut would be told.
  FLAGS_minloglevel = google::GLOG_ERROR;
  std::printf("seeds 1 to %llu, %d operations each\n",
              static_cast<unsigned long long>(kSeeds), kOperations);
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const std::vector<Operation> operations = DrawOperations(seed, kOperations);
    if (Compare(operations).empty()) continue;
    const std::vector<Operation> shortest = Shrink(operations);
    FAIL() << "seed " << seed << ", shrunk to " << shortest.size()
           << " operations:\n  " << ToString(shortest) << "\n  "
           << Compare(shortest);
  }
}

// The comparison itself: a list that differs is noticed, and shrunk to what
// matters.
TEST(ModelTest, ShrinkingKeepsWhatDiffers) {
  std::vector<Operation> operations = DrawOperations(3, 60);
  operations.insert(operations.begin() + 40, Operation{'?', 0});
  const std::vector<Operation> shortest = Shrink(operations);
  ASSERT_EQ(shortest.size(), 1u) << ToString(shortest);
  EXPECT_EQ(shortest[0].what, '?');
}

}  // namespace
}  // namespace barnabas::model
