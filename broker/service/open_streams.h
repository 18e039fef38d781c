// OpenStreams: the streams and waiting calls that must be told when the broker
// stops.
//
// What: a registry of what is open; GoAway tells all, and Wait answers when
//   the last one has gone.
// Units: counts. Empty case: Wait answers at once.
// Thread: any. GoAway of a stream is called without a lock held.
// Errors: none.
// Always true: a stream added after GoAwayAll is told at once.
#ifndef BARNABAS_BROKER_SERVICE_OPEN_STREAMS_H_
#define BARNABAS_BROKER_SERVICE_OPEN_STREAMS_H_

#include <cstddef>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "storage/env/metrics.h"

namespace barnabas::broker {

class DrainableStream {
 public:
  virtual ~DrainableStream() = default;
  // The broker stops: finish what was taken, then end.
  virtual void GoAway() = 0;
};

class OpenStreams {
 public:
  // `open` shows how many there are; may be null.
  explicit OpenStreams(env::Gauge* open) : open_(open) {}

  void Add(const std::shared_ptr<DrainableStream>& stream);
  void Remove(DrainableStream* stream);
  size_t size() const;

  void GoAwayAll();
  // Waits until none is left, or for `patience`; true if none is left.
  bool Wait(absl::Duration patience);

 private:
  env::Gauge* const open_;
  mutable absl::Mutex mutex_;
  bool going_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_map<DrainableStream*, std::weak_ptr<DrainableStream>> streams_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_OPEN_STREAMS_H_
