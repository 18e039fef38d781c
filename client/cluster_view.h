// ClusterView: keeps a ClusterTable fresh by asking brokers.
//
// What: asks for brokers and watched topics when told to, when a broker tells
//   that they changed, when what it knows grows old, and again, with backoff
//   and another node, until it succeeds. Requests to refresh that come together
//   are one.
// Units: absl::Duration. Empty case: without watched topics only brokers are
//   asked for.
// Thread: all methods and the listener on the loop.
// Errors: last_status() tells why the last round failed; the view goes on
//   trying as long as somebody asked.
// Always true: at most one round of calls is under way.
#ifndef BARNABAS_CLIENT_CLUSTER_VIEW_H_
#define BARNABAS_CLIENT_CLUSTER_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/client_options.h"
#include "client/cluster_table.h"
#include "client/metadata_watch.h"
#include "client/rpc/channel_pool.h"
#include "storage/env/event_loop.h"

namespace barnabas::client {

class ClusterView {
 public:
  struct Deps {
    ClientOptions options;
    std::shared_ptr<rpc::ChannelPool> channels;
    std::shared_ptr<env::EventLoop> loop;
    uint64_t seed = 0;
    // Called after every round, good or bad. Must not destroy the view.
    std::function<void()> on_round;
  };

  explicit ClusterView(Deps deps);
  ~ClusterView();

  // Asks for `topic` too from now on, and soon.
  void Watch(const std::string& topic);
  void Unwatch(const std::string& topic);
  // Asks again soon.
  void Refresh();

  const ClusterTable& table() const { return table_; }
  ClusterTable* mutable_table() { return &table_; }
  const absl::Status& last_status() const { return last_status_; }
  // A node to send other calls to; another one after each failed round.
  std::string AnyEndpoint() const;

 private:
  // What outlives the view for answers that come late.
  struct Alive {
    ClusterView* view = nullptr;
  };

  void Begin();
  // `version` is of the metadata that the round began with.
  void AskTopics(const std::string& endpoint, int64_t version,
                 std::vector<std::string> names, size_t begin);
  void End(const absl::Status& status);
  void ArmTimer(absl::Duration delay);

  const Deps deps_;
  const std::shared_ptr<Alive> alive_;

  ClusterTable table_;
  MetadataWatch watch_;
  std::set<std::string> watched_;
  absl::Status last_status_;
  bool asking_ = false;
  // Somebody asked since the round under way began.
  bool wanted_ = false;
  // Failed rounds in a row.
  int failures_ = 0;
  // Good rounds asked for one right after the other.
  int hurry_ = 0;
  // When the last round began.
  absl::Duration began_ = -absl::InfiniteDuration();
  env::TimerId timer_ = 0;
};

// The endpoints to begin with.
std::vector<std::string> BootstrapOf(const ClientOptions& options);

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_CLUSTER_VIEW_H_
