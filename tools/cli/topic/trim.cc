#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/types/error_proto.h"
#include "proto/types/status_macros.h"
#include "tools/cli/formats/offset_spec.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/outcomes.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/output/units.h"
#include "tools/cli/topic/commands.h"
#include "tools/cli/topic/topic_names.h"

namespace barnabas::cli {
namespace {

struct Flags {
  std::string name;
  std::string to;
  std::vector<int32_t> partitions;
};

absl::StatusOr<v1::Position> PositionOf(const Session& session,
                                        const std::string& to) {
  if (to.empty()) {
    return UsageError("where to trim to is missing",
                      "-o OFFSET, -o @TIME or -o end");
  }
  ASSIGN_OR_RETURN(
      const OffsetPoint point,
      ParseOffsetPoint(to, session.clock().Wall(), absl::LocalTimeZone()));
  v1::Position position;
  if (point.kind == OffsetPoint::Kind::kEnd) {
    position.set_end(true);
  } else if (point.kind == OffsetPoint::Kind::kTime) {
    position.set_timestamp_ms(point.value);
  } else if (point.kind == OffsetPoint::Kind::kOffset) {
    position.set_offset(point.value);
  } else {
    return UsageError("-o takes an offset, @TIME or end here");
  }
  return position;
}

std::string Question(const Flags& flags) {
  return absl::StrCat("delete all records of topic \"", flags.name,
                      "\" before ", flags.to,
                      flags.partitions.empty()
                          ? " in every partition"
                          : absl::StrCat(" in partitions ",
                                         absl::StrJoin(flags.partitions, ",")));
}

std::string Told(const v1::TrimmedPartition& trimmed, bool dry_run) {
  if (trimmed.log_start() == trimmed.log_start_before()) {
    return absl::StrCat("begins at ", trimmed.log_start(),
                        dry_run ? " already (dry run)" : " already");
  }
  std::string text = absl::StrCat("log start ", trimmed.log_start_before(),
                                  " -> ", trimmed.log_start());
  if (dry_run) return absl::StrCat(text, " (dry run)");
  return absl::StrCat(
      text, ", ", ByteText(trimmed.size_bytes_before() - trimmed.size_bytes()),
      " freed, ", ByteText(trimmed.size_bytes()), " left");
}

absl::Status Run(Session& session, Flags flags) {
  TakeForm(session, &flags.to);
  v1::TrimTopicRequest request;
  ASSIGN_OR_RETURN(*request.mutable_to(), PositionOf(session, flags.to));
  RETURN_IF_ERROR(session.Confirm(Question(flags)));
  const bool dry_run = !session.flags().writes.dry_run.empty();
  request.mutable_topic()->set_name(flags.name);
  request.mutable_partitions()->Add(flags.partitions.begin(),
                                    flags.partitions.end());
  request.set_validate_only(dry_run);
  request.set_request_id(session.RequestId());
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  ASSIGN_OR_RETURN(const v1::TrimTopicResponse reply,
                   admin->leaders().TrimTopic(request));
  std::vector<Outcome> outcomes;
  for (const v1::TrimmedPartition& trimmed : reply.partitions()) {
    Outcome& outcome = outcomes.emplace_back();
    outcome.name = absl::StrCat(reply.topic(), "[", trimmed.partition(), "]");
    if (trimmed.has_error()) {
      outcome.status = FromProto(trimmed.error());
    } else {
      outcome.message = Told(trimmed, dry_run);
    }
  }
  return PrintOutcomes(session, "partition", "trimmed", outcomes, TreeOf(reply),
                       "partitions");
}

}  // namespace

Command TopicTrim() {
  auto flags = std::make_shared<Flags>();
  Command command{.name = "trim",
                  .summary = "Delete the oldest records of a topic"};
  command.writes = true;
  command.details =
      "Records before the place are unreadable at once and do not come back;\n"
      "disk space is freed segment by segment.\n"
      "Example: barnabas topic trim orders -p 0 -o @-1h --dry-run";
  command.flags = {
      {.names = "-o,--to",
       .value = "WHERE",
       .help = "The first record that stays: an offset, the first at or after "
               "@TIME, or end.",
       .set = SetText(&flags->to),
       .hidden_names = "--offset"},
      {.names = "-p,--partitions",
       .value = "0,1,4-7",
       .help = "Only these partitions.",
       .set = AddIntegers(&flags->partitions)},
  };
  command.arguments = {{.name = "NAME",
                        .help = "The topic.",
                        .set = SetText(&flags->name),
                        .completes = Completes::kTopic}};
  command.run = [flags](Session& session) { return Run(session, *flags); };
  return command;
}

}  // namespace barnabas::cli
