// Rig: an ActiveController with a log that commits when it is told to.
//
// What: carries out effects as a driver would and checks what must hold after
//   every event: the image's invariants (C1, C2, C4, C5, C7), that the
//   committed image is the replay of the committed log, that each request is
//   answered once and not before its commit, that appends follow the log's end.
// Units: milliseconds of virtual time. Empty case: a formatted cluster,
//   nobody leads.
// Thread: that of the test. Errors: a broken rule is returned as a text by
//   Fault(), empty while all is well.
#ifndef BARNABAS_TESTS_CONTROLLER_ACTIVE_RIG_H_
#define BARNABAS_TESTS_CONTROLLER_ACTIVE_RIG_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "controller/active/active_controller.h"
#include "controller/active/effects.h"
#include "controller/active/event.h"
#include "metadata/image/cluster_image.h"

namespace barnabas::active {

// Small, so that large plans are cut; no planned request reaches it.
inline constexpr int64_t kEntryBytes = 2048;

// The brokers' side of their sessions.
class BrokerBench {
 public:
  struct Session {
    int32_t broker = 0;
    uint64_t life = 0;
    bool closed = false;
    std::optional<int64_t> epoch;
    std::optional<internal::v1::BrokerHeartbeatReply> reply;
    std::optional<absl::Status> end;
  };

  // A session of the broker's next life if `anew`, else of the same.
  SessionId Open(SessionId session, int32_t broker, bool anew);
  // The newest session of a broker, which had one.
  SessionId NewestOf(int32_t broker) const { return newest_.at(broker); }
  Session& Of(int32_t broker) { return all_[NewestOf(broker)]; }
  Session& Get(SessionId session) { return all_[session]; }
  const std::map<SessionId, Session>& all() const { return all_; }
  // What the controller did; a fault, or empty.
  std::string Take(const SessionSend& send);
  std::string Take(const SessionEnd& end);
  // Its process died, and all streams with it.
  void CloseAll();

 private:
  std::map<SessionId, Session> all_;
  std::map<int32_t, uint64_t> lives_;
  std::map<int32_t, SessionId> newest_;
};

class Rig {
 public:
  explicit Rig(uint64_t seed = 1);

  const ActiveController& controller() const { return *controller_; }
  const image::ClusterImage& image() const { return controller_->committed(); }
  const std::string& Fault() const { return fault_; }

  // Leads from now on, in the next term.
  void Lead();
  // Leadership is lost; entries that are not committed may or may not survive
  // in the log: `kept` of them do.
  void Lose(size_t kept);
  // Another process of this controller, with the committed image.
  void Restart(uint64_t seed);

  Effects Do(const Event& event);
  // Commits up to `count` entries; all by default.
  Effects Commit(size_t count = SIZE_MAX);
  // Time passes; deadlines on the way are kept.
  void Advance(int64_t ms);
  // Time passes without the driver running.
  void Stall(int64_t ms) { now_ms_ += ms; }

  // Asks, commits everything, and gives the answer.
  CorrelationId Ask(AdminRequest request);
  template <typename Response>
  absl::StatusOr<Response> Call(AdminRequest request);

  // What was told, by request and by session.
  const std::map<CorrelationId, absl::StatusOr<AdminResponse>>& answers()
      const {
    return answers_;
  }
  BrokerBench& brokers() { return brokers_; }
  // Never given out before.
  int64_t NextId() { return next_id_++; }

 private:
  struct Entry {
    Term term;
    internal::v1::MetadataEntry entry;
  };

  Instant Now() const;
  void Take(const Effects& effects);
  void TakeAppends(const Effects& effects);
  void TakeAnswers(const Effects& effects);
  void Check(const image::ClusterImage& before);
  void Blame(const std::string& what);

  std::unique_ptr<ActiveController> controller_;
  std::vector<Entry> log_;
  size_t committed_ = 0;
  image::ClusterImage replayed_;
  Term term_{0};
  int64_t now_ms_ = 1000;
  int64_t next_id_ = 1;
  std::map<CorrelationId, absl::StatusOr<AdminResponse>> answers_;
  std::map<CorrelationId, bool> asked_;
  BrokerBench brokers_;
  std::optional<absl::Duration> deadline_;
  std::string fault_;
};

// What a broker does.
SessionId Register(Rig& rig, int32_t broker, bool anew = true);
void Beat(Rig& rig, int32_t broker, bool want_fence = false,
          bool want_stop = false);
void Close(Rig& rig, SessionId session, Evidence evidence);

template <typename Response>
absl::StatusOr<Response> Rig::Call(AdminRequest request) {
  const CorrelationId id = Ask(std::move(request));
  Commit();
  const absl::StatusOr<AdminResponse>& answer = answers_.at(id);
  if (!answer.ok()) return answer.status();
  return std::get<Response>(*answer);
}

}  // namespace barnabas::active

#endif  // BARNABAS_TESTS_CONTROLLER_ACTIVE_RIG_H_
