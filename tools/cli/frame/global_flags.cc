#include "tools/cli/frame/global_flags.h"

#include <cstddef>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/nearest.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

constexpr char kNoTls[] =
    "until then servers listen on loopback only and need no credentials";
constexpr int kRetriesMax = 1000;

Flag Switch(const std::string& names, const std::string& help, bool* target) {
  return {.names = names, .help = help, .set = SetSwitch(target)};
}

Flag Refused(const std::string& names, const std::string& value) {
  return {.names = names, .value = value, .refused = kNoTls};
}

void AddConnectionFlags(GlobalFlags* flags, std::vector<Flag>* table) {
  table->push_back(
      {.names = "-b,--bootstrap",
       .value = "H:P[,H:P]",
       .help = "Nodes to dial first; else BARNABAS_BOOTSTRAP, the context, "
               "localhost:9292.",
       .set = [flags](const std::string& text) -> absl::Status {
         ASSIGN_OR_RETURN(flags->bootstrap, ParseEndpoints(text));
         return absl::OkStatus();
       },
       .hidden_names = "--bootstrap-server,--brokers,--endpoints"});
  table->push_back({.names = "--context",
                    .value = "NAME",
                    .help = "Use this context instead of the current one.",
                    .set = SetText(&flags->context),
                    .completes = Completes::kContext});
  table->push_back({.names = "-X",
                    .value = "KEY=VALUE",
                    .help = "One-off setting; -X list explains all keys.",
                    .set = [flags](const std::string& text) -> absl::Status {
                      if (text == "list") {
                        flags->list_overrides = true;
                        return absl::OkStatus();
                      }
                      return AddKeyValue(&flags->overrides)(text);
                    }});
  table->push_back({.names = "--timeout",
                    .value = "TIME",
                    .help = "Deadline of every call; default 30s.",
                    .set = SetDuration(&flags->timeout)});
  table->push_back({.names = "--retry",
                    .value = "N",
                    .help = "Try a reading command again when no node answers.",
                    .set = SetInteger(&flags->retry, 0, kRetriesMax)});
}

void AddShapeFlags(GlobalFlags* flags, std::vector<Flag>* table) {
  ShapeOptions* shape = &flags->form.shape;
  table->push_back(
      {.names = "-o,--output",
       .value = "FORM",
       .help = "table, wide, json, jsonl, yaml, name, template=TEXT.",
       .set = [flags](const std::string& text) {
         return SetForm(text, &flags->form);
       }});
  table->push_back(
      Switch("--no-headers", "Leave the header out.", &shape->no_headers));
  table->push_back({.names = "--columns",
                    .value = "A,B",
                    .help = "Only these columns, in this order.",
                    .set = [shape](const std::string& text) {
                      shape->columns = absl::StrSplit(text, ',');
                      return absl::OkStatus();
                    }});
  table->push_back({.names = "--sort-by",
                    .value = "COLUMN",
                    .help = "Sort by a column; -COLUMN from the top down.",
                    .set = SetText(&shape->sort_by)});
  table->push_back({.names = "-l,--filter",
                    .value = "EXPR",
                    .help = "COLUMN=VALUE, != , ~ REGEX, > N, < N.",
                    .set = SetText(&shape->filter)});
  table->push_back(
      Switch("-r,--regex", "Names are regular expressions.", &flags->regex));
  table->push_back({.names = "-w,--watch",
                    .value = "TIME",
                    .help = "Follow: show again on every change.",
                    .set = SetDuration(&flags->watch),
                    .bare = "2s"});
}

void AddWriteFlags(GlobalFlags* flags, std::vector<Flag>* table) {
  SafeWrites* writes = &flags->writes;
  table->push_back({.names = "--dry-run",
                    .value = "server|client",
                    .help = "Check everything, change nothing.",
                    .set = SetChoice(&writes->dry_run, {"server", "client"}),
                    .bare = "server"});
  table->push_back(Switch("-y,--yes", "Do not ask.", &writes->yes));
  table->push_back(Switch("--if-exists", "What is not there is no error.",
                          &writes->if_exists));
  table->push_back(Switch("--if-not-exists", "What is there is no error.",
                          &writes->if_not_exists));
  table->push_back({.names = "--expect-version",
                    .value = "V",
                    .help = "Refuse the change if the object is not at V.",
                    .set = SetInteger(&writes->expect_version, 0, INT64_MAX)});
}

