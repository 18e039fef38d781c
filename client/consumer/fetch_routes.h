// FetchRoutes: takes the frames of one fetch stream straight to whoever polls.
//
// What: frames with records are by far the most of what comes; they go to the
//   inbox on gRPC's thread, without a detour over the loop. Everything else
//   goes on to the loop.
// Units: offsets; session numbers of the stream.
// Empty case: frames of a session without a route return their credit.
// Thread: Take on gRPC's threads, one at a time; the others on the loop.
// Errors: none; bytes that are no frame are left to the loop, which complains.
// Always true: events of a session reach the inbox in the order of the stream;
//   none does after Remove or Detach returned.
#ifndef BARNABAS_CLIENT_CONSUMER_FETCH_ROUTES_H_
#define BARNABAS_CLIENT_CONSUMER_FETCH_ROUTES_H_

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "client/consumer/consumer_options.h"
#include "client/consumer/fetch_credit.h"
#include "client/consumer/fetch_inbox.h"
#include "client/rpc/byte_stream.h"

namespace barnabas::client {

// Whose frames the ones of a session are.
struct FetchRoute {
  ConsumerPartition partition;
  uint64_t token = 0;
  // Follows what the broker sent; where reading goes on after trouble.
  std::shared_ptr<std::atomic<int64_t>> next_offset;
};

class FetchRoutes final : public rpc::ByteStreamTap {
 public:
  // Bytes of frames go back through `credit`.
  FetchRoutes(FetchInbox* inbox, std::shared_ptr<FetchCredit> credit)
      : credit_(std::move(credit)), inbox_(inbox) {}

  void Add(uint32_t session, FetchRoute route);
  void Remove(uint32_t session);
  // Nothing more reaches the inbox, and no credit the stream.
  void Detach();
  // Whether frames came since this was asked last.
  bool TakeHeard() { return heard_.exchange(false); }

  bool Take(grpc::ByteBuffer* message) override;

 private:
  void TakeFrame(rpc::Received<rpc::FetchResponseView> received);
  void TakeAdded(const v1::SessionAdded& added);

  const std::shared_ptr<FetchCredit> credit_;
  std::atomic<bool> heard_ = false;

  absl::Mutex mutex_;
  FetchInbox* inbox_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<uint32_t, FetchRoute> routes_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_CONSUMER_FETCH_ROUTES_H_
