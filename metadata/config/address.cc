#include "metadata/config/address.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "metadata/config/quantity.h"

namespace barnabas::config {
namespace {

constexpr size_t kHostLengthMax = 253;
constexpr int64_t kPortMax = 65535;

bool IsHostName(std::string_view host) {
  return std::all_of(host.begin(), host.end(), [](unsigned char letter) {
    return absl::ascii_isalnum(letter) || letter == '.' || letter == '-' ||
           letter == '_';
  });
}

bool IsIpv6(std::string_view host) {
  return host.find(':') != std::string_view::npos &&
         std::all_of(host.begin(), host.end(), [](unsigned char letter) {
           return absl::ascii_isxdigit(letter) || letter == ':' ||
                  letter == '.';
         });
}

}  // namespace

std::string HostPort::ToString() const {
  if (host.find(':') != std::string::npos) {
    return absl::StrCat("[", host, "]:", port);
  }
  return absl::StrCat(host, ":", port);
}

bool HostPort::IsLoopback() const {
  if (host == "localhost" || host == "::1") return true;
  return host.rfind("127.", 0) == 0 &&
         std::all_of(host.begin(), host.end(), [](unsigned char letter) {
           return absl::ascii_isdigit(letter) || letter == '.';
         });
}

bool HostPort::IsWildcard() const { return host == "0.0.0.0" || host == "::"; }

std::optional<HostPort> ParseHostPort(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const std::optional<int64_t> port = ParseInteger(digits);
  if (!port.has_value() || *port < 0 || *port > kPortMax || digits.size() > 5) {
    return std::nullopt;
  }
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    if (!IsIpv6(host)) return std::nullopt;
  } else if (!IsHostName(host)) {
    return std::nullopt;
  }
  if (host.empty() || host.size() > kHostLengthMax) return std::nullopt;
  return HostPort{std::string(host), static_cast<int32_t>(*port)};
}

std::optional<ControllerAddress> ParseControllerAddress(std::string_view text) {
  const size_t at = text.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  const std::optional<int64_t> id = ParseInteger(text.substr(0, at));
  const std::optional<HostPort> address = ParseHostPort(text.substr(at + 1));
  if (!id.has_value() || *id < 1 || !address.has_value() ||
      *id > std::numeric_limits<int32_t>::max() || address->port == 0) {
    return std::nullopt;
  }
  return ControllerAddress{NodeId(static_cast<int32_t>(*id)), *address};
}

}  // namespace barnabas::config
