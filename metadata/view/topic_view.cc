#include "metadata/view/topic_view.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "metadata/config/effective.h"
#include "metadata/config/quantity.h"
#include "metadata/config/setting.h"
#include "metadata/image/broker_state.h"
#include "metadata/view/topic_ref.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"

namespace barnabas::view {
namespace {

constexpr int64_t kPartitionsPerPageMax = 20 * 1000;

bool IsOffline(const image::ClusterImage& image, BrokerId id) {
  const image::BrokerState* broker = image.FindBroker(id);
  return broker == nullptr || broker->fenced;
}

// The size of a page, from what was asked.
absl::StatusOr<int32_t> PageSize(int32_t asked) {
  if (asked < 0) {
    return MakeError(ErrorCode::kInvalidRequest,
                     absl::StrCat("page_size ", asked, " < 0"),
                     "leave it out for the default");
  }
  return asked == 0 ? kItemsPerCallMax : std::min(asked, kItemsPerCallMax);
}

// Fills one page and knows when it is full.
class Page {
 public:
  explicit Page(int32_t size) : size_(size) {}

  bool Full() const {
    return topics_ >= size_ || partitions_ >= kPartitionsPerPageMax;
  }
  // False if the topic must go to the next page.
  bool TryAdd(size_t partitions) {
    if (Full()) return false;
    if (topics_ > 0 && partitions_ + static_cast<int64_t>(partitions) >
                           kPartitionsPerPageMax) {
      return false;
    }
    ++topics_;
    partitions_ += static_cast<int64_t>(partitions);
    return true;
  }

