#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "storage/env/posix_file.h"
#include "tools/cli/ceiling/ceiling_client.h"
#include "tools/cli/ceiling/ceiling_server.h"

namespace barnabas::cli {
namespace {

constexpr int64_t kMessage = 64 * 1024;
constexpr int64_t kTotal = 100 * kMessage;

class CeilingTest : public testing::TestWithParam<bool> {
 protected:
  CeilingTest() {
    CeilingServer::Options options;
    options.files = &files_;
    options.directory = std::getenv("TEST_TMPDIR");
    options.file_count = 3;
    options.sync = GetParam();
    auto server = CeilingServer::Start(options);
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = std::move(server).value();
    load_.target = absl::StrCat("127.0.0.1:", server_->port());
    load_.message_bytes = kMessage;
    load_.window_bytes = 4 * kMessage;
    load_.total_bytes = kTotal;
  }

  env::PosixFileSystem files_;
  std::unique_ptr<CeilingServer> server_;
  CeilingLoad load_;
};

TEST_P(CeilingTest, EveryByteProducedIsAcknowledgedAndFetched) {
  const auto produced = MeasureProduceCeiling(load_);
  ASSERT_TRUE(produced.ok()) << produced.status();
  EXPECT_EQ(produced->bytes, kTotal);
  EXPECT_GT(produced->elapsed, absl::ZeroDuration());

  const auto fetched = MeasureFetchCeiling(load_);
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  EXPECT_EQ(fetched->bytes, kTotal);
  EXPECT_EQ(fetched->messages, 100);
}

TEST_P(CeilingTest, RoundTripsAreCountedAfterWarmingUp) {
  load_.message_bytes = 100;
  const auto round_trips = MeasureRoundTrip(load_, 50);
  ASSERT_TRUE(round_trips.ok()) << round_trips.status();
  EXPECT_EQ(round_trips->count(), 50);
  EXPECT_GT(round_trips->Percentile(0.5), 0);
}

TEST_P(CeilingTest, FetchingNothingEndsAtOnce) {
  const auto fetched = MeasureFetchCeiling(load_);
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  EXPECT_EQ(fetched->bytes, 0);
}

INSTANTIATE_TEST_SUITE_P(MemoryAndDisk, CeilingTest, testing::Bool());

}  // namespace
}  // namespace barnabas::cli
