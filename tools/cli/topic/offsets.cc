#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "proto/types/status_macros.h"
#include "tools/cli/formats/offset_spec.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/output/units.h"
#include "tools/cli/topic/commands.h"
#include "tools/cli/topic/topic_names.h"

namespace barnabas::cli {
namespace {

struct Flags {
  std::string name;
  std::string at;
  std::vector<int32_t> partitions;
};

absl::Status FirstError(const absl::Status& first) {
  return first.ok() ? first
                    : WithExitCode(first, static_cast<int>(ExitCode::kRefused));
}

absl::Status ShowAll(Session& session, const v1::ListOffsetsResponse& reply,
                     const std::string& at) {
  Table table{{{"PARTITION", true}}, {}};
  if (at.empty()) {
    for (const char* name :
         {"LOG-START", "HIGH-WATERMARK", "LOG-END", "EPOCH", "SIZE"}) {
      table.columns.push_back({name, true});
    }
    table.columns.push_back({"DURABLE-END", true, true});
  } else {
    table.columns.push_back({"OFFSET", true});
  }
  absl::Status first;
  for (const v1::PartitionOffsets& one : reply.partitions()) {
    if (one.has_error()) {
      if (first.ok()) first = FromProto(one.error());
      continue;
    }
    std::vector<std::string> row = {absl::StrCat(one.partition())};
    if (at.empty()) {
      row.insert(
          row.end(),
          {absl::StrCat(one.log_start()), absl::StrCat(one.high_watermark()),
           absl::StrCat(one.log_end()), absl::StrCat(one.leader_epoch()),
           ByteText(one.size_bytes()), absl::StrCat(one.durable_end())});
    } else {
      row.push_back(
          absl::StrCat(at == "start" ? one.log_start() : one.high_watermark()));
    }
    table.rows.push_back(std::move(row));
  }
  RETURN_IF_ERROR(
      session.Print({TreeOf(reply), "partitions", {{"", std::move(table)}}}));
  return FirstError(first);
}

absl::Status ShowTimes(Session& session, client::Admin& admin,
                       const Flags& flags, int64_t timestamp_ms) {
  v1::OffsetsForTimesRequest request;
  request.mutable_topic()->set_name(flags.name);
  request.mutable_partitions()->Add(flags.partitions.begin(),
                                    flags.partitions.end());
  request.set_timestamp_ms(timestamp_ms);
  ASSIGN_OR_RETURN(const v1::OffsetsForTimesResponse reply,
                   admin.leaders().OffsetsForTimes(request));
  Table table{{{"PARTITION", true}, {"OFFSET", true}, {"TIME"}}, {}};
  absl::Status first;
  for (const v1::PartitionTimeOffset& one : reply.partitions()) {
    if (one.has_error()) {
      if (first.ok()) first = FromProto(one.error());
      continue;
    }
    table.rows.push_back(
        {absl::StrCat(one.partition()),
         one.has_offset() ? absl::StrCat(one.offset()) : "end",
         one.has_timestamp_ms() ? TimeText(one.timestamp_ms()) : ""});
  }
  RETURN_IF_ERROR(
      session.Print({TreeOf(reply), "partitions", {{"", std::move(table)}}}));
  return FirstError(first);
}

absl::Status Run(Session& session, Flags flags) {
  TakeForm(session, &flags.at);
  OffsetPoint point;
  if (!flags.at.empty()) {
    ASSIGN_OR_RETURN(point, ParseOffsetPoint(flags.at, session.clock().Wall(),
                                             absl::LocalTimeZone()));
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  if (!flags.at.empty() && point.kind == OffsetPoint::Kind::kTime) {
    return ShowTimes(session, *admin, flags, point.value);
  }
  const bool ends = point.kind == OffsetPoint::Kind::kStart ||
                    point.kind == OffsetPoint::Kind::kEnd;
  if (!ends) return UsageError("-o takes start, end or @TIME here");
  v1::ListOffsetsRequest request;
  request.mutable_topic()->set_name(flags.name);
  request.mutable_partitions()->Add(flags.partitions.begin(),
                                    flags.partitions.end());
  ASSIGN_OR_RETURN(const v1::ListOffsetsResponse reply,
                   admin->leaders().ListOffsets(request));
  const bool start = point.kind == OffsetPoint::Kind::kStart;
  return ShowAll(session, reply,
                 flags.at.empty() ? "" : (start ? "start" : "end"));
}

}  // namespace

Command TopicOffsets() {
  auto flags = std::make_shared<Flags>();
  Command command{.name = "offsets",
                  .summary =
                      "Show where the partitions of a topic begin and "
                      "end"};
  command.flags = {
      {.names = "-o,--offset",
       .value = "WHERE",
       .help = "Only start, end, or the first offset at @TIME.",
       .set = SetText(&flags->at)},
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
