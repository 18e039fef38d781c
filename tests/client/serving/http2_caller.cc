#include "tests/client/serving/http2_caller.h"

#include <arpa/inet.h>
#include <glog/logging.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
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
// RFC 9113, 4.1.
constexpr size_t kFrameHeadBytes = 9;

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

bool Http2Caller::FloodsUntilCut(std::string_view piece, int64_t bytes_max) {
  std::string many;
  while (many.size() < 64 * 1024) many += piece;
  while (sent_ < bytes_max) {
    if (!Send(many)) return cut_;
  }
  return false;
}

void Http2Caller::Drain() {
  std::array<char, 65536> buffer;
  while (!cut_) {
    const ssize_t got =
        recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got > 0) {
      NoteFrames({buffer.data(), static_cast<size_t>(got)});
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

bool Http2Caller::IsAnswered(absl::Duration patience) {
  const absl::Duration end = Now() + patience;
  while (!cut_ && !answered_ && Now() < end) {
    pollfd waiting{descriptor_, POLLIN, 0};
    poll(&waiting, 1, 100);
    Drain();
  }
  return cut_ || answered_;
}

void Http2Caller::NoteFrames(std::string_view bytes) {
  while (!bytes.empty()) {
    if (payload_left_ > 0) {
      const size_t taken = std::min(payload_left_, bytes.size());
      bytes.remove_prefix(taken);
      payload_left_ -= taken;
      continue;
    }
    head_ += bytes.front();
    bytes.remove_prefix(1);
    if (head_.size() < kFrameHeadBytes) continue;
    const auto byte = [this](size_t i) {
      return static_cast<uint8_t>(head_[i]);
    };
    payload_left_ = static_cast<size_t>(byte(0) << 16 | byte(1) << 8 | byte(2));
    const bool of_stream =
        byte(5) != 0 || byte(6) != 0 || byte(7) != 0 || byte(8) != 0;
    // Windows move by themselves.
    answered_ |= (of_stream && byte(3) != http2::kWindowUpdate) ||
                 byte(3) == http2::kGoAway;
    head_.clear();
  }
}

}  // namespace barnabas::rpc
