#include "broker/replication/replication_metrics.h"

namespace barnabas::broker {

ReplicationMetrics::ReplicationMetrics(env::Registry* registry)
    : registry_(registry),
      stored_(registry->AddCounter(
          "barnabas_produce_requests_total",
          "Batches that producers sent, by what became of them.",
          {{"result", "stored"}})),
      refused_(registry->AddCounter(
          "barnabas_produce_requests_total",
          "Batches that producers sent, by what became of them.",
          {{"result", "refused"}})),
      corruptions_(
          registry->AddCounter("barnabas_storage_corruptions_total",
                               "Reads that met damaged bytes on disk.")),
      sync_nanoseconds_(registry->AddHistogram(
          "barnabas_storage_fsync_seconds",
          "Duration of one sync round of one log.", env::Scale::Seconds())) {}

TopicCounters ReplicationMetrics::ForTopic(const std::string& topic) const {
  const env::Labels labels = {{"topic", topic}};
  return TopicCounters{
      .produced_records = registry_->AddCounter(
          "barnabas_produce_records_total", "Records stored.", labels),
      .produced_bytes = registry_->AddCounter(
          "barnabas_produce_bytes_total", "Bytes of batches stored.", labels),
      .fetched_bytes =
          registry_->AddCounter("barnabas_fetch_bytes_total",
                                "Bytes of batches read for clients.", labels),
  };
}

}  // namespace barnabas::broker
