// Membership: this broker's place in its cluster.
//
// What: registers and beats through the controller link, follows the metadata,
//   has the partition table obey it, and says on the health board when the
//   broker serves.
// Place: owned by broker_process, above broker/cluster and the table.
// Units: versions are offsets of the metadata log.
// Empty case: before registration the broker wants to be fenced.
// Thread: Start, BeginStop and Stop by the process; all else on the membership
//   loop.
// Errors: what cannot be mended by trying again is told to `on_refused` once.
// Always true: the broker asks to be unfenced only after the partitions obey
//   every change up to its own registration; they obey nothing older.
#ifndef BARNABAS_BROKER_MEMBERSHIP_H_
#define BARNABAS_BROKER_MEMBERSHIP_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "barnabas/v1/config.pb.h"
#include "broker/broker_threads.h"
#include "broker/cluster/admin_forwarder.h"
#include "broker/cluster/catch_up.h"
#include "broker/cluster/controller_choice.h"
#include "broker/cluster/controller_link.h"
#include "broker/cluster/metadata_follower.h"
#include "broker/cluster/producer_id_block.h"
#include "broker/replication/partition_table.h"
#include "broker/service/applied_metadata.h"
#include "broker/service/metadata_board.h"
#include "client/rpc/channel_pool.h"
#include "client/serving/health.h"
#include "storage/log/log_directory.h"

namespace barnabas::broker {

class Membership final : public ControllerLinkEvents {
 public:
  struct Deps {
    BrokerThreads* threads = nullptr;
    PartitionTable* table = nullptr;
    MetadataBoard* board = nullptr;
    log::LogDirectory* directory = nullptr;
    rpc::HealthBoard* health = nullptr;
    // Services that serve when the broker does.
    std::vector<std::string> services;
    std::function<void(const absl::Status&)> on_refused;
    uint64_t seed = 0;
  };

  Membership(const v1::BrokerNodeConfig& config, const Uuid& incarnation,
             Deps deps);

  ProducerIdBlock* producer_ids() { return ids_.get(); }
  AdminForwarder* forwarder() { return forwarder_.get(); }

  // `endpoints` are what others are told.
  void Start(std::vector<image::BrokerEndpoint> endpoints);
  // Asks to be let go, waiting at most `patience`; then leaves. Nothing of
  // what the accessors above gave may be used any more.
  void Stop(absl::Duration patience);

  // The epoch of the last registration.
  std::optional<BrokerEpoch> epoch() const;

  BrokerBeat NextBeat() override;
  void OnRegistered(BrokerEpoch epoch) override;
  void OnReply(const BeatReply& reply) override;
  void OnDisconnected(const absl::Status& status) override;
  void OnRefused(const absl::Status& status) override;

 private:
  // How this broker leaves its cluster.
  struct Departure {
    bool wanted = false;
    std::function<void()> allowed;
  };

  void Follow();
  // Has the partitions obey the newest image that they may.
  void Obey();
  // `admitted`: not fenced in the image of this version.
  void Applied(LogIndex version, bool admitted);
  void ServeOrNot();

  const v1::BrokerNodeConfig config_;
  const Uuid incarnation_;
  const Deps deps_;

  rpc::ChannelPool channels_;
  ControllerChoice controllers_;
  std::unique_ptr<MetadataFollower> follower_;
  std::unique_ptr<AppliedMetadata> applied_;
  std::unique_ptr<ProducerIdBlock> ids_;
  std::unique_ptr<AdminForwarder> forwarder_;
  std::unique_ptr<ControllerLink> link_;

  // Of the membership loop.
  CatchUp catch_up_;
  LogIndex applied_version_{-1};
  Departure departure_;
  std::optional<BrokerEpoch> last_epoch_;
  // Whether it serves: the controller and the image it obeys must both agree.
  struct Admission {
    bool by_reply = false;
    bool by_image = false;
    bool serving = false;
  };
  Admission admission_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_MEMBERSHIP_H_
