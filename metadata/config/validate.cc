#include "metadata/config/validate.h"

#include <algorithm>
#include <cstdint>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "metadata/config/quantity.h"
#include "metadata/image/scope_name.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "proto/types/text.h"

namespace barnabas::config {
namespace {

using image::ConfigScope;

absl::Status Fault(const std::string& message, const SettingDetail& detail) {
  return WithSetting(MakeError(ErrorCode::kInvalidSetting, message), detail);
}

std::optional<int64_t> ParseNumber(const Setting& setting,
                                   std::string_view text) {
  if (setting.unit == v1::UNIT_MILLISECONDS) return ParseMilliseconds(text);
  if (setting.unit == v1::UNIT_BYTES) return ParseBytes(text);
  return ParseInteger(text);
}

// " milliseconds", or nothing.
std::string UnitText(const Setting& setting) {
  const std::string_view unit = UnitName(setting.unit);
  return unit.empty() ? "" : absl::StrCat(" ", AsAbsl(unit));
}

absl::StatusOr<std::string> CanonicalNumber(const Setting& setting,
                                            std::string_view text) {
  const SettingDetail detail{setting.key, std::string(text), ""};
  const std::optional<int64_t> number = ParseNumber(setting, text);
  if (!number.has_value()) {
    return Fault(absl::StrCat("setting \"", setting.key, "\": \"", AsAbsl(text),
                              "\" is not a whole number",
                              setting.unit == v1::UNIT_COUNT ? "" : " of",
                              UnitText(setting)),
                 detail);
  }
  if (*number < setting.minimum) {
    return Fault(
        absl::StrCat("setting \"", setting.key, "\": ", *number, " < minimum ",
                     setting.minimum, UnitText(setting)),
        detail);
  }
  if (*number > setting.maximum) {
    return Fault(
        absl::StrCat("setting \"", setting.key, "\": ", *number, " > maximum ",
                     setting.maximum, UnitText(setting)),
        detail);
  }
  return absl::StrCat(*number);
}

absl::StatusOr<std::string> CanonicalRatio(const Setting& setting,
                                           std::string_view text) {
  const std::optional<double> ratio = ParseRatio(text);
  if (ratio.has_value() && *ratio >= static_cast<double>(setting.minimum) &&
      *ratio <= static_cast<double>(setting.maximum)) {
    return absl::StrCat(*ratio);
  }
  return Fault(absl::StrCat("setting \"", setting.key, "\": \"", AsAbsl(text),
                            "\" is not a number from ", setting.minimum, " to ",
                            setting.maximum),
               SettingDetail{setting.key, std::string(text), ""});
}

absl::Status UnknownKey(const SettingTarget& target, const std::string& key) {
  const std::string nearest = NearestKey(target.scope, key);
  std::string message =
      absl::StrCat("unknown ", AsAbsl(image::NameOf(target.scope)),
                   " setting \"", key, "\"");
  if (!nearest.empty()) {
    absl::StrAppend(&message, "; did you mean \"", nearest, "\"?");
  } else if (target.scope != ConfigScope::kTopic &&
             FindSetting(ConfigScope::kTopic, key) != nullptr) {
    absl::StrAppend(&message, "; it belongs to a topic or to the cluster");
  }
  return Fault(message, SettingDetail{key, "", nearest});
}

absl::StatusOr<SettingChange> ValidateOne(const SettingTarget& target,
                                          const v1::SettingValue& asked) {
  const Setting* setting = FindSetting(target.scope, asked.key());
  if (setting == nullptr) return UnknownKey(target, asked.key());
  if (setting->change != v1::CHANGE_LIVE) {
    return Fault(absl::StrCat("setting \"", setting->key,
                              "\" cannot be changed in a running cluster"),
                 SettingDetail{setting->key, asked.value(), ""});
  }
  if (!asked.has_value()) return SettingChange{setting->key, std::nullopt};
  absl::StatusOr<std::string> value = CanonicalValue(*setting, asked.value());
  if (!value.ok()) return value.status();
  return SettingChange{setting->key, *std::move(value)};
}

std::optional<int64_t> NumberIn(const image::SettingMap& values,
                                const std::string& key) {
  const auto found = values.find(key);
  if (found != values.end()) return ParseInteger(found->second);
  const Setting* setting = FindSetting(ConfigScope::kTopic, key);
  if (setting == nullptr) return std::nullopt;
  return ParseInteger(setting->default_value);
}

// Rules between settings, held against the overrides as they would become.
void CheckTogether(const image::SettingMap& after,
                   std::vector<absl::Status>& faults) {
  const int64_t least = NumberIn(after, "min.compaction.lag.ms").value_or(0);
  const int64_t most = NumberIn(after, "max.compaction.lag.ms").value_or(0);
  if (least > most) {
    faults.push_back(
        Fault(absl::StrCat("setting \"min.compaction.lag.ms\": ", least,
                           " > max.compaction.lag.ms ", most),
              SettingDetail{"min.compaction.lag.ms", absl::StrCat(least), ""}));
  }
  if (after.count("segment.jitter.ms") == 0) return;
  const int64_t jitter = NumberIn(after, "segment.jitter.ms").value_or(0);
  const int64_t age = NumberIn(after, "segment.ms").value_or(0);
  if (jitter > age) {
    faults.push_back(
        Fault(absl::StrCat("setting \"segment.jitter.ms\": ", jitter,
                           " > segment.ms ", age),
              SettingDetail{"segment.jitter.ms", absl::StrCat(jitter), ""}));
  }
}

// One status that lists them all; it keeps the detail of the first.
absl::Status Join(const SettingTarget& target,
                  const std::vector<absl::Status>& faults) {
  v1::Error error = ToProto(faults[0]);
  if (faults.size() > 1) {
    error.set_message(absl::StrCat(
        faults.size(), " faults: ",
        absl::StrJoin(faults, "; ",
                      [](std::string* out, const absl::Status& fault) {
                        absl::StrAppend(out, fault.message());
                      })));
  }
  error.set_hint(absl::StrCat("barnabas config describe ", target.ToString()));
  return FromProto(error);
}

}  // namespace

std::string SettingTarget::ToString() const {
  const std::string kind(image::NameOf(scope));
  if (scope == ConfigScope::kCluster || name.empty()) return kind;
  return absl::StrCat(kind, "/", name);
}

absl::StatusOr<std::string> CanonicalValue(const Setting& setting,
                                           std::string_view text) {
  if (setting.kind == ValueKind::kInteger) {
    return CanonicalNumber(setting, text);
  }
  if (setting.kind == ValueKind::kRatio) return CanonicalRatio(setting, text);
  const std::vector<std::string>& choices = setting.choices;
  if (choices.empty() ||
      std::find(choices.begin(), choices.end(), text) != choices.end()) {
    return std::string(text);
  }
  return Fault(absl::StrCat("setting \"", setting.key, "\": \"", AsAbsl(text),
                            "\" is not one of ", absl::StrJoin(choices, ", ")),
               SettingDetail{setting.key, std::string(text), ""});
}

absl::StatusOr<std::vector<SettingChange>> ValidateChanges(
    const SettingTarget& target, const image::SettingMap& current,
    const SettingList& asked) {
  std::vector<SettingChange> changes;
  std::vector<absl::Status> faults;
  std::set<std::string> seen;
  image::SettingMap after = current;
  for (const v1::SettingValue& one : asked) {
    if (!seen.insert(one.key()).second) {
      faults.push_back(
          Fault(absl::StrCat("setting \"", one.key(), "\" is given twice"),
                SettingDetail{one.key(), one.value(), ""}));
      continue;
    }
    absl::StatusOr<SettingChange> change = ValidateOne(target, one);
    if (!change.ok()) {
      faults.push_back(change.status());
      continue;
    }
    if (change->second.has_value()) {
      after[change->first] = *change->second;
    } else {
      after.erase(change->first);
    }
    changes.push_back(*std::move(change));
  }
  if (target.scope == ConfigScope::kTopic) CheckTogether(after, faults);
  if (!faults.empty()) return Join(target, faults);
  return changes;
}

}  // namespace barnabas::config
