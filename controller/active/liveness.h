// Liveness: which brokers were heard of, and until when that counts.
//
// What: soft state of the leading controller: the session, the last sign of
//   life and the last heartbeat of each broker. Nothing of it is recorded; a
//   new leader begins with a full session for every unfenced broker.
// Units: monotonic durations. Ranges: at most one life per registered broker.
// Empty case: nobody is known; nobody is due.
// Thread: one at a time. Errors: none; look-ups answer nullptr.
// Always true: a session belongs to at most one life.
#ifndef BARNABAS_CONTROLLER_ACTIVE_LIVENESS_H_
#define BARNABAS_CONTROLLER_ACTIVE_LIVENESS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "barnabas/internal/v1/controller.pb.h"
#include "controller/active/event.h"
#include "proto/types/ids.h"
#include "proto/types/offsets.h"

namespace barnabas::active {

struct BrokerLife {
  BrokerId broker;
  BrokerEpoch epoch;
  // The last session, and whether its stream still stands.
  std::optional<SessionId> session;
  bool open = false;
  absl::Duration heard;
  // How often since then its silence was forgiven.
  int32_t forgiven = 0;
  // As of the last heartbeat.
  LogIndex applied{-1};
  int64_t disk_used_bytes = 0;
  int64_t disk_free_bytes = 0;
  // When it asked to stop: others must have applied this much before it may.
  std::optional<LogIndex> stop_offset;
};

class Liveness {
 public:
  // A broker of whom only the image tells.
  void Expect(BrokerId broker, BrokerEpoch epoch, absl::Duration now);
  // A session begins; the broker's earlier life is replaced unless it is the
  // same epoch's.
  void Open(SessionId session, BrokerId broker, BrokerEpoch epoch,
            absl::Duration now);
  void Heard(SessionId session, const internal::v1::BrokerHeartbeat& heartbeat,
             absl::Duration now);
  void SetStopOffset(BrokerId broker, LogIndex offset);
  // The stream ended; the life goes on until it times out.
  void Close(SessionId session);
  void Forget(BrokerId broker);
  void Clear();
  // Nobody could be heard for `lost`: it counts for nobody, and what waits to
  // be read gets `grace` more. At most three times in a row for a broker that
  // stays silent, or a slow machine would never fence anyone.
  void Forgive(absl::Duration lost, absl::Duration grace, absl::Duration now);

  const BrokerLife* Find(BrokerId broker) const;
  const BrokerLife* FindSession(SessionId session) const;
  const std::map<BrokerId, BrokerLife>& lives() const { return lives_; }
  // Those silent for `timeout` or longer, in order of id.
  std::vector<BrokerId> Expired(absl::Duration now,
                                absl::Duration timeout) const;
  // When the next one would expire.
  std::optional<absl::Duration> NextDeadline(absl::Duration timeout) const;

 private:
  BrokerLife* Change(SessionId session);

  std::map<BrokerId, BrokerLife> lives_;
  std::map<SessionId, BrokerId> sessions_;
};

}  // namespace barnabas::active

#endif  // BARNABAS_CONTROLLER_ACTIVE_LIVENESS_H_
