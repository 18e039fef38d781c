// `barnabas bench produce --verify`, as a person runs it, against a broker that
// is killed -9 twenty times meanwhile.

#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <iostream>
#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "barnabas/v1/consumer.grpc.pb.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/env/system_clock.h"
#include "tests/chaos/process_proof.h"
#include "tests/e2e/local_cluster.h"
#include "tests/support/matchers.h"

namespace barnabas::chaos {
namespace {

constexpr int kKills = 20;
constexpr char kProgram[] = "tools/cli/barnabas";
constexpr absl::Duration kPatience = absl::Minutes(2);
// Between two kills, so that the run is neither over before the last one nor
// long after it.
constexpr int64_t kRecordsBetween = 1000;
constexpr int64_t kRecords = 40000;
constexpr int64_t kRecordsPerSecond = 2000;

// Records that partition 0 of the bench's topic holds; -1: nobody says.
int64_t StoredRecords(const e2e::LocalCluster& cluster) {
  v1::ListOffsetsRequest request;
  request.mutable_topic()->set_name("t");
  v1::ListOffsetsResponse response;
  grpc::ClientContext context;
  context.set_deadline(e2e::Deadline(absl::Seconds(10)));
  context.set_wait_for_ready(true);
  const grpc::Status status = v1::Consumer::NewStub(cluster.Dial())
                                  ->ListOffsets(&context, request, &response);
  if (!status.ok()) return -1;
  int64_t stored = 0;
  for (const v1::PartitionOffsets& offsets : response.partitions()) {
    stored += offsets.log_end();
  }
  return stored;
}

absl::Status AwaitStored(const e2e::LocalCluster& cluster, int64_t count,
                         e2e::NodeProcess* bench) {
  const env::SystemClock clock;
  while (clock.Monotonic() < kPatience) {
    if (StoredRecords(cluster) >= count) return absl::OkStatus();
    RETURN_IF_ERROR(Let(bench, absl::Milliseconds(10)));
  }
  return MakeError(ErrorCode::kRequestTimedOut,
                   absl::StrCat("fewer than ", count, " records are stored"));
}

TEST(VerifiedBench, HoldsAgainstABrokerKilledTwentyTimes) {
  e2e::LocalCluster cluster("verified_bench");
  cluster.Start();
  ASSERT_FALSE(HasFatalFailure());
  cluster.CreateTopic("t", 4);
  const std::string output = cluster.folder() + "/bench.txt";
  e2e::NodeProcess bench(
      {kProgram, "bench", "produce", "t", "--verify",
       absl::StrCat("--records=", kRecords),
       absl::StrCat("--rate=", kRecordsPerSecond), "--batch=4KiB",
       absl::StrCat("--bootstrap=", cluster.client_endpoint())},
      output);
  for (int kill = 1; kill <= kKills; ++kill) {
    SCOPED_TRACE(absl::StrCat("kill ", kill));
    ASSERT_OK(AwaitStored(cluster, kill * kRecordsBetween, &bench))
        << e2e::ReadText(output);
    ASSERT_OK(KillProven(cluster.broker()));
    cluster.StartBroker();
    cluster.WaitForBroker();
    ASSERT_FALSE(HasFatalFailure());
  }
  const std::optional<int> code = bench.WaitForExit(kPatience);
  const std::string said = e2e::ReadText(output);
  std::cout << said << "\n";
  EXPECT_EQ(code, 0) << said;
  EXPECT_TRUE(absl::StrContains(
      said, absl::StrCat("verified: ", kRecords, " acknowledged, ", kRecords,
                         " read, 0 lost, 0 doubled, 0 out of order")))
      << said;
}

}  // namespace
}  // namespace barnabas::chaos
