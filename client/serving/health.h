// HealthBoard: what a node says about its own health, in one place.
//
// What: the states that gRPC health checks, HTTP probes and systemd all read:
//   "liveness", "readiness", one per service, and "" for the node as a whole.
//   Listeners attach their gRPC health service; changes reach all of them.
// Units: none. Empty case: a new board is live, not ready, not started, and
//   serves nothing.
// Thread: any; a mutex inside, held while listeners are told.
// Errors: none; a name that was never set is not serving.
// Always true: once Drain was called nothing but liveness serves again.
#ifndef BARNABAS_CLIENT_SERVING_HEALTH_H_
#define BARNABAS_CLIENT_SERVING_HEALTH_H_

#include <map>
#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace grpc {
class HealthCheckServiceInterface;
}  // namespace grpc

namespace barnabas::rpc {

class HealthBoard {
 public:
  HealthBoard();

  // One service by its full name, "barnabas.v1.Producer".
  void SetService(const std::string& service, bool serving);
  // While held, a service does not serve whatever SetService says: the node is
  // ready, but this part of it is not (a full disk refuses produce).
  void HoldService(const std::string& service, bool held);
  // The node as a whole: "" and "readiness". `reason` says why not.
  void SetReady(bool ready, const std::string& reason = "");
  void SetLive(bool live, const std::string& reason = "");
  // Start-up is over: recovery done, registered.
  void SetStarted();
  // NOT_SERVING for all but liveness, before connections are drained.
  void Drain();

  bool IsServing(const std::string& name) const;
  // "" when well, else why not: what HTTP probes answer.
  std::string LiveFault() const;
  std::string ReadyFault() const;
  std::string StartFault() const;

  // Tells `health` all states now and every change until Detach.
  void Attach(grpc::HealthCheckServiceInterface* health);
  void Detach(grpc::HealthCheckServiceInterface* health);

 private:
  void Set(const std::string& name, bool serving)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  std::map<std::string, bool> states_ ABSL_GUARDED_BY(mutex_);
  // What SetService said, and the services that are held all the same.
  std::map<std::string, bool> wanted_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> held_ ABSL_GUARDED_BY(mutex_);
  std::string live_fault_ ABSL_GUARDED_BY(mutex_);
  std::string ready_fault_ ABSL_GUARDED_BY(mutex_);
  bool started_ ABSL_GUARDED_BY(mutex_) = false;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  std::set<grpc::HealthCheckServiceInterface*> attached_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace barnabas::rpc

#endif  // BARNABAS_CLIENT_SERVING_HEALTH_H_
