#include "tools/cli/bench/consume_run.h"

#include <memory>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "tools/cli/bench/payload.h"

namespace barnabas::cli {
namespace {

constexpr absl::Duration kPollStep = absl::Milliseconds(200);

class Reading {
 public:
  explicit Reading(const ConsumeLoad& load) : load_(load) {}

  // Touches every record of one batch.
  void Take(const client::ConsumedRecords& batch) {
    for (const record::RecordView& record : batch.records()) {
      ++report_.records;
      Touch(record.key);
      Touch(record.value);
      if (load_.ledger != nullptr) Enter(batch.partition(), record);
    }
  }

  ConsumeReport& report() { return report_; }

 private:
  void Touch(const std::optional<std::string_view>& bytes) {
    if (!bytes.has_value() || bytes->empty()) return;
    report_.bytes += static_cast<int64_t>(bytes->size());
    report_.touched += static_cast<uint8_t>(bytes->front());
  }

  void Enter(int32_t partition, const record::RecordView& record) {
    const auto stamp =
        ReadStamp(load_.run, record.value.value_or(std::string_view()));
    if (stamp.has_value()) {
      load_.ledger->Read(partition, stamp->sequence);
    } else {
      load_.ledger->Foreign();
    }
  }

  const ConsumeLoad& load_;
  ConsumeReport report_;
};

// The assignment first, at one place for all; then each where it begins.
absl::Status AssignAll(const ConsumeLoad& load, client::Consumer* consumer) {
  std::vector<client::ConsumerPartition> partitions;
  for (const auto& [partition, from] : load.partitions) {
    partitions.push_back({load.topic, partition});
  }
  const client::StartAt first = load.partitions.front().second;
  RETURN_IF_ERROR(consumer->Assign(partitions, first));
  for (const auto& [partition, from] : load.partitions) {
    if (from.kind == first.kind && from.value == first.value) continue;
    RETURN_IF_ERROR(consumer->Seek({load.topic, partition}, from));
  }
  return absl::OkStatus();
}

bool Finished(const ConsumeLoad& load, int64_t records, size_t at_end) {
  if (load.oversight.Cancelled()) return true;
  if (load.records > 0) return records >= load.records;
  return at_end == load.partitions.size();
}

}  // namespace

std::vector<std::pair<int32_t, client::StartAt>> AllPartitions(
    int32_t count, client::StartAt from) {
  std::vector<std::pair<int32_t, client::StartAt>> all;
  for (int32_t i = 0; i < count; ++i) all.emplace_back(i, from);
  return all;
}

absl::StatusOr<std::vector<std::pair<int32_t, client::StartAt>>> EndsOf(
    const client::ConsumerOptions& options, const std::string& topic,
    int32_t count) {
  ASSIGN_OR_RETURN(std::unique_ptr<client::Consumer> consumer,
                   client::Consumer::Create(options));
  std::vector<client::ConsumerPartition> partitions;
  for (int32_t i = 0; i < count; ++i) partitions.push_back({topic, i});
  RETURN_IF_ERROR(consumer->Assign(partitions, client::StartAt::End()));
  std::vector<std::pair<int32_t, client::StartAt>> ends;
  for (const client::ConsumerPartition& partition : partitions) {
    ASSIGN_OR_RETURN(const int64_t end, consumer->Position(partition));
    ends.emplace_back(partition.partition, client::StartAt::Offset(end));
  }
  RETURN_IF_ERROR(consumer->Close());
  return ends;
}

absl::StatusOr<ConsumeReport> RunConsume(const env::Clock* clock,
                                         const ConsumeLoad& load) {
  if (load.partitions.empty()) return ConsumeReport();
  ASSIGN_OR_RETURN(std::unique_ptr<client::Consumer> consumer,
                   client::Consumer::Create(load.consumer));
  Reading reading(load);
  ConsumeReport& report = reading.report();
  const absl::Duration begin = clock->Monotonic();
  RETURN_IF_ERROR(AssignAll(load, consumer.get()));
  absl::Duration last = begin;
  std::set<client::ConsumerPartition> at_end;
  while (!Finished(load, report.records, at_end.size())) {
    ASSIGN_OR_RETURN(client::PollOutcome outcome, consumer->Poll(kPollStep));
    if (!outcome.troubles.empty()) return outcome.troubles.front().status;
    for (const auto& batch : outcome.batches) reading.Take(*batch);
    at_end.insert(outcome.at_end.begin(), outcome.at_end.end());
    if (!outcome.batches.empty()) {
      last = clock->Monotonic();
      if (report.first == absl::ZeroDuration()) report.first = last - begin;
      if (load.oversight.progress != nullptr)
        load.oversight.progress->store(report.records);
    } else if (clock->Monotonic() - last > load.patience) {
      return MakeError(
          ErrorCode::kRequestTimedOut,
          absl::StrCat("nothing came from topic \"", load.topic, "\" for ",
                       absl::FormatDuration(load.patience), " after ",
                       report.records, " records"),
          "barnabas topic offsets TOPIC");
    }
  }
  report.elapsed = last - begin;
  RETURN_IF_ERROR(consumer->Close());
  return report;
}

}  // namespace barnabas::cli
