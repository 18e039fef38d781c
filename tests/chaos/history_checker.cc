#include "tests/chaos/history_checker.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/chaos/log_truth.h"

namespace barnabas::chaos {
namespace {

// v1.Durability as numbers.
constexpr int32_t kLeaderDisk = 2;
constexpr int32_t kReplicasMemory = 3;
constexpr int32_t kReplicasDisk = 4;

bool IsOnDisk(const Sent& sent) {
  return sent.durability == kLeaderDisk || sent.durability == kReplicasDisk;
}

std::string Name(int32_t producer, int64_t number) {
  return absl::StrCat("record ", producer, ":", number);
}

// Judges one history, a step after the other.
class Checker {
 public:
  explicit Checker(const History& history) : history_(history) {}

  Judgement Run() {
    TakeTruths();
    NoteKnown();
    for (const auto& [producer, records] : history_.sent) {
      CheckSent(producer, records);
    }
    CheckConsumers();
    CheckTimes();
    return std::move(judgement_);
  }

 private:
  // What became of something observed at an offset under an epoch.
  enum class Fate {
    kKept,
    // Rightfully gone with the power.
    kForgotten,
    kGone,
  };
  // One consumer in one log.
  struct Progress {
    std::optional<int64_t> next;
    std::map<int32_t, int64_t> watermarks;
  };

  void Find(const std::string& anomaly, std::string words);
  void TakeTruths();
  void TakeFinal(int32_t log, LogTruth* truth, const Reading& reading);
  void TakeFinalRecord(int32_t log, int64_t offset, const ReadRecord& record);
  void NoteKnown();
  void CheckSent(int32_t producer, const std::vector<Sent>& records);
  void CheckStored(int32_t producer, int64_t number, const Sent& sent);
  void CheckReceipt(int32_t producer, int64_t number, const Sent& sent);
  void CheckConsumers();
  void CheckReading(const Reading& reading, Progress* progress);
  void CheckRead(const Reading& reading, const ReadRecord& record);
  void CheckTimes();

  bool HadCuts(int32_t log) const { return history_.cuts.contains(log); }
  bool IsSynced(int32_t log) const;
  bool IsIdempotent(int32_t producer) const;
  const Sent* FindSent(int32_t producer, int64_t number) const;
  bool Holds(int32_t log, int64_t offset, int32_t producer,
             int64_t number) const;
  Fate FateOf(int32_t log, int32_t epoch, int64_t offset) const;
  // As often as `number` of `producer` lies in the logs.
  int64_t* Places(int32_t producer, int64_t number);

