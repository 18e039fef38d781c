// NodeAdminService: barnabas.v1.NodeAdmin, what a node can be asked to do to
// itself.
//
// What: reads and changes log levels live; a change with for_ms is taken back
//   when the time is over, unless a later change has replaced it. What the node
//   keeps on disk it asks its owner.
// Units: milliseconds. Ranges: verbosity 0..9, for_ms 0..24 h.
// Empty case: a request that changes nothing answers the levels in force.
// Thread: gRPC's threads call in; timers run on `loop`; a mutex inside.
// Errors: INVALID_SETTING, LIMIT_EXCEEDED (modules) as gRPC statuses;
//   UNSUPPORTED_FEATURE for log directories of a node without partitions.
#ifndef BARNABAS_CLIENT_SERVING_NODE_ADMIN_H_
#define BARNABAS_CLIENT_SERVING_NODE_ADMIN_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "barnabas/v1/node_admin.grpc.pb.h"
#include "storage/env/event_loop.h"
#include "storage/env/logging.h"

namespace barnabas::rpc {

class NodeAdminService final : public v1::NodeAdmin::CallbackService {
 public:
  using LogDirs = std::function<v1::DescribeLogDirsResponse(
      const v1::DescribeLogDirsRequest&)>;

  // Both outlive the service; the loop is stopped before it is destroyed.
  // `log_dirs` may be empty: a node without partitions.
  NodeAdminService(env::LogLevels* levels, env::EventLoop* loop,
                   LogDirs log_dirs);

  grpc::ServerUnaryReactor* GetLogLevels(
      grpc::CallbackServerContext* context,
      const v1::GetLogLevelsRequest* request,
      v1::GetLogLevelsResponse* response) override;
  grpc::ServerUnaryReactor* SetLogLevel(
      grpc::CallbackServerContext* context,
      const v1::SetLogLevelRequest* request,
      v1::SetLogLevelResponse* response) override;
  grpc::ServerUnaryReactor* DescribeLogDirs(
      grpc::CallbackServerContext* context,
      const v1::DescribeLogDirsRequest* request,
      v1::DescribeLogDirsResponse* response) override;

 private:
  // A change that will be taken back. Key: "" for the severity, "v:" and the
  // module for a verbosity.
  struct Pending {
    env::TimerId timer = 0;
    env::LogSeverity severity = env::LogSeverity::kInfo;
    int32_t verbosity = 0;
  };

  absl::Status Change(const v1::SetLogLevelRequest& request);
  absl::Status ChangeSeverity(env::LogSeverity severity, int64_t for_ms);
  absl::Status ChangeVerbosity(const std::string& module, int32_t verbosity,
                               int64_t for_ms);
  // Remembers what to go back to; the first of several changes counts.
  void Remember(const std::string& key, Pending before, int64_t for_ms)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Revert(const std::string& key);

  env::LogLevels* const levels_;
  env::EventLoop* const loop_;
  const LogDirs log_dirs_;

  absl::Mutex mutex_;
  std::map<std::string, Pending> pending_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace barnabas::rpc

#endif  // BARNABAS_CLIENT_SERVING_NODE_ADMIN_H_
