#include "tests/storage/model/model_run.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "storage/log/partition_log.h"
#include "tests/storage/log/log_fixture.h"
#include "tests/storage/model/log_list.h"
#include "tests/support/batches.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fault_files.h"

namespace barnabas::model {
namespace {

using log::PartitionLog;
using support::FaultFiles;

constexpr int64_t kProducers = 4;
constexpr record::Codec kCodecs[] = {
    record::Codec::kNone,   record::Codec::kNone, record::Codec::kGzip,
    record::Codec::kSnappy, record::Codec::kLz4,  record::Codec::kZstd};

// One log and its list.
class Comparison {
 public:
  Comparison() : files_(std::make_unique<FaultFiles>()) {}

  // What differs after the operation; empty if nothing does.
  std::string Do(const Operation& operation);
  std::string Open(bool clean);

 private:
  int64_t Draw(int64_t below) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(below));
  }
  std::string Differs(char what);
  std::string AppendGap();
  std::string AppendOfOldEpochs(char which);
  std::string AppendOfUnknown();
  std::string AppendAgain(size_t back_min, size_t back_max);
  std::string Truncate();
  std::string MoveStart(Offset start);
  std::string Reopen(bool clean);
  std::string Append(const NewBatch& batch);
  std::string Follow();
  std::string Read(Offset from);
  std::string ReadOutside();
  std::string FindTime();
  std::string EndOfEpoch();
  std::string Flush();
  std::string Retain();
  std::string CutPower();
  std::string CompareFacts() const;
  std::string CompareAll();

  NewBatch Fresh();
  void Fill(NewBatch* batch, int64_t count);
  // An earlier batch of one producer: `back` batches behind its last one.
  std::optional<NewBatch> Earlier(size_t back_min, size_t back_max);
  Offset DrawOffset() {
    return list_.start().Plus(Draw(Distance(list_.start(), list_.end()) + 1));
  }

  std::unique_ptr<FaultFiles> files_;
  support::FakeClock clock_;
  std::unique_ptr<PartitionLog> log_;
  LogList list_;
  log::ReadCursor cursor_;
  std::mt19937_64 random_;
  LeaderEpoch epoch_ = LeaderEpoch(0);
  // The newest epoch that a producer ever used.
  std::map<ProducerId, int16_t> producer_epochs_;
};

std::string Comparison::Open(bool clean) {
  log_.reset();
  log::PartitionLog::Options options = log::OptionsOn(files_.get(), &clock_);
  options.clean = clean;
  auto opened = PartitionLog::Open(options);
  if (!opened.ok()) return opened.status().ToString();
  log_ = *std::move(opened);
  return "";
}

void Comparison::Fill(NewBatch* batch, int64_t count) {
  batch->times_ms.clear();
  std::vector<support::TestRecord> records;
  for (int64_t i = 0; i < count; ++i) {
    support::TestRecord& record = records.emplace_back();
    record.timestamp_ms = 1000 + Draw(500);
    record.key = absl::StrCat("key-", Draw(9));
    record.value = std::string(static_cast<size_t>(Draw(150)), 'v');
    batch->times_ms.push_back(record.timestamp_ms);
  }
  batch->sent = support::BatchOf(records, kCodecs[Draw(std::size(kCodecs))],
                                 batch->producer);
}

NewBatch Comparison::Fresh() {
  NewBatch batch;
  batch.epoch = epoch_;
  if (Draw(3) != 0) {
    batch.producer.id = ProducerId(1 + Draw(kProducers));
    const auto stored = list_.Of(batch.producer.id);
    int16_t& newest = producer_epochs_[batch.producer.id];
    // Of whom nothing is left may be known or not: begin anew.
    if (stored.empty() || Draw(12) == 0) {
      batch.producer.epoch = ProducerEpoch(++newest);
      batch.producer.base_sequence = 0;
    } else {
      const NewBatch& last = stored.back()->batch;
      batch.producer = last.producer;
      batch.producer.base_sequence += last.count();
    }
  }
  Fill(&batch, 1 + Draw(5));
  return batch;
}

std::optional<NewBatch> Comparison::Earlier(size_t back_min, size_t back_max) {
  for (int64_t i = 0; i < kProducers; ++i) {
    const auto stored = list_.Of(ProducerId(1 + i));
    if (stored.size() <= back_min) continue;
    const size_t back =
        back_min + static_cast<size_t>(Draw(static_cast<int64_t>(
                       std::min(back_max, stored.size() - 1) - back_min + 1)));
    return stored[stored.size() - 1 - back]->batch;
  }
  return std::nullopt;
}

