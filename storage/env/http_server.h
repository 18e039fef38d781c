// HttpServer: probes and metrics for machines that speak plain HTTP/1.
//
// What: answers GET and HEAD of a fixed set of paths from callbacks, on one
//   thread of its own. One request a connection, so that a caller cannot stay.
// Units: absl::Duration, bytes. Ranges: port 0 lets the kernel choose.
// Empty case: without routes every path is 404.
// Thread: Start and the destructor by the owner; routes are called on the
//   server's thread and must not block.
// Errors: Start: ADDRESS_IN_USE, PERMISSION_DENIED, INVALID_NODE_FILE. Callers
//   see 404 (path), 405 or 501 (method), 400 (headers), 413 (body); those
//   over the limit wait in the kernel's queue.
// Always true: at most `connections_max` are open, none for longer than
//   `connection_age_max`, none holds more than header and body limits.
#ifndef BARNABAS_STORAGE_ENV_HTTP_SERVER_H_
#define BARNABAS_STORAGE_ENV_HTTP_SERVER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "proto/types/units.h"

namespace barnabas::env {

struct HttpReply {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

using HttpRoute = std::function<HttpReply()>;

class HttpServer {
 public:
  struct Options {
    std::string host;
    int32_t port = 0;
    // "/metrics" to what answers it.
    std::map<std::string, HttpRoute> routes;
    int32_t connections_max = 256;
    int64_t header_bytes_max = 8 * kKiB;
    int64_t body_bytes_max = 16 * kKiB;
    absl::Duration idle_timeout = absl::Seconds(5);
    absl::Duration connection_age_max = absl::Seconds(30);
  };

  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(
      const Options& options);

  // Stops and joins the thread.
  virtual ~HttpServer() = default;

  virtual int32_t port() const = 0;
};

// The four routes of every node (ecosystem.md 1). `live`, `ready` and
// `started` answer "" when all is well, else the reason why not (503).
struct NodeProbes {
  std::function<std::string()> live;
  std::function<std::string()> ready;
  std::function<std::string()> started;
  // Prometheus text.
  std::function<std::string()> metrics;
};
std::map<std::string, HttpRoute> ProbeRoutes(const NodeProbes& probes);

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_HTTP_SERVER_H_
