// `broker drain`, `broker undrain` and `broker decommission`.
#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "proto/types/status_macros.h"
#include "tools/cli/broker/commands.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/outcomes.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

// Partitions that a message names.
constexpr int kNamedMax = 3;
// With --wait, unless --timeout says otherwise.
constexpr absl::Duration kWaitPatience = absl::Seconds(10);
constexpr absl::Duration kLook = absl::Milliseconds(200);

using Ids = std::vector<int32_t>;

std::string Counted(int64_t count, const char* what) {
  return absl::StrCat(count, " ", what, count == 1 ? "" : "s");
}

// "orders[0], orders[2] and 5 more".
std::string Named(const v1::BrokerResult& result) {
  std::vector<std::string> names;
  for (const v1::PartitionName& one : result.remaining()) {
    if (static_cast<int>(names.size()) == kNamedMax) break;
    names.push_back(absl::StrCat(one.topic(), "[", one.partition(), "]"));
  }
  std::string text = absl::StrJoin(names, ", ");
  const int64_t more =
      result.remaining_leaders() - static_cast<int64_t>(names.size());
  if (more > 0) absl::StrAppend(&text, " and ", more, " more");
  return text;
}

std::string DrainedText(const v1::BrokerResult& result) {
  std::string text = absl::StrCat(result.changed() ? "gets no new replicas"
                                                   : "drained already");
  if (result.moved_leaders() > 0) {
    absl::StrAppend(&text, "; ", Counted(result.moved_leaders(), "partition"),
                    " led by others");
  }
  if (result.remaining_leaders() > 0) {
    absl::StrAppend(&text, "; still leads ",
                    Counted(result.remaining_leaders(), "partition"),
                    ", alone in sync: ", Named(result));
  }
  if (result.replicas() > 0) {
    absl::StrAppend(&text, "; holds ", Counted(result.replicas(), "replica"));
  }
  return text;
}

std::string UndrainedText(const v1::BrokerResult& result) {
  return result.changed()
             ? "gets replicas and leads again; barnabas partition elect --all "
               "brings its partitions back"
             : "did not drain";
}

std::string DecommissionedText(const v1::BrokerResult&) {
  return "forgotten; its id may be registered anew";
}

template <typename Request>
Request RequestFor(Session& session, const Ids& ids) {
  Request request;
  for (const int32_t id : ids) request.add_broker_ids(id);
  request.set_validate_only(!session.flags().writes.dry_run.empty());
  request.set_request_id(session.RequestId());
  return request;
}

template <typename Reply>
absl::Status Tell(
    Session& session, const Reply& reply, const char* verb,
    const std::function<std::string(const v1::BrokerResult&)>& message) {
  const bool dry = !session.flags().writes.dry_run.empty();
  std::vector<Outcome> outcomes;
  for (const v1::BrokerResult& result : reply.results()) {
    Outcome outcome{absl::StrCat(result.broker_id())};
    if (result.has_error()) {
      outcome.status = FromProto(result.error());
    } else {
      outcome.message = absl::StrCat(message(result), dry ? " (dry run)" : "");
    }
    ForgiveByFlags(session, &outcome);
    outcomes.push_back(std::move(outcome));
  }
  return PrintOutcomes(session, "broker", verb, outcomes, TreeOf(reply),
                       "results");
}

// Partitions that `ids` lead now.
absl::StatusOr<int64_t> LeadersOf(client::Admin& admin, const Ids& ids) {
  ASSIGN_OR_RETURN(const v1::DescribeClusterResponse cluster,
                   admin.DescribeCluster());
  int64_t leaders = 0;
  for (const v1::BrokerInfo& broker : cluster.brokers()) {
    if (std::count(ids.begin(), ids.end(), broker.id()) > 0) {
      leaders += broker.leaders();
    }
  }
  return leaders;
}

