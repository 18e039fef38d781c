#include "broker/replication/compaction_run.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "broker/replication/partition_settings.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/units.h"
#include "storage/log/partition_log.h"

namespace barnabas::broker {
namespace {

// How often it is looked whether the closed segment is durable, and how long.
constexpr absl::Duration kDurableRetry = absl::Milliseconds(20);
constexpr int kDurableTriesMax = 1500;
constexpr int64_t kRunBytesMin = 4 * kKiB;
constexpr int64_t kRunBytesMax = 4 * kMiB;
// How long a run waits for a place in a full worker pool.
constexpr absl::Duration kWorkerRetry = absl::Milliseconds(20);

void AddTo(const log::CompactionReport& pass, log::CompactionReport* sum) {
  sum->counts.records_removed += pass.counts.records_removed;
  sum->counts.tombstones_removed += pass.counts.tombstones_removed;
  sum->counts.keyless_removed += pass.counts.keyless_removed;
  sum->counts.keys += pass.counts.keys;
  sum->bytes_read += pass.bytes_read;
  // What is left is what the last pass left.
  sum->counts.records_kept = pass.counts.records_kept;
  sum->bytes_after = pass.bytes_after;
  sum->clean_end = pass.clean_end;
}

}  // namespace

void CompactionRun::Start(std::shared_ptr<Partition> partition,
                          env::WorkerPool* worker, const Options& options,
                          Done done) {
  env::EventLoop* const loop = partition->loop();
  auto run = std::make_shared<CompactionRun>(std::move(partition), worker,
                                             options, std::move(done));
  loop->PostAlways([run = std::move(run)] {
    run->began_ = run->Now();
    if (run->options_.everything) {
      run->Roll();
    } else {
      run->BeginPass();
    }
  });
}

CompactionRun::CompactionRun(std::shared_ptr<Partition> partition,
                             env::WorkerPool* worker, const Options& options,
                             Done done)
    : partition_(std::move(partition)),
      worker_(worker),
      options_(options),
      done_(std::move(done)) {}

absl::Duration CompactionRun::Now() const {
  return partition_->loop()->clock().Monotonic();
}

void CompactionRun::Roll() {
  Offset end;
  const absl::Status rolled = partition_->RunOnLog(
      [&end](const PartitionSettings&, Offset, log::PartitionLog* log) {
        ASSIGN_OR_RETURN(end,
                         log->cleaning().RollActive(log::RollWhen::kAlways));
        return absl::OkStatus();
      });
  if (!rolled.ok()) return Finish(rolled);
  AwaitDurable(end, 0);
}

void CompactionRun::AwaitDurable(Offset end, int tries) {
  const absl::StatusOr<Partition::Positions> now =
      partition_->Serve(std::nullopt);
  if (!now.ok()) return Finish(now.status());
  if (now->durable_end >= end && now->high_watermark >= end) {
    goal_ = end;
    return BeginPass();
  }
  if (tries == kDurableTriesMax) {
    return Finish(MakeError(
        ErrorCode::kRequestTimedOut,
        absl::StrCat("partition ", partition_->key().partition.value(), " of ",
                     partition_->topic(), " is durable up to offset ",
                     now->durable_end.value(), ", not yet up to ", end.value()),
        "look at the disk, then compact again"));
  }
  partition_->loop()->After(kDurableRetry,
                            [self = shared_from_this(), end, tries] {
                              self->AwaitDurable(end, tries + 1);
                            });
}

void CompactionRun::BeginPass() {
  const absl::Status begun = partition_->RunOnLog(
      [this](const PartitionSettings&, Offset high_watermark,
             log::PartitionLog* log) {
        log::CompactionRequest request;
        request.limit = high_watermark;
        request.memory_bytes_max = options_.memory_bytes_max;
        request.secret = options_.secret;
        // Several runs a second, so that the pace is even.
        request.run_bytes_max = std::clamp(options_.bytes_per_second / 16,
                                           kRunBytesMin, kRunBytesMax);
        ASSIGN_OR_RETURN(job_, log->cleaning().StartCompaction(request));
        return absl::OkStatus();
      });
  if (!begun.ok() || job_ == nullptr) return Finish(begun);
  RunJob();
}

void CompactionRun::RunJob() {
  const absl::Duration began = Now();
  const bool taken = worker_->Run([self = shared_from_this(), began] {
    const absl::Status ran = self->job_->Run();
    self->partition_->loop()->PostAlways(
        [self, ran, began] { self->Advance(ran, began); });
  });
  if (taken) return;
  partition_->loop()->After(kWorkerRetry,
                            [self = shared_from_this()] { self->RunJob(); });
}

void CompactionRun::Advance(const absl::Status& ran, absl::Duration began) {
  bool over = false;
  const absl::Status advanced = partition_->RunOnLog(
      [&](const PartitionSettings&, Offset, log::PartitionLog* log) {
        ASSIGN_OR_RETURN(over,
                         log->cleaning().AdvanceCompaction(job_.get(), ran));
        return absl::OkStatus();
      });
  if (!advanced.ok()) return Finish(advanced);
  if (over) return EndPass();
  const absl::Duration due =
      absl::Seconds(static_cast<double>(job_->run_bytes()) /
                    static_cast<double>(options_.bytes_per_second));
  // Whole microseconds: clocks know no fractions of a nanosecond.
  const absl::Duration wait =
      absl::Ceil(due - (Now() - began), absl::Microseconds(1));
  if (wait <= absl::ZeroDuration()) return RunJob();
  partition_->loop()->After(wait,
                            [self = shared_from_this()] { self->RunJob(); });
}

void CompactionRun::EndPass() {
  const log::CompactionReport& pass = job_->report();
  log::CompactionReport& sum = result_.report;
  if (result_.passes++ == 0) {
    sum.range = pass.range;
    sum.bytes_before = pass.bytes_before;
  }
  sum.bytes_before = std::max(sum.bytes_before, pass.bytes_before);
  AddTo(pass, &sum);
  // Memory did not suffice for all keys.
  const bool more = pass.clean_end < std::min(pass.range.end, goal_) &&
                    pass.clean_end > pass.range.dirty_begin;
  const bool stuck =
      pass.range.dirty_bytes > 0 && pass.clean_end <= pass.range.dirty_begin;
  job_.reset();
  if (more) return BeginPass();
  if (stuck) {
    return Finish(MakeError(
        ErrorCode::kUnsupportedFeature,
        absl::StrCat("partition ", partition_->key().partition.value(), " of ",
                     partition_->topic(), " holds a transaction from offset ",
                     sum.clean_end.value(),
                     " on, which this version cannot compact"),
        "set cleanup.policy=delete for this topic"));
  }
  Finish(absl::OkStatus());
}

void CompactionRun::Finish(const absl::Status& status) {
  result_.status = status;
  result_.took = Now() - began_;
  const absl::Status told = partition_->RunOnLog(
      [this](const PartitionSettings&, Offset high_watermark,
             log::PartitionLog* log) {
        result_.dirty_bytes_after =
            log->cleaning().Outlook(high_watermark).dirty_bytes;
        return absl::OkStatus();
      });
  // A partition that is gone has nothing left to compact.
  told.IgnoreError();
  job_.reset();
  Done done = std::move(done_);
  done(std::move(result_));
}

}  // namespace barnabas::broker
