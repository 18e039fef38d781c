// Http2Caller: a caller that speaks HTTP/2 frame by frame, well or badly.
//
// What: a plain socket to a port of this machine, and the frames of RFC 9113
//   as bytes, so that a test can say what no gRPC client would.
// Units: bytes, absl::Duration. Empty case: it has said nothing, not even the
//   preface.
// Thread: one at a time. Errors: a connection that fails fails the test.
// Bounds: Send gives up when the server takes nothing for ten seconds.
// Always true: loopback only; the socket is closed at the end.
#ifndef BARNABAS_TESTS_CLIENT_SERVING_HTTP2_CALLER_H_
#define BARNABAS_TESTS_CLIENT_SERVING_HTTP2_CALLER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace barnabas::rpc {

namespace http2 {

enum FrameType : uint8_t {
  kData = 0,
  kHeaders = 1,
  kPriority = 2,
  kRstStream = 3,
  kSettings = 4,
  kPing = 6,
  kGoAway = 7,
  kWindowUpdate = 8,
  kContinuation = 9,
};
inline constexpr uint8_t kEndStream = 1;
inline constexpr uint8_t kEndHeaders = 4;

std::string Frame(FrameType type, uint8_t flags, uint32_t stream,
                  std::string_view payload);
// A header block for a gRPC call of `path`, without dynamic table.
std::string CallHeaders(std::string_view path);
// One header as a literal that is never indexed; short strings only.
std::string Header(std::string_view name, std::string_view value);
// A length-prefixed gRPC message.
std::string Message(std::string_view bytes);
// Four bytes, most significant first.
std::string Number(uint32_t number);

}  // namespace http2

class Http2Caller {
 public:
  explicit Http2Caller(int port);
  ~Http2Caller();
  Http2Caller(const Http2Caller&) = delete;
  Http2Caller& operator=(const Http2Caller&) = delete;

  // The preface and SETTINGS with `payload`.
  void Greet(std::string_view settings = "");
  // Says all of it, and drops what the server says meanwhile unless it was
  // told to read nothing. False once the server has cut the connection.
  bool Send(std::string_view bytes);
  void ReadNothing() { reads_ = false; }
  // Says `piece` again and again; true once the server has cut it off, false
  // if `bytes_max` were said and it has not.
  bool FloodsUntilCut(std::string_view piece, int64_t bytes_max);
  // Drops what comes until the server cuts the connection; false if it does
  // not in time.
  bool WaitForCut(absl::Duration patience);
  // The server said something of one of the caller's streams, or good-bye, or
  // cut the connection, in time.
  bool IsAnswered(absl::Duration patience);

  bool is_cut() const { return cut_; }
  int64_t sent_bytes() const { return sent_; }

 private:
  // Drops what came; notes answers and an end.
  void Drain();
  void NoteFrames(std::string_view bytes);

  int descriptor_;
  bool reads_ = true;
  bool cut_ = false;
  int64_t sent_ = 0;
  bool answered_ = false;
  // The head of a frame that came so far, and what of its payload must still
  // come.
  std::string head_;
  size_t payload_left_ = 0;
};

}  // namespace barnabas::rpc

#endif  // BARNABAS_TESTS_CLIENT_SERVING_HTTP2_CALLER_H_
