// AppliedMetadata: the metadata as this broker obeys it.
//
// What: a MetadataFollower that counts a version as applied only when the
//   partitions obey it too, so that whoever created a topic through this
//   broker can use it at once (README 23).
// Place: between the follower and those who forward admin calls.
// Units: versions are offsets of the metadata log.
// Empty case, thread, errors: as MetadataFollower; it neither starts nor stops
// the follower that it wraps.
#ifndef BARNABAS_BROKER_SERVICE_APPLIED_METADATA_H_
#define BARNABAS_BROKER_SERVICE_APPLIED_METADATA_H_

#include <utility>

#include "broker/cluster/metadata_follower.h"
#include "broker/replication/partition_table.h"
#include "storage/env/event_loop.h"

namespace barnabas::broker {

class AppliedMetadata final : public MetadataFollower {
 public:
  // All outlive it; `loop` is the follower's.
  AppliedMetadata(MetadataFollower* follower, PartitionTable* table,
                  env::EventLoop* loop)
      : follower_(follower), table_(table), loop_(loop) {}

  void Subscribe(Subscriber subscriber) override {
    follower_->Subscribe(std::move(subscriber));
  }
  void Start() override {}
  void Stop() override {}

  image::ClusterImage image() const override { return table_->image(); }
  LogIndex committed_end() const override { return follower_->committed_end(); }

  void WhenApplied(LogIndex version, absl::Duration timeout,
                   absl::AnyInvocable<void(const absl::Status&)> done) override;

 private:
  MetadataFollower* const follower_;
  PartitionTable* const table_;
  env::EventLoop* const loop_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_APPLIED_METADATA_H_
