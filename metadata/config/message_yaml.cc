#include "metadata/config/message_yaml.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/descriptor.h"
#include "metadata/config/nearest.h"
#include "metadata/config/quantity.h"
#include "proto/types/text.h"
#include "proto/types/units.h"
#include "yaml-cpp/yaml.h"

namespace barnabas::config {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int64_t kTextBytesMax = kMiB;

// Where a fault is, and the list it goes to.
class Place {
 public:
  Place(std::string where, std::vector<std::string>& faults)
      : where_(std::move(where)), faults_(faults) {}

  void Fault(const std::string& what) const {
    faults_.push_back(absl::StrCat(where_, ": ", what));
  }

 private:
  const std::string where_;
  std::vector<std::string>& faults_;
};

std::string UnknownKey(const Descriptor& message, const std::string& path,
                       const std::string& key) {
  std::vector<std::string> names;
  for (int i = 0; i < message.field_count(); ++i) {
    names.push_back(message.field(i)->name());
  }
  std::string text = absl::StrCat("unknown key \"", path, key, "\"");
  const std::string nearest = NearestName(key, names);
  if (!nearest.empty()) {
    absl::StrAppend(&text, "; did you mean \"", path, nearest, "\"?");
  }
  return text;
}

// What a scalar field takes, as people say it.
std::string Wanted(const FieldDescriptor& field) {
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    return "true or false";
  }
  if (absl::EndsWith(field.name(), "_ms")) return "a duration such as 30s";
  if (absl::EndsWith(field.name(), "_bytes")) return "a size such as 64MiB";
  return "a whole number";
}

std::optional<int64_t> ParseNumber(const FieldDescriptor& field,
                                   const std::string& text) {
  std::optional<int64_t> number;
  if (absl::EndsWith(field.name(), "_ms")) {
    number = ParseMilliseconds(text);
  } else if (absl::EndsWith(field.name(), "_bytes")) {
    number = ParseBytes(text);
  } else {
    number = ParseInteger(text);
  }
  if (number.has_value() &&
      field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 &&
      (*number > std::numeric_limits<int32_t>::max() ||
       *number < std::numeric_limits<int32_t>::min())) {
    return std::nullopt;
  }
  return number;
}

// Sets or, for a list, adds one scalar.
void SetScalar(const FieldDescriptor& field, const std::string& name,
               const std::string& text, Message& message, const Place& place) {
  const Reflection* reflection = message.GetReflection();
  const auto refuse = [&] {
    place.Fault(absl::StrCat("\"", name, "\" is ", Wanted(field), ", not \"",
                             text, "\""));
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.is_repeated()) {
        reflection->AddString(&message, &field, text);
      } else {
        reflection->SetString(&message, &field, text);
      }
      return;
    case FieldDescriptor::CPPTYPE_BOOL:
      if (text != "true" && text != "false") return refuse();
      return reflection->SetBool(&message, &field, text == "true");
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64: {
      const std::optional<int64_t> number = ParseNumber(field, text);
      if (!number.has_value()) return refuse();
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
        reflection->SetInt32(&message, &field, static_cast<int32_t>(*number));
      } else {
        reflection->SetInt64(&message, &field, *number);
      }
      return;
    }
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_ENUM:
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  place.Fault(absl::StrCat("\"", name, "\" is no plain value"));
}

// Walks a YAML tree beside the message that it fills.
class YamlReader {
 public:
  YamlReader(std::string_view file, std::vector<std::string>& faults)
      : file_(file), faults_(faults) {}

