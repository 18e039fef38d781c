#include "broker/replication/compactor.h"

#include <glog/logging.h>

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "broker/replication/partition_settings.h"
#include "proto/types/error.h"
#include "storage/log/compaction_plan.h"
#include "storage/log/partition_log.h"

namespace barnabas::broker {
namespace {

constexpr char kRuns[] = "barnabas_storage_compactions_total";
constexpr char kRunsHelp[] = "Compactions of one log, by what became of them.";

// What trying again would meet again.
bool Stays(const absl::Status& status) {
  return CodeOf(status) == ErrorCode::kCorruptRecord ||
         CodeOf(status) == ErrorCode::kCorruptLog ||
         CodeOf(status) == ErrorCode::kUnsupportedCompression ||
         CodeOf(status) == ErrorCode::kUnsupportedFeature;
}

}  // namespace

Compactor::Compactor(Deps deps)
    : deps_(std::move(deps)),
      done_(deps_.registry->AddCounter(kRuns, kRunsHelp, {{"result", "done"}})),
      failed_(
          deps_.registry->AddCounter(kRuns, kRunsHelp, {{"result", "failed"}})),
      read_bytes_(deps_.registry->AddCounter(
          "barnabas_storage_compaction_read_bytes_total",
          "Bytes of batches that compaction read.")),
      removed_bytes_(deps_.registry->AddCounter(
          "barnabas_storage_compaction_removed_bytes_total",
          "Bytes by which compaction made logs smaller.")),
      dirty_ratio_(deps_.registry->AddGauge(
          "barnabas_storage_compaction_dirty_ratio",
          "Largest part of a compacted topic's log not compacted yet.")),
      passed_over_count_(deps_.registry->AddGauge(
          "barnabas_storage_uncompactable_partitions",
          "Partitions that are not compacted because of damage.")),
      busy_seconds_(std::make_shared<std::atomic<double>>(0)) {
  deps_.registry->AddCounterFunction(
      "barnabas_storage_compaction_seconds_total",
      "Time during which a log was being compacted.", {},
      [busy = busy_seconds_] { return busy->load(); });
}

void Compactor::Start() {
  deps_.control->PostAlways([this] { RunNext(); });
}

void Compactor::CompactNow(std::shared_ptr<Partition> partition,
                           CompactionRun::Done done) {
  deps_.control->PostAlways([this, partition = std::move(partition),
                             done = std::move(done)]() mutable {
    if (waiting_.size() >= kWaitingMax) {
      CompactionResult refused;
      refused.status = MakeError(ErrorCode::kOverloaded,
                                 "too many partitions wait to be compacted",
                                 "try again later");
      return done(std::move(refused));
    }
    waiting_.push_back({std::move(partition), std::move(done)});
    if (!busy_) RunNext();
  });
}

void Compactor::RunNext() {
  if (waiting_.empty()) return LookAround();
  Wanted next = std::move(waiting_.front());
  waiting_.pop_front();
  Run(std::move(next), /*everything=*/true);
}

void Compactor::LookAround() {
  std::vector<std::shared_ptr<Partition>> all = deps_.partitions();
  std::erase_if(all, [this](const std::shared_ptr<Partition>& partition) {
    return !partition->settings().log.compaction.enabled ||
           passed_over_.contains(partition->key());
  });
  best_ = Candidate();
  dirty_ratio_->Set(0);
  unanswered_ = all.size();
  if (all.empty()) {
    return Rest(absl::Milliseconds(deps_.settings().backoff_ms));
  }
  busy_ = true;
  for (std::shared_ptr<Partition>& partition : all) {
    env::EventLoop* const loop = partition->loop();
    loop->PostAlways([this, partition = std::move(partition)]() mutable {
      deps_.control->PostAlways(
          [this, candidate = Judge(std::move(partition))]() mutable {
            Judged(std::move(candidate));
          });
    });
  }
}

Compactor::Candidate Compactor::Judge(std::shared_ptr<Partition> partition) {
  Candidate candidate;
  const absl::Status judged =
      partition->RunOnLog([&](const PartitionSettings& settings,
                              Offset high_watermark, log::PartitionLog* log) {
        const log::CompactionRange range =
            log->cleaning().Outlook(high_watermark);
        candidate.dirty_ratio = range.DirtyRatio();
        candidate.due = log::IsDue(range, settings.log.compaction,
                                   partition->loop()->clock().WallMs());
        return absl::OkStatus();
      });
  if (!judged.ok()) candidate.due = false;
  candidate.partition = std::move(partition);
  return candidate;
}

void Compactor::Judged(Candidate candidate) {
  dirty_ratio_->Set(std::max(dirty_ratio_->value(), candidate.dirty_ratio));
  const bool better =
      candidate.due &&
      (best_.partition == nullptr || candidate.dirty_ratio > best_.dirty_ratio);
  if (better) best_ = std::move(candidate);
  if (--unanswered_ > 0) return;
  busy_ = false;
  if (!waiting_.empty()) return RunNext();
  if (best_.partition == nullptr) {
    return Rest(absl::Milliseconds(deps_.settings().backoff_ms));
  }
  Run({std::move(best_.partition), [](const CompactionResult&) {}},
      /*everything=*/false);
}

void Compactor::Run(Wanted wanted, bool everything) {
  busy_ = true;
  const CompactorSettings settings = deps_.settings();
  CompactionRun::Options options;
  options.everything = everything;
  options.memory_bytes_max = settings.memory_bytes_max;
  options.bytes_per_second = settings.bytes_per_second;
  options.secret = deps_.secret;
  std::shared_ptr<Partition> partition = wanted.partition;
  CompactionRun::Start(partition, deps_.worker, options,
                       [this, partition, done = std::move(wanted.done)](
                           CompactionResult result) mutable {
                         deps_.control->PostAlways([this, partition, result] {
                           Ended(*partition, result);
                         });
                         done(std::move(result));
                       });
}

void Compactor::Ended(const Partition& partition,
                      const CompactionResult& result) {
  const log::CompactionReport& report = result.report;
  busy_seconds_->store(busy_seconds_->load() +
                       absl::ToDoubleSeconds(result.took));
  read_bytes_->Add(report.bytes_read);
  removed_bytes_->Add(
      std::max<int64_t>(0, report.bytes_before - report.bytes_after));
  busy_ = false;
  if (result.status.ok()) {
    done_->Increment();
    passed_over_.erase(partition.key());
    LOG_IF(INFO, report.bytes_before > 0)
        << "Partition " << partition.key() << " (" << partition.topic()
        << ") was compacted up to offset " << report.clean_end << ": "
        << report.counts.records_removed << " records went, "
        << report.bytes_before << " bytes became " << report.bytes_after
        << ", in " << result.took;
    passed_over_count_->Set(static_cast<double>(passed_over_.size()));
    // One that stays due although nothing went would come again and again.
    const bool idle = report.counts.records_removed == 0 && waiting_.empty();
    if (idle) return Rest(absl::Milliseconds(deps_.settings().backoff_ms));
    return RunNext();
  }
  failed_->Increment();
  const bool stays = Stays(result.status);
  if (stays) passed_over_.insert(partition.key());
  passed_over_count_->Set(static_cast<double>(passed_over_.size()));
  LOG(WARNING) << "Partition " << partition.key() << " (" << partition.topic()
               << ") could not be compacted and is as it was"
               << (stays ? "; it is passed over until the broker starts again"
                         : "")
               << ": " << result.status;
  if (!waiting_.empty()) return RunNext();
  Rest(absl::Milliseconds(deps_.settings().backoff_ms));
}

void Compactor::Rest(absl::Duration wait) {
  deps_.control->Cancel(rest_);
  rest_ = deps_.control->After(wait, [this] {
    if (!busy_) RunNext();
  });
}

}  // namespace barnabas::broker
