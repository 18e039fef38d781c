#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/outcomes.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/topic/commands.h"
#include "tools/cli/topic/topic_names.h"

namespace barnabas::cli {
namespace {

// Names shown when asking.
constexpr size_t kNamesShown = 10;

std::string Question(const std::vector<std::string>& names) {
  std::vector<std::string> shown(
      names.begin(), names.begin() + static_cast<std::ptrdiff_t>(
                                         std::min(names.size(), kNamesShown)));
  if (shown.size() < names.size()) shown.push_back("...");
  return absl::StrCat("delete ", names.size(),
                      names.size() == 1 ? " topic (" : " topics (",
                      absl::StrJoin(shown, " "), ") with all records");
}

absl::Status Run(Session& session, const std::vector<std::string>& given) {
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   ExpandNames(session, *admin, given));
  RETURN_IF_ERROR(session.Confirm(Question(names)));
  const SafeWrites& writes = session.flags().writes;
  v1::DeleteTopicsRequest request;
  request.set_validate_only(!writes.dry_run.empty());
  request.set_request_id(session.RequestId());
  for (const std::string& name : names) {
    v1::DeleteTopic* topic = request.add_topics();
    topic->mutable_topic()->set_name(name);
    if (writes.expect_version.has_value()) {
      topic->set_expected_version(*writes.expect_version);
    }
  }
  ASSIGN_OR_RETURN(const v1::DeleteTopicsResponse reply,
                   admin->DeleteTopics(request));
  std::vector<Outcome> outcomes;
  for (const v1::TopicResult& result : reply.results()) {
    outcomes.push_back(OutcomeOf(
        result, writes.dry_run.empty() ? "deleted" : "deleted (dry run)"));
    ForgiveByFlags(session, &outcomes.back());
  }
  return PrintOutcomes(session, "topic", "deleted", outcomes, TreeOf(reply),
                       "results");
}

}  // namespace

Command TopicDelete() {
  auto names = std::make_shared<std::vector<std::string>>();
  Command command{.name = "delete",
                  .aliases = {"rm"},
                  .summary = "Delete topics with all their records"};
  command.writes = true;
  command.arguments = {{.name = "NAME",
                        .help = "Topics; regular expressions with -r.",
                        .min = 1,
                        .max = -1,
                        .set = AddText(names.get()),
                        .completes = Completes::kTopic}};
  command.run = [names](Session& session) { return Run(session, *names); };
  return command;
}

}  // namespace barnabas::cli