 private:
  const int32_t size_;
  int32_t topics_ = 0;
  int64_t partitions_ = 0;
};

// Topics that were asked for by name; the token is a position in the list.
absl::Status DescribeNamed(const image::ClusterImage& image,
                           const v1::DescribeTopicsRequest& request, Page page,
                           v1::DescribeTopicsResponse& response) {
  if (request.topics_size() > kItemsPerCallMax) {
    return MakeError(ErrorCode::kLimitExceeded,
                     absl::StrCat("the call names ", request.topics_size(),
                                  " topics, at most ", kItemsPerCallMax),
                     "split the call");
  }
  int64_t first = 0;
  if (!request.page_token().empty()) {
    first = config::ParseInteger(request.page_token()).value_or(-1);
  }
  if (first < 0 || first > request.topics_size()) {
    return MakeError(ErrorCode::kInvalidRequest,
                     absl::StrCat("page_token \"", request.page_token(),
                                  "\" is none of this list"),
                     "begin again without a token");
  }
  for (int i = static_cast<int>(first); i < request.topics_size(); ++i) {
    const auto topic = ResolveTopic(image, request.topics(i));
    if (!page.TryAdd(topic.ok() ? (*topic)->partitions.size() : 0)) {
      response.set_next_page_token(absl::StrCat(i));
      break;
    }
    v1::DescribedTopic* described = response.add_topics();
    described->set_name(TextOf(request.topics(i)));
    if (topic.ok()) {
      *described->mutable_topic() = DescribeTopicState(image, **topic);
    } else {
      *described->mutable_error() = ToProto(topic.status());
    }
  }
  return absl::OkStatus();
}

// All topics; the token is the last name of the page before.
void DescribeAll(const image::ClusterImage& image,
                 const v1::DescribeTopicsRequest& request, Page page,
                 v1::DescribeTopicsResponse& response) {
  bool full = false;
  image.ForEachTopic([&](const image::TopicState& topic) {
    if (full || (topic.IsInternal() && !request.include_internal()) ||
        (!request.page_token().empty() && topic.name <= request.page_token())) {
      return;
    }
    if (!page.TryAdd(topic.partitions.size())) {
      full = true;
      const int last = response.topics_size() - 1;
      response.set_next_page_token(response.topics(last).name());
      return;
    }
    v1::DescribedTopic* described = response.add_topics();
    described->set_name(topic.name);
    *described->mutable_topic() = DescribeTopicState(image, topic);
  });
}

int32_t FactorOf(const image::TopicState& topic) {
  return topic.partitions.empty()
             ? 0
             : static_cast<int32_t>(topic.partitions[0].replicas.size());
}

v1::TopicSummary Summarize(const image::ClusterImage& image,
                           const image::TopicState& topic) {
  v1::TopicSummary summary;
  summary.set_name(topic.name);
  summary.set_id(topic.id.ToString());
  summary.set_partitions(static_cast<int32_t>(topic.partitions.size()));
  summary.set_replication_factor(FactorOf(topic));
  const v1::TopicConfig config = config::TopicConfigOf(image, topic.id);
  summary.set_retention_ms(config.retention_ms());
  summary.set_min_insync_replicas(config.min_insync_replicas());
  summary.set_cleanup_policy(config.cleanup_policy());
  int32_t under_replicated = 0;
  int32_t unavailable = 0;
  for (const image::PartitionState& partition : topic.partitions) {
    if (partition.isr.size() < partition.replicas.size()) ++under_replicated;
    if (!partition.HasLeader()) ++unavailable;
  }
  summary.set_under_replicated(under_replicated);
  summary.set_unavailable(unavailable);
  summary.set_internal(topic.IsInternal());
  return summary;
}

}  // namespace

v1::PartitionInfo DescribePartition(const image::ClusterImage& image,
                                    const image::PartitionState& partition,
                                    PartitionIndex index) {
  v1::PartitionInfo message;
  message.set_partition(index.value());
  if (partition.HasLeader()) message.set_leader(partition.leader.value());
  message.set_leader_epoch(partition.leader_epoch.value());
  message.set_partition_epoch(partition.partition_epoch.value());
  for (BrokerId id : partition.replicas) {
    message.add_replicas(id.value());
    if (IsOffline(image, id)) message.add_offline_replicas(id.value());
  }
  for (BrokerId id : partition.isr) message.add_isr(id.value());
  return message;
}

v1::TopicInfo DescribeTopicState(const image::ClusterImage& image,
                                 const image::TopicState& topic) {
  v1::TopicInfo message;
  message.set_name(topic.name);
  message.set_id(topic.id.ToString());
  message.set_version(topic.version.value());
  message.set_replication_factor(FactorOf(topic));
  message.set_internal(topic.IsInternal());
  for (size_t i = 0; i < topic.partitions.size(); ++i) {
    *message.add_partitions() = DescribePartition(
        image, topic.partitions[i], PartitionIndex(static_cast<int32_t>(i)));
  }
  return message;
}

absl::StatusOr<v1::DescribeTopicsResponse> DescribeTopics(
    const image::ClusterImage& image,
    const v1::DescribeTopicsRequest& request) {
  ASSIGN_OR_RETURN(const int32_t size, PageSize(request.page_size()));
  v1::DescribeTopicsResponse response;
  response.set_metadata_version(image.version().value());
  if (request.topics().empty()) {
    DescribeAll(image, request, Page(size), response);
  } else {
    RETURN_IF_ERROR(DescribeNamed(image, request, Page(size), response));
  }
  return response;
}

absl::StatusOr<v1::DescribeTopicResponse> DescribeTopic(
    const image::ClusterImage& image, const v1::DescribeTopicRequest& request) {
  ASSIGN_OR_RETURN(const image::TopicState* const topic,
                   ResolveTopic(image, request.topic()));
  v1::DescribeTopicResponse response;
  response.set_name(topic->name);
  response.set_id(topic->id.ToString());
  response.set_version(topic->version.value());
  response.set_replication_factor(FactorOf(*topic));
  response.set_internal(topic->IsInternal());
  for (size_t i = 0; i < topic->partitions.size(); ++i) {
    *response.add_partitions()->mutable_partition() = DescribePartition(
        image, topic->partitions[i], PartitionIndex(static_cast<int32_t>(i)));
  }
  const std::string id = topic->id.ToString();
  for (const config::Setting* setting :
       config::SettingsOf(image::ConfigScope::kTopic)) {
    const config::EffectiveValue value = config::Effective(image, *setting, id);
    if (value.origin == v1::ORIGIN_DEFAULT) continue;
    v1::SettingValue* added = response.add_settings();
    added->set_key(setting->key);
    added->set_value(value.value);
  }
  response.set_metadata_version(image.version().value());
  return response;
}

absl::StatusOr<v1::ListTopicsResponse> ListTopics(
    const image::ClusterImage& image, const v1::ListTopicsRequest& request,
    absl::FunctionRef<bool(std::string_view)> matches) {
  ASSIGN_OR_RETURN(const int32_t size, PageSize(request.page_size()));
  v1::ListTopicsResponse response;
  image.ForEachTopic([&](const image::TopicState& topic) {
    if (!response.next_page_token().empty() ||
        (topic.IsInternal() && !request.include_internal()) ||
        (!request.page_token().empty() && topic.name <= request.page_token()) ||
        !matches(topic.name)) {
      return;
    }
    if (response.topics_size() == size) {
      response.set_next_page_token(response.topics(size - 1).name());
      return;
    }
    *response.add_topics() = Summarize(image, topic);
  });
  response.set_metadata_version(image.version().value());
  return response;
}

}  // namespace barnabas::view
