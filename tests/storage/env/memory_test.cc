// What this process holds and may hold.
#include "storage/env/memory.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>

#include "proto/types/units.h"

namespace barnabas::env {
namespace {

TEST(MemoryTest, ResidentGrowsWithWhatIsTouched) {
  const int64_t before = ResidentBytes();
  EXPECT_GT(before, kMiB);
  constexpr size_t kBytes = 64 * kMiB;
  const auto touched = std::make_unique<char[]>(kBytes);
  std::memset(touched.get(), 1, kBytes);
  EXPECT_GT(ResidentBytes(), before + 32 * kMiB) << touched[kBytes / 2];
}

TEST(MemoryTest, TheLimitIsAboveWhatIsHeld) {
  EXPECT_GT(MemoryLimitBytes(), ResidentBytes());
}

}  // namespace
}  // namespace barnabas::env
