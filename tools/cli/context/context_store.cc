#include "tools/cli/context/context_store.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/nearest.h"
#include "tools/cli/output/tree.h"
#include "yaml-cpp/yaml.h"

namespace barnabas::cli {
namespace {

namespace fs = std::filesystem;

absl::Status Malformed(const std::string& path, const YAML::Mark& mark,
                       const std::string& what) {
  return UsageError(
      absl::StrCat(path, ":", mark.line + 1, ":", mark.column + 1, ": ", what),
      "barnabas context edit");
}

absl::StatusOr<std::string> Scalar(const std::string& path,
                                   const YAML::Node& node) {
  if (!node.IsScalar()) return Malformed(path, node.Mark(), "text expected");
  return node.Scalar();
}

absl::StatusOr<NamedContext> ReadOne(const std::string& path,
                                     const YAML::Node& node) {
  NamedContext context;
  if (!node.IsMap()) return Malformed(path, node.Mark(), "fields expected");
  for (const auto& field : node) {
    ASSIGN_OR_RETURN(const std::string key, Scalar(path, field.first));
    if (key == "description") {
      ASSIGN_OR_RETURN(context.description, Scalar(path, field.second));
    } else if (key == "bootstrap" && field.second.IsSequence()) {
      for (const auto& item : field.second) {
        ASSIGN_OR_RETURN(std::string endpoint, Scalar(path, item));
        context.bootstrap.push_back(std::move(endpoint));
      }
    } else {
      return Malformed(path, field.first.Mark(),
                       absl::StrCat("unknown or misshapen field ", key));
    }
  }
  return context;
}

absl::StatusOr<Contexts> ReadAll(const std::string& path,
                                 const YAML::Node& root) {
  Contexts contexts;
  if (root.IsNull()) return contexts;
  if (!root.IsMap()) return Malformed(path, root.Mark(), "fields expected");
  for (const auto& field : root) {
    ASSIGN_OR_RETURN(const std::string key, Scalar(path, field.first));
    if (key == "current") {
      ASSIGN_OR_RETURN(contexts.current, Scalar(path, field.second));
    } else if (key == "previous") {
      ASSIGN_OR_RETURN(contexts.previous, Scalar(path, field.second));
    } else if (key == "contexts" && field.second.IsMap()) {
      for (const auto& entry : field.second) {
        ASSIGN_OR_RETURN(const std::string name, Scalar(path, entry.first));
        ASSIGN_OR_RETURN(contexts.named[name], ReadOne(path, entry.second));
      }
    } else {
      return Malformed(path, field.first.Mark(),
                       absl::StrCat("unknown or misshapen field ", key));
    }
  }
  return contexts;
}

absl::Status NoContext(const std::string& name, const Contexts& contexts) {
  std::vector<std::string> known;
  for (const auto& [key, context] : contexts.named) known.push_back(key);
  const std::string near = Nearest(name, known);
  return WithExitCode(
      MakeError(ErrorCode::kInvalidRequest,
                absl::StrCat("no context \"", name, "\""),
                near.empty() ? "barnabas context list"
                             : absl::StrCat("did you mean ", near, "?")),
      static_cast<int>(ExitCode::kNotFound));
}

absl::Status Unwritable(const std::string& path, const std::string& why) {
  return MakeError(ErrorCode::kDirectoryUnusable,
                   absl::StrCat("cannot write ", path, ": ", why),
                   "make the folder writable or set XDG_CONFIG_HOME");
}

}  // namespace

absl::Status Contexts::Use(const std::string& name) {
  const std::string wanted = name == "-" ? previous : name;
  if (wanted.empty()) {
    return WithExitCode(
        MakeError(ErrorCode::kInvalidRequest, "there is no previous context",
                  "barnabas context list"),
        static_cast<int>(ExitCode::kNotFound));
  }
  RETURN_IF_ERROR(Get(wanted).status());
  if (wanted == current) return absl::OkStatus();
  previous = current;
  current = wanted;
  return absl::OkStatus();
}

absl::StatusOr<NamedContext> Contexts::Get(const std::string& name) const {
  const auto found = named.find(name);
  if (found == named.end()) return NoContext(name, *this);
  return found->second;
}

std::string ContextsPath(const Environment& environment) {
  const std::optional<std::string> own = environment("XDG_CONFIG_HOME");
  if (own.has_value() && !own->empty()) {
    return absl::StrCat(*own, "/barnabas/contexts.yaml");
  }
  return absl::StrCat(environment("HOME").value_or("."),
                      "/.config/barnabas/contexts.yaml");
}

absl::StatusOr<Contexts> LoadContexts(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return Contexts();
  try {
    return ReadAll(path, YAML::LoadFile(path));
  } catch (const YAML::ParserException& fault) {
    return Malformed(path, fault.mark, fault.msg);
  } catch (const YAML::Exception& fault) {
    return UsageError(absl::StrCat(path, ": ", fault.what()));
  }
}

absl::Status SaveContexts(const std::string& path, const Contexts& contexts) {
  Tree named = Tree::Object();
  for (const auto& [name, context] : contexts.named) {
    Tree list = Tree::List();
    for (const std::string& endpoint : context.bootstrap) {
      list.items.push_back(Tree::Text(endpoint));
    }
    Tree one = Tree::Object();
    one.Add("bootstrap", std::move(list));
    if (!context.description.empty()) {
      one.Add("description", Tree::Text(context.description));
    }
    named.Add(name, std::move(one));
  }
  Tree root = Tree::Object();
  root.Add("current", Tree::Text(contexts.current))
      .Add("previous", Tree::Text(contexts.previous))
      .Add("contexts", std::move(named));
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  const std::string temporary = path + ".new";
  std::ofstream file(temporary, std::ios::trunc);
  file << "# Written by `barnabas context`.\n" << ToYaml(root);
  file.close();
  if (!file) return Unwritable(temporary, "the write failed");
  fs::rename(temporary, path, error);
  return error ? Unwritable(path, error.message()) : absl::OkStatus();
}

absl::Status CheckContextName(const std::string& name) {
  const bool fits = std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' ||
           c == '_' || c == '-';
  });
  if (!name.empty() && name[0] != '-' && fits && name.size() <= 64) {
    return absl::OkStatus();
  }
  return UsageError(absl::StrCat("\"", name, "\" is no name for a context"),
                    "letters, digits, '.', '_', '-'");
}

}  // namespace barnabas::cli
