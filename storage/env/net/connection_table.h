// ConnectionTable: the descriptors that an acceptor watches.
//
// What: connections that still wait for their opening bytes, and duplicates
//   of those that were handed over, each under a number of its own.
// Units: absl::Duration since some fixed moment. Empty case: no connections.
// Thread: any; a mutex inside. Changed by the acceptor's thread alone, but
//   for Shut.
// Errors: none; unknown numbers are ignored.
// Always true: the table owns its descriptors and closes them on removal.
#ifndef BARNABAS_STORAGE_ENV_NET_CONNECTION_TABLE_H_
#define BARNABAS_STORAGE_ENV_NET_CONNECTION_TABLE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "storage/env/net/tcp_acceptor.h"

namespace barnabas::env {

class ConnectionTable {
 public:
  ConnectionTable() = default;
  ~ConnectionTable();

  ConnectionTable(const ConnectionTable&) = delete;
  ConnectionTable& operator=(const ConnectionTable&) = delete;

  // Takes a connection that waits from `now` on.
  void AddWaiting(uint64_t id, int descriptor, absl::Duration now);
  // Its descriptor while it waits; -1 otherwise.
  int Waiting(uint64_t id) const;
  // Replaces the waiting descriptor, which now belongs to the caller, by a
  // duplicate; the connection counts as active at first, since its owner may
  // read what it received before anybody else sees that it did.
  void HandOver(uint64_t id, int duplicate, std::string peer);
  // Closes and forgets.
  void Remove(uint64_t id);
  void RemoveWaiting();

  // A connection that was handed over received something, and counts as
  // active until it is taken.
  void MarkActive(uint64_t id);
  // An active connection has received so much in all; true if that is more
  // than before, and then it counts as active again.
  bool StaysActive(uint64_t id, int64_t received_bytes);
  struct Active {
    uint64_t id = 0;
    int descriptor = -1;
    std::string peer;
  };
  std::vector<Active> TakeActive();
  // Connections that were handed over and are gone since the last call.
  std::vector<uint64_t> TakeEnded();
  // There is something to take.
  bool stirred() const;

  // Those that wait since before `since`, oldest first.
  std::vector<uint64_t> WaitingSince(absl::Duration since) const;
  std::vector<OpenConnection> HandedOver(absl::Duration now) const;
  bool Shut(uint64_t id);

  int32_t open() const;
  int32_t waiting() const;

 private:
  struct Entry {
    int descriptor = -1;
    bool waiting = true;
    bool active = false;
    absl::Duration since;
    std::string peer;
    int64_t received = 0;
  };

  mutable absl::Mutex mutex_;
  // Numbers rise, so the order is that of arrival.
  std::map<uint64_t, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  int32_t waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<uint64_t> active_ ABSL_GUARDED_BY(mutex_);
  std::vector<uint64_t> ended_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_NET_CONNECTION_TABLE_H_
