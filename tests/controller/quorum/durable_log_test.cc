// The metadata log on disk: what comes back, and damage.
#include "controller/quorum/durable_log.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "tests/controller/quorum/quorum_fixture.h"
#include "tests/support/matchers.h"

namespace barnabas::quorum {
namespace {

using ::barnabas::support::FaultFiles;
using ::barnabas::support::HasErrorCode;
using ::barnabas::support::SimScheduler;

class DurableLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    // A joining controller: an identity and no entry.
    ASSERT_OK(FormatController(FormatFor(&files_, scheduler_.clock()), {}));
    Open(&files_);
  }

  void Open(FaultFiles* files) {
    log_ = nullptr;
    directory_ = nullptr;
    log::LogDirectory::Options options;
    options.files = files;
    options.clock = scheduler_.clock();
    options.path = kDirectory;
    options.node_id = NodeId(1);
    options.role = "controller";
    auto directory = log::LogDirectory::Open(options);
    ASSERT_OK(directory);
    directory_ = *std::move(directory);
    auto opened = DurableLog::Open(directory_.get());
    ASSERT_OK(opened);
    log_ = *std::move(opened);
  }

  void Flush() {
    const auto job = log_->StartFlush();
    ASSERT_NE(job, nullptr);
    const absl::Status synced = job->Run();
    log_->FinishFlush(*job, synced);
    ASSERT_OK(synced);
  }

  SimScheduler scheduler_{1};
  FaultFiles files_;
  std::unique_ptr<log::LogDirectory> directory_;
  std::unique_ptr<DurableLog> log_;
};

TEST_F(DurableLogTest, IsEmptyAtFirst) {
  EXPECT_EQ(log_->end(), LogIndex(0));
  EXPECT_EQ(log_->last_term(), Term(0));
  ASSERT_OK_AND_ASSIGN(const auto none,
                       log_->Read(LogIndex(0), LogIndex(0), kMiB));
  EXPECT_TRUE(none.empty());
}

TEST_F(DurableLogTest, GivesBackOffsetsTermsAndBytes) {
  const std::string binary("\0\xff\n", 3);
  ASSERT_OK_AND_ASSIGN(const LogIndex first, log_->Append("a", Term(0), 1));
  ASSERT_OK_AND_ASSIGN(const LogIndex second, log_->Append(binary, Term(3), 2));
  EXPECT_EQ(first, LogIndex(0));
  EXPECT_EQ(second, LogIndex(1));
  EXPECT_EQ(log_->durable_end(), LogIndex(0));
  Flush();
  EXPECT_EQ(log_->durable_end(), LogIndex(2));
  ASSERT_OK(log_->Close());
  Open(&files_);
  EXPECT_EQ(log_->last_term(), Term(3));
  ASSERT_OK_AND_ASSIGN(const auto entries,
                       log_->Read(LogIndex(0), log_->end(), kMiB));
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[1].offset, LogIndex(1));
  EXPECT_EQ(entries[1].term, Term(3));
  EXPECT_EQ(entries[1].value, binary);
}

TEST_F(DurableLogTest, CutsATornTail) {
  ASSERT_OK(log_->Append("kept", Term(1), 1));
  Flush();
  ASSERT_OK(log_->Append(std::string(5000, 'x'), Term(1), 2));
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const auto disk = files_.Crash(seed);
    Open(disk.get());
    ASSERT_GE(log_->end(), LogIndex(1)) << "seed " << seed;
    ASSERT_LE(log_->end(), LogIndex(2)) << "seed " << seed;
    ASSERT_OK_AND_ASSIGN(const auto entries,
                         log_->Read(LogIndex(0), log_->end(), kMiB));
    EXPECT_EQ(entries[0].value, "kept");
    ASSERT_OK_AND_ASSIGN(const LogIndex next, log_->Append("on", Term(2), 3));
    EXPECT_EQ(next, log_->end().Plus(-1));
    log_ = nullptr;
    directory_ = nullptr;
  }
}

TEST_F(DurableLogTest, NoticesAFlippedBitWhenItReads) {
  ASSERT_OK(log_->Append(std::string(100, 'x'), Term(1), 1));
  Flush();
  const std::string path = std::string(kDirectory) + "/" +
                           MetadataPartition().ToString() +
                           "/00000000000000000000.log";
  files_.FlipBits(path, 90, 0x10);
  EXPECT_THAT(log_->Read(LogIndex(0), LogIndex(1), kMiB),
              HasErrorCode(ErrorCode::kCorruptRecord));
}

}  // namespace
}  // namespace barnabas::quorum
