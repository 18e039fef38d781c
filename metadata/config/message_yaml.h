// YAML text into a protobuf message, with every fault found.
//
// What: keys are the message's field names; maps are messages, lists are
//   repeated fields. Numbers named …_ms and …_bytes take units ("30s",
//   "64MiB"). A key that the message does not have is a fault, never skipped.
// Units: lines count from 1.
// Empty case: an empty text leaves the message as it is.
// Thread: pure functions.
// Errors: a list of faults, "file:line: what" or "--set …: what"; the message
//   is of no use then. The text is at most 1 MiB.
#ifndef BARNABAS_METADATA_CONFIG_MESSAGE_YAML_H_
#define BARNABAS_METADATA_CONFIG_MESSAGE_YAML_H_

#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"

namespace barnabas::config {

// Merges `text` into `message`. `file` is named in faults. False if it is no
// YAML at all: what it lacks is then not worth a word.
bool MergeYaml(std::string_view file, std::string_view text,
               google::protobuf::Message& message,
               std::vector<std::string>& faults);

// Sets one field: "listeners.client.bind=0.0.0.0:9292". A list is replaced by
// the values between commas.
void MergeOverride(std::string_view assignment,
                   google::protobuf::Message& message,
                   std::vector<std::string>& faults);

}  // namespace barnabas::config

#endif  // BARNABAS_METADATA_CONFIG_MESSAGE_YAML_H_
