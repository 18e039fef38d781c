// malloc set up for large buffers.
#include "storage/env/allocator.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <cstring>
#include <memory>

#include "proto/types/units.h"

namespace barnabas::env {
namespace {

TEST(AllocatorTest, KeepsLargeBuffersUntilItIsTrimmed) {
  TuneAllocator();
  constexpr size_t kBytes = 8 * kMiB;
  {
    auto buffer = std::make_unique<char[]>(kBytes);
    std::memset(buffer.get(), 1, kBytes);
    // glibc maps such a buffer apart by default, and unmaps it at once.
    EXPECT_EQ(mallinfo2().hblks, 0u);
  }
  EXPECT_GE(mallinfo2().fordblks, kBytes);
  TrimAllocator();
  EXPECT_LT(mallinfo2().keepcost, kBytes);
}

}  // namespace
}  // namespace barnabas::env
