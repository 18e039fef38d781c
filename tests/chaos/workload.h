// Workload: the load of a run, from the topics to the judgement.
//
// What: makes topics of both flush modes, whose small segments roll all the
//   time; starts producers (idempotent with acks all and leader, one without
//   idempotence), followers and a prober; in the end has everything read and
//   judged from the history file.
// Units: records, absl::Duration. Empty case: nothing runs before Start.
// Thread: one at a time; its clients have threads of their own.
// Errors: Finish says what kept the run from being judged; what the history
//   shows is the Judgement's.
// Always true: the verdict is over the file, not over anything in memory.
#ifndef BARNABAS_TESTS_CHAOS_WORKLOAD_H_
#define BARNABAS_TESTS_CHAOS_WORKLOAD_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/env/system_clock.h"
#include "tests/chaos/client_set.h"
#include "tests/chaos/history_checker.h"
#include "tests/chaos/history_file.h"
#include "tests/chaos/record_follower.h"
#include "tests/chaos/record_sender.h"
#include "tests/chaos/time_prober.h"
#include "tests/e2e/local_cluster.h"

namespace barnabas::chaos {

// Both topics have so many partitions.
inline constexpr int32_t kPartitionsEach = 2;

class Workload {
 public:
  // `cluster` serves and outlives it; the history goes to `path`.
  Workload(e2e::LocalCluster* cluster, const std::string& path, uint64_t seed);

  void Start();

  int64_t acknowledged() const { return file_.acknowledged(); }
  // Waits for `count` acknowledgements more than `since`.
  bool AwaitAcknowledged(int64_t since, int64_t count) const;
  // One follower goes back a little.
  void Jump();
  // The power went and came: what was not synced may be gone, of epochs before
  // those that the logs have now.
  void NoteCut();
  std::string first_failure() const { return file_.first_failure(); }

  // Ends the load, waits until all is read, and judges.
  absl::StatusOr<Judgement> Finish();

 private:
  absl::Status StopSenders();
  absl::StatusOr<std::vector<int32_t>> LeaderEpochs() const;

  e2e::LocalCluster* const cluster_;
  const uint64_t seed_;
  const env::SystemClock clock_;
  HistoryFile file_;
  ClientSet set_;
  std::vector<std::unique_ptr<RecordSender>> senders_;
  std::vector<std::unique_ptr<RecordFollower>> followers_;
  std::unique_ptr<TimeProber> prober_;
};

}  // namespace barnabas::chaos

#endif  // BARNABAS_TESTS_CHAOS_WORKLOAD_H_