std::string Comparison::Append(const NewBatch& batch) {
  const Answer due = list_.Append(batch);
  const auto outcome =
      log::AppendTo(log_.get(), batch.sent, batch.epoch.value());
  if (due.error.has_value()) {
    if (CodeOf(outcome.status()) == *due.error) return "";
    return absl::StrCat("an append should be ", std::string(NameOf(*due.error)),
                        ", not ", outcome.status().ToString());
  }
  if (!outcome.ok()) return outcome.status().ToString();
  if (outcome->base_offset == due.base && outcome->duplicate == due.duplicate &&
      outcome->next_offset == due.base.Plus(batch.count())) {
    return "";
  }
  return absl::StrCat("an append lies at ", outcome->base_offset.value(),
                      outcome->duplicate ? " repeated" : " new", ", not at ",
                      due.base.value(), due.duplicate ? " repeated" : " new");
}

std::string Comparison::Follow() {
  const NewBatch batch = Fresh();
  if (batch.epoch < list_.last_epoch()) return "";
  const Answer due = list_.Append(batch);
  const std::string stored = support::Stored(batch.sent, due.base, batch.epoch);
  const absl::Status status = log::FollowTo(log_.get(), stored);
  if (!status.ok()) return status.ToString();
  // A gap is refused.
  const std::string behind =
      support::Stored(batch.sent, list_.end().Next(), batch.epoch);
  return CodeOf(log::FollowTo(log_.get(), behind)) == ErrorCode::kInvalidRecord
             ? ""
             : "a gap was taken";
}

std::string Comparison::Read(Offset from) {
  std::string memory;
  const int64_t bytes_max = 1 + Draw(1500);
  const auto read = log::ReadFrom(*log_, from, bytes_max, &memory, &cursor_);
  if (!read.ok()) return read.status().ToString();
  std::string due;
  Offset next = from;
  for (size_t i = list_.Find(from); i < list_.batches().size(); ++i) {
    const ListedBatch& listed = list_.batches()[i];
    std::string stored =
        support::Stored(listed.batch.sent, listed.base, listed.batch.epoch);
    if (due.size() >= read->bytes.size()) break;
    due += stored;
    next = listed.next();
  }
  if (due != read->bytes || next != read->next_offset) {
    return absl::StrCat("reading from ", from.value(), " gives ",
                        read->bytes.size(), " bytes up to ",
                        read->next_offset.value(), ", not ", due.size(),
                        " up to ", next.value());
  }
  const bool first_alone =
      list_.Find(from) + 1 == list_.Find(next) || due.empty();
  if (!first_alone && static_cast<int64_t>(due.size()) > bytes_max) {
    return absl::StrCat(due.size(), " bytes were read, at most ", bytes_max,
                        " were asked for");
  }
  return from < list_.end() && due.empty() ? "nothing was read" : "";
}

std::string Comparison::ReadOutside() {
  std::string memory;
  for (const Offset from : {list_.end().Next(), list_.start().Plus(-1)}) {
    const auto read = log::ReadFrom(*log_, from, 100, &memory);
    if (CodeOf(read.status()) == ErrorCode::kOffsetOutOfRange) continue;
    return absl::StrCat("offset ", from.value(),
                        " should be out of range: ", read.status().ToString());
  }
  return "";
}

std::string Comparison::FindTime() {
  const int64_t wanted = 990 + Draw(530);
  for (const bool newest : {false, true}) {
    const auto match =
        newest ? log_->FindTime(log::LargestTime{}) : log_->FindTime(wanted);
    if (!match.ok()) return match.status().ToString();
    const auto due = newest ? list_.FindMaxTime() : list_.FindTime(wanted);
    const bool same = match->has_value() == due.has_value() &&
                      (!due || ((*match)->offset == due->first &&
                                (*match)->timestamp_ms == due->second));
    if (same) continue;
    return absl::StrCat(
        newest ? "the newest record" : "the first record of time ",
        newest ? "" : absl::StrCat(wanted), " is at ",
        due ? due->first.value() : -1, ", found at ",
        match->has_value() ? (*match)->offset.value() : -1);
  }
  return "";
}

