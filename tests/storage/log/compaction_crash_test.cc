// Power cuts at every operation of compaction and retention: what a log is
// after each of them (S1, S2, S5, S8, P14, I5 of reliability.md).

#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "storage/log/partition_log.h"
#include "storage/log/verify.h"
#include "tests/storage/log/compaction_model.h"
#include "tests/storage/log/log_fixture.h"
#include "tests/support/batches.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::FaultFiles;

constexpr int64_t kRetentionMs = 1000;

// A log under appends, compactions, retention, and a model beside it.
class Workload {
 public:
  explicit Workload(uint64_t seed)
      : random_(seed), files_(std::make_unique<FaultFiles>()) {}

  FaultFiles* files() { return files_.get(); }

  absl::Status Open() {
    log_.reset();
    absl::StatusOr<std::unique_ptr<PartitionLog>> log = OpenOn(files_.get());
    if (!log.ok()) return log.status();
    log_ = *std::move(log);
    return absl::OkStatus();
  }

  // One random operation; its error if the disk died in it.
  absl::Status Step() {
    const uint64_t dice = random_() % 100;
    if (dice < 70) return Append();
    if (dice < 78) return MakeDurable();
    if (dice < 92) return CompactSome();
    if (dice < 96) {
      clock_.Advance(absl::Milliseconds(random_() % 1500));
      return absl::OkStatus();
    }
    return Advance();
  }

  // Appends, two compactions, retention.
  absl::Status Script() {
    absl::Status status;
    for (int i = 0; status.ok() && i < 30; ++i) status = Append();
    for (int pass = 0; status.ok() && pass < 2; ++pass) {
      status = log_->cleaning().RollActive(RollWhen::kAlways).status();
      if (status.ok()) status = MakeDurable();
      if (status.ok()) status = CompactSome();
      clock_.Advance(absl::Milliseconds(1200));
      if (status.ok()) status = Append();
    }
    return status.ok() ? Advance() : status;
  }

  // What is wrong with what a power cut now would leave; it goes on there if
  // `adopt`.
  std::string Crash(uint64_t seed, bool adopt) {
    std::unique_ptr<FaultFiles> after = files_->Crash(seed);
    absl::StatusOr<std::unique_ptr<PartitionLog>> log = OpenOn(after.get());
    if (!log.ok()) return log.status().ToString();
    const PartitionLog::Facts facts = (*log)->facts();
    if (facts.log_start != start_ && facts.log_start != next_start_) {
      return absl::StrCat("S2 start ", facts.log_start.value());
    }
    std::string wrong = model_.Check(log->get(), clock_.WallMs());
    if (wrong.empty()) wrong = CheckFiles(after.get());
    if (!wrong.empty() || !adopt) return wrong;
    model_.Adopt(**log);
    start_ = next_start_ = facts.log_start;
    log_.reset();
    files_ = std::move(after);
    log_ = *std::move(log);
    sequences_.clear();
    return "";
  }

 private:
  absl::StatusOr<std::unique_ptr<PartitionLog>> OpenOn(FaultFiles* files) {
    PartitionLog::Options options = OptionsOn(files, &clock_);
    options.config.segment_bytes = 700;
    options.config.compaction.delete_retention_ms = kRetentionMs;
    options.config.file_delete_delay_ms = 100;
    return PartitionLog::Open(options);
  }

  static std::string CheckFiles(FaultFiles* files) {
    const absl::StatusOr<Verification> found = VerifyLog(files, "log");
    if (!found.ok()) return found.status().ToString();
    for (const Finding& finding : found->findings) {
      if (finding.kind == FindingKind::kDamage) return finding.what;
    }
    const auto names = files->List("log");
    for (const std::string& name : *names) {
      if (name.ends_with(".cleaned") || name.ends_with(".swap") ||
          name.ends_with(".deleted")) {
        return absl::StrCat(name, " was left");
      }
    }
    return "";
  }

