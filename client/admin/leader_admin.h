// LeaderAdmin: calls that the leaders of a topic's partitions carry out.
//
// What: asks any node, then, for the partitions that it answered NOT_LEADER
//   for, the leaders that it named; one answer is put together from all.
// Place: Admin::leaders().
// Units: as in the messages. Empty case: no partitions named means all.
// Thread: any thread; calls block up to the deadline.
// Errors: as Admin; per partition in the answer, where NOT_LEADER stays when
//   the leader could not be reached.
// Always true: a write reaches one broker at a time for each partition, and
//   each broker once per round.
#ifndef BARNABAS_CLIENT_ADMIN_LEADER_ADMIN_H_
#define BARNABAS_CLIENT_ADMIN_LEADER_ADMIN_H_

#include <memory>

#include "absl/status/statusor.h"
#include "barnabas/v1/consumer.pb.h"
#include "barnabas/v1/topic_admin.pb.h"
#include "client/admin/node_caller.h"

namespace barnabas::client {

class LeaderAdmin {
 public:
  // `caller` outlives it.
  static std::unique_ptr<LeaderAdmin> Make(NodeCaller* caller);

  virtual ~LeaderAdmin() = default;

  virtual absl::StatusOr<v1::ListOffsetsResponse> ListOffsets(
      const v1::ListOffsetsRequest& request) = 0;
  virtual absl::StatusOr<v1::OffsetsForTimesResponse> OffsetsForTimes(
      const v1::OffsetsForTimesRequest& request) = 0;
  virtual absl::StatusOr<v1::TrimTopicResponse> TrimTopic(
      const v1::TrimTopicRequest& request) = 0;
  virtual absl::StatusOr<v1::CompactTopicResponse> CompactTopic(
      const v1::CompactTopicRequest& request) = 0;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_ADMIN_LEADER_ADMIN_H_
