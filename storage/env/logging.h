// Logging: how much of what the node tells, changeable while it runs.
//
// What: sets glog up from our own settings (glog's flags do not exist for
//   Abseil) and changes severity and verbosity filters live.
// Units: verbosity 0 is quiet, 1 and more tell more.
// Empty case: no directory means standard error.
// Thread: StartLogging first thing in main; LogLevels from any thread.
// Errors: DIRECTORY_UNUSABLE when log files cannot be written there;
//   INVALID_SETTING for a verbosity or module out of range.
// Always true: ERROR is written whatever the filters say.
#ifndef BARNABAS_STORAGE_ENV_LOGGING_H_
#define BARNABAS_STORAGE_ENV_LOGGING_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace barnabas::env {

enum class LogSeverity { kInfo, kWarning, kError };

// "info", "warning" or "error"; INVALID_SETTING for any other text.
absl::StatusOr<LogSeverity> ParseSeverity(const std::string& text);

struct LogOptions {
  // As the program was called; names log files.
  std::string program;
  LogSeverity severity = LogSeverity::kInfo;
  int32_t verbosity = 0;
  // Folder for log files; empty means standard error.
  std::string directory;
};

// Once per process.
absl::Status StartLogging(const LogOptions& options);

struct LogFilter {
  LogSeverity severity = LogSeverity::kInfo;
  int32_t verbosity = 0;
  // Source file stem or glob to verbosity.
  std::map<std::string, int32_t> modules;

  bool operator==(const LogFilter&) const = default;
};

// The filters in force. Modules are remembered here since glog cannot list
// them, so a process keeps one LogLevels.
class LogLevels {
 public:
  static constexpr int32_t kVerbosityMax = 9;
  static constexpr int kModulesMax = 64;

  LogFilter filter() const;

  void SetSeverity(LogSeverity severity);
  // Everywhere (empty module) or for one module.
  absl::Status SetVerbosity(const std::string& module, int32_t verbosity);
  // What a module tells now: its own verbosity or that of all.
  int32_t VerbosityOf(const std::string& module) const;

 private:
  mutable absl::Mutex mutex_;
  std::map<std::string, int32_t> modules_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_LOGGING_H_
