// ControllerProcess: one controller, wired together.
//
// What: opens the data directory, makes quorum, driver, services, listeners
//   and probes from a checked node file, and takes them down in reverse.
// Place: made by main; tests make several in one process.
// Units: none. Empty case: none.
// Thread: Start, Wait and the destructor by the owner; RequestStop from any
//   thread, signals included.
// Errors: Start gives the one sentence that people read: DIRECTORY_LOCKED,
//   NOT_FORMATTED, WRONG_IDENTITY, CORRUPT_LOG, ADDRESS_IN_USE, … Wait gives
//   the error that ended a process which could not go on.
// Always true: a clean stop leaves the clean-stop marker; anything else does
//   not.
#ifndef BARNABAS_CONTROLLER_CONTROLLER_PROCESS_H_
#define BARNABAS_CONTROLLER_CONTROLLER_PROCESS_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "barnabas/v1/config.pb.h"
#include "storage/env/logging.h"

namespace barnabas::controller {

class ControllerProcess {
 public:
  // `levels` outlives the process.
  static absl::StatusOr<std::unique_ptr<ControllerProcess>> Start(
      const v1::ControllerNodeConfig& config, env::LogLevels* levels);

  // Stops without waiting for anybody if Wait was not called.
  virtual ~ControllerProcess() = default;

  virtual void RequestStop() = 0;
  // Until a stop is requested or something fails; then stops everything.
  virtual absl::Status Wait() = 0;

  // Ports in use, when the node file said 0.
  virtual int32_t peer_port() const = 0;
  virtual int32_t http_port() const = 0;
};

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_CONTROLLER_PROCESS_H_
