// ProducerIdBlock: producer ids to hand out, fetched from the controller in
// blocks before they run out.
//
// What: `Next` gives a fresh id; when half of a block is left the next one is
//   asked for, so that a producer hardly ever waits.
// Units: ids; blocks of kProducerIdBlock. Empty case: no id until the first
//   block came; callers wait for it.
// Thread: Next from any thread; `done` on the loop.
// Errors: CONTROLLER_NOT_AVAILABLE when no block came within the timeout;
//   OVERLOADED when more than kWaitersMax wait; SHUTTING_DOWN after Stop.
// Always true: no id is given twice, by this broker or any other.
#ifndef BARNABAS_BROKER_CLUSTER_PRODUCER_ID_BLOCK_H_
#define BARNABAS_BROKER_CLUSTER_PRODUCER_ID_BLOCK_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/cluster/controller_choice.h"
#include "client/rpc/channel_pool.h"
#include "proto/types/ids.h"
#include "storage/env/event_loop.h"

namespace barnabas::broker {

class ProducerIdBlock {
 public:
  static constexpr int32_t kWaitersMax = 10000;

  struct Options {
    BrokerId broker;
    absl::Duration timeout = absl::Seconds(10);
    uint64_t seed = 0;
    // The epoch in force (ControllerLink::epoch); asked on the loop.
    std::function<std::optional<BrokerEpoch>()> epoch;
  };
  // All outlive the block.
  struct Deps {
    std::shared_ptr<env::EventLoop> loop;
    rpc::ChannelPool* channels = nullptr;
    ControllerChoice* controllers = nullptr;
  };
  using Done = absl::AnyInvocable<void(absl::StatusOr<ProducerId>)>;

  static std::unique_ptr<ProducerIdBlock> Make(const Options& options,
                                               const Deps& deps);

  // Destroy it on the loop.
  virtual ~ProducerIdBlock() = default;

  virtual void Next(Done done) = 0;
  virtual void Stop() = 0;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_CLUSTER_PRODUCER_ID_BLOCK_H_
