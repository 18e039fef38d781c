// Power cuts at random moments and at every single operation: what a log is
// after each of them (S1, S2, S5, S8, I3, P8 of reliability.md).

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "storage/log/partition_log.h"
#include "tests/storage/log/crash_model.h"
#include "tests/storage/log/log_fixture.h"
#include "tests/support/batches.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::FaultFiles;

constexpr int kProducers = 4;

// A log under random work, followed by a model.
class Workload {
 public:
  explicit Workload(uint64_t seed)
      : random_(seed), files_(std::make_unique<FaultFiles>()) {}

  FaultFiles* files() { return files_.get(); }
  const CrashModel& model() const { return model_; }

  absl::Status Open(bool clean) {
    log_.reset();
    job_.reset();
    absl::StatusOr<std::unique_ptr<PartitionLog>> log =
        OpenOn(files_.get(), clean);
    if (!log.ok()) return log.status();
    log_ = *std::move(log);
    return absl::OkStatus();
  }

  // One random operation; its error if the disk died in it.
  absl::Status Step() {
    const int dice = Random(100);
    if (dice < 60) return Append();
    if (dice < 78) return RunFlush();
    if (dice < 84) return StartFlush();
    if (dice < 90) return Truncate();
    if (dice < 96) return Advance();
    if (dice < 98) return Reopen();
    ++epoch_;
    return absl::OkStatus();
  }

  // What is wrong with what a power cut now would leave; it goes on there if
  // `adopt`.
  std::string Crash(uint64_t seed, bool adopt) {
    std::unique_ptr<FaultFiles> after = files_->Crash(seed);
    absl::StatusOr<std::unique_ptr<PartitionLog>> log =
        OpenOn(after.get(), false);
    if (!log.ok()) return log.status().ToString();
    const std::string wrong = model_.Check(log->get());
    if (!wrong.empty() || !adopt) return wrong;
    model_.Adopt(**log);
    log_.reset();
    job_.reset();
    files_ = std::move(after);
    log_ = *std::move(log);
    sequences_.clear();
    return "";
  }

 private:
  int Random(int below) {
    return static_cast<int>(random_() % static_cast<uint64_t>(below));
  }

  absl::StatusOr<std::unique_ptr<PartitionLog>> OpenOn(FaultFiles* files,
                                                       bool clean) {
    PartitionLog::Options options = OptionsOn(files, &clock_);
    options.clean = clean;
    return PartitionLog::Open(options);
  }

  absl::Status Append() {
    record::BatchProducer producer;
    if (Random(2) == 0) {
      producer.id = ProducerId(1 + Random(kProducers));
      // What a crash or a cut took away is sent again under a new epoch.
      auto [sequence, fresh] = sequences_.try_emplace(producer.id, 0);
      if (fresh) ++producer_epochs_[producer.id];
      producer.epoch = ProducerEpoch(producer_epochs_[producer.id]);
      producer.base_sequence = sequence->second;
    }
    const int count = 1 + Random(5);
    const std::string sent =
        support::SimpleBatch(count, 1000 + Random(500), producer);
    const Offset base = log_->facts().log_end;
    const std::string bytes = support::Stored(sent, base, LeaderEpoch(epoch_));
    const record::BatchHeader header = support::HeaderOf(bytes);
    model_.Appending({{base, header.NextOffset(), bytes}, header, sent});
    const absl::Status status = AppendTo(log_.get(), sent, epoch_).status();
    if (!status.ok()) return status;
    if (producer.id != kNoProducer) sequences_[producer.id] += count;
    model_.Done(*log_);
    return absl::OkStatus();
  }

  absl::Status StartFlush() {
    if (job_ == nullptr) job_ = log_->StartFlush();
    return absl::OkStatus();
  }

  absl::Status RunFlush() {
    if (job_ == nullptr) job_ = log_->StartFlush();
    if (job_ == nullptr) return absl::OkStatus();
    const std::unique_ptr<FlushJob> job = std::move(job_);
    const absl::Status status = job->Run();
    log_->FinishFlush(*job, status);
    if (status.ok()) model_.Done(*log_);
    return status;
  }

