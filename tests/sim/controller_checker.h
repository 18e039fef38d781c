// ControllerChecker: what no single controller can know, checked as it happens.
//
// What: ghost state over all simulated controllers and all their lives: who led
//   which term, which entry was committed at which offset, what the image was
//   then, which topics were answered as made. Names are those of the
//   reliability page.
// Units: offsets of the metadata log. Empty case: nothing was broken.
// Thread: the scheduler's. Errors: the first broken invariant stays in
//   broken().
#ifndef BARNABAS_TESTS_SIM_CONTROLLER_CHECKER_H_
#define BARNABAS_TESTS_SIM_CONTROLLER_CHECKER_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "barnabas/internal/v1/cluster_record.pb.h"
#include "controller/quorum/metadata_quorum.h"
#include "controller/service/active_driver.h"
#include "metadata/image/cluster_image.h"
#include "metadata/raft/messages.h"

namespace barnabas::sim {

// Of everything that an image says.
uint64_t HashOf(const image::ClusterImage& image);

class ControllerChecker {
 public:
  // R1: two nodes never lead the same term; R11: nor two lives of one.
  void OnLeading(NodeId node, int64_t life, Term term);
  // R2: one vote a term, also across lives.
  void OnSend(const raft::Message& message);
  // R2, R3: what a life said or voted is on the disk that the next one finds.
  void OnFound(const raft::ReplicaKey& node, const raft::HardState& hard);
  // R10, R12, R13 and the image's own invariants (C1 to C5, C7).
  void OnCommitted(NodeId node, const controller::CommittedStep& step);
  // R10: a life that ends by itself, but for its disk.
  void OnGivenUp(NodeId node, const absl::Status& status);
  // R19: what a broker follows is what was committed.
  void OnFollowed(BrokerId broker, const active::Committed& entry,
                  const image::ClusterImage& after);
  void OnFollowedSnapshot(BrokerId broker, const image::ClusterImage& image);
  // C8: who may stop leads nothing.
  void OnMayStop(BrokerId broker, const image::ClusterImage& image);
  // C1: one epoch for each incarnation of a broker, and they rise.
  void OnRegistered(BrokerId broker, uint64_t incarnation, BrokerEpoch epoch);

  void Break(const std::string& what);
  const std::string& broken() const { return broken_; }
  int64_t commits() const { return static_cast<int64_t>(entries_.size()); }
  int64_t terms() const { return static_cast<int64_t>(leaders_.size()); }
  // Leaders that moved between in-sync replicas, at each node that saw it.
  int64_t moves() const { return moves_; }
  uint64_t fingerprint() const { return fingerprint_; }

 private:
  void NoteVote(Term term, const raft::ReplicaKey& voter,
                const raft::ReplicaKey& candidate);
  // `who` says R10 or R19 and whose image it is.
  void CheckState(const std::string& who, const image::ClusterImage& image);
  void CheckEntry(const std::string& who, LogIndex offset, Term term,
                  uint64_t hash);
  void CheckRecords(const controller::CommittedStep& step);
  void CheckLeader(const controller::CommittedStep& step,
                   const internal::v1::PartitionChangeRecord& change);

  std::map<Term, std::pair<NodeId, int64_t>> leaders_;
  std::map<raft::ReplicaKey, Term> spoken_;
  std::map<std::pair<Term, raft::ReplicaKey>, raft::ReplicaKey> votes_;
  std::map<LogIndex, std::pair<Term, uint64_t>> entries_;
  std::map<LogIndex, uint64_t> images_;
  // Of topics ever made, with the entry that made them.
  std::map<std::string, LogIndex> topic_ids_;
  // By broker: incarnation and epoch of the newest registration.
  std::map<BrokerId, std::pair<uint64_t, BrokerEpoch>> registered_;
  std::string broken_;
  int64_t moves_ = 0;
  uint64_t fingerprint_ = 0;
};

}  // namespace barnabas::sim

#endif  // BARNABAS_TESTS_SIM_CONTROLLER_CHECKER_H_
