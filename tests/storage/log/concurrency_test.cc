// One writer, one flusher and several readers at once, as a broker has them;
// meant to be run under the thread sanitizer as well.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "storage/record/batch_check.h"
#include "storage/record/batch_reader.h"
#include "tests/storage/log/log_fixture.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

constexpr int kBatches = 1500;
constexpr int kReaders = 3;

class ConcurrencyTest : public testing::TestWithParam<bool> {
 protected:
  ConcurrencyTest() : options_(OptionsOn(&files_, &clock_)) {
    options_.config.segment_bytes = 20000;
  }

  // Reads along until the writer is done; every batch must be whole, sound
  // and where it belongs. Cuts and a rising start may throw a reader back.
  void ReadAlong(bool may_jump) {
    std::string memory;
    ReadCursor cursor;
    Offset at(0);
    while (true) {
      const bool last_round = done_;
      const absl::StatusOr<ReadOutcome> read =
          ReadFrom(*log_, at, 3000, &memory, &cursor);
      if (!read.ok()) {
        ASSERT_TRUE(may_jump) << read.status();
        ASSERT_THAT(read.status(),
                    support::HasErrorCode(ErrorCode::kOffsetOutOfRange));
        at = log_->facts().log_start;
        continue;
      }
      CheckBatches(read->bytes);
      at = read->next_offset;
      if (read->bytes.empty() && last_round) return;
    }
  }

  static void CheckBatches(std::string_view bytes) {
    record::BatchReader reader(bytes);
    while (true) {
      ASSERT_OK_AND_ASSIGN(const auto batch, reader.Next());
      if (!batch.has_value()) break;
      const std::string_view slices[] = {batch->bytes};
      ASSERT_OK(record::CheckBatch(slices).status());
      // SimpleBatch(n) is told by its count; the writer uses offset mod 5.
      EXPECT_EQ(batch->header.record_count,
                1 + batch->header.base_offset.value() % 5);
    }
    EXPECT_TRUE(reader.remaining().empty());
  }

  // Runs what the writer hands over, as a sync thread does.
  void RunJobs() {
    while (true) {
      FlushJob* job = nullptr;
      {
        absl::MutexLock lock(&mutex_);
        mutex_.Await(absl::Condition(
            +[](ConcurrencyTest* self) {
              return self->job_ != nullptr || self->done_;
            },
            this));
        if (job_ == nullptr) return;
        job = job_.get();
      }
      const absl::Status status = job->Run();
      absl::MutexLock lock(&mutex_);
      result_ = status;
      finished_ = true;
      mutex_.Await(absl::Condition(
          +[](ConcurrencyTest* self) { return !self->finished_; }, this));
    }
  }

  // The writer's side of a round; never blocks.
  void TurnFlush() {
    absl::MutexLock lock(&mutex_);
    if (job_ != nullptr && finished_) {
      EXPECT_OK(result_);
      log_->FinishFlush(*job_, result_);
      job_.reset();
      finished_ = false;
    } else if (job_ == nullptr) {
      job_ = log_->StartFlush();
    }
  }

  void Stop() {
    while (true) {
      {
        absl::MutexLock lock(&mutex_);
        if (job_ == nullptr) break;
      }
      TurnFlush();
      std::this_thread::yield();
    }
    absl::MutexLock lock(&mutex_);
    done_ = true;
  }

  support::FaultFiles files_;
  support::FakeClock clock_;
  PartitionLog::Options options_;
  std::unique_ptr<PartitionLog> log_;
  std::atomic<bool> done_ = false;

  absl::Mutex mutex_;
  std::unique_ptr<FlushJob> job_;
  absl::Status result_;
  bool finished_ = false;
};

INSTANTIATE_TEST_SUITE_P(Cuts, ConcurrencyTest, testing::Bool());

TEST_P(ConcurrencyTest, ReadersSeeWholeBatchesBesideWriterAndFlusher) {
  const bool cuts = GetParam();
  ASSERT_OK_AND_ASSIGN(log_, PartitionLog::Open(options_));
  std::vector<std::thread> threads;
  for (int i = 0; i < kReaders; ++i) {
    threads.emplace_back([this, cuts] { ReadAlong(cuts); });
  }
  threads.emplace_back([this, cuts] {
    while (!done_) {
      const PartitionLog::Facts facts = log_->facts();
      EXPECT_LE(facts.log_start, facts.durable_end);
      EXPECT_LE(facts.durable_end, facts.log_end);
      const auto match = log_->FindTime(1500);
      EXPECT_TRUE(match.ok() || cuts) << match.status();
      EXPECT_TRUE(log_->FindTime(LargestTime{}).ok() || cuts);
      log_->EndOfEpoch(LeaderEpoch(0));
    }
  });
  threads.emplace_back([this] { RunJobs(); });
  for (int i = 0; i < kBatches; ++i) {
    const int64_t end = log_->facts().log_end.value();
    EXPECT_OK(AppendTo(log_.get(), support::SimpleBatch(
                                       1 + static_cast<int>(end % 5), 1000 + i))
                  .status());
    TurnFlush();
    if (!cuts) continue;
    const PartitionLog::Facts facts = log_->facts();
    if (i % 50 == 49) {
      EXPECT_OK(log_->TruncateSuffix(
          std::max(facts.log_start, facts.log_end.Plus(-60))));
    }
    if (i % 170 == 169) {
      const int64_t held = Distance(facts.log_start, log_->facts().log_end);
      EXPECT_OK(log_->AdvanceStart(facts.log_start.Plus(held / 2)));
    }
  }
  Stop();
  for (std::thread& thread : threads) thread.join();
  EXPECT_OK(Flush(log_.get()));
  EXPECT_EQ(log_->facts().durable_end, log_->facts().log_end);
  EXPECT_OK(log_->Close());
}

}  // namespace
}  // namespace barnabas::log