  void ReadMap(const YAML::Node& node, const std::string& path,
               Message& message) {
    if (!node.IsMap()) {
      At(node).Fault(
          path.empty()
              ? std::string("the file must hold keys and values")
              : absl::StrCat("\"", Name(path), "\" must hold keys and values"));
      return;
    }
    std::set<std::string> seen;
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) {
        At(entry.first).Fault("a key must be a plain word");
        continue;
      }
      const std::string key = entry.first.Scalar();
      const FieldDescriptor* field =
          message.GetDescriptor()->FindFieldByName(key);
      if (field == nullptr) {
        At(entry.first).Fault(UnknownKey(*message.GetDescriptor(), path, key));
      } else if (!seen.insert(key).second) {
        At(entry.first)
            .Fault(absl::StrCat("key \"", path, key, "\" is given twice"));
      } else {
        ReadField(*field, entry.second, path + key, message);
      }
    }
  }

 private:
  static std::string Name(const std::string& path) {
    return path.substr(0, path.size() - 1);
  }

  Place At(const YAML::Node& node) {
    return Place(absl::StrCat(file_, ":", node.Mark().line + 1), faults_);
  }

  void ReadField(const FieldDescriptor& field, const YAML::Node& node,
                 const std::string& name, Message& message) {
    if (field.is_repeated()) return ReadList(field, node, name, message);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      // "key:" with nothing below it says nothing.
      if (node.IsNull()) return;
      return ReadMap(
          node, name + ".",
          *message.GetReflection()->MutableMessage(&message, &field));
    }
    if (!node.IsScalar()) {
      At(node).Fault(absl::StrCat("\"", name, "\" must be one value"));
      return;
    }
    SetScalar(field, name, node.Scalar(), message, At(node));
  }

  void ReadList(const FieldDescriptor& field, const YAML::Node& node,
                const std::string& name, Message& message) {
    if (!node.IsSequence()) {
      At(node).Fault(absl::StrCat("\"", name, "\" must be a list: [a, b]"));
      return;
    }
    for (const YAML::Node& item : node) {
      if (item.IsScalar()) {
        SetScalar(field, name, item.Scalar(), message, At(item));
      } else {
        At(item).Fault(
            absl::StrCat("\"", name, "\" must be a list of plain values"));
      }
    }
  }

  const std::string file_;
  std::vector<std::string>& faults_;
};

}  // namespace

bool MergeYaml(std::string_view file, std::string_view text,
               google::protobuf::Message& message,
               std::vector<std::string>& faults) {
  if (static_cast<int64_t>(text.size()) > kTextBytesMax) {
    faults.push_back(absl::StrCat(AsAbsl(file), ":1: the file has ",
                                  text.size(), " bytes, at most ",
                                  kTextBytesMax));
    return false;
  }
  // The library reports by exceptions; they end here.
  try {
    const YAML::Node root = YAML::Load(std::string(text));
    if (!root.IsNull()) YamlReader(file, faults).ReadMap(root, "", message);
  } catch (const YAML::Exception& error) {
    faults.push_back(absl::StrCat(AsAbsl(file), ":", error.mark.line + 1,
                                  ": not YAML: ", error.msg));
    return false;
  }
  return true;
}

void MergeOverride(std::string_view assignment,
                   google::protobuf::Message& message,
                   std::vector<std::string>& faults) {
  const Place place(absl::StrCat("--set ", AsAbsl(assignment)), faults);
  const size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    return place.Fault("write it as key=value");
  }
  const std::string name(assignment.substr(0, equals));
  const std::string value(assignment.substr(equals + 1));
  Message* owner = &message;
  const FieldDescriptor* field = nullptr;
  std::string path;
  const std::vector<std::string> parts = absl::StrSplit(name, '.');
  for (const std::string& part : parts) {
    if (field != nullptr) {
      if (field->is_repeated() ||
          field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
        return place.Fault(absl::StrCat("\"", path.substr(0, path.size() - 1),
                                        "\" has no keys below it"));
      }
      owner = owner->GetReflection()->MutableMessage(owner, field);
    }
    field = owner->GetDescriptor()->FindFieldByName(part);
    if (field == nullptr) {
      return place.Fault(UnknownKey(*owner->GetDescriptor(), path, part));
    }
    absl::StrAppend(&path, part, ".");
  }
  if (!field->is_repeated()) {
    return SetScalar(*field, name, value, *owner, place);
  }
  owner->GetReflection()->ClearField(owner, field);
  const std::vector<std::string> items = absl::StrSplit(value, ',');
  for (const std::string& item : items) {
    if (!item.empty()) SetScalar(*field, name, item, *owner, place);
  }
}

}  // namespace barnabas::config
