// The power goes again and again under load. What a receipt called durable is
// there afterwards, nothing is that nobody wrote, and whoever was producing
// goes on as if nothing had been.
//
//   --rounds=60 --seed=7   as many cuts as one likes; every other one by a copy
//                          of the disk of frozen processes, the others by
//                          shutting the file system down beneath them.
//
// Needs root and loop devices: without root it is skipped by name, without
// loop devices it fails.

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdint>
#include <iostream>
#include <memory>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_cat.h"
#include "proto/types/status_macros.h"
#include "tests/chaos/loop_disk.h"
#include "tests/chaos/process_proof.h"
#include "tests/chaos/record_text.h"
#include "tests/chaos/workload.h"
#include "tests/e2e/local_cluster.h"
#include "tests/support/matchers.h"

ABSL_FLAG(int32_t, rounds, 6, "How many power cuts.");
ABSL_FLAG(uint64_t, seed, 1, "Decides when they come.");

namespace barnabas::chaos {
namespace {

constexpr int64_t kDiskBytes = int64_t{512} << 20;
// Records acknowledged before each cut at least, and after it.
constexpr int64_t kBefore = 400;
constexpr int64_t kAfter = 400;
// The cut comes up to so many records later: at any moment between two
// background syncs.
constexpr uint64_t kLaterMax = 1500;

// Broker and controller are frozen, the disk copied, and they die.
absl::Status CutByCopy(e2e::LocalCluster* cluster, LoopDisk* disk) {
  RETURN_IF_ERROR(PauseProven(cluster->broker()));
  RETURN_IF_ERROR(PauseProven(cluster->controller()));
  RETURN_IF_ERROR(disk->Copy());
  RETURN_IF_ERROR(KillProven(cluster->broker()));
  RETURN_IF_ERROR(KillProven(cluster->controller()));
  return disk->SwapInCopy();
}

// The disk fails beneath them, and they go on for a while.
absl::Status CutByFailure(e2e::LocalCluster* cluster, LoopDisk* disk,
                          absl::Duration time) {
  // While they stand still, no sync is under way: those that are when ext4 is
  // shut down it answers with success, though what they synced is gone.
  RETURN_IF_ERROR(PauseProven(cluster->broker()));
  RETURN_IF_ERROR(PauseProven(cluster->controller()));
  RETURN_IF_ERROR(disk->Fail());
  cluster->broker()->Signal(SIGCONT);
  cluster->controller()->Signal(SIGCONT);
  // They may give up, or go on refusing; what they must not do is acknowledge.
  cluster->broker()->WaitForExit(time);
  cluster->broker()->Kill();
  cluster->controller()->Kill();
  return disk->Remount();
}

TEST(PowerCut, WhatAReceiptCallsDurableIsThere) {
  if (geteuid() != 0) GTEST_SKIP() << "loop devices need root";
  const int32_t rounds = absl::GetFlag(FLAGS_rounds);
  const uint64_t seed = absl::GetFlag(FLAGS_seed);
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  const std::string folder = testing::TempDir() + "/power_cut_disk";
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<LoopDisk> disk,
                       LoopDisk::Make(folder, kDiskBytes));
  e2e::LocalCluster cluster({"power_cut", disk->path()});
  cluster.Start();
  ASSERT_FALSE(HasFatalFailure());
  const std::string history = cluster.folder() + "/history.ndjson";
  Workload load(&cluster, history, seed);
  load.Start();
  uint64_t bits = seed;
  int copies = 0;
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    bits = Mix(bits);
    const int64_t count = kBefore + static_cast<int64_t>(bits % kLaterMax);
    ASSERT_TRUE(load.AwaitAcknowledged(load.acknowledged(), count))
        << load.first_failure() << "\n"
        << e2e::ReadText(cluster.broker_output());
    if (round % 2 == 0) {
      ASSERT_OK(CutByCopy(&cluster, disk.get()));
      ++copies;
    } else {
      ASSERT_OK(
          CutByFailure(&cluster, disk.get(), absl::Milliseconds(bits % 300)));
    }
    cluster.StartController();
    cluster.StartBroker();
    cluster.WaitForBroker();
    ASSERT_FALSE(HasFatalFailure());
    load.NoteCut();
    load.Jump();
    ASSERT_TRUE(load.AwaitAcknowledged(load.acknowledged(), kAfter))
        << load.first_failure() << "\n"
        << e2e::ReadText(cluster.broker_output());
  }
  ASSERT_OK_AND_ASSIGN(const Judgement judgement, load.Finish());
  std::cout << "seed " << seed << ", " << copies
            << " power cuts by copy of the disk, " << rounds - copies
            << " by its failure\n"
            << judgement.ToString() << "\n";
  EXPECT_TRUE(judgement.Holds()) << "the history lies in " << history;
  EXPECT_EQ(judgement.unknown, 0);
  EXPECT_GE(judgement.acknowledged, rounds * (kBefore + kAfter));
  EXPECT_GT(judgement.receipts_on_disk, 0);
  // The cuts did bite.
  EXPECT_GT(judgement.forgotten, 0);
}

}  // namespace
}  // namespace barnabas::chaos

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  absl::ParseCommandLine(argc, argv);
  return RUN_ALL_TESTS();
}