std::string Comparison::EndOfEpoch() {
  const LeaderEpoch asked(
      static_cast<int32_t>(Draw(std::max(1, epoch_.value() + 2))));
  if (log_->EndOfEpoch(asked) == list_.EndOfEpoch(asked)) return "";
  const auto found = log_->EndOfEpoch(asked);
  return absl::StrCat("epoch ", asked.value(), " ends at ",
                      found ? found->second.value() : -1, " of epoch ",
                      found ? found->first.value() : -1);
}

std::string Comparison::Flush() {
  const absl::Status status = log::Flush(log_.get());
  if (!status.ok()) return status.ToString();
  return log_->facts().durable_end == list_.end() ? "" : "a flush left some";
}

std::string Comparison::Retain() {
  const Offset before = log_->facts().log_start;
  const Offset limit = log_->facts().durable_end;
  log::KeptRange kept;
  if (Draw(2) == 0) kept.oldest_ms = 1000 + Draw(600);
  if (!kept.oldest_ms || Draw(2) == 0) kept.bytes_max = Draw(5000);
  const absl::Status status = log_->AdvanceStart(kept, limit);
  if (!status.ok()) return status.ToString();
  const Offset start = log_->facts().log_start;
  // Which segments there are is the log's own business; what may go is not.
  if (start < before || start > limit) return "retention went too far";
  for (const ListedBatch& listed : list_.batches()) {
    const bool old =
        !kept.oldest_ms ||
        *std::max_element(listed.batch.times_ms.begin(),
                          listed.batch.times_ms.end()) < *kept.oldest_ms;
    if (listed.next() <= start && !old && !kept.bytes_max) {
      return "retention let go of a record that is young enough";
    }
  }
  list_.AdvanceStart(start);
  return "";
}

std::string Comparison::CutPower() {
  const Offset durable = log_->facts().durable_end;
  log_.reset();
  files_ = files_->Crash(random_());
  std::string wrong = Open(/*clean=*/false);
  if (!wrong.empty()) return wrong;
  const Offset end = log_->facts().log_end;
  if (log_->facts().log_start != list_.start() || end < durable ||
      end > list_.end()) {
    return absl::StrCat("a power cut left [", log_->facts().log_start.value(),
                        ", ", end.value(), "), ", durable.value(),
                        " was durable");
  }
  list_.KeepOnly(list_.start(), end);
  return "";
}

std::string Comparison::CompareFacts() const {
  const PartitionLog::Facts facts = log_->facts();
  if (facts.log_start == list_.start() && facts.log_end == list_.end() &&
      facts.last_epoch == list_.last_epoch() && !facts.failed &&
      facts.durable_end >= facts.log_start &&
      facts.durable_end <= facts.log_end) {
    return "";
  }
  return absl::StrCat(
      "the log is [", facts.log_start.value(), ", ", facts.log_end.value(),
      ") of epoch ", facts.last_epoch.value(), ", not [", list_.start().value(),
      ", ", list_.end().value(), ") of epoch ", list_.last_epoch().value());
}

std::string Comparison::CompareAll() {
  for (Offset at = list_.start(); at < list_.end();) {
    const std::string wrong = Read(at);
    if (!wrong.empty()) return wrong;
    at = cursor_.next;
  }
  return "";
}

std::string Comparison::AppendGap() {
  std::optional<NewBatch> batch = Earlier(0, 0);
  if (!batch) return "";
  batch->producer.base_sequence += batch->count() + 3;
  Fill(&*batch, 1 + Draw(3));
  return Append(*batch);
}

std::string Comparison::AppendOfOldEpochs(char which) {
  if (which == 'E') {
    NewBatch batch;
    batch.epoch = LeaderEpoch(epoch_.value() - 1);
    Fill(&batch, 1);
    return batch.epoch.value() < 0 ? "" : Append(batch);
  }
  std::optional<NewBatch> batch = Earlier(0, 0);
  if (!batch) return "";
  const int epoch = batch->producer.epoch.value() - 1;
  batch->producer.epoch = ProducerEpoch(static_cast<int16_t>(epoch));
  Fill(&*batch, batch->count());
  return Append(*batch);
}

std::string Comparison::AppendOfUnknown() {
  NewBatch batch;
  batch.epoch = epoch_;
  batch.producer.id = ProducerId(900);
  batch.producer.epoch = ProducerEpoch(0);
  batch.producer.base_sequence = 7;
  Fill(&batch, 1);
  return Append(batch);
}

