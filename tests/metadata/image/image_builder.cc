#include "tests/metadata/image/image_builder.h"

#include "glog/logging.h"
#include "metadata/image/cluster_delta.h"
#include "metadata/image/features.h"
#include "metadata/image/scope_name.h"

namespace barnabas::image {

using internal::v1::ClusterRecord;

Uuid TestId(uint64_t number) {
  return Uuid::FromRandom(0x0123456789abcdef, number);
}

ImageBuilder::ImageBuilder(int32_t level) {
  Add([&](ClusterRecord& record) {
    internal::v1::BootstrapRecord* bootstrap = record.mutable_bootstrap();
    bootstrap->set_cluster_id(TestId(0).ToString());
    bootstrap->set_format_version(1);
    internal::v1::Voter* voter = bootstrap->add_voters();
    voter->set_node_id(1);
    voter->set_directory_id(TestId(1001).ToString());
    voter->set_host("localhost");
    voter->set_port(9293);
    bootstrap->add_features()->set_name(kMetadataFeature);
    bootstrap->mutable_features(0)->set_level(level);
  });
}

ImageBuilder& ImageBuilder::Broker(int32_t id, const std::string& rack) {
  FencedBroker(id, rack);
  const int64_t epoch = image_.version().value();
  return Add([&](ClusterRecord& record) {
    record.mutable_broker_change()->set_broker_id(id);
    record.mutable_broker_change()->set_broker_epoch(epoch);
    record.mutable_broker_change()->set_fenced(false);
  });
}

ImageBuilder& ImageBuilder::FencedBroker(int32_t id, const std::string& rack) {
  return Add([&](ClusterRecord& record) {
    internal::v1::RegisterBrokerRecord* broker =
        record.mutable_register_broker();
    broker->set_broker_id(id);
    broker->set_incarnation_id(TestId(id).ToString());
    broker->set_directory_id(TestId(1000 + id).ToString());
    broker->set_rack(rack);
    broker->set_version("1.0");
    broker->set_registered_ms(77);
    WriteRanges(UnderstoodFeatures(), *broker->mutable_features());
    for (const char* listener : {"client", "peer"}) {
      internal::v1::BrokerEndpoint* endpoint = broker->add_endpoints();
      endpoint->set_listener(listener);
      endpoint->set_host("host" + std::to_string(id));
      endpoint->set_port(std::string(listener) == "client" ? 9292 : 9293);
    }
  });
}

ImageBuilder& ImageBuilder::Topic(
    const std::string& name,
    const std::vector<std::vector<int32_t>>& replicas) {
  const std::string id = TestId(++topics_).ToString();
  Records records(1);
  records[0].mutable_topic()->set_name(name);
  records[0].mutable_topic()->set_topic_id(id);
  for (size_t i = 0; i < replicas.size(); ++i) {
    internal::v1::PartitionRecord* partition =
        records.emplace_back().mutable_partition();
    partition->set_topic_id(id);
    partition->set_partition(static_cast<int32_t>(i));
    partition->set_leader(replicas[i][0]);
    for (int32_t broker : replicas[i]) {
      partition->add_replicas(broker);
      partition->add_isr(broker);
    }
  }
  return Append(records);
}

ImageBuilder& ImageBuilder::Set(ConfigScope scope, const std::string& name,
                                const std::string& key,
                                const std::string& value) {
  return Add([&](ClusterRecord& record) {
    record.mutable_config()->set_scope(std::string(NameOf(scope)));
    record.mutable_config()->set_name(name);
    record.mutable_config()->set_key(key);
    record.mutable_config()->set_value(value);
  });
}

ImageBuilder& ImageBuilder::Append(const Records& records) {
  const absl::Status status = TryAppend(records);
  CHECK(status.ok()) << status;
  return *this;
}

ImageBuilder& ImageBuilder::Add(
    const std::function<void(ClusterRecord&)>& fill) {
  Records records(1);
  fill(records[0]);
  return Append(records);
}

absl::Status ImageBuilder::TryAppend(const Records& records) {
  internal::v1::MetadataEntry entry;
  entry.set_time_ms(image_.time_ms() + 10);
  for (const ClusterRecord& record : records) *entry.add_records() = record;
  const auto next =
      ReplayEntry(image_, entry, image_.version().Next(), Term(1));
  if (!next.ok()) return next.status();
  image_ = *next;
  return absl::OkStatus();
}

}  // namespace barnabas::image
