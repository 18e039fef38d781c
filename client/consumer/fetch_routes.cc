#include "client/consumer/fetch_routes.h"

#include <utility>

#include "client/rpc/frame_codec.h"

namespace barnabas::client {

void FetchRoutes::Add(uint32_t session, FetchRoute route) {
  absl::MutexLock lock(&mutex_);
  routes_[session] = std::move(route);
}

void FetchRoutes::Remove(uint32_t session) {
  absl::MutexLock lock(&mutex_);
  routes_.erase(session);
}

void FetchRoutes::Detach() {
  credit_->Detach();
  absl::MutexLock lock(&mutex_);
  inbox_ = nullptr;
  routes_.clear();
}

bool FetchRoutes::Take(grpc::ByteBuffer* message) {
  auto read = rpc::ReadFetchResponse(*message);
  if (!read.ok()) return false;
  const v1::FetchStreamResponse& response = read->view.message;
  // The loop hears of a session's beginning too.
  if (response.has_added()) TakeAdded(response.added());
  if (!read->view.IsFetch()) return false;
  TakeFrame(*std::move(read));
  return true;
}

void FetchRoutes::TakeAdded(const v1::SessionAdded& added) {
  absl::MutexLock lock(&mutex_);
  const auto found = routes_.find(added.session());
  if (found == routes_.end()) return;
  const FetchRoute& route = found->second;
  route.next_offset->store(added.next_offset());
  FetchEvent event;
  event.partition = route.partition;
  event.token = route.token;
  event.started_at = added.next_offset();
  event.high_watermark = added.high_watermark();
  inbox_->Put(std::move(event));
}

void FetchRoutes::TakeFrame(rpc::Received<rpc::FetchResponseView> received) {
  heard_.store(true);
  const v1::FetchFrame& frame = received.view.message.fetch();
  absl::MutexLock lock(&mutex_);
  const auto found = routes_.find(frame.session());
  if (found == routes_.end()) {
    // Sent before the session was dropped.
    credit_->Return(frame.credit_bytes());
    return;
  }
  const FetchRoute& route = found->second;
  route.next_offset->store(frame.next_offset());
  FetchEvent event;
  event.partition = route.partition;
  event.token = route.token;
  event.high_watermark = frame.high_watermark();
  event.frame = std::make_shared<ReceivedFetch>(std::move(received));
  event.credit = credit_;
  inbox_->Put(std::move(event));
}

}  // namespace barnabas::client
