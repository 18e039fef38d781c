// Sender: moves batches from lanes to brokers and outcomes back to callers.
//
// What: routes each lane to the link of its partition's leader, fills frames
//   (one batch for each lane, lanes in turn), and acts on every outcome:
//   stored, refused, stream ended, leader moved, time over, sequence lost.
//   Natural batching: while a frame waits for its answer, records gather
//   (at most five milliseconds), so that frames grow with the load.
// Units: bytes, monotonic time. Empty case: without lanes nothing happens.
// Thread: all methods on the loop. Callbacks run on the loop, from events
//   only, when the sender's state is whole again.
// Errors: told to the callbacks of records, and counted in the ledger.
// Always true: a lane is in at most one ready list; its batches are in flight
//   on one stream only; every batch is completed exactly once.
#ifndef BARNABAS_CLIENT_PRODUCER_SENDER_H_
#define BARNABAS_CLIENT_PRODUCER_SENDER_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/cluster_view.h"
#include "client/producer/identity_source.h"
#include "client/producer/lane.h"
#include "client/producer/memory_budget.h"
#include "client/producer/produce_link.h"
#include "client/producer/producer_options.h"
#include "client/producer/topic_table.h"

namespace barnabas::client {

// Counts that facts() shows.
struct SenderCounts {
  std::atomic<int64_t> batches_sent = 0;
  std::atomic<int64_t> retries = 0;
};

class Sender final : public ProduceLinkEvents {
 public:
  struct Deps {
    ProducerOptions options;
    std::shared_ptr<rpc::ChannelPool> channels;
    std::shared_ptr<env::EventLoop> loop;
    uint64_t seed = 0;
    TopicTable* topics = nullptr;
    MemoryBudget* memory = nullptr;
    FlushLedger* ledger = nullptr;
    SenderCounts* counts = nullptr;
    // Called when the cluster was reached, or why it was not this time.
    std::function<void(const absl::Status&)> on_contact;
  };

  explicit Sender(Deps deps);
  ~Sender() override;

  // Makes contact; on_contact follows, perhaps several times.
  void Start();
  // Send put something into `lane`.
  void OnQueued(Lane* lane);
  // Somebody waits to learn about `topic`.
  void WatchTopic(const std::string& topic);
  // Batches do not linger any more until told otherwise.
  void SetUrgent(bool urgent);
  // Fails everything that is left, and ends the streams.
  void Stop(const absl::Status& why);

 private:
  // Where a lane's batches may go.
  struct Route {
    ProduceLink* link = nullptr;
    // Its batches in flight elsewhere have to be answered first.
    bool settling = false;
  };
  using LaneKey = std::pair<std::string, int32_t>;

  void OnLinkWritable(ProduceLink* link) override;
  void OnLinkStored(ProduceLink* link, const v1::PartitionAck& ack) override;
  void OnLinkRefused(ProduceLink* link,
                     const v1::ProduceFailure& failure) override;
  void OnLinkSent(ProduceLink* link, uint64_t frame) override;
  void OnLinkClosed(ProduceLink* link, const absl::Status& status) override;

  void OnViewRound();
  void OnIdentityAttempt();
  void TellContact();

  // Decides what `lane` needs next; may be called any time. The caller pumps
  // `pumped` itself, when it is through with several lanes.
  void Consider(Lane* lane, const ProduceLink* pumped = nullptr);
  void Strand(Lane* lane);
  void ConsiderStranded();
  Route RouteOf(Lane* lane);
  void ConsiderAt(Lane* lane, absl::Duration moment);
  // How long a batch may be open before it goes.
  absl::Duration LingerOn(const ProduceLink& link) const;

  // Writes frames while the link has room and lanes have batches.
  void Pump(ProduceLink* link);
  bool WriteFrame(ProduceLink* link, int64_t room);
  enum class Pick { kTaken, kNothing, kNoRoom };
  Pick PickBatch(Lane* lane, int64_t bytes_max, PendingBatchPtr* batch);

  Lane* FindLane(const std::string& topic_id, int32_t partition);
  // Also where the broker could not name the topic's id.
  Lane* FindRefused(ProduceLink* link, const v1::ProduceFailure& failure);
  void OnRetriable(Lane* lane, const absl::Status& status);
  void Complete(PendingBatchPtr batch, const absl::StatusOr<Delivery>& outcome);
  void FailAll(Lane* lane, const absl::Status& why);
  // Fails lanes whose topic is gone.
  void FailDeleted();
  void ArmSweep();
  // Fails what is too old.
  void Sweep();
  bool Idempotent() const;
  absl::Duration Now() const { return deps_.loop->clock().Monotonic(); }

  const Deps deps_;
  const ProduceLinkDeps link_deps_;
  ClusterView view_;
  IdentitySource identities_;

  // By endpoint.
  absl::flat_hash_map<std::string, std::unique_ptr<ProduceLink>> links_;
  std::vector<Lane*> lanes_;
  absl::flat_hash_map<LaneKey, Lane*> lanes_by_id_;
  std::set<Lane*> stranded_;
  // Without acks: who had a batch in which frame, by link, in order.
  absl::flat_hash_map<ProduceLink*,
                      std::deque<std::pair<uint64_t, std::vector<Lane*>>>>
      unacknowledged_;
  bool urgent_ = false;
  bool stopped_ = false;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_PRODUCER_SENDER_H_
