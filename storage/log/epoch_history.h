// EpochHistory: which leader epoch wrote which offsets.
//
// What: (epoch, first offset) pairs; from them two replicas find where their
//   logs part. Its text is Kafka's leader-epoch-checkpoint: "0", the count,
//   then "epoch offset" lines.
// Units: epochs; offsets. Ranges: an epoch spans [its start, next start).
// Empty case: no pairs: EndOf knows nothing.
// Thread: a plain value; the owner locks.
// Errors: Parse gives nullopt for a text that Format would not make.
// Always true: epochs and starts both strictly rise.
#ifndef BARNABAS_STORAGE_LOG_EPOCH_HISTORY_H_
#define BARNABAS_STORAGE_LOG_EPOCH_HISTORY_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/types/offsets.h"

namespace barnabas::log {

class EpochHistory {
 public:
  struct Entry {
    LeaderEpoch epoch;
    Offset start;

    bool operator==(const Entry&) const = default;
  };

  // Notes that the batch at `start` is of `epoch`. True when that is news.
  // Entries that it contradicts (epoch or start not below) are dropped.
  bool Assign(LeaderEpoch epoch, Offset start);
  // The log now ends at `end`: entries from there on go. True if any did.
  bool TruncateEnd(Offset end);
  // The log now starts at `start`: older entries go, the one that `start` lies
  // in begins there. True if anything changed.
  bool TruncateStart(Offset start);

  // The largest epoch at or below `epoch` and where it ends; `log_end` ends
  // the last one. nullopt when there is none so old.
  std::optional<std::pair<LeaderEpoch, Offset>> EndOf(LeaderEpoch epoch,
                                                      Offset log_end) const;
  // The epoch that wrote `offset`.
  std::optional<LeaderEpoch> EpochAt(Offset offset) const;

  LeaderEpoch last() const {
    return entries_.empty() ? kNoLeaderEpoch : entries_.back().epoch;
  }
  const std::vector<Entry>& entries() const { return entries_; }

  std::string Format() const;
  static std::optional<EpochHistory> Parse(std::string_view text);

  bool operator==(const EpochHistory&) const = default;

 private:
  std::vector<Entry> entries_;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_EPOCH_HISTORY_H_
