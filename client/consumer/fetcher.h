// Fetcher: keeps every assigned partition flowing into the inbox.
//
// What: routes each partition to the link of its leader, begins a session at
//   the partition's position, and after any trouble (stream ended, leader
//   moved) begins another where the last frame ended. A seek is a new session;
//   frames of sessions that are gone are dropped by number. The frames
//   themselves pass by, from FetchRoutes to the inbox.
// Units: offsets, bytes. Empty case: without partitions no stream is open.
// Thread: the loop.
// Errors: what the caller must decide goes to the inbox and stops the
//   partition until Begin: OFFSET_OUT_OF_RANGE, CORRUPT_RECORD, refusals that
//   may not be tried again. UNKNOWN_TOPIC and UNKNOWN_PARTITION are told once
//   after kUnknownGrace and tried on.
// Always true: a partition has at most one live session.
#ifndef BARNABAS_CLIENT_CONSUMER_FETCHER_H_
#define BARNABAS_CLIENT_CONSUMER_FETCHER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/cluster_view.h"
#include "client/consumer/consumer_options.h"
#include "client/consumer/fetch_inbox.h"
#include "client/consumer/fetch_link.h"

namespace barnabas::client {

class Fetcher final : public FetchLinkEvents {
 public:
  static constexpr absl::Duration kUnknownGrace = absl::Seconds(2);

  struct Deps {
    ConsumerOptions options;
    std::shared_ptr<rpc::ChannelPool> channels;
    std::shared_ptr<env::EventLoop> loop;
    uint64_t seed = 0;
    FetchInbox* inbox = nullptr;
    // Called when brokers were reached, or why not this time.
    std::function<void(const absl::Status&)> on_contact;
  };

  explicit Fetcher(Deps deps);
  ~Fetcher() override;

  void Start() { view_.Refresh(); }
  // Reads `partition` from there on; what was read before ends.
  void Begin(const ConsumerPartition& partition, uint64_t token, StartAt from);
  void End(const ConsumerPartition& partition);
  void Stop();

 private:
  // One partition that is read.
  struct Track {
    ConsumerPartition partition;
    uint64_t token = 0;
    v1::Position start;
    // Of the last session; -1 before it began. Sessions' routes move it.
    std::shared_ptr<std::atomic<int64_t>> next_offset;
    std::string topic_id;
    // The live session; null and 0 without.
    FetchLink* link = nullptr;
    uint32_t session = 0;
    // The caller must decide first.
    bool stopped = false;
    int failures = 0;
    absl::Duration not_before = -absl::InfiniteDuration();
    std::optional<absl::Duration> unknown_since;
    bool unknown_told = false;
  };
  using SessionKey = std::pair<FetchLink*, uint32_t>;

  void OnFetchAdded(FetchLink* link, const v1::SessionAdded& added) override;
  void OnFetchFailure(FetchLink* link,
                      const v1::SessionFailure& failure) override;
  void OnFetchClosed(FetchLink* link, const absl::Status& status) override;

  void OnViewRound();
  // Begins a session if the track has none and may have one.
  void Consider(Track* track);
  // Whether the topic and partition exist; tells the caller if not for long.
  bool IsThere(Track* track);
  void DropSession(Track* track);
  Track* Find(FetchLink* link, uint32_t session);
  void Tell(const Track& track, const absl::Status& trouble);
  int64_t CreditShare() const;
  absl::Duration Now() const { return deps_.loop->clock().Monotonic(); }

  const Deps deps_;
  const FetchLinkDeps link_deps_;
  ClusterView view_;

  absl::flat_hash_map<std::string, std::unique_ptr<FetchLink>> links_;
  std::map<ConsumerPartition, Track> tracks_;
  absl::flat_hash_map<SessionKey, Track*> sessions_;
  bool stopped_ = false;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_CONSUMER_FETCHER_H_
