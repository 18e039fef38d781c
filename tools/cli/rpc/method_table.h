// MethodTable: the methods and messages of the API, as they are linked in.
//
// What: finds a method by any of its usual spellings, a message or service by
//   its name, and shows them as proto text. Asks no server.
// Units: none. Empty case: none.
// Thread: constant data; any thread.
// Errors: usage errors (exit 2) that name what is nearest.
#ifndef BARNABAS_TOOLS_CLI_RPC_METHOD_TABLE_H_
#define BARNABAS_TOOLS_CLI_RPC_METHOD_TABLE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"

namespace barnabas::cli {

// In order of services, then as declared.
const std::vector<const google::protobuf::MethodDescriptor*>& AllMethods();

// "TopicAdmin/ListTopics".
std::string ShortName(const google::protobuf::MethodDescriptor& method);
// "unary", "server stream", "client stream", "bidi stream".
std::string KindOf(const google::protobuf::MethodDescriptor& method);
// Whether calling it may change something.
bool Changes(const google::protobuf::MethodDescriptor& method);

// "TopicAdmin/ListTopics", "TopicAdmin.ListTopics", either with the package in
// front, or "ListTopics" alone.
absl::StatusOr<const google::protobuf::MethodDescriptor*> FindMethod(
    std::string_view name);

// A method with its messages, a service, a message or an enum.
absl::StatusOr<std::string> Describe(std::string_view symbol);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_RPC_METHOD_TABLE_H_
