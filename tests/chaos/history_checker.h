// HistoryChecker: what a history must not show.
//
// What: judges a whole history after the run, from the clients' side alone
//   (invariants P1–P3, P10, P11, I1, I2 of ARCHITECTURE.md). The final reading
//   of a log, whole and in order, is the truth that all else is held against.
// Anomalies:
//   lost            acknowledged, and not in the log
//   doubled         one record of an idempotent producer at two offsets
//   misplaced       acknowledged at one offset, found at another
//   inconsistent    two records were seen at one offset
//   reordered       a younger record of an idempotent producer lies before an
//                   older one
//   gap             the final reading leaves offsets out, or ends early
//   phantom         read, and never sent
//   garbled         read, and not what anybody wrote
//   aborted         read, though its sending failed for good
//   skipped, went-back    a consumer's next record was not the next one
//   missed          a consumer that ran to the end never saw a record
//   beyond-watermark      read at or above the high watermark told with it
//   watermark-fell  within one leader epoch
//   vanished        read from a synced log, and gone
//   false-receipt   told to be on disk, and gone with the power
//   weak-receipt    the receipt promises less than was asked for
//   offset-travel   stored below an offset that was known before it was sent
//   wrong-time      an offset by time is not the first record that young
//   wrong-timestamp a record's time is not the one it was sent with
//   told-twice      a record with two outcomes
//   trouble         a consumer was refused
// After a power cut, and only then, a log that is not synced may lose what was
// not on disk: that is counted as forgotten, and a consumer that had read
// beyond it is not held to what was written there later.
// Units: records. Empty case: nothing was done, nothing is wrong.
// Thread: none, pure. Errors: none; a history that lacks a log's end or final
//   reading is a gap.
// Always true: each finding names its records; findings of one kind are kept
//   up to kExamplesMax and counted beyond.
#ifndef BARNABAS_TESTS_CHAOS_HISTORY_CHECKER_H_
#define BARNABAS_TESTS_CHAOS_HISTORY_CHECKER_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/chaos/history.h"

namespace barnabas::chaos {

struct Judgement {
  static constexpr int64_t kExamplesMax = 5;

  int64_t sent = 0;
  int64_t acknowledged = 0;
  int64_t failed = 0;
  int64_t unknown = 0;
  // Of unknown outcome, but stored: fine.
  int64_t unknown_stored = 0;
  // In the final reading; by the other consumers.
  int64_t read = 0;
  int64_t read_meanwhile = 0;
  int64_t receipts_on_disk = 0;
  // Answered as stored by an earlier attempt.
  int64_t duplicates_answered = 0;
  // Lost rightfully with the power; of these, acknowledged.
  int64_t forgotten = 0;
  int64_t times_checked = 0;
  // Doubled by producers that are not idempotent: allowed.
  int64_t doubles_allowed = 0;

  // Anomaly to how often, and to some of them in words.
  std::map<std::string, int64_t> anomalies;
  std::map<std::string, std::vector<std::string>> examples;

  bool Holds() const { return anomalies.empty(); }
  int64_t Count(const std::string& anomaly) const;
  // One line of counts, then the examples, for people.
  std::string ToString() const;
};

Judgement Judge(const History& history);

}  // namespace barnabas::chaos

#endif  // BARNABAS_TESTS_CHAOS_HISTORY_CHECKER_H_
