#include "client/serving/node_admin.h"

#include <glog/logging.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/rpc/status_bridge.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/units.h"

namespace barnabas::rpc {
namespace {

constexpr char kSeverityKey[] = "";

std::string VerbosityKey(const std::string& module) {
  return absl::StrCat("v:", module);
}

v1::Severity ToWire(env::LogSeverity severity) {
  switch (severity) {
    case env::LogSeverity::kInfo:
      return v1::SEVERITY_INFO;
    case env::LogSeverity::kWarning:
      return v1::SEVERITY_WARNING;
    case env::LogSeverity::kError:
      return v1::SEVERITY_ERROR;
  }
  return v1::SEVERITY_UNSPECIFIED;
}

absl::StatusOr<env::LogSeverity> FromWire(v1::Severity severity) {
  if (severity == v1::SEVERITY_INFO) return env::LogSeverity::kInfo;
  if (severity == v1::SEVERITY_WARNING) return env::LogSeverity::kWarning;
  if (severity == v1::SEVERITY_ERROR) return env::LogSeverity::kError;
  return MakeError(
      ErrorCode::kInvalidSetting,
      absl::StrCat("severity ", static_cast<int>(severity), " is not known"),
      "use info, warning or error");
}

void Fill(const env::LogFilter& filter, v1::GetLogLevelsResponse* response) {
  response->set_severity(ToWire(filter.severity));
  response->set_verbosity(filter.verbosity);
  for (const auto& [module, verbosity] : filter.modules) {
    v1::LogLevel* level = response->add_modules();
    level->set_module(module);
    level->set_verbosity(verbosity);
  }
}

}  // namespace

NodeAdminService::NodeAdminService(env::LogLevels* levels, env::EventLoop* loop,
                                   LogDirs log_dirs)
    : levels_(levels), loop_(loop), log_dirs_(std::move(log_dirs)) {}

grpc::ServerUnaryReactor* NodeAdminService::GetLogLevels(
    grpc::CallbackServerContext* context, const v1::GetLogLevelsRequest*,
    v1::GetLogLevelsResponse* response) {
  Fill(levels_->filter(), response);
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

grpc::ServerUnaryReactor* NodeAdminService::SetLogLevel(
    grpc::CallbackServerContext* context, const v1::SetLogLevelRequest* request,
    v1::SetLogLevelResponse* response) {
  const absl::Status changed = Change(*request);
  if (changed.ok()) Fill(levels_->filter(), response->mutable_levels());
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(ToGrpc(changed));
  return reactor;
}

grpc::ServerUnaryReactor* NodeAdminService::DescribeLogDirs(
    grpc::CallbackServerContext* context,
    const v1::DescribeLogDirsRequest* request,
    v1::DescribeLogDirsResponse* response) {
  absl::Status status;
  if (log_dirs_) {
    *response = log_dirs_(*request);
  } else {
    status = MakeError(ErrorCode::kUnsupportedFeature,
                       "this node holds no partitions",
                       "ask a broker: barnabas broker log-dirs");
  }
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(ToGrpc(status));
  return reactor;
}

absl::Status NodeAdminService::Change(const v1::SetLogLevelRequest& request) {
  if (request.for_ms() < 0 || request.for_ms() > kDayMs) {
    return MakeError(ErrorCode::kInvalidSetting,
                     absl::StrCat("for_ms is ", request.for_ms(),
                                  ", but may be 0 to ", kDayMs),
                     "choose a time of at most 24 hours");
  }
  if (request.severity() != v1::SEVERITY_UNSPECIFIED) {
    ASSIGN_OR_RETURN(const env::LogSeverity severity,
                     FromWire(request.severity()));
    RETURN_IF_ERROR(ChangeSeverity(severity, request.for_ms()));
  }
  if (request.has_verbosity()) {
    return ChangeVerbosity(request.module(), request.verbosity(),
                           request.for_ms());
  }
  return absl::OkStatus();
}

absl::Status NodeAdminService::ChangeSeverity(env::LogSeverity severity,
                                              int64_t for_ms) {
  absl::MutexLock lock(&mutex_);
  Pending before;
  before.severity = levels_->filter().severity;
  levels_->SetSeverity(severity);
  Remember(kSeverityKey, before, for_ms);
  return absl::OkStatus();
}

absl::Status NodeAdminService::ChangeVerbosity(const std::string& module,
                                               int32_t verbosity,
                                               int64_t for_ms) {
  absl::MutexLock lock(&mutex_);
  Pending before;
  before.verbosity = levels_->VerbosityOf(module);
  RETURN_IF_ERROR(levels_->SetVerbosity(module, verbosity));
  LOG(INFO) << "Verbosity of " << (module.empty() ? "all modules" : module)
            << " is now " << verbosity << ", before " << before.verbosity
            << ".";
  Remember(VerbosityKey(module), before, for_ms);
  return absl::OkStatus();
}

void NodeAdminService::Remember(const std::string& key, Pending before,
                                int64_t for_ms) {
  const auto found = pending_.find(key);
  if (found != pending_.end()) {
    // What was set for a time is not what to go back to.
    loop_->Cancel(found->second.timer);
    before.severity = found->second.severity;
    before.verbosity = found->second.verbosity;
    pending_.erase(found);
  }
  if (for_ms == 0) return;
  before.timer =
      loop_->After(absl::Milliseconds(for_ms), [this, key] { Revert(key); });
  pending_.emplace(key, before);
}

void NodeAdminService::Revert(const std::string& key) {
  absl::MutexLock lock(&mutex_);
  const auto found = pending_.find(key);
  if (found == pending_.end()) return;
  const Pending before = found->second;
  pending_.erase(found);
  if (key == kSeverityKey) {
    levels_->SetSeverity(before.severity);
    return;
  }
  const std::string module = key.substr(2);
  // It was valid when it was in force.
  levels_->SetVerbosity(module, before.verbosity).IgnoreError();
  LOG(INFO) << "Verbosity of " << (module.empty() ? "all modules" : module)
            << " is back to " << before.verbosity << ".";
}

}  // namespace barnabas::rpc
