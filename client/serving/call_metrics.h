// CallMetrics: how often each RPC was answered, with which code, how fast.
//
// What: feeds barnabas_grpc_server_handled_total{service,method,code} and
//   barnabas_grpc_server_handling_seconds{service,method} by an interceptor.
//   An interceptor costs gRPC one more turn for every message, so methods of
//   the hot path are counted by their owner, who asks for their series.
// Place: given to a Listener; one for a process.
// Units: nanoseconds (rendered in seconds); a stream counts from its begin to
//   its end. Empty case: a call that got no status counts as CANCELLED.
// Thread: made and Own before the listener starts; the rest any.
// Errors: none. Bounds: labels are the methods of the services named; calls
//   of other names share service="_other", method="_other".
#ifndef BARNABAS_CLIENT_SERVING_CALL_METRICS_H_
#define BARNABAS_CLIENT_SERVING_CALL_METRICS_H_

#include <grpcpp/support/status.h>

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "storage/env/clock.h"
#include "storage/env/histogram.h"
#include "storage/env/metrics.h"

namespace grpc::experimental {
class ServerInterceptorFactoryInterface;
}  // namespace grpc::experimental

namespace barnabas::rpc {

// The series of one method.
class CallSeries {
 public:
  CallSeries(env::Registry* registry, const env::Clock* clock,
             std::string service, std::string method);

  void Record(grpc::StatusCode code, absl::Duration took);
  absl::Duration Now() const { return clock_->Monotonic(); }

 private:
  static constexpr size_t kCodes = 17;

  env::Registry* const registry_;
  const env::Clock* const clock_;
  const std::string service_;
  const std::string method_;
  env::Histogram* const handling_;
  // Made when a code first occurs: most never do.
  std::array<std::atomic<env::Counter*>, kCodes> handled_{};
};

// One call, counted when it ends.
class CallRecord {
 public:
  explicit CallRecord(CallSeries* series)
      : series_(series), began_(series->Now()) {}
  ~CallRecord() { series_->Record(code_, series_->Now() - began_); }
  CallRecord(const CallRecord&) = delete;
  CallRecord& operator=(const CallRecord&) = delete;

  void set_code(grpc::StatusCode code) { code_ = code; }

 private:
  CallSeries* const series_;
  const absl::Duration began_;
  grpc::StatusCode code_ = grpc::StatusCode::CANCELLED;
};

class CallMetrics {
 public:
  // Full names of services, "barnabas.v1.Producer", that are linked in; health
  // is counted as well. Both pointers outlive this and the server.
  CallMetrics(const std::vector<std::string>& services, env::Registry* registry,
              const env::Clock* clock);

  // The series of "/barnabas.v1.Producer/ProduceStream", which the caller
  // feeds from now on. The method must be known (CHECK).
  CallSeries* Own(const std::string& path);

  // Counts all other methods; for one server, which this outlives.
  std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>
  Interceptors();

 private:
  class Factory;

  struct Method {
    std::unique_ptr<CallSeries> series;
    bool owned = false;
  };

  // By path.
  absl::flat_hash_map<std::string, Method> methods_;
  CallSeries other_;
};

}  // namespace barnabas::rpc

#endif  // BARNABAS_CLIENT_SERVING_CALL_METRICS_H_