  absl::Status Truncate() {
    const PartitionLog::Facts facts = log_->facts();
    const int64_t held = Distance(facts.log_start, facts.log_end);
    if (held == 0) return absl::OkStatus();
    const Offset at = facts.log_end.Plus(
        -1 - Random(static_cast<int>(std::min<int64_t>(held, 40))));
    Offset end = facts.log_start;
    for (const ModelBatch& batch : model_.batches()) {
      if (batch.stored.base <= at) end = std::max(end, batch.stored.base);
    }
    model_.Truncating(end);
    sequences_.clear();
    const absl::Status status = log_->TruncateSuffix(at);
    if (status.ok()) model_.Done(*log_);
    return status;
  }

  absl::Status Advance() {
    const PartitionLog::Facts facts = log_->facts();
    const int64_t held = Distance(facts.log_start, facts.log_end);
    Offset start = facts.log_start.Plus(Random(static_cast<int>(held) + 1));
    if (Random(12) == 0) start = facts.log_end.Plus(1 + Random(50));
    if (start == facts.log_start) return absl::OkStatus();
    model_.Advancing(start);
    if (start > facts.log_end) sequences_.clear();
    const absl::Status status = log_->AdvanceStart(start);
    if (status.ok()) model_.Done(*log_);
    return status;
  }

  absl::Status Reopen() {
    const absl::Status status = log_->Close();
    if (!status.ok()) return status;
    model_.Done(*log_);
    const absl::Status opened = Open(true);
    EXPECT_TRUE(!opened.ok() || log_->recovery().clean);
    return opened;
  }

  std::mt19937_64 random_;
  std::unique_ptr<FaultFiles> files_;
  support::FakeClock clock_;
  CrashModel model_;
  std::unique_ptr<PartitionLog> log_;
  std::unique_ptr<FlushJob> job_;
  int32_t epoch_ = 0;
  std::map<ProducerId, int32_t> sequences_;
  std::map<ProducerId, int16_t> producer_epochs_;
};

TEST(CrashTest, PowerCutsBetweenOperationsLoseNothingDurable) {
  int images = 0;
  for (uint64_t seed = 0; seed < 250; ++seed) {
    Workload work(seed);
    ASSERT_OK(work.Open(false));
    for (uint64_t step = 0; step < 60; ++step) {
      ASSERT_OK(work.Step()) << "seed " << seed << " step " << step;
      if (step % 5 != 4) continue;
      ++images;
      ASSERT_EQ(work.Crash(seed * 1000 + step, step % 20 == 19), "")
          << "seed " << seed << " step " << step;
    }
  }
  std::printf("%d crash images\n", images);
}

TEST(CrashTest, PowerCutsInsideOperationsLoseNothingDurable) {
  int images = 0;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Workload work(seed);
    ASSERT_OK(work.Open(false));
    std::mt19937_64 random(seed);
    for (int generation = 0; generation < 3; ++generation) {
      work.files()->plan()->DieAfter(static_cast<int64_t>(random() % 150));
      absl::Status status;
      for (int step = 0; status.ok() && step < 200; ++step) {
        status = work.Step();
      }
      ASSERT_TRUE(work.files()->plan()->dead()) << status;
      for (uint64_t i = 0; i < 4; ++i) {
        ++images;
        ASSERT_EQ(work.Crash(seed * 100 + i, i == 3), "")
            << "seed " << seed << " generation " << generation << " cut " << i;
      }
    }
  }
  std::printf("%d crash images\n", images);
}

// S8: one workload, cut at each of its operations.
TEST(CrashTest, PowerCutAtEveryOperationOfOneWorkload) {
  int images = 0;
  for (int64_t at = 0;; ++at) {
    Workload work(7);
    work.files()->plan()->DieAfter(at);
    absl::Status status = work.Open(false);
    for (int step = 0; status.ok() && step < 70; ++step) status = work.Step();
    for (uint64_t i = 0; i < 6; ++i) {
      ++images;
      ASSERT_EQ(work.Crash(static_cast<uint64_t>(at) * 10 + i, false), "")
          << "operation " << at << " cut " << i;
    }
    if (status.ok()) break;
  }
  std::printf("%d crash images\n", images);
}

}  // namespace
}  // namespace barnabas::log
