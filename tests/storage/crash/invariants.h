// Invariants: S1 to S12 as checks of one crash image, each by its name.
//
// What: opens an image as a node does and judges it by the model: one
//   function for each invariant; the first that does not hold is told.
// Names: those of ARCHITECTURE.md. S8 is that all of this holds after every
//   cut, also a second time, and that work goes on afterwards.
// Units: offsets, bytes. Empty case: an image that was cut before the
//   directory was formatted may be unformatted, and can be formatted.
// Thread: one test. Errors: a verdict names the invariant and what was found.
#ifndef BARNABAS_TESTS_STORAGE_CRASH_INVARIANTS_H_
#define BARNABAS_TESTS_STORAGE_CRASH_INVARIANTS_H_

#include <optional>
#include <string>
#include <string_view>

#include "storage/env/clock.h"
#include "storage/log/partition_log.h"
#include "tests/storage/crash/log_model.h"
#include "tests/storage/crash/node_model.h"
#include "tests/storage/crash/tally.h"
#include "tests/support/fault_files.h"

namespace barnabas::crash {

// What is wrong with a log; nullopt when nothing is.
using Verdict = std::optional<Violation>;

// All checks of an opened log, in order.
Verdict CheckLog(const LogModel& model, log::PartitionLog* log, Tally* tally);

// Of a log at work: look-ups and epochs at any moment.
Verdict CheckLive(const LogModel& model, const log::PartitionLog& log,
                  Tally* tally);
// Every entry of the index files of a log at work names a batch (S5).
Verdict CheckIndexFiles(const TopicPartition& partition,
                        env::FileSystem* files);

// Everything ≤ the durable end is there, in order, nothing else is (S1); what
// was cut or let go does not come back (S2).
Verdict CheckContents(const LogModel& model, const log::PartitionLog& log);
Verdict CheckStart(const LogModel& model, const log::PartitionLog& log);
// Every look-up equals a linear scan (S5).
Verdict CheckLookUps(const LogModel& model, const log::PartitionLog& log);
Verdict CheckTimes(const LogModel& model, const log::PartitionLog& log);
// Epochs and producers are those of the batches (P8, I5).
Verdict CheckEpochs(const LogModel& model, const log::PartitionLog& log);
Verdict CheckProducers(const LogModel& model, log::PartitionLog* log);
// What was cut off is kept aside (S3).
Verdict CheckCutIsKept(const log::PartitionLog& log, env::FileSystem* files);

// An image of a node's disk.
struct Image {
  support::FaultFiles* files = nullptr;
  const env::Clock* clock = nullptr;
  // Beneath the image a watcher may stand; null for `files` itself.
  env::FileSystem* through = nullptr;
  // Append, stop cleanly and open once more after the checks.
  bool live_on = false;
  // The disk forgot what it had promised: an index or a snapshot may be damaged
  // inside, which look-ups notice and opening need not.
  bool disk_lied = false;
};

// All checks of a whole image. Changes it as opening does.
Verdict CheckImage(const NodeModel& model, const Image& image, Tally* tally);

// Small files hold what one replacement gave them (S9); the durable point is
// not behind one whose sync came to its end (S3).
Verdict CheckSmallFiles(const NodeModel& model, const Image& image);
// Another node is refused and changes nothing (S11).
Verdict CheckOwner(const NodeModel& model, const Image& image);

}  // namespace barnabas::crash

#endif  // BARNABAS_TESTS_STORAGE_CRASH_INVARIANTS_H_
