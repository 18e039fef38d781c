// LogTruth: what one log held when all was over.
//
// What: the records of the final reading by offset, the first record of an age
//   by a plain scan, and when an offset came to be known to anybody.
// Units: offsets, milliseconds, nanoseconds. Empty case: an empty log.
// Thread: none, pure. Errors: none.
// Always true: offsets are [start, end); none is left out (Add says false).
#ifndef BARNABAS_TESTS_CHAOS_LOG_TRUTH_H_
#define BARNABAS_TESTS_CHAOS_LOG_TRUTH_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "tests/chaos/history.h"

namespace barnabas::chaos {

class LogTruth {
 public:
  explicit LogTruth(int64_t start = 0) : start_(start) {}

  // The next record; false if it is not at end().
  bool Add(const ReadRecord& record);

  int64_t start() const { return start_; }
  int64_t end() const { return start_ + static_cast<int64_t>(records_.size()); }
  // nullptr where there is none.
  const ReadRecord* At(int64_t offset) const;
  // The offset of the first record with a timestamp of at least `ms`.
  std::optional<int64_t> FirstAt(int64_t ms) const;

  // `offset` was told to a client at `at_ns`.
  void NoteKnown(int64_t at_ns, int64_t offset);
  // No more of them; call once before KnownBefore.
  void SortKnown();
  // The largest offset that was known before `at_ns`; -1 for none.
  int64_t KnownBefore(int64_t at_ns) const;

 private:
  const int64_t start_;
  std::vector<ReadRecord> records_;
  // Largest timestamp up to and with each record.
  std::vector<int64_t> youngest_;
  // Time to the largest offset known then, both rising once sorted.
  std::vector<std::pair<int64_t, int64_t>> known_;
};

}  // namespace barnabas::chaos

#endif  // BARNABAS_TESTS_CHAOS_LOG_TRUTH_H_
