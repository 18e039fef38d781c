// SeededBug: known mistakes that a test build can make on purpose.
//
// What: the simulator is itself tested: built with --config=bugs, one mistake
//   at a time is switched on, and an invariant must catch it. In every other
//   build SEEDED_BUG is the constant false and nothing of it is left.
// Units: none. Empty case: no bug is on.
// Thread: switched while nothing else runs. Errors: none.
#ifndef BARNABAS_PROTO_TYPES_SEEDED_BUG_H_
#define BARNABAS_PROTO_TYPES_SEEDED_BUG_H_

namespace barnabas {

enum class SeededBug {
  kNone,
  // Raft.
  kVotesTwice,
  kVotesForShorterLog,
  kCommitsOldTermByCount,
  kCountsItselfBeforeSync,
  kAcknowledgesBeforeSync,
  kTwoChangesAtOnce,
  // Driver.
  kForgetsVote,
  kSendsBeforeSync,
  kKeepsReplacedAcknowledgements,
  kBelievesFailedSync,
  kTellsBeforeCommit,
  kReadsWithoutQuorum,
  kReadsWhatWasReplaced,
  // Snapshots.
  kTrimsBeforeSnapshotIsDurable,
  kNamesSnapshotOneEarlier,
  kSnapshotWithoutVoters,
  kInstallsWithoutTelling,
  // Controller.
  kRepliesBeforeCommit,
  kKeepsPendingOnStepDown,
  kLeadsBeforeTakeover,
  kRefusesWhatIsPending,
};

#ifdef BARNABAS_SEEDED_BUGS
inline SeededBug seeded_bug = SeededBug::kNone;
#define SEEDED_BUG(name) (::barnabas::seeded_bug == ::barnabas::SeededBug::name)
#else
#define SEEDED_BUG(name) false
#endif

}  // namespace barnabas

#endif  // BARNABAS_PROTO_TYPES_SEEDED_BUG_H_
