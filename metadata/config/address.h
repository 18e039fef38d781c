// Addresses in settings: "host:port", "[::1]:port", "1@host:port".
//
// What: text ↔ parts, and whether a host is this machine only. Nothing is
//   resolved.
// Units: ports 0…65535; 0 asks the system for a free one.
// Empty case: an empty host or port is an error.
// Thread: pure functions.
// Errors: nullopt for any other text.
#ifndef BARNABAS_METADATA_CONFIG_ADDRESS_H_
#define BARNABAS_METADATA_CONFIG_ADDRESS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/types/ids.h"

namespace barnabas::config {

struct HostPort {
  std::string host;
  int32_t port = 0;

  bool operator==(const HostPort&) const = default;
  // "host:port"; IPv6 hosts in brackets.
  std::string ToString() const;
  // 127.0.0.0/8, ::1 or localhost.
  bool IsLoopback() const;
  // 0.0.0.0 or ::, which nobody can dial.
  bool IsWildcard() const;
};

std::optional<HostPort> ParseHostPort(std::string_view text);

// One entry of cluster.controllers.
struct ControllerAddress {
  NodeId id;
  HostPort address;

  bool operator==(const ControllerAddress&) const = default;
};

std::optional<ControllerAddress> ParseControllerAddress(std::string_view text);

}  // namespace barnabas::config

#endif  // BARNABAS_METADATA_CONFIG_ADDRESS_H_
