// QuorumReads: reads that must not be older than when they began (R18).
//
// What: numbers them for the core, and answers each with the index up to which
//   entries must have been told, once a majority has confirmed that this node
//   still leads.
// Place: part of raft_quorum.
// Units: indexes. Empty case: none under way.
// Thread: the loop's.
// Errors: NOT_CONTROLLER when leadership was not confirmed; OVERLOADED beyond
//   kReadsMax.
// Always true: each read is answered once, in a task of its own.
#ifndef BARNABAS_CONTROLLER_QUORUM_QUORUM_READS_H_
#define BARNABAS_CONTROLLER_QUORUM_QUORUM_READS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "absl/status/status.h"
#include "controller/quorum/metadata_quorum.h"
#include "metadata/raft/core.h"
#include "storage/env/event_loop.h"

namespace barnabas::quorum {

class QuorumReads {
 public:
  static constexpr size_t kReadsMax = 10'000;

  // Both outlive the reads.
  QuorumReads(env::EventLoop* loop, raft::Core* core)
      : loop_(loop), core_(core) {}

  // The core has effects afterwards.
  void Begin(MetadataQuorum::ReadDone done);
  void Settle(const std::vector<raft::ReadOutcome>& outcomes);
  // What is under way is answered with `status`.
  void Fail(const absl::Status& status);

 private:
  void Answer(MetadataQuorum::ReadDone done, absl::StatusOr<LogIndex> answer);

  env::EventLoop* const loop_;
  raft::Core* const core_;

  std::map<uint64_t, MetadataQuorum::ReadDone> waiting_;
  uint64_t next_ = 1;
};

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_QUORUM_READS_H_
