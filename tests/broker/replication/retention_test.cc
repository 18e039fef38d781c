#include "broker/replication/retention.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "tests/support/batches.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::broker {
namespace {

constexpr int64_t kBegin = 1000 * 1000;

// A log of ten batches of one record, each a segment, a second apart.
class RetentionTest : public testing::Test {
 protected:
  RetentionTest() {
    // One batch fits, two do not.
    settings_.log.segment_bytes = 120;
    settings_.retention_ms = -1;
    EXPECT_OK(files_.CreateDirectory("/log"));
    log_ = *log::PartitionLog::Open({.files = &files_,
                                     .clock = &clock_,
                                     .directory = "/log",
                                     .config = settings_.log});
    for (int i = 0; i < 10; ++i) {
      const std::string bytes = support::SimpleBatch(1, kBegin + i * 1000);
      const std::string_view view = bytes;
      EXPECT_OK(log_->AppendAsLeader(
          {.header = support::HeaderOf(bytes), .slices = {&view, 1}},
          LeaderEpoch(0)));
      batch_bytes_ = static_cast<int64_t>(bytes.size());
    }
  }

  Offset StartAfter(int64_t now_ms, Offset high_watermark = Offset(10)) {
    EXPECT_OK(ApplyRetention(settings_, now_ms, high_watermark, log_.get()));
    return log_->facts().log_start;
  }

  support::FaultFiles files_;
  support::FakeClock clock_;
  PartitionSettings settings_;
  std::unique_ptr<log::PartitionLog> log_;
  int64_t batch_bytes_ = 0;
};

TEST_F(RetentionTest, WithoutBoundsEverythingStays) {
  EXPECT_EQ(StartAfter(kBegin + 1000 * 1000), Offset(0));
}

TEST_F(RetentionTest, OldSealedSegmentsGo) {
  settings_.retention_ms = 5000;
  EXPECT_EQ(StartAfter(kBegin + 5000), Offset(0));
  EXPECT_EQ(StartAfter(kBegin + 8500), Offset(4));
  // The active segment stays however old it is.
  EXPECT_EQ(StartAfter(kBegin + 1000 * 1000), Offset(9));
}

TEST_F(RetentionTest, WithoutTrafficTheLastSegmentGoesAsWell) {
  settings_.retention_ms = 5000;
  settings_.log.segment_open_ms_max = 5000;
  log_->SetConfig(settings_.log);
  EXPECT_EQ(StartAfter(kBegin + 1000 * 1000), Offset(9));
  clock_.Advance(absl::Milliseconds(5001));
  EXPECT_EQ(StartAfter(kBegin + 1000 * 1000), Offset(10));
  EXPECT_EQ(log_->facts().log_end, Offset(10));
}

TEST_F(RetentionTest, TheOldestGoWhileEnoughIsLeft) {
  settings_.retention_bytes = 4 * batch_bytes_;
  EXPECT_EQ(StartAfter(kBegin), Offset(6));
}

TEST_F(RetentionTest, NothingBeyondTheHighWatermarkGoes) {
  settings_.retention_bytes = 0;
  EXPECT_EQ(StartAfter(kBegin, Offset(3)), Offset(3));
}

}  // namespace
}  // namespace barnabas::broker
