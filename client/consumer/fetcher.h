// Fetcher: keeps every assigned partition fetched from whoever leads it.
//
// What: finds leaders, opens one stream per broker, begins partitions where
//   they stand, and begins them again after lost streams and moved leaders.
//   What arrives goes to the inbox.
// Units: offsets, bytes. Empty case: without partitions streams stay open but
//   idle.
// Thread: all methods on the loop.
// Errors: what a refresh of metadata may cure is retried with backoff; what it
//   cannot (OFFSET_OUT_OF_RANGE, CORRUPT_RECORD, UNKNOWN_TOPIC, ...) is told
//   to the inbox, and the partition stands still until it is started again.
// Always true: a partition has at most one session; chunks carry the epoch
//   with which the partition was started.
#ifndef BARNABAS_CLIENT_CONSUMER_FETCHER_H_
#define BARNABAS_CLIENT_CONSUMER_FETCHER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "client/cluster_view.h"
#include "client/consumer/consumer.h"
#include "client/consumer/fetch_inbox.h"
#include "client/consumer/fetch_link.h"
#include "client/rpc/channel_pool.h"
#include "storage/env/event_loop.h"

namespace barnabas::client {

class Fetcher final : public FetchLinkEvents {
 public:
  struct Deps {
    ConsumerOptions options;
    std::shared_ptr<rpc::ChannelPool> channels;
    std::shared_ptr<env::EventLoop> loop;
    uint64_t seed = 0;
    std::shared_ptr<FetchInbox> inbox;
  };

  explicit Fetcher(const Deps& deps);
  ~Fetcher() override;

  void Begin(const ConsumerPartition& partition, uint64_t epoch, StartAt from);
  void Stop(const ConsumerPartition& partition);
  void StopAll();
  // Gives back the credit of what was handed out.
  void ReleaseBytes();

 private:
  struct Wanted {
    uint64_t epoch = 0;
    StartAt from;
    // Known once the broker has said where reading begins.
    bool placed = false;
    int64_t next_offset = 0;
    FetchLink* link = nullptr;
    uint32_t session = 0;
    int failures = 0;
    env::TimerId timer = 0;
    // Trouble was told; only another Begin goes on.
    bool stopped = false;
  };
  using Entry = std::pair<const ConsumerPartition, Wanted>;

  void OnLinkAdded(FetchLink* link, const v1::SessionAdded& added) override;
  void OnLinkFetched(FetchLink* link,
                     rpc::Received<rpc::FetchResponseView> frame) override;
  void OnLinkFailure(FetchLink* link,
                     const v1::SessionFailure& failure) override;
  void OnLinkClosed(FetchLink* link, const absl::Status& status) override;

  // Opens a session where the leader is known; else waits for metadata.
  void Place(Entry* entry);
  void PlaceAll();
  void Detach(Entry* entry);
  void RetryLater(Entry* entry);
  void TellTrouble(Entry* entry, const absl::Status& why);
  FetchLink* LinkTo(const std::string& endpoint);
  Entry* FindSession(FetchLink* link, uint32_t session);

  const Deps deps_;
  FetchLinkDeps link_deps_;
  std::unique_ptr<ClusterView> view_;
  std::map<std::string, std::unique_ptr<FetchLink>> links_;
  std::map<ConsumerPartition, Wanted> wanted_;
  std::map<std::pair<FetchLink*, uint32_t>, ConsumerPartition> sessions_;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_CONSUMER_FETCHER_H_
