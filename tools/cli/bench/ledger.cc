#include "tools/cli/bench/ledger.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace barnabas::cli {

std::string Verdict::ToString() const {
  return absl::StrCat(Holds() ? "verified" : "NOT VERIFIED", ": ", acknowledged,
                      " acknowledged, ", read, " read, ", lost, " lost, ",
                      doubled, " doubled, ", reordered, " out of order, ",
                      unknown, " of unknown outcome (", stored_without_answer,
                      " of them stored)");
}

Ledger::Ledger(int64_t capacity, int32_t clients)
    : capacity_(capacity),
      clients_(static_cast<uint64_t>(clients)),
      marks_(std::make_unique<std::atomic<uint8_t>[]>(capacity)) {}

void Ledger::Accepted(uint64_t sequence) {
  if (sequence >= static_cast<uint64_t>(capacity_)) return Foreign();
  marks_[sequence].fetch_or(kAccepted, std::memory_order_relaxed);
}

void Ledger::Acknowledged(uint64_t sequence) {
  if (sequence >= static_cast<uint64_t>(capacity_)) return Foreign();
  marks_[sequence].fetch_or(kAcknowledged, std::memory_order_relaxed);
}

void Ledger::Read(int32_t partition, uint64_t sequence) {
  if (sequence >= static_cast<uint64_t>(capacity_)) return Foreign();
  const uint8_t before =
      marks_[sequence].fetch_or(kReadOnce, std::memory_order_relaxed);
  if ((before & kReadOnce) != 0) {
    marks_[sequence].fetch_or(kReadTwice, std::memory_order_relaxed);
    return;
  }
  std::vector<uint64_t>& clients = youngest_[partition];
  clients.resize(clients_);
  uint64_t& youngest = clients[sequence % clients_];
  if (sequence + 1 <= youngest) ++reordered_;
  youngest = std::max(youngest, sequence + 1);
}

Verdict Ledger::Judge() const {
  Verdict verdict;
  verdict.reordered = reordered_;
  verdict.foreign = foreign_.load(std::memory_order_relaxed);
  for (int64_t i = 0; i < capacity_; ++i) {
    const uint8_t marks = marks_[i].load(std::memory_order_relaxed);
    const bool acknowledged = (marks & kAcknowledged) != 0;
    const bool read = (marks & kReadOnce) != 0;
    const bool unknown = (marks & kAccepted) != 0 && !acknowledged;
    verdict.accepted += (marks & kAccepted) != 0 ? 1 : 0;
    verdict.acknowledged += acknowledged ? 1 : 0;
    verdict.unknown += unknown ? 1 : 0;
    verdict.read += read ? 1 : 0;
    verdict.lost += acknowledged && !read ? 1 : 0;
    verdict.doubled += (marks & kReadTwice) != 0 ? 1 : 0;
    verdict.stored_without_answer += unknown && read ? 1 : 0;
  }
  return verdict;
}

}  // namespace barnabas::cli
