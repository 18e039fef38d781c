#include "metadata/image/snapshot_bytes.h"

#include <gtest/gtest.h>

#include <string>

#include "metadata/image/snapshot.h"
#include "tests/metadata/image/image_builder.h"
#include "tests/support/matchers.h"

namespace barnabas::image {
namespace {

TEST(SnapshotBytes, ReadGivesTheImageAgain) {
  ImageBuilder builder;
  builder.Broker(100).Broker(101).Topic("orders", {{100, 101}});
  builder.Set(ConfigScope::kCluster, "", "num.partitions", "3");
  ASSERT_OK_AND_ASSIGN(const ClusterImage again,
                       ReadSnapshot(SnapshotBytes(builder.image())));
  EXPECT_TRUE(SameImage(again, builder.image()));
}

TEST(SnapshotBytes, OfTheEmptyImageAreEmpty) {
  EXPECT_EQ(SnapshotBytes(ClusterImage()), "");
  ASSERT_OK_AND_ASSIGN(const ClusterImage image, ReadSnapshot(""));
  EXPECT_EQ(image.version(), LogIndex(-1));
}

TEST(SnapshotBytes, RefusesOtherBytes) {
  EXPECT_THAT(ReadSnapshot("no message"),
              support::HasErrorCode(ErrorCode::kCorruptLog));
}

}  // namespace
}  // namespace barnabas::image
