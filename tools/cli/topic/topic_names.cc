#include "tools/cli/topic/topic_names.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/types/error_proto.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

// Pages asked for, at most: a server that repeats itself ends here.
constexpr int kPagesMax = 10'000;

}  // namespace

absl::StatusOr<v1::ListTopicsResponse> ListAllTopics(client::Admin& admin,
                                                     const std::string& pattern,
                                                     bool internal) {
  v1::ListTopicsRequest request;
  request.set_pattern(pattern);
  request.set_include_internal(internal);
  v1::ListTopicsResponse all;
  for (int page = 0; page < kPagesMax; ++page) {
    ASSIGN_OR_RETURN(v1::ListTopicsResponse reply, admin.ListTopics(request));
    for (v1::TopicSummary& topic : *reply.mutable_topics()) {
      *all.add_topics() = std::move(topic);
    }
    all.set_metadata_version(reply.metadata_version());
    if (reply.next_page_token().empty()) break;
    request.set_page_token(reply.next_page_token());
  }
  return all;
}

absl::StatusOr<std::vector<std::string>> ExpandNames(
    const Session& session, client::Admin& admin,
    const std::vector<std::string>& given) {
  if (!session.flags().regex) return given;
  std::vector<std::string> names;
  for (const std::string& pattern : given) {
    ASSIGN_OR_RETURN(const v1::ListTopicsResponse reply,
                     ListAllTopics(admin, pattern, false));
    for (const v1::TopicSummary& topic : reply.topics()) {
      names.push_back(topic.name());
    }
  }
  return names;
}

absl::StatusOr<std::vector<v1::SettingValue>> ParseSettings(
    const std::vector<std::string>& texts) {
  std::vector<v1::SettingValue> settings;
  for (const std::string& text : texts) {
    ASSIGN_OR_RETURN(auto pair, ParseKeyValue(text));
    settings.emplace_back();
    settings.back().set_key(std::move(pair.first));
    settings.back().set_value(std::move(pair.second));
  }
  return settings;
}

Outcome OutcomeOf(const v1::TopicResult& result, const std::string& message) {
  Outcome outcome;
  outcome.name = result.name();
  if (result.has_error()) {
    outcome.status = FromProto(result.error());
  } else {
    outcome.message = message;
  }
  return outcome;
}

std::string PlacementText(const v1::TopicResult& result) {
  return absl::StrCat(
      result.partitions(),
      result.partitions() == 1 ? " partition" : " partitions",
      result.brokers_size() == 1 ? " on broker " : " on brokers ",
      absl::StrJoin(result.brokers(), ","));
}

void TakeForm(Session& session, std::string* at) {
  FormOptions form = session.flags().form;
  if (at->empty() || !SetForm(*at, &form).ok()) return;
  session.UseForm(std::move(form));
  at->clear();
}

}  // namespace barnabas::cli
