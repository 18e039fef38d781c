#include "broker/data_plane.h"

#include <glog/logging.h>

#include <memory>

#include "absl/synchronization/notification.h"
#include "broker/replication/settings_source.h"
#include "proto/types/units.h"

namespace barnabas::broker {
namespace {

// Read buffers that wait for their next use.
constexpr int64_t kPooledBytesMax = 64 * kMiB;

}  // namespace

DataPlane::DataPlane(const Deps& deps)
    : deps_(deps),
      replication_metrics_(deps.registry),
      service_metrics_(deps.registry),
      table_({.self = deps.self,
              .directory = deps.directory,
              .loops = &deps.threads->partitions(),
              .control = deps.threads->control(),
              .workers = deps.threads->workers(),
              .metrics = &replication_metrics_,
              .settings =
                  [self = deps.self](const image::ClusterImage& image,
                                     const image::TopicState& topic) {
                    return SettingsOf(image, topic, self);
                  }}),
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
                .incarnation = deps.incarnation}) {
  table_.StartRetention();
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
