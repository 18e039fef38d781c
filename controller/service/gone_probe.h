// GoneProbe: looks whether a node whose stream broke is still there.
//
// What: after a stream ended, connects to the node's endpoint a few times; a
//   refusal is evidence that its process is gone. A broker is then fenced at
//   once instead of after its session, a leading controller is replaced at once
//   instead of after the election timeout (README 29).
// Units: absl::Duration. Empty case: a broker without endpoints is not probed.
// Thread: all on the loop; connects run on workers.
// Errors: none; what could not be told changes nothing.
// Always true: at most kProbesMax at once; a probe ends after kProbeTimes
//   tries; nothing is probed after Stop.
#ifndef BARNABAS_CONTROLLER_SERVICE_GONE_PROBE_H_
#define BARNABAS_CONTROLLER_SERVICE_GONE_PROBE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "barnabas/internal/v1/controller.pb.h"
#include "storage/env/event_loop.h"
#include "storage/env/net/connect_probe.h"

namespace barnabas::controller {

class GoneProbe {
 public:
  static constexpr int kProbesMax = 256;
  static constexpr int kProbeTimes = 10;

  // Blocks; run on a worker.
  using Connect = std::function<env::ProbeOutcome(
      const std::string& host, int32_t port, absl::Duration timeout)>;

  // Both outlive the probe; work under way keeps what it needs.
  GoneProbe(env::EventLoop* loop, env::WorkerPool* workers, Connect connect);
  ~GoneProbe() { Stop(); }

  // Calls `gone` once if the broker's process turns out to be gone.
  void Look(const internal::v1::RegisterBroker& broker,
            std::function<void()> gone);
  // The same for whoever listens there.
  void Look(const std::string& host, int32_t port, std::function<void()> gone);
  void Stop() { *alive_ = false; }

 private:
  struct Target {
    std::string host;
    int32_t port = 0;
    int tries = 0;
    std::function<void()> gone;
  };

  void Try(const std::shared_ptr<Target>& target);
  void Tried(const std::shared_ptr<Target>& target, env::ProbeOutcome outcome);

  env::EventLoop* const loop_;
  env::WorkerPool* const workers_;
  const Connect connect_;

  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  int running_ = 0;
};

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_SERVICE_GONE_PROBE_H_
