// Event: what may happen to the active controller.
//
// What: the input of ActiveController::Step, one at a time, in this order on
//   any one source: a session registers before it beats; entries commit in
//   order of offset.
// Units: offsets of the metadata log; wall_ms since the Unix epoch; monotonic
//   since some fixed moment of the process.
// Empty case: Tick; only time passed.
// Thread: plain values. Errors: none here; bad requests are answered.
#ifndef BARNABAS_CONTROLLER_ACTIVE_EVENT_H_
#define BARNABAS_CONTROLLER_ACTIVE_EVENT_H_

#include <cstdint>
#include <optional>
#include <variant>

#include "absl/time/time.h"
#include "barnabas/internal/v1/cluster_record.pb.h"
#include "barnabas/internal/v1/controller.pb.h"
#include "barnabas/v1/cluster_admin.pb.h"
#include "barnabas/v1/config_admin.pb.h"
#include "barnabas/v1/topic_admin.pb.h"
#include "controller/planner/feature_planner.h"
#include "metadata/image/cluster_image.h"
#include "proto/types/ids.h"
#include "proto/types/offsets.h"
#include "proto/types/strong_int.h"

namespace barnabas::active {

// Given by the driver, never used twice in one life of the process.
using SessionId = StrongInt<struct SessionIdTag, int64_t>;
using CorrelationId = StrongInt<struct CorrelationIdTag, int64_t>;

struct Instant {
  absl::Duration monotonic;
  int64_t wall_ms = 0;
};

// This controller leads the quorum. `log_end` is the offset that its next
// entry will get; entries before it may still be uncommitted.
struct GainedLeadership {
  Term term;
  LogIndex log_end;
};

// Another controller leads, or nobody that is known.
struct LostLeadership {
  std::optional<NodeId> leader;
};

// An entry is committed, whoever appended it. Every entry comes once, in
// order, on leaders and standbys alike, from the first one the image lacks, but
// for those that a snapshot stands for.
struct Committed {
  LogIndex offset;
  Term term;
  internal::v1::MetadataEntry entry;
};

// The committed image is this now: entries up to its version are known only by
// a snapshot. Not while this controller leads.
struct SnapshotLoaded {
  image::ClusterImage image;
};

// Writes; reads are answered from the committed image (metadata/view).
using AdminRequest =
    std::variant<v1::CreateTopicsRequest, v1::AlterTopicsRequest,
                 v1::AddPartitionsRequest, v1::DeleteTopicsRequest,
                 v1::AlterConfigRequest,
                 internal::v1::AllocateProducerIdsRequest,
                 internal::v1::VotersRecord, v1::DrainBrokersRequest,
                 v1::UndrainBrokersRequest, v1::DecommissionBrokersRequest,
                 v1::ElectLeadersRequest, planner::FeatureUpdates>;

struct Request {
  CorrelationId id;
  AdminRequest request;
};

// The first frame of a broker's session.
struct SessionRegister {
  SessionId session;
  internal::v1::RegisterBroker registration;
};

struct SessionHeartbeat {
  SessionId session;
  internal::v1::BrokerHeartbeat heartbeat;
};

enum class Evidence {
  // The stream ended; the broker may be alive behind a broken connection and
  // has until its session times out.
  kStreamEnded,
  // Its port refuses connections: the process is gone. May follow
  // kStreamEnded for the same session.
  kProcessGone,
};

struct SessionClosed {
  SessionId session;
  Evidence evidence = Evidence::kStreamEnded;
};

struct Tick {};

using Event = std::variant<GainedLeadership, LostLeadership, SnapshotLoaded,
                           Committed, Request, SessionRegister,
                           SessionHeartbeat, SessionClosed, Tick>;

}  // namespace barnabas::active

#endif  // BARNABAS_CONTROLLER_ACTIVE_EVENT_H_
