// Log flags: --log_dir, --log_level, --log_verbosity, --log_modules.
//
// What: the command line's say on logs; where a flag is given it wins over
//   the node file. Kept apart from glog, whose own FLAGS_ would collide.
// Empty case: without flags the given options stay. Units: as logging.h.
// Thread: after absl::ParseCommandLine, on the main thread.
// Errors: INVALID_SETTING names the flag and what it takes.
#ifndef BARNABAS_STORAGE_ENV_LOG_FLAGS_H_
#define BARNABAS_STORAGE_ENV_LOG_FLAGS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/env/logging.h"

namespace barnabas::env {

// `options` with what the flags override.
absl::StatusOr<LogOptions> WithLogFlags(LogOptions options);

// Applies --log_modules ("partition_log=2,raft*=1").
absl::Status ApplyModuleFlags(LogLevels* levels);

// Begins the logs of a program: `options`, the flags over them, its modules.
absl::Status StartLoggingByFlags(LogOptions options, LogLevels* levels);

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_LOG_FLAGS_H_
