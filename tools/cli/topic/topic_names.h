// Topic names, settings and forms as the commands of "topic" share them.
//
// Units: none. Empty case: with --regex a pattern without a match is no name.
// Thread: one at a time. Errors: those of ListTopics; usage errors for a
//   malformed setting.
#ifndef BARNABAS_TOOLS_CLI_TOPIC_TOPIC_NAMES_H_
#define BARNABAS_TOOLS_CLI_TOPIC_TOPIC_NAMES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/admin/admin.h"
#include "tools/cli/frame/outcomes.h"
#include "tools/cli/frame/session.h"

namespace barnabas::cli {

// All summaries that match `pattern` ("" for all), page after page.
absl::StatusOr<v1::ListTopicsResponse> ListAllTopics(client::Admin& admin,
                                                     const std::string& pattern,
                                                     bool internal);

// The names as given, or what they match with --regex.
absl::StatusOr<std::vector<std::string>> ExpandNames(
    const Session& session, client::Admin& admin,
    const std::vector<std::string>& given);

// "key=value" texts as settings.
absl::StatusOr<std::vector<v1::SettingValue>> ParseSettings(
    const std::vector<std::string>& texts);

// The result of one item; `message` when it succeeded.
Outcome OutcomeOf(const v1::TopicResult& result, const std::string& message);

// "6 partitions on brokers 100,101".
std::string PlacementText(const v1::TopicResult& result);

// Where -o means an offset, "-o json" is understood all the same: the form is
// taken and `at` emptied.
void TakeForm(Session& session, std::string* at);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_TOPIC_TOPIC_NAMES_H_
