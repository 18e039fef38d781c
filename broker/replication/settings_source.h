// Settings source: the settings of a topic's partitions, out of an image.
//
// What: turns effective topic and broker settings (metadata/config) into the
//   plain values that partitions and logs obey.
// Units: as PartitionSettings. Empty case: without overrides the defaults.
// Thread: a pure function. Errors: none.
#ifndef BARNABAS_BROKER_REPLICATION_SETTINGS_SOURCE_H_
#define BARNABAS_BROKER_REPLICATION_SETTINGS_SOURCE_H_

#include "broker/replication/compactor.h"
#include "broker/replication/partition_settings.h"
#include "metadata/image/cluster_image.h"
#include "proto/types/ids.h"

namespace barnabas::broker {

PartitionSettings SettingsOf(const image::ClusterImage& image,
                             const image::TopicState& topic, BrokerId broker);

CompactorSettings CompactorSettingsOf(const image::ClusterImage& image,
                                      BrokerId broker);

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_REPLICATION_SETTINGS_SOURCE_H_
