#include "tests/storage/log/compaction_model.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/status_macros.h"
#include "storage/record/batch_reader.h"
#include "tests/storage/log/log_fixture.h"

namespace barnabas::log {
namespace {

using support::TestRecord;

TestRecord Copy(const record::RecordView& view) {
  TestRecord record;
  record.timestamp_ms = view.timestamp_ms;
  if (view.key.has_value()) record.key = std::string(*view.key);
  if (view.value.has_value()) record.value = std::string(*view.value);
  for (const record::HeaderView& header : view.headers) {
    record.headers.emplace_back(
        std::string(header.name),
        header.value.has_value()
            ? std::optional<std::string>(std::string(*header.value))
            : std::nullopt);
  }
  return record;
}

}  // namespace

void CompactionModel::Appending(Offset base,
                                const std::vector<TestRecord>& records,
                                const std::string& sent) {
  Offset at = base;
  for (const TestRecord& record : records) {
    written_[at] = record;
    at = at.Next();
  }
  batches_.push_back(Batch{base, at, sent});
}

void CompactionModel::Compacting(Offset end, int64_t now_ms) {
  passes_.try_emplace(end, now_ms);
}

absl::StatusOr<CompactionModel::Records> CompactionModel::RecordsOf(
    const PartitionLog& log) {
  ASSIGN_OR_RETURN(const std::vector<StoredBatch> batches, ReadAll(log));
  Records records;
  record::RecordReader reader;
  record::RecordView view;
  for (const StoredBatch& batch : batches) {
    RETURN_IF_ERROR(
        reader.Open({support::HeaderOf(batch.bytes), batch.bytes}, true));
    while (true) {
      ASSIGN_OR_RETURN(const bool more, reader.Next(&view));
      if (!more) break;
      if (view.offset >= log.facts().log_start) {
        records[view.offset] = Copy(view);
      }
    }
  }
  return records;
}

std::map<std::string, std::string> CompactionModel::Replay(
    const Records& records, Offset end) {
  std::map<std::string, std::string> state;
  for (const auto& [offset, record] : records) {
    if (offset >= end || !record.key.has_value()) continue;
    if (record.value.has_value()) {
      state[*record.key] = *record.value;
    } else {
      state.erase(*record.key);
    }
  }
  return state;
}

std::string CompactionModel::Check(PartitionLog* log, int64_t now_ms) const {
  const PartitionLog::Facts facts = log->facts();
  if (facts.log_end < floor_) {
    return absl::StrCat("S1 ends at ", facts.log_end.value(), " before ",
                        floor_.value());
  }
  const absl::StatusOr<Records> found = RecordsOf(*log);
  if (!found.ok()) return found.status().ToString();
  for (const std::string& wrong :
       {CheckRecords(*found, facts.log_end),
        CheckTombstones(*found, facts.log_end, now_ms),
        CheckLookUps(*log, *found), CheckProducers(log)}) {
    if (!wrong.empty()) return wrong;
  }
  return "";
}

std::string CompactionModel::CheckRecords(const Records& found,
                                          Offset end) const {
  for (const auto& [offset, record] : found) {
    const auto written = written_.find(offset);
    if (written == written_.end() || !(written->second == record)) {
      return absl::StrCat("P14 the record at ", offset.value(),
                          " was not written there");
    }
  }
  const Offset touched = passes_.empty() ? Offset(0) : passes_.rbegin()->first;
  for (const auto& [offset, record] : written_) {
    if (offset < std::max(touched, start_) || offset >= end) continue;
    if (!found.contains(offset)) {
      return absl::StrCat("S1 the record at ", offset.value(), " is missing");
    }
  }
  if (start_ == Offset(0) && Replay(found, end) != Replay(written_, end)) {
    return "P14 the last values differ";
  }
  return "";
}

std::string CompactionModel::CheckTombstones(const Records& found, Offset end,
                                             int64_t now_ms) const {
  std::map<std::string, Offset> last;
  for (const auto& [offset, record] : written_) {
    if (offset < end && record.key.has_value()) last[*record.key] = offset;
  }
  for (const auto& [key, offset] : last) {
    if (offset < start_ || written_.at(offset).value.has_value()) continue;
    const auto pass = passes_.upper_bound(offset);
    const bool due = pass != passes_.end() &&
                     std::any_of(pass, passes_.end(), [&](const auto& reached) {
                       return reached.second + delete_retention_ms_ <= now_ms;
                     });
    if (!due && !found.contains(offset)) {
      return absl::StrCat("P14 the tombstone at ", offset.value(),
                          " went before its time");
    }
  }
  return "";
}

std::string CompactionModel::CheckLookUps(const PartitionLog& log,
                                          const Records& found) const {
  std::string memory;
  const PartitionLog::Facts facts = log.facts();
  for (Offset at = facts.log_start; at < facts.log_end; at = at.Plus(7)) {
    const absl::StatusOr<ReadOutcome> read = ReadFrom(log, at, 1, &memory);
    if (!read.ok()) return read.status().ToString();
    if (read->bytes.empty() || read->next_offset <= at) {
      return absl::StrCat("S5 nothing at ", at.value());
    }
    // All that was skipped is gone indeed.
    const Offset base = support::HeaderOf(read->bytes).base_offset;
    const auto skipped = found.lower_bound(at);
    if (skipped != found.end() && skipped->first < base) {
      return absl::StrCat("S5 offset ", skipped->first.value(), " not found");
    }
  }
  for (const auto& [offset, record] : found) {
    if (offset.value() % 5 != 0) continue;
    const auto first = std::find_if(
        found.begin(), found.end(), [&record = record](const auto& entry) {
          return entry.second.timestamp_ms >= record.timestamp_ms;
        });
    const auto match = log.FindTime(record.timestamp_ms);
    if (!match.ok()) return match.status().ToString();
    if (!match->has_value() || (*match)->offset != first->first) {
      return absl::StrCat("S5 time ", record.timestamp_ms, " not found");
    }
  }
  const auto largest = log.FindTime(LargestTime{});
  if (!largest.ok()) return largest.status().ToString();
  int64_t time = -1;
  for (const auto& [offset, record] : found) {
    time = std::max(time, record.timestamp_ms);
  }
  const int64_t told = largest->has_value() ? (*largest)->timestamp_ms : -1;
  return told == time ? "" : "S5 the largest time is another";
}

std::string CompactionModel::CheckProducers(PartitionLog* log) const {
  std::map<ProducerId, std::vector<const Batch*>> by_producer;
  for (const Batch& batch : batches_) {
    const record::BatchHeader header = support::HeaderOf(batch.sent);
    if (batch.next > log->facts().log_end || !header.HasProducer()) continue;
    auto& batches = by_producer[header.producer_id];
    if (!batches.empty() &&
        support::HeaderOf(batches.back()->sent).producer_epoch !=
            header.producer_epoch) {
      batches.clear();
    }
    batches.push_back(&batch);
  }
  for (const auto& [id, batches] : by_producer) {
    const size_t first = batches.size() > 5 ? batches.size() - 5 : 0;
    for (size_t i = first; i < batches.size(); ++i) {
      const auto outcome = AppendTo(log, batches[i]->sent, 1 << 20);
      if (!outcome.ok()) return outcome.status().ToString();
      if (!outcome->duplicate || outcome->base_offset != batches[i]->base) {
        return absl::StrCat("I5 producer ", id.value(), ": the batch at ",
                            batches[i]->base.value(), " was not known");
      }
    }
  }
  return "";
}

std::string CompactionModel::CheckClean(const PartitionLog& log,
                                        Offset end) const {
  const absl::StatusOr<Records> found = RecordsOf(log);
  if (!found.ok()) return found.status().ToString();
  std::map<std::string, Offset> seen;
  for (const auto& [offset, record] : *found) {
    if (offset >= end) break;
    const auto [first, fresh] =
        seen.try_emplace(record.key.value_or("?"), offset);
    if (!fresh || !record.key.has_value()) {
      return absl::StrCat("key ", first->first, " stands at ",
                          first->second.value(), " and ", offset.value());
    }
  }
  return "";
}

void CompactionModel::Adopt(const PartitionLog& log) {
  const Offset end = log.facts().log_end;
  written_.erase(written_.lower_bound(end), written_.end());
  while (!batches_.empty() && batches_.back().next > end) batches_.pop_back();
  floor_ = end;
}

std::vector<TestRecord> KeyedRecords(int keys, int64_t now_ms,
                                     std::mt19937_64* random) {
  std::vector<TestRecord> records((*random)() % 6 + 1);
  for (TestRecord& record : records) {
    record.timestamp_ms = now_ms + static_cast<int64_t>((*random)() % 1000);
    record.key = absl::StrCat("key-", (*random)() % static_cast<size_t>(keys));
    if ((*random)() % 5 != 0) {
      record.value = std::string((*random)() % 40, 'v');
      absl::StrAppend(&*record.value, (*random)() % 1000);
    }
    if ((*random)() % 4 == 0) record.headers.emplace_back("h", std::nullopt);
  }
  return records;
}

absl::StatusOr<CompactionReport> Compact(PartitionLog* log,
                                         const CompactionRequest& request) {
  LogCleaning& cleaning = log->cleaning();
  ASSIGN_OR_RETURN(const std::unique_ptr<CompactionJob> job,
                   cleaning.StartCompaction(request));
  if (job == nullptr) return CompactionReport{};
  while (true) {
    const absl::Status ran = job->Run();
    ASSIGN_OR_RETURN(const bool over,
                     cleaning.AdvanceCompaction(job.get(), ran));
    if (auto remove = cleaning.TakeDeleted()) remove();
    if (over) return job->report();
  }
}

absl::StatusOr<CompactionReport> CompactAll(PartitionLog* log) {
  RETURN_IF_ERROR(log->cleaning().RollActive(RollWhen::kAlways).status());
  RETURN_IF_ERROR(Flush(log));
  return Compact(log);
}

}  // namespace barnabas::log
