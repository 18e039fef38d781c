#include "client/serving/socket_counts.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <grpc/grpc.h>
#include <grpc/support/alloc.h>

#include <algorithm>

#include "absl/strings/numbers.h"
#include "client/serving/held_bytes.h"
#include "proto/types/text.h"

namespace barnabas::rpc {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

// Sockets of one answer.
constexpr intptr_t kPage = 500;
// gRPC numbers a socket before it lists it, so one may be listed behind others
// that came later; without these it would never be seen.
constexpr int64_t kLookBack = 64;

// Takes a text that gRPC made.
Struct Parse(char* text) {
  Struct parsed;
  if (text == nullptr) return parsed;
  const auto status =
      google::protobuf::util::JsonStringToMessage(text, &parsed);
  gpr_free(text);
  if (!status.ok()) parsed.Clear();
  return parsed;
}

const Value& Field(const Struct& object, const std::string& name) {
  static const Value* const none = new Value();
  const auto found = object.fields().find(name);
  return found == object.fields().end() ? *none : found->second;
}

// 64-bit numbers are texts in JSON; absent ones are zero.
int64_t Number(const Struct& object, const std::string& name) {
  int64_t number = 0;
  const bool read =
      absl::SimpleAtoi(Field(object, name).string_value(), &number);
  return read ? number : 0;
}

StreamCounts CountsOf(const Struct& answer) {
  const Struct& data =
      Field(Field(answer, "socket").struct_value(), "data").struct_value();
  return {.started = Number(data, "streamsStarted"),
          .answered = Number(data, "streamsSucceeded"),
          .broken = Number(data, "streamsFailed"),
          .messages =
              Number(data, "messagesSent") + Number(data, "messagesReceived")};
}

}  // namespace

std::optional<StreamCounts> SocketCounts::Of(const std::string& peer) {
  // A peer that comes again may still stand for its last connection.
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto found = sockets_.find(peer);
    if (found != sockets_.end()) {
      const Struct answer = Parse(grpc_channelz_get_socket(found->second));
      if (answer.fields().contains("socket")) return CountsOf(answer);
      sockets_.erase(found);
    }
    List();
  }
  return std::nullopt;
}

void SocketCounts::List() {
  int64_t next = next_socket_;
  const Struct servers = Parse(grpc_channelz_get_servers(0));
  for (const Value& server : Field(servers, "server").list_value().values()) {
    const int64_t id =
        Number(Field(server.struct_value(), "ref").struct_value(), "serverId");
    int64_t begin = std::max<int64_t>(0, next_socket_ - kLookBack);
    while (true) {
      const Struct page =
          Parse(grpc_channelz_get_server_sockets(id, begin, kPage));
      const auto& refs = Field(page, "socketRef").list_value().values();
      for (const Value& ref : refs) {
        const int64_t socket = Number(ref.struct_value(), "socketId");
        sockets_[PlainPeer(Field(ref.struct_value(), "name").string_value())] =
            socket;
        begin = std::max(begin, socket + 1);
      }
      if (refs.empty() || Field(page, "end").bool_value()) break;
    }
    next = std::max(next, begin);
  }
  next_socket_ = next;
}

}  // namespace barnabas::rpc
