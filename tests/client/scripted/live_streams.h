// LiveStreams: the streams that one scripted broker has open.
//
// What: lets other threads write heartbeats and GoAway, and cancel all.
// Units: none. Empty case: none open. Thread: any; one lock per stream
//   orders its writers. Errors: a write to a dead stream is ignored.
#ifndef BARNABAS_TESTS_CLIENT_SCRIPTED_LIVE_STREAMS_H_
#define BARNABAS_TESTS_CLIENT_SCRIPTED_LIVE_STREAMS_H_

#include <grpcpp/server_context.h>

#include <functional>
#include <memory>
#include <set>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace barnabas::testing_client {

struct LiveStream {
  grpc::ServerContext* context = nullptr;
  absl::Mutex writing;
  // Both write one message; called with `writing` held.
  std::function<void()> heartbeat;
  std::function<void()> go_away;
  bool leaving ABSL_GUARDED_BY(writing) = false;

  bool IsLeaving() {
    absl::MutexLock lock(&writing);
    return leaving;
  }
};

class LiveStreams {
 public:
  void Add(LiveStream* stream) {
    absl::MutexLock lock(&mutex_);
    streams_.insert(stream);
  }
  void Remove(LiveStream* stream) {
    absl::MutexLock lock(&mutex_);
    streams_.erase(stream);
  }
  void Beat() {
    absl::MutexLock lock(&mutex_);
    for (LiveStream* stream : streams_) {
      absl::MutexLock writing(&stream->writing);
      stream->heartbeat();
    }
  }
  void GoAway() {
    absl::MutexLock lock(&mutex_);
    for (LiveStream* stream : streams_) {
      absl::MutexLock writing(&stream->writing);
      stream->go_away();
      stream->leaving = true;
    }
  }
  void Cancel() {
    absl::MutexLock lock(&mutex_);
    for (LiveStream* stream : streams_) stream->context->TryCancel();
  }

 private:
  absl::Mutex mutex_;
  std::set<LiveStream*> streams_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace barnabas::testing_client

#endif  // BARNABAS_TESTS_CLIENT_SCRIPTED_LIVE_STREAMS_H_
