// ActiveDriver: the loop around the stepped ActiveController.
//
// What: turns what gRPC threads, the quorum and timers say into events, steps
//   the core, and carries out its effects in the order that effects.h asks
//   for. Publishes the committed image.
// Place: made by controller_process; the services below and beside it post to
//   it. Knows the quorum only as MetadataQuorum.
// Units: the core's. Empty case: before the first entry the image has version
//   -1 and nothing leads.
// Thread: Start, Drain and Stop on the loop; Submit, ReadCurrent, image,
// leading
//   from any thread; sessions and subscribers on the loop.
// Errors: Submit answers OVERLOADED (queue full), SHUTTING_DOWN, and what the
//   core says. on_failed is called once when the quorum or the core cannot go
//   on; the process must then end.
// Always true: every Submit and ReadCurrent is answered exactly once, also by
//   Stop.
#ifndef BARNABAS_CONTROLLER_SERVICE_ACTIVE_DRIVER_H_
#define BARNABAS_CONTROLLER_SERVICE_ACTIVE_DRIVER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "controller/active/active_controller.h"
#include "controller/quorum/metadata_quorum.h"
#include "metadata/image/cluster_image.h"
#include "metadata/image/image_changes.h"
#include "proto/types/limits.h"
#include "storage/env/event_loop.h"

namespace barnabas::controller {

// The stream of one broker session; called on the loop.
class SessionSink {
 public:
  virtual ~SessionSink() = default;
  virtual void Send(const internal::v1::BrokerSessionResponse& message) = 0;
  // Nothing is sent to it afterwards.
  virtual void End(const absl::Status& status) = 0;
};

// What a committed entry, or a snapshot that stands for several, made of the
// image; valid during the call.
struct CommittedStep {
  const image::ClusterImage& before;
  const image::ClusterImage& after;
  const image::ImageChanges& changes;
  // nullptr for a snapshot.
  const active::Committed* entry;
};

class ActiveDriver final {
 public:
  // All outlive the driver.
  struct Deps {
    env::EventLoop* loop = nullptr;
    quorum::MetadataQuorum* quorum = nullptr;
    NodeId self;
    uint64_t seed = 0;
    std::function<void(const absl::Status&)> on_failed;
    // Replicas of a new partition that begin in sync.
    int32_t in_sync_max = kReplicasInSync;
  };
  using Done = absl::AnyInvocable<void(absl::StatusOr<active::AdminResponse>)>;

  explicit ActiveDriver(const Deps& deps);
  ~ActiveDriver();

  void Start();
  // Takes no more requests; `done` runs once all that wait are answered.
  void Drain(absl::AnyInvocable<void()> done);
  // Answers what still waits with REQUEST_TIMED_OUT (it may have taken effect)
  // and ends all sessions with SHUTTING_DOWN.
  void Stop();

  // Runs a write; `done` is called on the loop (or at once when it cannot be
  // taken).
  void Submit(active::AdminRequest request, Done done);

  // For a read that must reflect every change that was answered before it began
  // (R18): `done` is called on the loop when image() does, or with
  // NOT_CONTROLLER, OVERLOADED, SHUTTING_DOWN.
  using ReadDone = absl::AnyInvocable<void(const absl::Status&)>;
  void ReadCurrent(ReadDone done);

  // Sessions. A sink lives until End or CloseSession.
  active::SessionId OpenSession(std::shared_ptr<SessionSink> sink,
                                const internal::v1::RegisterBroker& frame);
  void Heartbeat(active::SessionId session,
                 const internal::v1::BrokerHeartbeat& frame);
  void CloseSession(active::SessionId session, active::Evidence evidence);

  // Called on the loop after each committed entry or snapshot, in order.
  void Subscribe(std::function<void(const CommittedStep&)> on_committed);

  image::ClusterImage image() const;
  bool leading() const { return standing_ == Standing::kLeading; }
  // It leads, or knows who does.
  bool ready() const { return standing_ != Standing::kLost; }
  // On the loop.
  const active::ActiveController& core() const { return core_; }

 private:
  // What the quorum calls.
  class QuorumSide;
  // kLost: nobody is known to lead.
  enum class Standing { kLost, kFollowing, kLeading };

  void Replay(const quorum::QuorumEntry& entry);
  void Load(const std::string& snapshot);
  void Tell(const CommittedStep& step);
  void BeginRead(std::shared_ptr<ReadDone> done);
  // Answers the reads that waited for entries which are here now.
  void AnswerReads();
  void Step(const active::Event& event);
  void CarryOut(active::Effects effects);
  void SetTick(const std::optional<absl::Duration>& deadline);
  void TellDrained();
  void Fail(const absl::Status& status);

  const Deps deps_;
  const std::unique_ptr<QuorumSide> quorum_side_;

  active::ActiveController core_;
  std::map<active::CorrelationId, Done> waiting_;
  // Confirmed, by the entry that they wait for.
  std::multimap<LogIndex, std::shared_ptr<ReadDone>> reads_;
  std::map<active::SessionId, std::shared_ptr<SessionSink>> sessions_;
  std::vector<std::function<void(const CommittedStep&)>> subscribers_;
  int64_t next_id_ = 1;
  env::TimerId tick_ = 0;
  bool failed_ = false;
  // Set while draining; null inside once it was told.
  std::optional<absl::AnyInvocable<void()>> drained_;
  std::atomic<bool> stopped_ = false;
  std::atomic<Standing> standing_ = Standing::kLost;

  mutable absl::Mutex mutex_;
  image::ClusterImage image_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_SERVICE_ACTIVE_DRIVER_H_
