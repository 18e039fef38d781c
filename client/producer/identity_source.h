// IdentitySource: gets producer ids and epochs from the cluster.
//
// What: calls InitProducer until it succeeds. Asked for something newer than
//   an identity, it gets the next epoch of the same id, or a new id.
// Units: none. Empty case: current() is none before the first success.
// Thread: the loop. Errors: last_status() tells why the last call failed; it
//   is tried again with backoff.
// Always true: one call at a time; current() never goes back.
#ifndef BARNABAS_CLIENT_PRODUCER_IDENTITY_SOURCE_H_
#define BARNABAS_CLIENT_PRODUCER_IDENTITY_SOURCE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "barnabas/v1/producer.pb.h"
#include "client/client_options.h"
#include "client/producer/sequencer.h"
#include "client/rpc/channel_pool.h"
#include "storage/env/event_loop.h"

namespace barnabas::client {

class IdentitySource {
 public:
  struct Deps {
    ClientOptions options;
    std::shared_ptr<rpc::ChannelPool> channels;
    std::shared_ptr<env::EventLoop> loop;
    uint64_t seed = 0;
    // A node to ask; asked anew for each attempt.
    std::function<std::string()> endpoint;
    // Called after every attempt, good or bad.
    std::function<void()> on_attempt;
  };

  explicit IdentitySource(Deps deps);
  ~IdentitySource();

  const ProducerIdentity& current() const { return current_; }
  const absl::Status& last_status() const { return last_status_; }

  // Makes current() newer than `stale`, in time.
  void Renew(const ProducerIdentity& stale);

 private:
  struct Alive {
    IdentitySource* source = nullptr;
  };

  void Ask();
  void OnAnswer(const absl::StatusOr<v1::InitProducerResponse>& answer);

  const Deps deps_;
  const std::shared_ptr<Alive> alive_;

  ProducerIdentity current_;
  absl::Status last_status_;
  bool asking_ = false;
  int failures_ = 0;
  env::TimerId timer_ = 0;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_PRODUCER_IDENTITY_SOURCE_H_
