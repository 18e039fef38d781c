// BrokerProcess: the composition root of barnabas-broker.
//
// What: builds the parts bottom-up, starts them, and stops them top-down.
// Place: main.cc makes one; tests may, too.
// Units: absl::Duration. Empty case: none.
// Thread: Start, Wait and Stop by one thread.
// Errors: Start: those of LogDirectory::Open (DIRECTORY_LOCKED,
//   NOT_FORMATTED, WRONG_IDENTITY, ...), ADDRESS_IN_USE. Wait: what made it
//   useless to go on, such as INCONSISTENT_CLUSTER_ID.
// Always true: a clean stop acknowledges what was accepted, closes every log
//   and writes the clean marker last (S10).
#ifndef BARNABAS_BROKER_BROKER_PROCESS_H_
#define BARNABAS_BROKER_BROKER_PROCESS_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "barnabas/v1/config.pb.h"
#include "storage/env/logging.h"

namespace barnabas::broker {

class BrokerProcess {
 public:
  // `levels` outlives the process.
  static absl::StatusOr<std::unique_ptr<BrokerProcess>> Start(
      const v1::BrokerNodeConfig& config, env::LogLevels* levels);

  virtual ~BrokerProcess() = default;

  // Where clients and probes reach it; ports that the kernel chose included.
  virtual int32_t client_port() const = 0;
  virtual int32_t http_port() const = 0;

  // Makes Wait return OK. From any thread.
  virtual void RequestStop() = 0;
  // Waits until a stop is requested or it is of no use to go on.
  virtual absl::Status Wait() = 0;
  // Stops everything in order; once.
  virtual void Stop() = 0;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_BROKER_PROCESS_H_
