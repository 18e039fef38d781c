// Twin check: whether another directory holds the vote of this controller.
//
// What: a controller that starts and does not vote, as far as it knows, asks
//   the others in its node file who votes. Where its id votes on another
//   directory, its disk was made anew, or a second controller was given the
//   id: either way it would wait for ever without a word.
// Place: controller_process, once, after the listener has begun.
// Units: absl::Duration. Empty case: others that are not reached say nothing
//   against it.
// Thread: the one that starts the process; it blocks.
// Errors: WRONG_IDENTITY with what to do.
#ifndef BARNABAS_CONTROLLER_TWIN_CHECK_H_
#define BARNABAS_CONTROLLER_TWIN_CHECK_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/rpc/channel_pool.h"
#include "metadata/raft/voter_set.h"

namespace barnabas::controller {

// `endpoints` are those of all controllers, this one's may be among them.
absl::Status CheckNoTwin(const raft::ReplicaKey& self,
                         const std::vector<std::string>& endpoints,
                         rpc::ChannelPool* channels);

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_TWIN_CHECK_H_