  const History& history_;
  Judgement judgement_;
  std::map<int32_t, LogTruth> truths_;
  std::map<int32_t, std::vector<int64_t>> places_;
  // Largest number of a producer in a log so far: (producer, log).
  std::map<std::pair<int32_t, int32_t>, int64_t> last_;
};

void Checker::Find(const std::string& anomaly, std::string words) {
  const int64_t count = ++judgement_.anomalies[anomaly];
  if (count > Judgement::kExamplesMax) return;
  judgement_.examples[anomaly].push_back(std::move(words));
}

bool Checker::IsSynced(int32_t log) const {
  const auto found = history_.logs.find(log);
  return found == history_.logs.end() || found->second.synced;
}

bool Checker::IsIdempotent(int32_t producer) const {
  const auto found = history_.producers.find(producer);
  return found == history_.producers.end() || found->second.idempotent;
}

const Sent* Checker::FindSent(int32_t producer, int64_t number) const {
  const auto found = history_.sent.find(producer);
  if (found == history_.sent.end() || number < 0 ||
      number >= static_cast<int64_t>(found->second.size())) {
    return nullptr;
  }
  return &found->second[static_cast<size_t>(number)];
}

int64_t* Checker::Places(int32_t producer, int64_t number) {
  std::vector<int64_t>& places = places_[producer];
  places.resize(std::max(places.size(), static_cast<size_t>(number) + 1));
  return &places[static_cast<size_t>(number)];
}

bool Checker::Holds(int32_t log, int64_t offset, int32_t producer,
                    int64_t number) const {
  const ReadRecord* there = truths_.at(log).At(offset);
  return there != nullptr && there->producer == producer &&
         there->number == number;
}

Checker::Fate Checker::FateOf(int32_t log, int32_t epoch,
                              int64_t offset) const {
  const ReadRecord* there = truths_.at(log).At(offset);
  if (there != nullptr && there->epoch <= epoch) return Fate::kKept;
  const auto cuts = history_.cuts.find(log);
  if (cuts == history_.cuts.end()) return Fate::kGone;
  for (const int32_t cut : cuts->second) {
    if (cut > epoch && (there == nullptr || cut <= there->epoch)) {
      return Fate::kForgotten;
    }
  }
  return Fate::kGone;
}

void Checker::TakeTruths() {
  for (const auto& [log, facts] : history_.logs) {
    const auto end = history_.ends.find(log);
    const int64_t start = end == history_.ends.end() ? 0 : end->second.start;
    truths_.emplace(log, LogTruth(start));
  }
  for (const Reading& reading : history_.readings) {
    const auto consumer = history_.consumers.find(reading.consumer);
    const bool is_final =
        consumer != history_.consumers.end() && consumer->second.is_final;
    if (!is_final || reading.kind != Reading::Kind::kRecords) continue;
    TakeFinal(reading.log, &truths_.at(reading.log), reading);
  }
  for (const auto& [log, truth] : truths_) {
    const auto end = history_.ends.find(log);
    if (end != history_.ends.end() && end->second.end == truth.end()) continue;
    Find("gap",
         absl::StrCat("log ", log, " was read up to ", truth.end(),
                      ", it ends at ",
                      end == history_.ends.end() ? -1 : end->second.end));
  }
}

void Checker::TakeFinal(int32_t log, LogTruth* truth, const Reading& reading) {
  for (const ReadRecord& record : reading.records) {
    ++judgement_.read;
    if (!truth->Add(record)) {
      Find("gap", absl::StrCat("log ", log, " has offset ", record.offset,
                               " where ", truth->end(), " was due"));
      continue;
    }
    TakeFinalRecord(log, record.offset, record);
  }
}

void Checker::TakeFinalRecord(int32_t log, int64_t offset,
                              const ReadRecord& record) {
  const std::string where = absl::StrCat(Name(record.producer, record.number),
                                         " in log ", log, " at ", offset);
  if (record.producer < 0) return Find("garbled", where);
  const Sent* sent = FindSent(record.producer, record.number);
  if (sent == nullptr) return Find("phantom", where);
  if (sent->outcome == Outcome::kFailed) Find("aborted", where);
  if (sent->log != log) {
    Find("misplaced", absl::StrCat(where, ", sent to log ", sent->log));
  }
  if (sent->timestamp_ms != record.timestamp_ms) {
    Find("wrong-timestamp",
         absl::StrCat(where, " of ", record.timestamp_ms, " ms, sent with ",
                      sent->timestamp_ms));
  }
  const bool idempotent = IsIdempotent(record.producer);
  const int64_t places = ++*Places(record.producer, record.number);
  if (places > 1 && idempotent) Find("doubled", where);
  if (places > 1 && !idempotent) ++judgement_.doubles_allowed;
  const auto [last, fresh] =
      last_.emplace(std::make_pair(record.producer, log), record.number);
  if (!fresh && record.number < last->second && idempotent) {
    Find("reordered", absl::StrCat(where, ", after number ", last->second));
  }
  last->second = std::max(last->second, record.number);
}

void Checker::NoteKnown() {
  for (const auto& [producer, records] : history_.sent) {
    for (size_t i = 0; i < records.size(); ++i) {
      const Sent& sent = records[i];
      if (sent.outcome == Outcome::kStored &&
          Holds(sent.log, sent.offset, producer, static_cast<int64_t>(i))) {
        truths_.at(sent.log).NoteKnown(sent.told_ns, sent.offset);
      }
    }
  }
  for (const Reading& reading : history_.readings) {
    if (reading.records.empty()) continue;
    const ReadRecord& last = reading.records.back();
    if (Holds(reading.log, last.offset, last.producer, last.number)) {
      truths_.at(reading.log).NoteKnown(reading.at_ns, last.offset);
    }
  }
  for (auto& [log, truth] : truths_) truth.SortKnown();
}

void Checker::CheckSent(int32_t producer, const std::vector<Sent>& records) {
  for (size_t i = 0; i < records.size(); ++i) {
    const Sent& sent = records[i];
    const int64_t number = static_cast<int64_t>(i);
    ++judgement_.sent;
    if (sent.tellings > 1) Find("told-twice", Name(producer, number));
    switch (sent.outcome) {
      case Outcome::kStored:
        ++judgement_.acknowledged;
        CheckReceipt(producer, number, sent);
        CheckStored(producer, number, sent);
        break;
      case Outcome::kFailed:
        ++judgement_.failed;
        break;
      case Outcome::kUnknown:
        ++judgement_.unknown;
        if (*Places(producer, number) > 0) ++judgement_.unknown_stored;
        break;
    }
  }
}

void Checker::CheckStored(int32_t producer, int64_t number, const Sent& sent) {
  const std::string what =
      absl::StrCat(Name(producer, number), " acknowledged at ", sent.offset,
                   " of log ", sent.log, " in epoch ", sent.epoch);
  if (Holds(sent.log, sent.offset, producer, number)) {
    const int64_t known = truths_.at(sent.log).KnownBefore(sent.at_ns);
    if (sent.offset <= known) {
      Find("offset-travel",
           absl::StrCat(what, ", sent when ", known, " was known"));
    }
    return;
  }
  if (*Places(producer, number) > 0) return Find("misplaced", what);
  if (FateOf(sent.log, sent.epoch, sent.offset) != Fate::kForgotten) {
    return Find("lost", what);
  }
  if (IsOnDisk(sent)) return Find("false-receipt", what);
  ++judgement_.forgotten;
}

void Checker::CheckReceipt(int32_t producer, int64_t number, const Sent& sent) {
  if (IsOnDisk(sent)) ++judgement_.receipts_on_disk;
  if (sent.duplicate) ++judgement_.duplicates_answered;
  const auto facts = history_.producers.find(producer);
  const bool all = facts != history_.producers.end() && facts->second.acks_all;
  const bool weak = (IsSynced(sent.log) && !IsOnDisk(sent)) ||
                    (all && sent.durability < kReplicasMemory);
  if (!weak) return;
  Find("weak-receipt",
       absl::StrCat(Name(producer, number), " of log ", sent.log,
                    " was given durability ", sent.durability));
}

void Checker::CheckConsumers() {
  std::map<std::pair<int32_t, int32_t>, Progress> all;
  for (const Reading& reading : history_.readings) {
    const auto consumer = history_.consumers.find(reading.consumer);
    if (consumer != history_.consumers.end() && consumer->second.is_final) {
      continue;
    }
    CheckReading(reading, &all[{reading.consumer, reading.log}]);
  }
  for (const auto& [consumer, facts] : history_.consumers) {
    if (!facts.whole || facts.is_final) continue;
    for (const auto& [log, truth] : truths_) {
      const std::optional<int64_t> next = all[{consumer, log}].next;
      const int64_t reached = next.value_or(truth.start());
      // Had it read beyond what the power left, it stands where it stood.
      if (reached >= truth.end()) continue;
      Find("missed", absl::StrCat("consumer ", consumer, " has log ", log,
                                  " up to ", reached, " of ", truth.end()));
    }
  }
}

void Checker::CheckReading(const Reading& reading, Progress* progress) {
  const std::string who =
      absl::StrCat("consumer ", reading.consumer, " in log ", reading.log);
  switch (reading.kind) {
    case Reading::Kind::kBegin:
      progress->next = reading.offset;
      return;
    case Reading::Kind::kTrouble:
      if (IsSynced(reading.log) || !HadCuts(reading.log)) {
        Find("trouble", absl::StrCat(who, ": ", reading.text));
      }
      return;
    case Reading::Kind::kRecords:
      break;
  }
  int64_t& watermark = progress->watermarks[reading.epoch];
  if (reading.high_watermark < watermark) {
    Find("watermark-fell",
         absl::StrCat(who, " from ", watermark, " to ", reading.high_watermark,
                      " in epoch ", reading.epoch));
  }
  watermark = std::max(watermark, reading.high_watermark);
  for (const ReadRecord& record : reading.records) {
    ++judgement_.read_meanwhile;
    const int64_t due = progress->next.value_or(record.offset);
    if (record.offset != due) {
      Find(record.offset > due ? "skipped" : "went-back",
           absl::StrCat(who, ": ", record.offset, " came where ", due,
                        " was due"));
    }
    progress->next = record.offset + 1;
    CheckRead(reading, record);
  }
}

void Checker::CheckRead(const Reading& reading, const ReadRecord& record) {
  const std::string what =
      absl::StrCat("consumer ", reading.consumer, " read ",
                   Name(record.producer, record.number), " at ", record.offset,
                   " of log ", reading.log, " in epoch ", reading.epoch);
  if (record.offset >= reading.high_watermark) {
    Find("beyond-watermark", absl::StrCat(what, ", the high watermark being ",
                                          reading.high_watermark));
  }
  if (record.producer < 0) return Find("garbled", what);
  const Sent* sent = FindSent(record.producer, record.number);
  if (sent == nullptr) return Find("phantom", what);
  if (sent->outcome == Outcome::kFailed) Find("aborted", what);
  if (sent->timestamp_ms != record.timestamp_ms) {
    Find("wrong-timestamp", what);
  }
  if (Holds(reading.log, record.offset, record.producer, record.number)) {
    return;
  }
  const Fate fate = FateOf(reading.log, reading.epoch, record.offset);
  if (fate == Fate::kForgotten && !IsSynced(reading.log)) return;
  const bool replaced = truths_.at(reading.log).At(record.offset) != nullptr;
  Find(replaced && fate != Fate::kForgotten ? "inconsistent" : "vanished",
       what);
}

void Checker::CheckTimes() {
  for (const TimeAnswer& answer : history_.times) {
    const LogTruth& truth = truths_.at(answer.log);
    const std::optional<int64_t> due = truth.FirstAt(answer.target_ms);
    const std::string what = absl::StrCat(
        "log ", answer.log, " from ", answer.target_ms, " ms: told ",
        answer.offset.value_or(-1), ", the first is ", due.value_or(-1));
    if (!answer.offset.has_value()) {
      // It may have been written after the answer.
      const int64_t known = truth.KnownBefore(answer.asked_ns);
      ++judgement_.times_checked;
      if (due.has_value() && *due <= known) Find("wrong-time", what);
      continue;
    }
    const ReadRecord* there = truth.At(*answer.offset);
    // What lay there, or before it, may be gone with the power.
    if (HadCuts(answer.log) && !IsSynced(answer.log) &&
        (there == nullptr || there->epoch != answer.epoch)) {
      continue;
    }
    ++judgement_.times_checked;
    if (due != answer.offset || there == nullptr ||
        there->timestamp_ms != answer.timestamp_ms) {
      Find("wrong-time", what);
    }
  }
}

}  // namespace

int64_t Judgement::Count(const std::string& anomaly) const {
  const auto found = anomalies.find(anomaly);
  return found == anomalies.end() ? 0 : found->second;
}

std::string Judgement::ToString() const {
  std::string text = absl::StrCat(
      Holds() ? "holds" : "DOES NOT HOLD", ": ", sent, " sent, ", acknowledged,
      " acknowledged (", receipts_on_disk, " as on disk, ", duplicates_answered,
      " as duplicates), ", failed, " failed, ", unknown,
      " of unknown outcome (", unknown_stored, " of them stored), ", read,
      " read at the end, ", read_meanwhile, " meanwhile; lost ", Count("lost"),
      ", doubled ", Count("doubled"), ", reordered ", Count("reordered"),
      ", gaps ", Count("gap"), ", forgotten with the power ", forgotten,
      ", offsets by time checked ", times_checked,
      ", doubled without idempotence ", doubles_allowed);
  for (const auto& [anomaly, count] : anomalies) {
    absl::StrAppend(&text, "\n  ", anomaly, " ", count, " times");
    for (const std::string& example : examples.at(anomaly)) {
      absl::StrAppend(&text, "\n    ", example);
    }
  }
  return text;
}

Judgement Judge(const History& history) { return Checker(history).Run(); }

}  // namespace barnabas::chaos
