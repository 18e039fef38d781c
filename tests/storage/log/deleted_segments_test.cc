#include "storage/log/deleted_segments.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/support/batches.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

class DeletedSegmentsTest : public testing::Test {
 protected:
  std::shared_ptr<Segment> Make(int64_t base) {
    return CreateSegment(&files_, ".", Offset(base), 0).value();
  }

  support::FaultFiles files_;
  DeletedSegments deleted_{&files_, "."};
};

TEST_F(DeletedSegmentsTest, WithoutDelayTheFilesGoAtOnce) {
  ASSERT_OK(deleted_.Add(Make(5), 100, 0));
  EXPECT_TRUE(files_.List(".").value().empty());
  EXPECT_EQ(deleted_.Take(1000), nullptr);
}

TEST_F(DeletedSegmentsTest, WithADelayTheyStayForSoLong) {
  ASSERT_OK(deleted_.Add(Make(5), 100, 50));
  EXPECT_FALSE(files_.Exists("00000000000000000005.log"));
  EXPECT_TRUE(files_.Exists("00000000000000000005.log.deleted"));
  EXPECT_EQ(deleted_.Take(149), nullptr);
  auto remove = deleted_.Take(150);
  ASSERT_NE(remove, nullptr);
  EXPECT_EQ(deleted_.Take(150), nullptr);
  EXPECT_TRUE(files_.Exists("00000000000000000005.log.deleted"));
  remove();
  EXPECT_TRUE(files_.List(".").value().empty());
}

TEST_F(DeletedSegmentsTest, TooManyDoNotWait) {
  const std::shared_ptr<Segment> segment = Make(5);
  for (size_t i = 0; i <= DeletedSegments::kWaitingMax; ++i) {
    deleted_.AddAside({segment}, 0, 1000);
  }
  EXPECT_NE(deleted_.Take(1), nullptr);
  EXPECT_EQ(deleted_.Take(1), nullptr);
}

TEST_F(DeletedSegmentsTest, ReadersGoOnWithWhatIsRemoved) {
  const std::shared_ptr<Segment> segment = Make(5);
  const std::string batch =
      support::Stored(support::SimpleBatch(2), Offset(5), LeaderEpoch(0));
  const std::string_view parts[] = {batch};
  ASSERT_OK(segment->Append(support::HeaderOf(batch), parts, 100, 4096));
  ASSERT_OK(deleted_.Add(segment, 0, 1));
  deleted_.Take(1)();
  ASSERT_OK_AND_ASSIGN(const auto header, segment->HeaderAt(0));
  EXPECT_EQ(header.base_offset, Offset(5));
}

}  // namespace
}  // namespace barnabas::log
