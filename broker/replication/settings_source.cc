#include "broker/replication/settings_source.h"

#include <algorithm>

#include "barnabas/v1/config.pb.h"
#include "metadata/config/effective.h"

namespace barnabas::broker {
namespace {

record::TimestampType TypeOf(config::TimestampMode mode) {
  switch (mode) {
    case config::TimestampMode::kCreateTime:
      return record::TimestampType::kCreateTime;
    case config::TimestampMode::kLogAppendTime:
      return record::TimestampType::kLogAppendTime;
  }
  return record::TimestampType::kCreateTime;
}

log::FlushPolicy PolicyOf(config::FlushMode mode) {
  switch (mode) {
    case config::FlushMode::kDisk:
      return log::FlushPolicy::kDisk;
    case config::FlushMode::kOs:
      return log::FlushPolicy::kOs;
  }
  return log::FlushPolicy::kDisk;
}

}  // namespace

PartitionSettings SettingsOf(const image::ClusterImage& image,
                             const image::TopicState& topic, BrokerId broker) {
  const config::EffectiveTopicConfig of_topic =
      config::EffectiveTopicConfigOf(image, topic.id);
  const v1::BrokerDynamicConfig of_broker =
      config::BrokerConfigOf(image, broker);
  PartitionSettings settings;
  settings.log.segment_bytes = of_topic.segment_bytes;
  settings.log.segment_ms = of_topic.segment_ms;
  settings.log.segment_jitter_ms = of_topic.segment_jitter_ms;
  settings.log.segment_index_bytes = of_topic.segment_index_bytes;
  settings.log.index_interval_bytes = of_topic.index_interval_bytes;
  settings.log.message_bytes_max = of_topic.message_bytes_max;
  settings.log.timestamp_type = TypeOf(of_topic.timestamp);
  settings.log.timestamp_before_max_ms = of_topic.timestamp_before_max_ms;
  settings.log.timestamp_after_max_ms = of_topic.timestamp_after_max_ms;
  settings.log.file_delete_delay_ms = of_topic.cleanup.file_delete_delay_ms;
  if (of_topic.cleanup.compacts) {
    log::CompactionConfig& compaction = settings.log.compaction;
    compaction.enabled = true;
    compaction.dirty_ratio_min = of_topic.cleanup.dirty_ratio_min;
    compaction.lag_min_ms = of_topic.cleanup.lag_min_ms;
    compaction.lag_max_ms = of_topic.cleanup.lag_max_ms;
    compaction.delete_retention_ms = of_topic.cleanup.delete_retention_ms;
    // The active segment is never compacted, so it must not grow too old.
    settings.log.segment_ms =
        std::min(settings.log.segment_ms, compaction.lag_max_ms);
  }
  settings.log.flush = PolicyOf(of_topic.flush);
  settings.log.producer_expiration_ms = of_broker.producer_id_expiration_ms();
  settings.min_insync_replicas = of_topic.min_insync_replicas;
  if (of_topic.cleanup.deletes) {
    settings.retention_ms = of_topic.retention_ms;
    settings.retention_bytes = of_topic.retention_bytes;
    if (of_topic.retention_ms >= 0) {
      settings.log.segment_open_ms_max = of_topic.retention_ms;
    }
  } else {
    settings.retention_ms = settings.retention_bytes = -1;
  }
  settings.flush_interval_ms = of_broker.log_flush_interval_ms();
  settings.flush_interval_bytes = of_broker.log_flush_interval_bytes();
  return settings;
}

CompactorSettings CompactorSettingsOf(const image::ClusterImage& image,
                                      BrokerId broker) {
  const v1::BrokerDynamicConfig config = config::BrokerConfigOf(image, broker);
  return CompactorSettings{
      .backoff_ms = config.log_cleaner_backoff_ms(),
      .memory_bytes_max = config.log_cleaner_dedupe_buffer_size(),
      .bytes_per_second = config.log_cleaner_io_max_bytes_per_second(),
  };
}

}  // namespace barnabas::broker
