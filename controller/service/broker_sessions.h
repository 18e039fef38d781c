// BrokerSessions: the BrokerSession streams of this controller.
//
// What: one reactor a stream; frames are posted to the driver's loop, answers
//   written back. The next frame is read when the last one was dealt with, so
//   a broker that floods only fills its own connection. When a stream ends,
//   its broker is looked for (GoneProbe).
// Place: part of controller_service.
// Units: frames. Empty case: no streams.
// Thread: Open on gRPC's threads; the rest on the loop.
// Errors: PROTOCOL_ERROR when the first frame is not `register` or a later
//   one is; OVERLOADED beyond kSessionsMax; what the core says. Each is sent
//   as a `failed` frame and as the stream's status.
// Always true: a session that was opened at the core is closed there once.
#ifndef BARNABAS_CONTROLLER_SERVICE_BROKER_SESSIONS_H_
#define BARNABAS_CONTROLLER_SERVICE_BROKER_SESSIONS_H_

#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <cstdint>

#include "barnabas/internal/v1/controller.pb.h"
#include "controller/service/active_driver.h"
#include "controller/service/gone_probe.h"
#include "proto/types/limits.h"
#include "storage/env/event_loop.h"

namespace barnabas::controller {

class BrokerSessions {
 public:
  static constexpr int32_t kSessionsMax = 2 * kBrokersMax;
  using Reactor = grpc::ServerBidiReactor<internal::v1::BrokerSessionRequest,
                                          internal::v1::BrokerSessionResponse>;

  // All outlive the sessions, which end with the listener.
  BrokerSessions(env::EventLoop* loop, ActiveDriver* driver, GoneProbe* probe);

  Reactor* Open();
  int32_t open() const { return open_; }

 private:
  class Session;

  env::EventLoop* const loop_;
  ActiveDriver* const driver_;
  GoneProbe* const probe_;
  std::atomic<int32_t> open_ = 0;
};

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_SERVICE_BROKER_SESSIONS_H_
