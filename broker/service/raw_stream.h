// RawStream: one bidirectional stream of byte buffers, with a single writer.
//
// What: the mechanics that both data streams share: reading one message at a
//   time, writing whatever the stream has next while the last write is under
//   way (so acks and frames gather by themselves), and ending exactly once.
// Units: none. Empty case: a stream that nobody opened ends with its caller.
// Thread: gRPC's threads and loops; the state of writing lies under a mutex
//   here, what derived classes keep is theirs to guard. NextMessage is never
//   called twice at once, and never with a lock of this class held.
// Errors: none; a broken connection ends the stream.
// Always true: one write and one read in flight at most; Finish is called once,
//   with no write in flight; nothing is started after it; the object lives
//   until OnDone and as long as others hold it.
#ifndef BARNABAS_BROKER_SERVICE_RAW_STREAM_H_
#define BARNABAS_BROKER_SERVICE_RAW_STREAM_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "broker/service/live_call.h"
#include "broker/service/open_streams.h"
#include "client/serving/call_metrics.h"
#include "client/serving/held_bytes.h"

namespace barnabas::broker {

class RawStream
    : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
      public DrainableStream,
      public std::enable_shared_from_this<RawStream> {
 public:
  // `calls` counts this call.
  RawStream(OpenStreams* streams, rpc::HeldBytes* held, rpc::CallSeries* calls,
            grpc::CallbackServerContext* call)
      : streams_(streams),
        held_(held->Open(call->peer())),
        record_(calls),
        call_(call) {}
  ~RawStream() override = default;

  // Registers the stream and reads the first message; once.
  void Begin();

  void OnReadDone(bool ok) final;
  void OnWriteDone(bool ok) final;
  void OnCancel() final;
  void OnDone() final;

 protected:
  // A message came. ReadNext() asks for the next one.
  virtual void OnMessage(const grpc::ByteBuffer& message) = 0;
  // The client will send no more.
  virtual void OnHalfClose() = 0;
  // The call is over or broken; nothing can be written any more.
  virtual void OnGone() = 0;
  // The next message to write; false if there is none now.
  virtual bool NextMessage(grpc::ByteBuffer* message) = 0;

  // So many bytes more, or fewer, wait in this stream.
  void Hold(int64_t bytes) { held_->Add(bytes); }

  void ReadNext();
  // NextMessage may have something.
  void Kick();
  // Ends the call once everything that NextMessage gives was written.
  void End(const absl::Status& status);
  // Ends the call at once; what waits to be written is lost. For a client that
  // does not read the end that it was told.
  void Abort() { call_.Cancel(); }

 private:
  // Writes on until there is nothing; the caller has set writing_.
  void WriteOn();

  OpenStreams* const streams_;
  const std::unique_ptr<rpc::HeldBytes::Share> held_;
  rpc::CallRecord record_;
  // Held until OnDone.
  std::shared_ptr<RawStream> self_;

  grpc::ByteBuffer incoming_;
  grpc::ByteBuffer outgoing_;

  LiveCall call_;

  absl::Mutex mutex_;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  // Something was added while WriteOn looked for it.
  bool kicked_ ABSL_GUARDED_BY(mutex_) = false;
  bool broken_ ABSL_GUARDED_BY(mutex_) = false;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_RAW_STREAM_H_
