#include "tests/client/serving/http2_caller.h"

#include <arpa/inet.h>
#include <glog/logging.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "storage/env/system_clock.h"

namespace barnabas::rpc {
namespace http2 {

std::string Number(uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>((number >> shift) & 0xff);
  }
  return bytes;
}

std::string Frame(FrameType type, uint8_t flags, uint32_t stream,
                  std::string_view payload) {
  std::string frame = Number(static_cast<uint32_t>(payload.size())).substr(1);
  frame += static_cast<char>(type);
  frame += static_cast<char>(flags);
  frame += Number(stream);
  frame += payload;
  return frame;
}

std::string Header(std::string_view name, std::string_view value) {
  CHECK(name.size() < 127 && value.size() < 127);
  std::string block("\x10", 1);
  block += static_cast<char>(name.size());
  block += name;
  block += static_cast<char>(value.size());
  block += value;
  return block;
}

std::string CallHeaders(std::string_view path) {
  // Static table: ":method: POST" and ":scheme: http".
  return "\x83\x86" + Header(":path", path) + Header(":authority", "test") +
         Header("content-type", "application/grpc") + Header("te", "trailers");
}

std::string Message(std::string_view bytes) {
  std::string message(1, '\0');
  message += Number(static_cast<uint32_t>(bytes.size()));
  message += bytes;
  return message;
}

}  // namespace http2

namespace {

constexpr absl::Duration kStuck = absl::Seconds(10);

absl::Duration Now() { return env::SystemClock().Monotonic(); }

}  // namespace

Http2Caller::Http2Caller(int port)
    : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  CHECK_GE(descriptor_, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  PCHECK(connect(descriptor_, reinterpret_cast<sockaddr*>(&address),
                 sizeof(address)) == 0);
}

Http2Caller::~Http2Caller() { close(descriptor_); }

void Http2Caller::Greet(std::string_view settings) {
  Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" +
       http2::Frame(http2::kSettings, 0, 0, settings));
}

bool Http2Caller::Send(std::string_view bytes) {
  absl::Duration moved = Now();
  while (!bytes.empty() && !cut_) {
    const ssize_t sent = send(descriptor_, bytes.data(), bytes.size(),
                              MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<size_t>(sent));
      sent_ += sent;
      moved = Now();
    } else if (errno != EAGAIN && errno != EINTR) {
      cut_ = true;
    } else {
      if (Now() - moved > kStuck) return false;
      pollfd waiting{descriptor_, POLLOUT, 0};
      if (reads_) waiting.events |= POLLIN;
      poll(&waiting, 1, 100);
    }
    if (reads_) Drain();
  }
  return !cut_;
}

void Http2Caller::Drain() {
  std::array<char, 65536> buffer;
  while (!cut_) {
    const ssize_t got =
        recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got > 0) {
      heard_ += got;
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
      cut_ = true;
    } else {
      return;
    }
  }
}

bool Http2Caller::WaitForCut(absl::Duration patience) {
  const absl::Duration end = Now() + patience;
  while (!cut_ && Now() < end) {
    pollfd waiting{descriptor_, POLLIN, 0};
    poll(&waiting, 1, 100);
    Drain();
  }
  return cut_;
}

bool Http2Caller::Hears(absl::Duration patience) {
  const int64_t before = heard_;
  const absl::Duration end = Now() + patience;
  while (!cut_ && heard_ == before && Now() < end) {
    pollfd waiting{descriptor_, POLLIN, 0};
    poll(&waiting, 1, 100);
    Drain();
  }
  return heard_ > before;
}

}  // namespace barnabas::rpc
