#include "broker/replication/replication_metrics.h"

namespace barnabas::broker {
namespace {

env::Histogram* Latency(env::Registry* registry, const std::string& acks) {
  return registry->AddHistogram("barnabas_produce_latency_seconds",
                                "From a batch's arrival to its answer.",
                                env::Scale::Seconds(), {{"acks", acks}});
}

}  // namespace

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
          "Duration of one sync round of one log.", env::Scale::Seconds())),
      latency_none_(Latency(registry, "none")),
      latency_leader_(Latency(registry, "leader")),
      latency_all_(Latency(registry, "all")) {}

env::Histogram* ReplicationMetrics::ProduceLatency(v1::Acks acks) const {
  if (acks == v1::ACKS_NONE) return latency_none_;
  return acks == v1::ACKS_LEADER ? latency_leader_ : latency_all_;
}

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
