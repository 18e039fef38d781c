#include "tools/cli/rpc/method_table.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "barnabas/v1/cluster_admin.grpc.pb.h"
#include "barnabas/v1/config_admin.grpc.pb.h"
#include "barnabas/v1/consumer.grpc.pb.h"
#include "barnabas/v1/discovery.grpc.pb.h"
#include "barnabas/v1/node_admin.grpc.pb.h"
#include "barnabas/v1/producer.grpc.pb.h"
#include "barnabas/v1/quorum_admin.grpc.pb.h"
#include "barnabas/v1/topic_admin.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/nearest.h"

namespace barnabas::cli {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

constexpr char kPackage[] = "barnabas.v1.";

std::vector<const MethodDescriptor*> Gather() {
  std::vector<const MethodDescriptor*> methods;
  for (const char* name :
       {v1::Discovery::service_full_name(), v1::TopicAdmin::service_full_name(),
        v1::ConfigAdmin::service_full_name(),
        v1::ClusterAdmin::service_full_name(),
        v1::QuorumAdmin::service_full_name(), v1::Producer::service_full_name(),
        v1::Consumer::service_full_name(), v1::NodeAdmin::service_full_name(),
        grpc::health::v1::Health::service_full_name()}) {
    const ServiceDescriptor* service =
        DescriptorPool::generated_pool()->FindServiceByName(name);
    for (int i = 0; service != nullptr && i < service->method_count(); ++i) {
      methods.push_back(service->method(i));
    }
  }
  return methods;
}

// Dots only, no package: "TopicAdmin.ListTopics".
std::string Plain(std::string_view name) {
  std::string plain = absl::StrReplaceAll(std::string(name), {{"/", "."}});
  if (absl::StartsWith(plain, ".")) plain.erase(0, 1);
  if (absl::StartsWith(plain, kPackage)) plain.erase(0, sizeof(kPackage) - 1);
  return plain;
}

absl::Status Unknown(std::string_view what, std::string_view name,
                     const std::vector<std::string>& known) {
  const std::string near = Nearest(std::string(name), known);
  return UsageError(absl::StrCat("unknown ", std::string(what), " \"",
                                 std::string(name), "\""),
                    near.empty() ? "barnabas rpc --list"
                                 : absl::StrCat("did you mean ", near, "?"));
}

std::string WithMessages(const MethodDescriptor& method) {
  std::string text = method.DebugString();
  absl::StrAppend(&text, "\n", method.input_type()->DebugString());
  if (method.output_type() != method.input_type()) {
    absl::StrAppend(&text, "\n", method.output_type()->DebugString());
  }
  return text;
}

// The text of a service, message or enum; empty if there is none.
std::string TypeText(const std::string& name) {
  const DescriptorPool& pool = *DescriptorPool::generated_pool();
  for (const std::string& full : {name, kPackage + name}) {
    if (const auto* service = pool.FindServiceByName(full)) {
      return service->DebugString();
    }
    if (const auto* message = pool.FindMessageTypeByName(full)) {
      return message->DebugString();
    }
    if (const auto* values = pool.FindEnumTypeByName(full)) {
      return values->DebugString();
    }
  }
  return "";
}

}  // namespace

const std::vector<const MethodDescriptor*>& AllMethods() {
  static const auto* const methods =
      new std::vector<const MethodDescriptor*>(Gather());
  return *methods;
}

std::string ShortName(const MethodDescriptor& method) {
  return absl::StrCat(Plain(method.service()->full_name()), "/", method.name());
}

std::string KindOf(const MethodDescriptor& method) {
  if (method.client_streaming()) {
    return method.server_streaming() ? "bidi stream" : "client stream";
  }
  return method.server_streaming() ? "server stream" : "unary";
}

bool Changes(const MethodDescriptor& method) {
  if (method.server_streaming()) return false;
  const std::string& name = method.name();
  for (const char* reading :
       {"Get", "List", "Describe", "Poll", "Offsets", "Check"}) {
    if (absl::StartsWith(name, reading)) return false;
  }
  return true;
}

absl::StatusOr<const MethodDescriptor*> FindMethod(std::string_view name) {
  const std::string wanted = Plain(name);
  std::vector<std::string> known;
  for (const MethodDescriptor* method : AllMethods()) {
    const std::string full = Plain(method->full_name());
    if (full == wanted || method->name() == wanted) return method;
    known.push_back(ShortName(*method));
  }
  return Unknown("method", name, known);
}

absl::StatusOr<std::string> Describe(std::string_view symbol) {
  const absl::StatusOr<const MethodDescriptor*> method = FindMethod(symbol);
  if (method.ok()) return WithMessages(**method);
  std::string text = TypeText(Plain(symbol));
  if (!text.empty()) return text;
  return Unknown("symbol", symbol, {});
}

}  // namespace barnabas::cli