// Until they lead nothing, which may be never: where nobody else is in sync.
absl::Status AwaitIdle(Session& session, client::Admin& admin, const Ids& ids) {
  const absl::Duration until = session.clock().Monotonic() +
                               session.flags().timeout.value_or(kWaitPatience);
  while (true) {
    ASSIGN_OR_RETURN(const int64_t leaders, LeadersOf(admin, ids));
    if (leaders == 0) return absl::OkStatus();
    if (session.clock().Monotonic() > until) {
      return WithExitCode(
          MakeError(ErrorCode::kBrokerInUse,
                    absl::StrCat("broker ", absl::StrJoin(ids, ","),
                                 " still leads ", Counted(leaders, "partition"),
                                 ": no other replica is in sync"),
                    absl::StrCat("barnabas partition list --leaders-of ",
                                 absl::StrJoin(ids, ","))),
          static_cast<int>(ExitCode::kConditionNotMet));
    }
    if (session.interrupt().WaitFor(kLook)) {
      return SilentExit(static_cast<int>(ExitCode::kInterrupted));
    }
  }
}

absl::Status RunDrain(Session& session, const Ids& ids, bool wait) {
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  ASSIGN_OR_RETURN(const v1::DrainBrokersResponse reply,
                   admin->cluster().DrainBrokers(
                       RequestFor<v1::DrainBrokersRequest>(session, ids)));
  RETURN_IF_ERROR(Tell(session, reply, "drained", DrainedText));
  if (!wait || !session.flags().writes.dry_run.empty()) return absl::OkStatus();
  return AwaitIdle(session, *admin, ids);
}

absl::Status RunUndrain(Session& session, const Ids& ids) {
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  ASSIGN_OR_RETURN(const v1::UndrainBrokersResponse reply,
                   admin->cluster().UndrainBrokers(
                       RequestFor<v1::UndrainBrokersRequest>(session, ids)));
  return Tell(session, reply, "undrained", UndrainedText);
}

absl::Status RunDecommission(Session& session, const Ids& ids) {
  RETURN_IF_ERROR(session.Confirm(
      absl::StrCat("forget broker ", absl::StrJoin(ids, ", "))));
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  ASSIGN_OR_RETURN(
      const v1::DecommissionBrokersResponse reply,
      admin->cluster().DecommissionBrokers(
          RequestFor<v1::DecommissionBrokersRequest>(session, ids)));
  return Tell(session, reply, "decommissioned", DecommissionedText);
}

Command Make(const char* name, const char* summary,
             std::function<absl::Status(Session&, const Ids&)> run) {
  auto ids = std::make_shared<Ids>();
  Command command{.name = name, .summary = summary};
  command.writes = true;
  command.arguments = {{.name = "ID",
                        .help = "Brokers.",
                        .min = 1,
                        .max = -1,
                        .set = AddIntegers(ids.get()),
                        .completes = Completes::kBroker}};
  command.run = [ids, run](Session& session) { return run(session, *ids); };
  return command;
}

}  // namespace

Command BrokerDrain() {
  auto wait = std::make_shared<bool>(false);
  Command command = Make("drain",
                         "Give a broker no new replicas and move leadership "
                         "away, before a restart or for good",
                         [wait](Session& session, const Ids& ids) {
                           return RunDrain(session, ids, *wait);
                         });
  command.flags = {{.names = "--wait",
                    .help = "Until it leads nothing; exit 7 if it still does "
                            "after --timeout (10s).",
                    .set = SetSwitch(wait.get())}};
  command.details =
      "Leadership moves where another replica is in sync; the others stay and\n"
      "are named. It lasts over restarts, until undrain.\n"
      "Example: barnabas broker drain 101; barnabas broker list";
  return command;
}

Command BrokerUndrain() {
  return Make("undrain", "Let a broker that drains take part again",
              RunUndrain);
}

Command BrokerDecommission() {
  Command command =
      Make("decommission", "Forget a broker that has stopped and holds nothing",
           RunDecommission);
  command.details =
      "Drain it, delete or move what it holds, stop its process, then\n"
      "decommission it. Its id may be registered anew.";
  return command;
}

}  // namespace barnabas::cli
