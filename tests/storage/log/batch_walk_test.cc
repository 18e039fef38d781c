#include "storage/log/batch_walk.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/batches.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::HasErrorCode;
using support::SimpleBatch;
using support::Stored;

class BatchWalkTest : public testing::Test {
 protected:
  void Write(const std::string& bytes) {
    bytes_ = bytes;
    auto file = files_.Open("f", env::OpenMode::kTruncate);
    ASSERT_OK(file.status());
    file_ = *std::move(file);
    const std::string_view parts[] = {bytes_};
    ASSERT_OK(file_->WriteAt(0, parts));
  }

  static std::string Three() {
    return Stored(SimpleBatch(2), Offset(0), LeaderEpoch(0)) +
           Stored(SimpleBatch(40), Offset(2), LeaderEpoch(0)) +
           Stored(SimpleBatch(1), Offset(42), LeaderEpoch(1));
  }

  // Base offsets until the end or an error.
  std::vector<int64_t> Walk(WalkDepth depth, size_t window,
                            absl::Status* status) {
    BatchWalk walk(file_.get(), 0, static_cast<int64_t>(bytes_.size()), depth,
                   window);
    std::vector<int64_t> bases;
    while (true) {
      const auto step = walk.Next();
      *status = step.status();
      if (!step.ok() || !step->has_value()) return bases;
      bases.push_back((*step)->header.base_offset.value());
    }
  }

  support::FaultFiles files_;
  std::unique_ptr<env::File> file_;
  std::string bytes_;
};

TEST_F(BatchWalkTest, VisitsEveryBatchWithAnyWindow) {
  Write(Three());
  for (const size_t window : {size_t{1}, size_t{100}, size_t{1000000}}) {
    for (const WalkDepth depth : {WalkDepth::kHeaders, WalkDepth::kChecksums}) {
      absl::Status status;
      EXPECT_EQ(Walk(depth, window, &status), (std::vector<int64_t>{0, 2, 42}));
      EXPECT_OK(status);
    }
  }
}

TEST_F(BatchWalkTest, NothingInAnEmptyStretch) {
  Write("");
  absl::Status status;
  EXPECT_TRUE(Walk(WalkDepth::kChecksums, 100, &status).empty());
  EXPECT_OK(status);
}

TEST_F(BatchWalkTest, EveryCutInsideABatchIsDamage) {
  const std::string whole = Stored(SimpleBatch(2), Offset(0), LeaderEpoch(0));
  for (size_t size = 1; size < whole.size(); ++size) {
    Write(whole.substr(0, size));
    absl::Status status;
    EXPECT_TRUE(Walk(WalkDepth::kHeaders, 4096, &status).empty());
    EXPECT_THAT(status, HasErrorCode(ErrorCode::kCorruptRecord)) << size;
  }
}

TEST_F(BatchWalkTest, ChecksumsFindEveryFlippedBitThatTheyCover) {
  const std::string whole = Stored(SimpleBatch(2), Offset(0), LeaderEpoch(0));
  for (size_t at = 16; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    Write(damaged);
    absl::Status status;
    EXPECT_TRUE(Walk(WalkDepth::kChecksums, 64, &status).empty());
    EXPECT_THAT(status, HasErrorCode(ErrorCode::kCorruptRecord)) << at;
  }
}

TEST_F(BatchWalkTest, ADiskErrorIsNotDamage) {
  Write(Three());
  files_.plan()->Fail({support::FileAction::kRead, "f", 0, 1});
  absl::Status status;
  Walk(WalkDepth::kHeaders, 100, &status);
  EXPECT_THAT(status, HasErrorCode(ErrorCode::kStorageError));
}

TEST(FaultOfTest, SaysWhatIsWrongWithAHeader) {
  record::BatchHeader header = support::HeaderOf(SimpleBatch(1));
  EXPECT_EQ(FaultOf(header), "");
  record::BatchHeader other = header;
  other.magic = 1;
  EXPECT_NE(FaultOf(other), "");
  other = header;
  other.length = 48;
  EXPECT_NE(FaultOf(other), "");
  other = header;
  other.length = INT32_MAX;
  EXPECT_NE(FaultOf(other), "");
  other = header;
  other.base_offset = Offset(-1);
  EXPECT_NE(FaultOf(other), "");
  other = header;
  other.last_offset_delta = -1;
  EXPECT_NE(FaultOf(other), "");
}

}  // namespace
}  // namespace barnabas::log