  absl::Status Append() {
    const auto records = KeyedRecords(10, clock_.WallMs(), &random_);
    record::BatchProducer producer;
    if (random_() % 2 == 0) {
      producer.id = ProducerId(static_cast<int64_t>(random_() % 3));
      auto [sequence, fresh] = sequences_.try_emplace(producer.id, 0);
      if (fresh) ++epochs_[producer.id];
      producer.epoch = ProducerEpoch(epochs_[producer.id]);
      producer.base_sequence = sequence->second;
    }
    const std::string sent = support::BatchOf(
        records,
        random_() % 3 == 0 ? record::Codec::kLz4 : record::Codec::kNone,
        producer);
    model_.Appending(log_->facts().log_end, records, sent);
    const absl::Status status = AppendTo(log_.get(), sent).status();
    if (status.ok() && producer.id != kNoProducer) {
      sequences_[producer.id] += static_cast<int32_t>(records.size());
    }
    return status;
  }

  absl::Status MakeDurable() {
    const absl::Status status = Flush(log_.get());
    if (status.ok()) model_.Durable(log_->facts().durable_end);
    return status;
  }

  absl::Status CompactSome() {
    if (random_() % 2 == 0) {
      const auto rolled = log_->cleaning().RollActive(RollWhen::kAlways);
      if (!rolled.ok()) return rolled.status();
      const absl::Status durable = MakeDurable();
      if (!durable.ok()) return durable;
    }
    CompactionRequest request{.limit = Offset(INT64_MAX)};
    request.memory_bytes_max = random_() % 2 == 0 ? 0 : kMiB;
    request.run_bytes_max = 500;
    model_.Compacting(log_->cleaning().Outlook(request.limit).end,
                      clock_.WallMs());
    LogCleaning& cleaning = log_->cleaning();
    auto job = cleaning.StartCompaction(request);
    if (!job.ok() || *job == nullptr) return job.status();
    while (true) {
      const absl::StatusOr<bool> over =
          cleaning.AdvanceCompaction(job->get(), (*job)->Run());
      if (!over.ok()) return over.status();
      if (*over) return absl::OkStatus();
      // Meanwhile the log goes on.
      if (random_() % 4 == 0) {
        const absl::Status status =
            random_() % 2 == 0 ? Append() : MakeDurable();
        if (!status.ok()) return status;
      }
      if (auto remove = cleaning.TakeDeleted()) remove();
    }
  }

  absl::Status Advance() {
    const PartitionLog::Facts facts = log_->facts();
    const int64_t held = Distance(facts.log_start, facts.log_end);
    if (held == 0) return absl::OkStatus();
    next_start_ = facts.log_start.Plus(
        static_cast<int64_t>(random_() % static_cast<uint64_t>(held)) / 4);
    model_.Advancing(next_start_);
    const absl::Status status = log_->AdvanceStart(next_start_);
    if (status.ok()) start_ = next_start_;
    return status;
  }

  std::mt19937_64 random_;
  std::unique_ptr<FaultFiles> files_;
  support::FakeClock clock_;
  CompactionModel model_{kRetentionMs};
  std::unique_ptr<PartitionLog> log_;
  std::map<ProducerId, int32_t> sequences_;
  std::map<ProducerId, int16_t> epochs_;
  Offset start_;
  Offset next_start_;
};

TEST(CompactionCrashTest, PowerCutsInsideOperationsLoseNoLastValue) {
  int images = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    Workload work(seed);
    ASSERT_OK(work.Open());
    std::mt19937_64 random(seed);
    for (int generation = 0; generation < 3; ++generation) {
      work.files()->plan()->DieAfter(static_cast<int64_t>(random() % 600));
      absl::Status status;
      for (int step = 0; status.ok() && step < 2000; ++step) {
        status = work.Step();
      }
      ASSERT_TRUE(work.files()->plan()->dead())
          << status << " seed " << seed << " generation " << generation;
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
TEST(CompactionCrashTest, PowerCutAtEveryOperationOfOneWorkload) {
  int images = 0;
  for (int64_t at = 0;; ++at) {
    Workload work(11);
    work.files()->plan()->DieAfter(at);
    absl::Status status = work.Open();
    if (status.ok()) status = work.Script();
    for (uint64_t i = 0; i < 4; ++i) {
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
