#include "broker/data_plane.h"

#include <glog/logging.h>

#include <memory>

#include "absl/synchronization/notification.h"
#include "broker/replication/settings_source.h"
#include "proto/types/units.h"
#include "storage/env/allocator.h"
#include "storage/env/random.h"

namespace barnabas::broker {
namespace {

// Read buffers that wait for their next use.
constexpr int64_t kPooledBytesMax = 64 * kMiB;

}  // namespace

DataPlane::DataPlane(const Deps& deps)
    : deps_(deps),
      replication_metrics_(deps.registry),
      service_metrics_(deps.services, deps.registry, deps.clock),
      table_({.self = deps.self,
              .directory = deps.directory,
              .loops = &deps.threads->partitions(),
              .control = deps.threads->control(),
              .workers = deps.threads->workers(),
              .metrics = &replication_metrics_,
              .disk = &disk_,
              .settings =
                  [self = deps.self](const image::ClusterImage& image,
                                     const image::TopicState& topic) {
                    return SettingsOf(image, topic, self);
                  }}),
      watch_({.self = deps.self,
              .control = deps.threads->control(),
              .workers = deps.threads->workers(),
              .directory = deps.directory,
              .table = &table_,
              .health = deps.health,
              .guard = &disk_}),
      compactor_({.partitions = [table = &table_] { return table->All(); },
                  .control = deps.threads->control(),
                  .worker = deps.threads->cleaner(),
                  .registry = deps.registry,
                  .settings =
                      [table = &table_, self = deps.self] {
                        return CompactorSettingsOf(table->image(), self);
                      },
                  .secret = {env::RandomSeed(), env::RandomSeed()}}),
      intake_(&table_, deps.clock),
      buffers_(kPooledBytesMax),
      streams_(service_metrics_.streams()),
      context_({.self = deps.self,
                .clock = deps.clock,
                .table = &table_,
                .intake = &intake_,
                .reading = &deps.threads->reading(),
                .buffers = &buffers_,
                .streams = &streams_,
                .metrics = &service_metrics_,
                .held = &held_,
                .compactor = &compactor_,
                .disk = &disk_,
                .data_dir = deps.directory->path(),
                .incarnation = deps.incarnation}),
      idle_trim_({.loop = deps.threads->control(),
                  .events = [this] { return Events(); },
                  .trim = [this] { Trim(); }}) {
  watch_.Start();
  table_.StartRetention();
  compactor_.Start();
  idle_trim_.Start();
}

int64_t DataPlane::Events() const {
  return replication_metrics_.stored()->value() +
         service_metrics_.fetch_requests()->value();
}

void DataPlane::Trim() {
  // A pool with too much to do is busy after all.
  const bool taken = deps_.threads->workers()->Run([this] {
    buffers_.Empty();
    env::TrimAllocator();
  });
  VLOG(1) << (taken ? "Giving unused memory back" : "No worker to trim with");
}

void DataPlane::DrainStreams(absl::Duration patience) {
  LOG(INFO) << "Telling " << streams_.size()
            << " streams that the broker is stopping";
  streams_.GoAwayAll();
  if (streams_.Wait(patience)) return;
  LOG(WARNING) << streams_.size() << " streams are still open after "
               << patience << "; they will be cut";
}

bool DataPlane::CloseLogs(absl::Duration patience) {
  auto closed = std::make_shared<absl::Notification>();
  table_.Close([closed] { closed->Notify(); });
  if (closed->WaitForNotificationWithTimeout(patience)) return true;
  LOG(ERROR) << "Not all logs were closed within " << patience;
  return false;
}

}  // namespace barnabas::broker
