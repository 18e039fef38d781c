// ByteStream: the client's end of one bidirectional stream of raw messages.
//
// What: carries grpc::ByteBuffers on a gRPC stream and turns what happens into
//   events on the owner's loop. Writes queue and go out one after the other.
// Units: messages. Empty case: a stream that was opened and closed gives
//   OnClosed only.
// Thread: all methods on the loop; events come on the loop too, never from
//   inside a method. The loop may be stopped before the stream is gone: events
//   are then dropped.
// Errors: OnClosed tells the final status once, after every OnMessage and
//   after all that the tap took; OK if
//   the server ended the stream without complaint.
// Always true: there is no deadline (a long stream would die on the dot): the
//   owner watches heartbeats and cancels.
#ifndef BARNABAS_CLIENT_RPC_BYTE_STREAM_H_
#define BARNABAS_CLIENT_RPC_BYTE_STREAM_H_

#include <grpcpp/channel.h>
#include <grpcpp/support/byte_buffer.h>

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "storage/env/event_loop.h"

namespace barnabas::rpc {

class ByteStreamEvents {
 public:
  virtual ~ByteStreamEvents() = default;

  virtual void OnMessage(grpc::ByteBuffer message) = 0;
  // One queued write left for the network, or was lost with the stream.
  virtual void OnWritten() = 0;
  virtual void OnClosed(const absl::Status& status) = 0;
};

// Sees messages on gRPC's thread, before they are posted to the loop: for
// frames that come often and need nothing that the loop keeps.
class ByteStreamTap {
 public:
  virtual ~ByteStreamTap() = default;

  // True if it took the message; the others reach OnMessage. One call at a
  // time, in the order of the stream; may outlive the ByteStream a little.
  virtual bool Take(grpc::ByteBuffer* message) = 0;
};

class ByteStream {
 public:
  // `method` is "/barnabas.v1.Producer/ProduceStream". Dials if need be; an
  // unreachable server closes the stream at once.
  static std::unique_ptr<ByteStream> Open(
      std::shared_ptr<grpc::Channel> channel, const std::string& method,
      std::shared_ptr<env::EventLoop> loop, ByteStreamEvents* events,
      std::shared_ptr<ByteStreamTap> tap = nullptr);

  // Cancels, unless the stream has ended; no event comes any more.
  virtual ~ByteStream() = default;

  virtual void Write(grpc::ByteBuffer message) = 0;
  // Half-closes behind the writes that are queued.
  virtual void CloseWrites() = 0;
  // Ends the stream; OnClosed follows.
  virtual void Cancel() = 0;

  // Writes given and not yet told by OnWritten.
  virtual size_t pending_writes() const = 0;
};

}  // namespace barnabas::rpc

#endif  // BARNABAS_CLIENT_RPC_BYTE_STREAM_H_
