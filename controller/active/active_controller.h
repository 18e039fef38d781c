// ActiveController: the controller as a function of events.
//
// What: plan → append → commit → replay → reply. Requests and sessions are
//   planned against the latest image (committed plus what is appended and not
//   yet committed); answers leave only when what they tell is committed. On
//   loss of leadership the uncommitted part is dropped and every caller is
//   told NOT_CONTROLLER. Standbys replay committed entries and answer
//   everything else with NOT_CONTROLLER.
// Place: driven by the controller process and by simulations. Everything that
//   waits, blocks, looks at a clock or draws a number is the driver's.
// Roles: standby → (GainedLeadership) taking over → (its LeaderRecord is
//   committed, so everything before is) leading → (LostLeadership) standby.
//   While it takes over, callers are told CONTROLLER_NOT_AVAILABLE.
// Units: see event.h. Sessions: a broker silent for broker.session.timeout.ms
//   is fenced; with evidence that its process is gone, at once.
// Empty case: a new one is a standby with the image before the first entry.
// Thread: one at a time.
// Errors: OVERLOADED when too much is uncommitted; see effects.h for `failed`.
// Always true: the committed image is the replay of the committed entries;
//   nothing is answered before its commit (G5); every request is answered
//   exactly once; time that the driver itself lost fences nobody.
#ifndef BARNABAS_CONTROLLER_ACTIVE_ACTIVE_CONTROLLER_H_
#define BARNABAS_CONTROLLER_ACTIVE_ACTIVE_CONTROLLER_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "barnabas/internal/v1/cluster_record.pb.h"
#include "controller/active/effects.h"
#include "controller/active/event.h"
#include "controller/active/liveness.h"
#include "controller/active/pending_replies.h"
#include "controller/planner/plan_context.h"
#include "metadata/image/cluster_image.h"
#include "proto/types/ids.h"
#include "proto/types/limits.h"
#include "proto/types/offsets.h"

namespace barnabas::active {

struct Options {
  NodeId id;
  // Drawn anew for every life of the process: topic ids come from it.
  uint64_t seed = 0;
  // The committed image so far; the next Committed follows its version.
  image::ClusterImage image;
  absl::Duration heartbeat = absl::Milliseconds(500);
  // Replicas of a new partition that begin in sync (plan_context.h).
  int32_t in_sync_max = kReplicationFactorMax;
  // Appended and not yet committed; beyond it requests are refused.
  int32_t pending_entries_max = 1024;
  int32_t pending_replies_max = 8 * 1024;
  // Larger plans become several entries, each of which holds by itself.
  int64_t entry_bytes_max = kMetadataEntryBytesMax;
};

enum class Role { kStandby, kTakingOver, kLeading };

class ActiveController {
 public:
  explicit ActiveController(const Options& options);

  // Never fails by itself; what it was told may. Events of an unknown session
  // are ignored.
  Effects Step(const Event& event, const Instant& now);

  // Why a write cannot be taken now; OK if it can.
  absl::Status CheckReady() const;
  Role role() const { return role_; }
  // It leads, or knows who does: somebody can take requests.
  bool ready() const { return role_ == Role::kLeading || leader_.has_value(); }
  const image::ClusterImage& committed() const { return committed_; }
  // Committed plus pending; the same while nothing is pending.
  const image::ClusterImage& latest() const { return latest_; }
  // What heartbeats told: soft state for DescribeCluster.
  const Liveness& liveness() const { return liveness_; }

 private:
  struct PendingEntry {
    LogIndex offset;
    image::ClusterImage image;
  };
  using Records = std::vector<internal::v1::ClusterRecord>;

  void On(const GainedLeadership& event, const Instant& now, Effects& effects);
  void On(const LostLeadership& event, const Instant& now, Effects& effects);
  void On(const SnapshotLoaded& event, const Instant& now, Effects& effects);
  void On(const Committed& event, const Instant& now, Effects& effects);
  void On(const Request& event, const Instant& now, Effects& effects);
  void On(const SessionRegister& event, const Instant& now, Effects& effects);
  void On(const SessionHeartbeat& event, const Instant& now, Effects& effects);
  void On(const SessionClosed& event, const Instant& now, Effects& effects);
  void On(const Tick& event, const Instant& now, Effects& effects);

  // NOT_CONTROLLER, with the address of who is.
  absl::Status NotActive() const;
  planner::PlanContext MakeContext(const Instant& now);
  // Appends the records as one or more entries and moves the latest image.
  // Gives the offset of the last entry, or of the latest image without records.
  absl::StatusOr<LogIndex> AppendRecords(Records records, const Instant& now,
                                         Effects& effects);
  // Hands `answer` out once `offset` is committed, at once if it is.
  void AnswerAt(LogIndex offset, PendingReply answer, Effects& effects);
  void Fence(BrokerId broker, const Instant& now, Effects& effects);
  void EndSession(SessionId session, const absl::Status& status,
                  Effects& effects);
  void ExpireSessions(const Instant& now, Effects& effects);
  void ForgiveStall(const Instant& now);
  bool OthersSawStop(BrokerId broker);
  void BeginLeading(const Instant& now);
  void StepDown(Effects& effects);
  absl::Duration SessionTimeout() const;

  const Options options_;

  Role role_ = Role::kStandby;
  Term term_{0};
  // Of a standby: who leads, as far as is known.
  std::optional<NodeId> leader_;
  // Offset of this term's LeaderRecord.
  LogIndex takeover_end_{-1};
  image::ClusterImage committed_;
  image::ClusterImage latest_;
  std::deque<PendingEntry> pending_;
  PendingReplies replies_;
  Liveness liveness_;
  uint64_t plans_ = 0;
  // When the driver was asked to call again at the latest.
  std::optional<absl::Duration> promised_;
};

}  // namespace barnabas::active

#endif  // BARNABAS_CONTROLLER_ACTIVE_ACTIVE_CONTROLLER_H_
