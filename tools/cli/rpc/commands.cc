#include "tools/cli/rpc/commands.h"

#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <csignal>
#include <iostream>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/admin/raw_client.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "storage/env/posix_file.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/rpc/method_table.h"

namespace barnabas::cli {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// A stream without --timeout goes on until it ends by itself, or Ctrl-C.
constexpr absl::Duration kStreamTime = absl::Hours(24 * 365);

struct Flags {
  std::string method;
  std::string data;
  bool list = false;
  std::string symbol;
};

std::unique_ptr<Message> Empty(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(type)
          ->New());
}

absl::StatusOr<std::string> ReadInput(const std::string& path) {
  if (path == "-") {
    return std::string(std::istreambuf_iterator<char>(std::cin), {});
  }
  env::PosixFileSystem files;
  ASSIGN_OR_RETURN(const std::unique_ptr<env::File> file,
                   files.Open(path, env::OpenMode::kRead));
  ASSIGN_OR_RETURN(const int64_t size, file->Size());
  if (size > kMessageBytesMax) {
    return UsageError(absl::StrCat(path, " is larger than any message"));
  }
  std::string text(static_cast<size_t>(size), '\0');
  ASSIGN_OR_RETURN(const size_t read,
                   file->ReadAt(0, text.size(), text.data()));
  text.resize(read);
  return text;
}

absl::StatusOr<std::unique_ptr<Message>> RequestOf(
    const MethodDescriptor& method, const std::string& data) {
  std::string json = data;
  if (data.starts_with("@")) {
    ASSIGN_OR_RETURN(json, ReadInput(data.substr(1)));
  }
  std::unique_ptr<Message> request = Empty(method.input_type());
  if (json.empty()) return request;
  const auto parsed =
      google::protobuf::util::JsonStringToMessage(json, request.get());
  if (parsed.ok()) return request;
  return UsageError(
      absl::StrCat(
          "-d is no ", method.input_type()->name(), ": ",
          std::string(parsed.message().data(), parsed.message().size())),
      absl::StrCat("barnabas rpc --describe ", ShortName(method)));
}

absl::Status Print(Session& session, const Message& message) {
  RETURN_IF_ERROR(session.Print({TreeOf(message), "", {}}));
  return session.out().Flush();
}

absl::Status Call(Session& session, const Flags& flags) {
  ASSIGN_OR_RETURN(const MethodDescriptor* method, FindMethod(flags.method));
  if (method->client_streaming()) {
    return UsageError(
        absl::StrCat(ShortName(*method), " takes a stream of requests"),
        "barnabas produce, barnabas consume, or a client library");
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Message> request,
                   RequestOf(*method, flags.data));
  ASSIGN_OR_RETURN(client::ClientOptions options, ClientOptionsFor(session));
  const bool stream = method->server_streaming();
  if (stream && !session.flags().timeout.has_value()) {
    options.request_timeout = kStreamTime;
  }
  // A table of any message there is not.
  FormOptions form = session.flags().form;
  if (form.form == Form::kTable || form.form == Form::kWide) {
    form.form = stream ? Form::kJsonl : Form::kJson;
    session.UseForm(form);
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<client::RawClient> raw,
                   session.world().dialing.raw(options));
  // A stream that is followed is ended like this, a single call just dies.
  if (stream) session.interrupt().Arm();
  session.SayAt(1, absl::StrCat("calling ", method->full_name()));
  const absl::Status status = raw->Call(
      Changes(*method) ? client::CallKind::kWrite : client::CallKind::kRead,
      absl::StrCat("/", method->service()->full_name(), "/", method->name()),
      request->SerializeAsString(),
      [&](const std::string& bytes) {
        const std::unique_ptr<Message> answer = Empty(method->output_type());
        if (!answer->ParseFromString(bytes)) {
          return MakeError(ErrorCode::kInternal,
                           absl::StrCat("the server sent no ",
                                        method->output_type()->name()),
                           "compare the versions: barnabas version");
        }
        return Print(session, *answer);
      },
      [&session] { return session.interrupt().Raised(); });
  if (!session.interrupt().Raised()) return status;
  return session.interrupt().signal() == SIGTERM
             ? SilentExit(static_cast<int>(ExitCode::kTerminated))
             : absl::OkStatus();
}

absl::Status List(Session& session) {
  Table table{{{"METHOD"}, {"KIND"}, {"REQUEST"}, {"RESPONSE"}}, {}};
  Tree list = Tree::List();
  for (const MethodDescriptor* method : AllMethods()) {
    table.rows.push_back({ShortName(*method), KindOf(*method),
                          method->input_type()->name(),
                          method->output_type()->name()});
    Tree item = Tree::Object();
    item.Add("method", Tree::Text(ShortName(*method)))
        .Add("kind", Tree::Text(KindOf(*method)))
        .Add("request", Tree::Text(method->input_type()->full_name()))
        .Add("response", Tree::Text(method->output_type()->full_name()));
    list.items.push_back(std::move(item));
  }
  Tree tree = Tree::Object();
  tree.Add("methods", std::move(list));
  return session.Print({std::move(tree), "methods", {{"", std::move(table)}}});
}

absl::Status Show(Session& session, const std::string& symbol) {
  ASSIGN_OR_RETURN(const std::string text, Describe(symbol));
  const Form form = session.flags().form.form;
  if (form == Form::kTable || form == Form::kWide || form == Form::kName) {
    session.out().Write(text);
    return session.out().Flush();
  }
  Tree tree = Tree::Object();
  tree.Add("symbol", Tree::Text(symbol)).Add("proto", Tree::Text(text));
  return session.Print({std::move(tree), "", {}});
}

absl::Status Run(Session& session, const Flags& flags) {
  const int asked = (flags.list ? 1 : 0) + (flags.symbol.empty() ? 0 : 1) +
                    (flags.method.empty() ? 0 : 1);
  if (asked != 1) {
    return UsageError(asked == 0
                          ? "METHOD is missing"
                          : "METHOD, --list and --describe do not go together",
                      "barnabas rpc --list");
  }
  if (flags.list) return List(session);
  if (!flags.symbol.empty()) return Show(session, flags.symbol);
  return Call(session, flags);
}

}  // namespace

Command RpcCommand() {
  auto flags = std::make_shared<Flags>();
  Command command{.name = "rpc",
                  .summary = "Any call of the API, in and out as JSON"};
  command.writes = true;
  command.details =
      "Messages are as protobuf's JSON mapping has them: 64-bit numbers are "
      "texts.\n"
      "Example: barnabas rpc TopicAdmin/ListTopics -d '{\"pattern\":\"o.*\"}'";
  command.flags = {
      {.names = "-d,--data",
       .value = "JSON|@FILE",
       .help = "The request; @- reads standard input; default {}.",
       .set = SetText(&flags->data)},
      {.names = "--list",
       .help = "List the methods.",
       .set = SetSwitch(&flags->list)},
      {.names = "--describe",
       .value = "SYMBOL",
       .help = "Show a method with its messages, a service, message or enum.",
       .set = SetText(&flags->symbol),
       .completes = Completes::kMethod},
  };
  command.arguments = {{.name = "METHOD",
                        .help = "SERVICE/METHOD, or METHOD alone.",
                        .min = 0,
                        .set = SetText(&flags->method),
                        .completes = Completes::kMethod}};
  command.run = [flags](Session& session) { return Run(session, *flags); };
  return command;
}

}  // namespace barnabas::cli