std::string Comparison::AppendAgain(size_t back_min, size_t back_max) {
  const std::optional<NewBatch> batch = Earlier(back_min, back_max);
  return batch ? Append(*batch) : "";
}

std::string Comparison::Truncate() {
  const Offset at = DrawOffset();
  const absl::Status status = log_->TruncateSuffix(at);
  if (!status.ok()) return status.ToString();
  if (at < list_.end()) list_.TruncateSuffix(at);
  return "";
}

std::string Comparison::MoveStart(Offset start) {
  const absl::Status status = log_->AdvanceStart(start);
  if (!status.ok()) return status.ToString();
  list_.AdvanceStart(start);
  return "";
}

std::string Comparison::Reopen(bool clean) {
  if (clean) {
    const absl::Status status = log_->Close();
    if (!status.ok()) return status.ToString();
  }
  std::string wrong = Open(clean);
  if (wrong.empty() && clean && !log_->recovery().clean) {
    return "a clean stop was not clean";
  }
  return wrong;
}

std::string Comparison::Differs(char what) {
  switch (what) {
    case 'a':
      return Append(Fresh());
    case 'r':
      return AppendAgain(0, 4);
    case 'R':
      return AppendAgain(5, 9);
    case 'o':
      return AppendGap();
    case 'q':
      return AppendOfUnknown();
    case 'z':
    case 'E':
      return AppendOfOldEpochs(what);
    case 'F':
      return Follow();
    case 'e':
      epoch_ = LeaderEpoch(epoch_.value() + 1);
      return "";
    case 'l':
      return Read(DrawOffset());
    case 'L':
      return ReadOutside();
    case 'y':
      return FindTime();
    case 'p':
      return EndOfEpoch();
    case 'f':
      return Flush();
    case 't':
      return Truncate();
    case 'm':
      return MoveStart(DrawOffset());
    case 'b':
      return MoveStart(list_.end().Plus(1 + Draw(50)));
    case 'k':
      return Retain();
    case 'w':
      return Reopen(/*clean=*/true);
    case 'x':
      return Reopen(/*clean=*/false);
    case 'c':
      return CutPower();
    default:
      return "there is no such operation";
  }
}

std::string Comparison::Do(const Operation& operation) {
  random_.seed(operation.seed);
  std::string wrong = Differs(operation.what);
  if (wrong.empty()) wrong = CompareFacts();
  const bool changes_much = std::string_view("tmbkwxc").find(operation.what) !=
                            std::string_view::npos;
  if (wrong.empty() && changes_much) wrong = CompareAll();
  return wrong;
}

}  // namespace

std::vector<Operation> DrawOperations(uint64_t seed, int count) {
  static constexpr std::string_view kWeights =
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaarrrRRozqEeFFFllllllLyyyyppffffffftttmmb"
      "kkwwxxccc";
  std::mt19937_64 random(seed);
  std::vector<Operation> operations;
  for (int i = 0; i < count; ++i) {
    const char what = kWeights[random() % kWeights.size()];
    operations.push_back({what, random()});
  }
  return operations;
}

std::string ToString(const std::vector<Operation>& operations) {
  std::string text;
  for (const Operation& operation : operations) {
    absl::StrAppend(&text, text.empty() ? "" : " ",
                    std::string(1, operation.what), ":", operation.seed);
  }
  return text;
}

std::string Compare(const std::vector<Operation>& operations) {
  Comparison comparison;
  std::string wrong = comparison.Open(/*clean=*/false);
  for (size_t i = 0; wrong.empty() && i < operations.size(); ++i) {
    wrong = comparison.Do(operations[i]);
    if (wrong.empty()) continue;
    return absl::StrCat("operation ", i, " (",
                        std::string(1, operations[i].what), "): ", wrong);
  }
  return wrong;
}

std::vector<Operation> Shrink(std::vector<Operation> operations) {
  for (size_t chunk = operations.size() / 2; chunk > 0; chunk /= 2) {
    for (size_t at = 0; at < operations.size();) {
      std::vector<Operation> shorter = operations;
      const auto begin = shorter.begin() + static_cast<ptrdiff_t>(at);
      shorter.erase(begin, begin + static_cast<ptrdiff_t>(std::min(
                                       chunk, operations.size() - at)));
      if (Compare(shorter).empty()) {
        at += chunk;
      } else {
        operations = std::move(shorter);
      }
    }
  }
  return operations;
}

}  // namespace barnabas::model
