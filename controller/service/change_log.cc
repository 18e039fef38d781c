#include "controller/service/change_log.h"

#include <glog/logging.h>

#include "absl/strings/str_cat.h"
#include "metadata/image/features.h"

namespace barnabas::controller {
namespace {

const char* StateOf(const image::BrokerState& broker) {
  if (broker.fenced) return "fenced";
  return broker.stopping ? "stopping" : "running";
}

void AddBroker(const CommittedStep& step, BrokerId id,
               std::vector<std::string>* lines) {
  const image::BrokerState* before = step.before.FindBroker(id);
  const image::BrokerState* after = step.after.FindBroker(id);
  if (after == nullptr) return;
  const std::string who = absl::StrCat("Broker ", id.value());
  if (before == nullptr || before->epoch != after->epoch) {
    lines->push_back(absl::StrCat(who, " registered with epoch ",
                                  after->epoch.value(), ", incarnation ",
                                  after->incarnation.ToString(), "."));
  } else if (std::string(StateOf(*before)) != StateOf(*after)) {
    lines->push_back(absl::StrCat(who, " is now ", StateOf(*after), ", was ",
                                  StateOf(*before), "."));
  }
  if (before != nullptr && before->draining != after->draining) {
    lines->push_back(
        absl::StrCat(who, after->draining ? " drains." : " drains no more."));
  }
}

}  // namespace

std::vector<std::string> DescribeChanges(const CommittedStep& step) {
  std::vector<std::string> lines;
  const image::ImageChanges& changes = step.changes;
  for (const auto& [id, name] : changes.created_topics) {
    const image::TopicState* topic = step.after.FindTopic(id);
    lines.push_back(absl::StrCat(
        "Topic ", name, " (", id.ToString(), ") was created with ",
        topic == nullptr ? 0 : topic->partitions.size(), " partitions."));
  }
  for (const auto& [id, name] : changes.deleted_topics) {
    lines.push_back(
        absl::StrCat("Topic ", name, " (", id.ToString(), ") was deleted."));
  }
  for (const BrokerId id : changes.brokers) AddBroker(step, id, &lines);
  for (const BrokerId id : changes.removed_brokers) {
    lines.push_back(absl::StrCat("Broker ", id.value(), " was removed."));
  }
  if (changes.features) {
    for (const image::FeatureRange& known : image::UnderstoodFeatures()) {
      lines.push_back(absl::StrCat("The cluster stands at level ",
                                   image::LevelOf(step.after, known.name),
                                   " of feature \"", known.name, "\"."));
    }
  }
  return lines;
}

void LogChanges(ActiveDriver* driver) {
  driver->Subscribe([driver](const CommittedStep& step) {
    if (!driver->leading()) return;
    for (const std::string& line : DescribeChanges(step)) {
      LOG(INFO) << line;
    }
  });
}

}  // namespace barnabas::controller