void AddTalkFlags(GlobalFlags* flags, std::vector<Flag>* table) {
  Talk* talk = &flags->talk;
  table->push_back({.names = "-v,--verbose",
                    .help = "Tell more, on stderr; repeat for more still.",
                    .set = [talk](const std::string&) {
                      ++talk->verbosity;
                      return absl::OkStatus();
                    }});
  table->push_back(
      Switch("--trace", "Show each call and its time.", &talk->trace));
  table->push_back(Switch("-q,--quiet", "Errors and data only.", &talk->quiet));
  table->push_back(Switch("--no-color", "Also by NO_COLOR in the environment.",
                          &talk->no_colour));
  table->push_back(
      Switch("--no-progress", "No progress bars.", &talk->no_progress));
}

}  // namespace

absl::Status SetForm(const std::string& text, FormOptions* form) {
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(text, absl::MaxSplits('=', 1));
  const std::vector<std::pair<std::string, Form>> known = {
      {"table", Form::kTable},       {"wide", Form::kWide},
      {"json", Form::kJson},         {"jsonl", Form::kJsonl},
      {"yaml", Form::kYaml},         {"name", Form::kName},
      {"template", Form::kTemplate},
  };
  std::vector<std::string> names;
  for (const auto& [name, value] : known) {
    names.push_back(name);
    if (parts.first != name) continue;
    if ((value == Form::kTemplate) != absl::StrContains(text, "=")) {
      return UsageError("a template goes with -o template=TEXT only");
    }
    form->form = value;
    form->pattern = parts.second;
    return absl::OkStatus();
  }
  const std::string near = Nearest(parts.first, names);
  return UsageError(
      absl::StrCat("\"", text, "\" is none of ", absl::StrJoin(names, ", ")),
      near.empty() ? "" : absl::StrCat("did you mean ", near, "?"));
}

std::vector<Flag> GlobalFlagTable(GlobalFlags* flags) {
  std::vector<Flag> table;
  AddConnectionFlags(flags, &table);
  AddShapeFlags(flags, &table);
  AddWriteFlags(flags, &table);
  AddTalkFlags(flags, &table);
  table.push_back(Switch("--version", "Same as: barnabas version --client.",
                         &flags->version));
  table.push_back(Refused("--tls", ""));
  for (const char* name : {"--cacert", "--cert", "--key", "--server-name",
                           "--user", "--password-file", "--token-file"}) {
    table.push_back(Refused(name, "VALUE"));
  }
  return table;
}

std::vector<std::pair<std::string, std::string>> OverrideKeys() {
  return {
      {"bootstrap", "nodes to dial first, as --bootstrap"},
      {"context", "named context, as --context"},
      {"timeout", "deadline of every call, as --timeout"},
      {"retry", "further attempts of reading commands, as --retry"},
      {"output", "form of the output, as --output"},
  };
}

absl::Status ApplyOverrides(GlobalFlags* flags) {
  std::vector<std::string> known;
  for (const auto& [key, help] : OverrideKeys()) known.push_back(key);
  for (const auto& [key, value] : flags->overrides) {
    if (key == "bootstrap") {
      ASSIGN_OR_RETURN(flags->bootstrap, ParseEndpoints(value));
    } else if (key == "context") {
      flags->context = value;
    } else if (key == "timeout") {
      ASSIGN_OR_RETURN(flags->timeout, ParseDuration(value));
    } else if (key == "retry") {
      ASSIGN_OR_RETURN(flags->retry, ParseInteger(value, 0, kRetriesMax));
    } else if (key == "output") {
      RETURN_IF_ERROR(SetForm(value, &flags->form));
    } else {
      const std::string near = Nearest(key, known);
      return UsageError(absl::StrCat("-X knows no key \"", key, "\""),
                        near.empty()
                            ? "-X list explains all keys"
                            : absl::StrCat("did you mean ", near, "?"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> ParseEndpoints(
    const std::string& text) {
  std::vector<std::string> endpoints;
  for (absl::string_view part : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    std::string endpoint(part);
    const size_t colon = endpoint.rfind(':');
    const size_t bracket = endpoint.rfind(']');
    const bool has_port =
        colon != std::string::npos &&
        (bracket == std::string::npos ? endpoint.find(':') == colon
                                      : colon > bracket);
    int port = 0;
    if (!has_port) {
      absl::StrAppend(&endpoint, ":9292");
    } else if (!absl::SimpleAtoi(endpoint.substr(colon + 1), &port) ||
               port < 1 || port > 65535 || colon == 0) {
      return UsageError(absl::StrCat("\"", endpoint, "\" is not host:port"));
    }
    endpoints.push_back(std::move(endpoint));
  }
  if (endpoints.empty()) {
    return UsageError(absl::StrCat("\"", text, "\" names no node"),
                      "host:port, several with commas");
  }
  return endpoints;
}

}  // namespace barnabas::cli
