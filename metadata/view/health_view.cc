#include "metadata/view/health_view.h"

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "metadata/config/effective.h"
#include "metadata/image/broker_state.h"
#include "metadata/image/topic_state.h"
#include "proto/types/limits.h"

namespace barnabas::view {
namespace {

using Findings = std::vector<v1::HealthFinding>;

// Numbers that a message names.
constexpr size_t kNamedMax = 8;

void Add(v1::HealthLevel level, v1::HealthKind kind, const std::string& subject,
         const std::string& message, const std::string& hint,
         Findings& findings) {
  v1::HealthFinding& finding = findings.emplace_back();
  finding.set_level(level);
  finding.set_kind(kind);
  finding.set_subject(subject);
  finding.set_message(message);
  finding.set_hint(hint);
}

// "0, 2, 5 and 3 more".
std::string Listed(const std::vector<int32_t>& numbers) {
  const size_t named = std::min(numbers.size(), kNamedMax);
  std::string text = absl::StrJoin(
      numbers.begin(), numbers.begin() + static_cast<int64_t>(named), ", ");
  if (numbers.size() > named) {
    absl::StrAppend(&text, " and ", numbers.size() - named, " more");
  }
  return text;
}

std::string Of(const std::vector<int32_t>& some, size_t all) {
  return absl::StrCat(some.size(), " of ", all, " partition",
                      all == 1 ? "" : "s");
}

// What is wrong with the partitions of one topic.
struct Ailing {
  std::vector<int32_t> unavailable;
  std::vector<int32_t> under_min_isr;
  std::vector<int32_t> under_replicated;
  // Last in sync of those that are unavailable.
  std::set<int32_t> awaited;
};

Ailing Examine(const image::ClusterImage& image,
               const image::TopicState& topic) {
  Ailing ailing;
  const size_t min_isr = static_cast<size_t>(
      config::TopicConfigOf(image, topic.id).min_insync_replicas());
  for (size_t i = 0; i < topic.partitions.size(); ++i) {
    const image::PartitionState& partition = topic.partitions[i];
    const int32_t index = static_cast<int32_t>(i);
    if (!partition.HasLeader()) {
      ailing.unavailable.push_back(index);
      for (BrokerId id : partition.isr) ailing.awaited.insert(id.value());
    } else if (partition.isr.size() < min_isr) {
      ailing.under_min_isr.push_back(index);
    }
    if (partition.isr.size() < partition.replicas.size()) {
      ailing.under_replicated.push_back(index);
    }
  }
  return ailing;
}

void AddTopic(const image::ClusterImage& image, const image::TopicState& topic,
              std::set<int32_t>& awaited, Findings& findings) {
  const Ailing ailing = Examine(image, topic);
  const std::string subject = absl::StrCat("topic ", topic.name);
  const std::string look =
      absl::StrCat("barnabas topic describe ", topic.name, " -p");
  const size_t all = topic.partitions.size();
  if (!ailing.unavailable.empty()) {
    const bool one = ailing.awaited.size() == 1;
    const std::string brokers = absl::StrCat(
        one ? "broker " : "brokers ", absl::StrJoin(ailing.awaited, ", "));
    Add(v1::HEALTH_LEVEL_CRITICAL, v1::HEALTH_KIND_PARTITION_UNAVAILABLE,
        subject,
        absl::StrCat(Of(ailing.unavailable, all), " without a leader (",
                     Listed(ailing.unavailable), "): in sync is ", brokers,
                     one ? " alone, which is down" : " alone, all down"),
        absl::StrCat("start ", brokers, " with its data directory"), findings);
  }
  if (!ailing.under_min_isr.empty()) {
    Add(v1::HEALTH_LEVEL_CRITICAL, v1::HEALTH_KIND_UNDER_MIN_ISR, subject,
        absl::StrCat(Of(ailing.under_min_isr, all),
                     " below min.insync.replicas (",
                     Listed(ailing.under_min_isr),
                     "): produce with acks=all is refused"),
        look, findings);
  }
  if (!ailing.under_replicated.empty()) {
    Add(v1::HEALTH_LEVEL_WARNING, v1::HEALTH_KIND_UNDER_REPLICATED, subject,
        absl::StrCat(Of(ailing.under_replicated, all),
                     " with replicas out of sync (",
                     Listed(ailing.under_replicated), ")"),
        look, findings);
  }
  awaited.insert(ailing.awaited.begin(), ailing.awaited.end());
}

void AddBroker(const image::BrokerState& broker, bool awaited,
               Findings& findings) {
  const std::string id = broker.id.ToString();
  const std::string subject = absl::StrCat("broker ", id);
  if (broker.fenced) {
    Add(awaited ? v1::HEALTH_LEVEL_CRITICAL : v1::HEALTH_LEVEL_WARNING,
        v1::HEALTH_KIND_BROKER_FENCED, subject,
        absl::StrCat("is fenced: it does not run, is starting, or does not "
                     "reach the controllers",
                     awaited ? "; partitions wait for it" : ""),
        absl::StrCat("start it, or barnabas broker decommission ", id),
        findings);
  } else if (broker.stopping) {
    Add(v1::HEALTH_LEVEL_WARNING, v1::HEALTH_KIND_BROKER_STOPPING, subject,
        "is stopping", "barnabas broker list", findings);
  }
  if (broker.draining) {
    Add(v1::HEALTH_LEVEL_WARNING, v1::HEALTH_KIND_BROKER_DRAINING, subject,
        "drains: it gets no new replicas",
        absl::StrCat("barnabas broker undrain ", id), findings);
  }
}

void AddVoter(const VoterHealth& voter, Findings& findings) {
  const std::string subject = absl::StrCat("controller ", voter.id.value());
  const bool silent =
      !voter.silent_ms.has_value() || *voter.silent_ms > kVoterSilentMs;
  if (silent) {
    const std::string since =
        voter.silent_ms.has_value()
            ? absl::StrCat("is silent for ", *voter.silent_ms / 1000, " s")
            : std::string("is not heard of by the one that leads");
    Add(v1::HEALTH_LEVEL_WARNING, v1::HEALTH_KIND_CONTROLLER_SILENT, subject,
        since, "start it, or take its vote: barnabas quorum status", findings);
  } else if (voter.lag.value_or(0) > kVoterLag) {
    Add(v1::HEALTH_LEVEL_WARNING, v1::HEALTH_KIND_CONTROLLER_LAGGING, subject,
        absl::StrCat("lacks ", *voter.lag, " entries of the metadata log"),
        "barnabas quorum status", findings);
  }
}

}  // namespace

v1::CheckHealthResponse CheckHealth(const image::ClusterImage& image,
                                    const std::vector<VoterHealth>& voters) {
  Findings findings;
  std::set<int32_t> awaited;
  image.ForEachTopic([&](const image::TopicState& topic) {
    AddTopic(image, topic, awaited, findings);
  });
  image.ForEachBroker([&](const image::BrokerState& broker) {
    AddBroker(broker, awaited.count(broker.id.value()) > 0, findings);
  });
  for (const VoterHealth& voter : voters) AddVoter(voter, findings);
  std::stable_sort(findings.begin(), findings.end(),
                   [](const v1::HealthFinding& a, const v1::HealthFinding& b) {
                     return std::tuple(a.level(), a.kind()) <
                            std::tuple(b.level(), b.kind());
                   });
  v1::CheckHealthResponse response;
  response.set_healthy(findings.empty());
  for (v1::HealthFinding& finding : findings) {
    if (response.findings_size() == kItemsPerCallMax) {
      response.set_unlisted(response.unlisted() + 1);
      continue;
    }
    *response.add_findings() = std::move(finding);
  }
  response.set_metadata_version(image.version().value());
  return response;
}

}  // namespace barnabas::view
