#include "storage/env/logging.h"

#include <glog/logging.h>
#include <glog/vlog_is_on.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"

namespace barnabas::env {
namespace {

int ToGlog(LogSeverity severity) {
  switch (severity) {
    case LogSeverity::kInfo:
      return google::GLOG_INFO;
    case LogSeverity::kWarning:
      return google::GLOG_WARNING;
    case LogSeverity::kError:
      return google::GLOG_ERROR;
  }
  return google::GLOG_INFO;
}

LogSeverity FromGlog(int severity) {
  if (severity <= google::GLOG_INFO) return LogSeverity::kInfo;
  if (severity == google::GLOG_WARNING) return LogSeverity::kWarning;
  return LogSeverity::kError;
}

absl::Status CheckFolder(const std::string& directory) {
  struct stat facts {};
  if (stat(directory.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode) &&
      access(directory.c_str(), W_OK) == 0) {
    return absl::OkStatus();
  }
  return MakeError(
      ErrorCode::kDirectoryUnusable,
      absl::StrCat("log files cannot be written to ", directory,
                   ": it is absent, no directory or not writable"),
      "make it, or leave log.directory out to log to standard error");
}

bool IsModule(const std::string& module) {
  if (module.size() > 64) return false;
  for (const char c : module) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_' &&
        c != '*' && c != '?' && c != '-') {
      return false;
    }
  }
  return true;
}

}  // namespace

absl::StatusOr<LogSeverity> ParseSeverity(const std::string& text) {
  if (text == "info") return LogSeverity::kInfo;
  if (text == "warning") return LogSeverity::kWarning;
  if (text == "error") return LogSeverity::kError;
  return MakeError(ErrorCode::kInvalidSetting,
                   absl::StrCat("log level \"", text, "\" is not known"),
                   "use info, warning or error");
}

absl::Status StartLogging(const LogOptions& options) {
  if (!options.directory.empty()) {
    const absl::Status usable = CheckFolder(options.directory);
    if (!usable.ok()) return usable;
    FLAGS_log_dir = options.directory;
    FLAGS_logtostderr = false;
    // What ends a process is wanted where people look first.
    FLAGS_stderrthreshold = google::GLOG_FATAL;
  } else {
    FLAGS_logtostderr = true;
  }
  FLAGS_minloglevel = ToGlog(options.severity);
  FLAGS_v = options.verbosity;
  FLAGS_log_utc_time = true;
  google::InitGoogleLogging(options.program.c_str());
  return absl::OkStatus();
}

LogFilter LogLevels::filter() const {
  LogFilter filter;
  filter.severity = FromGlog(FLAGS_minloglevel);
  filter.verbosity = FLAGS_v;
  absl::MutexLock lock(&mutex_);
  filter.modules = modules_;
  return filter;
}

void LogLevels::SetSeverity(LogSeverity severity) {
  FLAGS_minloglevel = ToGlog(severity);
}

absl::Status LogLevels::SetVerbosity(const std::string& module,
                                     int32_t verbosity) {
  if (verbosity < 0 || verbosity > kVerbosityMax) {
    return MakeError(ErrorCode::kInvalidSetting,
                     absl::StrCat("verbosity ", verbosity, " is outside 0 to ",
                                  kVerbosityMax),
                     "0 is quiet, 1 and more tell more");
  }
  if (!IsModule(module)) {
    return MakeError(ErrorCode::kInvalidSetting,
                     "the module is not the stem of a source file",
                     "for example partition_log or raft*");
  }
  if (module.empty()) {
    FLAGS_v = verbosity;
    return absl::OkStatus();
  }
  absl::MutexLock lock(&mutex_);
  if (modules_.count(module) == 0 && modules_.size() >= kModulesMax) {
    return MakeError(
        ErrorCode::kLimitExceeded,
        absl::StrCat("verbosity is set for ", kModulesMax, " modules already"),
        "use a glob, or restart the node");
  }
  modules_[module] = verbosity;
  google::SetVLOGLevel(module.c_str(), verbosity);
  return absl::OkStatus();
}

int32_t LogLevels::VerbosityOf(const std::string& module) const {
  absl::MutexLock lock(&mutex_);
  const auto found = modules_.find(module);
  return found == modules_.end() ? FLAGS_v : found->second;
}

}  // namespace barnabas::env
