#include "tests/storage/log/crash_model.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "storage/record/batch_reader.h"

namespace barnabas::log {
namespace {

std::string Describe(const PartitionLog& log) {
  const PartitionLog::Facts facts = log.facts();
  return absl::StrCat("[", facts.log_start.value(), ", ",
                      facts.durable_end.value(), ", ", facts.log_end.value(),
                      ")");
}

}  // namespace

void CrashModel::Appending(ModelBatch batch) {
  // Until it is done a crash may show it or not.
  end_ = batch.stored.next;
  batches_.push_back(std::move(batch));
}

void CrashModel::Truncating(Offset end) {
  truncating_ = end;
  floor_ = std::min(floor_, end);
}

void CrashModel::Advancing(Offset start) {
  next_start_ = start;
  resetting_ = start > end_;
}

void CrashModel::Done(const PartitionLog& log) {
  if (truncating_.has_value()) {
    while (!batches_.empty() && batches_.back().stored.next > *truncating_) {
      batches_.pop_back();
    }
    end_ = *truncating_;
  }
  if (next_start_.has_value()) {
    start_ = *next_start_;
    if (resetting_) {
      batches_.clear();
      end_ = start_;
    }
  }
  truncating_.reset();
  next_start_.reset();
  resetting_ = false;
  floor_ = log.facts().durable_end;
}

std::string CrashModel::Check(PartitionLog* log) const {
  const PartitionLog::Facts facts = log->facts();
  const bool at_next =
      next_start_.has_value() && facts.log_start == *next_start_;
  if (facts.log_start != start_ && !at_next) {
    return absl::StrCat("S2 start ", Describe(*log), ", expected ",
                        start_.value());
  }
  if (facts.durable_end != facts.log_end) {
    return "S1 an opened log is durable to its end";
  }
  if (at_next && resetting_) {
    return facts.log_end == facts.log_start
               ? ""
               : absl::StrCat("S2 not empty: ", Describe(*log));
  }
  if (facts.log_end < std::max(floor_, facts.log_start)) {
    return absl::StrCat("S1 ends before ", floor_.value(), ": ",
                        Describe(*log));
  }
  for (const auto& check :
       {CheckBatches(*log), CheckLookUps(*log), CheckTimes(*log),
        CheckEpochs(*log), CheckProducers(log)}) {
    if (!check.empty()) return absl::StrCat(check, " ", Describe(*log));
  }
  return "";
}

std::vector<ModelBatch> CrashModel::Expected(const PartitionLog& log) const {
  const PartitionLog::Facts facts = log.facts();
  std::vector<ModelBatch> expected;
  for (const ModelBatch& batch : batches_) {
    if (batch.stored.next > facts.log_start &&
        batch.stored.next <= facts.log_end) {
      expected.push_back(batch);
    }
  }
  return expected;
}

std::string CrashModel::CheckBatches(const PartitionLog& log) const {
  const absl::StatusOr<std::vector<StoredBatch>> found = ReadAll(log);
  if (!found.ok()) return found.status().ToString();
  const std::vector<ModelBatch> expected = Expected(log);
  if (found->size() != expected.size()) {
    return absl::StrCat("S1 ", found->size(), " batches, expected ",
                        expected.size());
  }
  for (size_t i = 0; i < expected.size(); ++i) {
    if (!((*found)[i] == expected[i].stored)) {
      return absl::StrCat("S1 batch at ", (*found)[i].base.value(),
                          " is not what was written");
    }
  }
  if (!expected.empty() && expected.back().stored.next != log.facts().log_end) {
    return "S1 a hole before the end";
  }
  return "";
}

std::string CrashModel::CheckLookUps(const PartitionLog& log) const {
  std::string memory;
  for (const ModelBatch& batch : Expected(log)) {
    const Offset from =
        std::max(batch.stored.next.Plus(-1), log.facts().log_start);
    const absl::StatusOr<ReadOutcome> read = ReadFrom(log, from, 1, &memory);
    if (!read.ok()) return read.status().ToString();
    if (read->bytes != batch.stored.bytes) {
      return absl::StrCat("S5 offset ", from.value(), " not found");
    }
  }
  return "";
}

std::string CrashModel::CheckTimes(const PartitionLog& log) const {
  const std::vector<ModelBatch> expected = Expected(log);
  // The linear scan: every visible record in order.
  std::vector<std::pair<int64_t, Offset>> records;
  for (const ModelBatch& batch : expected) {
    record::RecordReader reader;
    record::RecordView record;
    if (!reader.Open({batch.header, batch.stored.bytes}, true).ok()) return "";
    while (reader.Next(&record).value_or(false)) {
      const Offset offset = batch.stored.base.Plus(
          Distance(batch.header.base_offset, record.offset));
      if (offset >= log.facts().log_start) {
        records.emplace_back(record.timestamp_ms, offset);
      }
    }
  }
  for (size_t i = 0; i < expected.size(); i += 3) {
    const int64_t wanted = expected[i].header.max_timestamp_ms;
    const auto first = std::find_if(
        records.begin(), records.end(),
        [wanted](const auto& record) { return record.first >= wanted; });
    const auto match = log.FindTime(wanted);
    if (!match.ok()) return match.status().ToString();
    if (match->has_value() != (first != records.end()) ||
        (match->has_value() && (*match)->offset != first->second)) {
      return absl::StrCat("S5 timestamp ", wanted, " not found");
    }
  }
  return "";
}

std::string CrashModel::CheckEpochs(const PartitionLog& log) const {
  const std::vector<ModelBatch> expected = Expected(log);
  std::map<LeaderEpoch, Offset> ends;
  for (const ModelBatch& batch : expected) {
    ends[batch.header.leader_epoch] = batch.stored.next;
  }
  for (const auto& [epoch, end] : ends) {
    const auto found = log.EndOfEpoch(epoch);
    if (!found.has_value() || found->first != epoch || found->second != end) {
      return absl::StrCat("P8 epoch ", epoch.value(), " should end at ",
                          end.value());
    }
  }
  const LeaderEpoch last =
      expected.empty() ? kNoLeaderEpoch : expected.back().header.leader_epoch;
  return log.facts().last_epoch == last ? "" : "P8 the last epoch is wrong";
}

std::string CrashModel::CheckProducers(PartitionLog* log) const {
  std::map<ProducerId, std::vector<const ModelBatch*>> by_producer;
  const std::vector<ModelBatch> expected = Expected(*log);
  for (const ModelBatch& batch : expected) {
    if (!batch.header.HasProducer()) continue;
    auto& batches = by_producer[batch.header.producer_id];
    if (!batches.empty() &&
        batches.back()->header.producer_epoch != batch.header.producer_epoch) {
      batches.clear();
    }
    batches.push_back(&batch);
  }
  for (const auto& [id, batches] : by_producer) {
    const size_t first = batches.size() > 5 ? batches.size() - 5 : 0;
    for (size_t i = first; i < batches.size(); ++i) {
      const auto outcome = AppendTo(log, batches[i]->sent, 1 << 20);
      if (!outcome.ok()) return outcome.status().ToString();
      if (!outcome->duplicate ||
          outcome->base_offset != batches[i]->stored.base) {
        return absl::StrCat("I3 producer ", id.value(), ", batch at ",
                            batches[i]->stored.base.value(), " was not known");
      }
    }
  }
  return "";
}

void CrashModel::Adopt(const PartitionLog& log) {
  const PartitionLog::Facts facts = log.facts();
  start_ = facts.log_start;
  end_ = floor_ = facts.log_end;
  while (!batches_.empty() && batches_.back().stored.next > end_) {
    batches_.pop_back();
  }
  if (resetting_ && next_start_ == start_) batches_.clear();
  truncating_.reset();
  next_start_.reset();
  resetting_ = false;
}

}  // namespace barnabas::log
