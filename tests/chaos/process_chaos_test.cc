// Broker and controller are killed, paused and stopped again and again under
// load; the history of the clients is judged at the end.
//
//   --rounds=200 --seed=7   as many rounds as one likes; the first ones have
//                           each fault once, in the seed's order.

#include <glog/logging.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "tests/chaos/fault_injector.h"
#include "tests/chaos/record_text.h"
#include "tests/chaos/workload.h"
#include "tests/e2e/local_cluster.h"
#include "tests/support/matchers.h"

ABSL_FLAG(int32_t, rounds, 10, "How many faults.");
ABSL_FLAG(uint64_t, seed, 1, "Decides their order and moments.");

namespace barnabas::chaos {
namespace {

// Records that must be acknowledged before, during (where the broker serves
// on) and after each fault.
constexpr int64_t kBefore = 300;
constexpr int64_t kDuring = 200;
constexpr int64_t kAfter = 300;

// Each fault once in every ten rounds.
std::vector<Fault> Order(int32_t rounds, uint64_t seed) {
  std::vector<Fault> order;
  while (order.size() < static_cast<size_t>(rounds)) {
    std::vector<Fault> turn = AllFaults();
    for (size_t i = turn.size(); i > 1; --i) {
      seed = Mix(seed);
      std::swap(turn[i - 1], turn[seed % i]);
    }
    order.insert(order.end(), turn.begin(), turn.end());
  }
  order.resize(static_cast<size_t>(rounds));
  return order;
}

TEST(ProcessChaos, NothingAcknowledgedIsLostOrDoubled) {
  const int32_t rounds = absl::GetFlag(FLAGS_rounds);
  const uint64_t seed = absl::GetFlag(FLAGS_seed);
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  e2e::LocalCluster cluster("process_chaos");
  cluster.Start();
  ASSERT_FALSE(HasFatalFailure());
  const std::string history = cluster.folder() + "/history.ndjson";
  Workload load(&cluster, history, seed);
  load.Start();
  const auto during = [&load]() -> absl::Status {
    if (load.AwaitAcknowledged(load.acknowledged(), kDuring)) {
      return absl::OkStatus();
    }
    return MakeError(ErrorCode::kRequestTimedOut,
                     "nothing is acknowledged while no controller is up");
  };
  FaultInjector faults(&cluster, seed, during);
  std::map<std::string, int> counts;
  int round = 0;
  for (const Fault fault : Order(rounds, seed)) {
    const std::string name(NameOf(fault));
    SCOPED_TRACE(absl::StrCat("round ", ++round, ": ", name));
    ASSERT_TRUE(load.AwaitAcknowledged(load.acknowledged(), kBefore))
        << load.first_failure() << "\n"
        << e2e::ReadText(cluster.broker_output());
    ASSERT_OK(faults.Inject(fault)) << e2e::ReadText(cluster.broker_output());
    ASSERT_FALSE(HasFatalFailure());
    ++counts[name];
    load.Jump();
    ASSERT_TRUE(load.AwaitAcknowledged(load.acknowledged(), kAfter))
        << load.first_failure() << "\n"
        << e2e::ReadText(cluster.broker_output());
  }
  ASSERT_OK_AND_ASSIGN(const Judgement judgement, load.Finish());
  std::cout << "seed " << seed << ", " << round << " rounds\n";
  for (const auto& [name, count] : counts) {
    std::cout << "  " << name << ": " << count << "\n";
  }
  std::cout << judgement.ToString() << "\n";
  EXPECT_TRUE(judgement.Holds()) << "the history lies in " << history;
  EXPECT_EQ(judgement.unknown, 0);
  EXPECT_GE(judgement.acknowledged, round * (kBefore + kAfter));
  EXPECT_GT(judgement.times_checked, 0);
}

}  // namespace
}  // namespace barnabas::chaos

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  absl::ParseCommandLine(argc, argv);
  return RUN_ALL_TESTS();
}
