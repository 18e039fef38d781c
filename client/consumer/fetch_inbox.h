// FetchInbox: what was fetched and not yet handed out, and where each
// partition's reader stands.
//
// What: the one place where the loop, which fetches, and the application's
//   thread, which polls, meet. An epoch per partition, raised by every seek,
//   tells what belongs to an older place; it is thrown away.
// Units: offsets, bytes of credit, records.
// Empty case: without partitions nothing comes and Wait returns at once.
// Thread: any; a mutex inside, held over decoding by Take only for the
//   partition at hand's bookkeeping. Wait blocks.
// Errors: troubles are kept in order and told once.
// Always true: position() is the offset of the next record to hand out; it
//   never goes back but by a seek.
#ifndef BARNABAS_CLIENT_CONSUMER_FETCH_INBOX_H_
#define BARNABAS_CLIENT_CONSUMER_FETCH_INBOX_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client/consumer/consumer.h"
#include "client/consumer/fetched_chunk.h"

namespace barnabas::client {

// A chunk that is due, and what is to be done with it.
struct DueChunk {
  ConsumerPartition partition;
  uint64_t epoch = 0;
  std::string endpoint;
  // Hand out nothing before this.
  int64_t from = 0;
  std::shared_ptr<FetchedChunk> chunk;
};

class FetchInbox {
 public:
  // The application's side. ------------------------------------------------

  // Forgets all partitions but gives back nothing: the caller restarts links.
  void Clear();
  // The partition begins a new life at an unknown position (or, after a pause,
  // at `position`); the epoch that its chunks must have.
  uint64_t Restart(const ConsumerPartition& partition,
                   std::optional<int64_t> position);
  bool Has(const ConsumerPartition& partition) const;
  std::optional<int64_t> position(const ConsumerPartition& partition) const;

  // Waits for chunks, troubles or ends, or for Wakeup.
  void Wait(absl::Duration timeout);
  // Waits until the position is known, or trouble came.
  void WaitForPosition(const ConsumerPartition& partition,
                       absl::Duration timeout);
  void Wakeup();

  // The next chunk in turn, round robin over partitions; nullopt if there is
  // none. It stays in the inbox until Advance.
  std::optional<DueChunk> Take();
  // `due` was decoded up to `position`; if exhausted, it leaves the inbox.
  void Advance(const DueChunk& due, int64_t position, bool exhausted);
  // The partition stands still until its next seek; its chunks are dropped.
  void Block(const DueChunk& due, const absl::Status& why);

  std::vector<PartitionTrouble> TakeTroubles();
  std::vector<ConsumerPartition> TakeEnds();
  // The end of the batch that a trouble named; nullopt if there is none.
  std::optional<int64_t> corrupt_end(const ConsumerPartition& partition) const;

  // The loop's side. -------------------------------------------------------

  void OnPlaced(const ConsumerPartition& partition, uint64_t epoch,
                int64_t next_offset, int64_t high_watermark);
  // False if the chunk came too late: its bytes are free again.
  bool OnFetched(const ConsumerPartition& partition, uint64_t epoch,
                 const std::string& endpoint,
                 std::shared_ptr<FetchedChunk> chunk);
  void OnTrouble(const ConsumerPartition& partition, uint64_t epoch,
                 const absl::Status& why);

  // Bytes that were handed out or thrown away since the last call, by link.
  std::map<std::string, int64_t> TakeReleased();

 private:
  struct Held {
    std::string endpoint;
    std::shared_ptr<FetchedChunk> chunk;
  };
  struct Place {
    uint64_t epoch = 0;
    std::optional<int64_t> position;
    int64_t high_watermark = -1;
    // The end at this high watermark was told.
    int64_t end_told = -1;
    bool blocked = false;
    std::optional<int64_t> corrupt_end;
    std::deque<Held> chunks;
  };

  Place* Find(const ConsumerPartition& partition, uint64_t epoch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DropChunks(Place* place) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TellEnd(const ConsumerPartition& partition, Place* place)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool HasNews() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  uint64_t epochs_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<ConsumerPartition, Place> places_ ABSL_GUARDED_BY(mutex_);
  ConsumerPartition last_served_ ABSL_GUARDED_BY(mutex_);
  int64_t chunks_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<PartitionTrouble> troubles_ ABSL_GUARDED_BY(mutex_);
  std::vector<ConsumerPartition> ends_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, int64_t> released_ ABSL_GUARDED_BY(mutex_);
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_CONSUMER_FETCH_INBOX_H_
