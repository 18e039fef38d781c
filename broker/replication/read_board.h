// ReadBoard: readers who wait for a partition's high watermark to rise.
//
// What: a reader leaves an offset and a wake-up, and is woken once when the
//   high watermark lies beyond the offset or the partition is read no more.
//   So that a reader that finds nothing neither polls nor makes the
//   partition's loop wake up for it.
// Units: offsets. Empty case: a new board is closed: whoever comes is woken.
// Thread: Await and Cancel from any; Advance and Close from the partition's
//   loop. Wake-ups run on the thread that causes them, without the lock.
// Errors: OVERLOADED when more than `readers_max` wait.
// Always true: a wake-up runs at most once. One that was on its way when it
//   was cancelled may still run.
#ifndef BARNABAS_BROKER_REPLICATION_READ_BOARD_H_
#define BARNABAS_BROKER_REPLICATION_READ_BOARD_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "broker/replica/waiters.h"
#include "proto/types/offsets.h"

namespace barnabas::broker {

class ReadBoard {
 public:
  // Told whether the reader is the only one and has but little to read: it may
  // then do so on the thread that wakes it.
  using Wake = absl::AnyInvocable<void(bool may_read_here)>;

  explicit ReadBoard(size_t readers_max) : readers_(readers_max) {}

  // `id` is the reader's, for Cancel. May call `wake` at once.
  absl::Status Await(uint64_t id, Offset offset, Wake wake);
  void Cancel(uint64_t id);

  // Everything below `high_watermark` may be read.
  void Advance(Offset high_watermark);
  // Wakes everybody, and whoever comes until the next Advance.
  void Close();

 private:
  struct Reader {
    Offset offset;
    Wake wake;
  };

  absl::Mutex mutex_;
  // None while closed.
  std::optional<Offset> high_watermark_ ABSL_GUARDED_BY(mutex_);
  replica::ReadWaiters<Reader> readers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_REPLICATION_READ_BOARD_H_
