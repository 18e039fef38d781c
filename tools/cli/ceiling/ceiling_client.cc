#include "tools/cli/ceiling/ceiling_client.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/client_callback.h>
#include <grpcpp/support/sync_stream.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "proto/types/limits.h"
#include "storage/env/system_clock.h"
#include "tools/cli/ceiling/ceiling_wire.h"

namespace barnabas::cli {
namespace {

using Reactor = grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;

absl::Status ToAbsl(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      status.error_message());
}

// What both streams share: the call, and waiting for its end.
class Call : public Reactor {
 public:
  Call(const CeilingLoad& load, const char* method)
      : stub_(MakeChannel(load.target)) {
    context_.set_deadline(std::chrono::system_clock::now() +
                          absl::ToChronoNanoseconds(load.deadline));
    stub_.PrepareBidiStreamingCall(&context_, method, grpc::StubOptions(),
                                   this);
  }

  void OnDone(const grpc::Status& status) override {
    status_ = ToAbsl(status);
    done_.Notify();
  }

  absl::Status Wait() {
    done_.WaitForNotification();
    return status_;
  }

 private:
  static std::shared_ptr<grpc::Channel> MakeChannel(const std::string& target) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(static_cast<int>(kMessageBytesMax));
    arguments.SetMaxSendMessageSize(static_cast<int>(kMessageBytesMax));
    return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(),
                                     arguments);
  }

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  absl::Status status_;
  absl::Notification done_;
};

class ProduceCall : public Call {
 public:
  explicit ProduceCall(const CeilingLoad& load)
      : Call(load, kCeilingProduce),
        messages_(load.total_bytes / load.message_bytes),
        window_(std::max<int64_t>(1, load.window_bytes / load.message_bytes)) {
    const std::string payload(load.message_bytes, 'b');
    const grpc::Slice slice(payload);
    message_ = grpc::ByteBuffer(&slice, 1);
  }

  void Begin() {
    StartRead(&incoming_);
    {
      absl::MutexLock lock(&mutex_);
      SendIfIdle();
    }
    StartCall();
  }

  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&mutex_);
    writing_ = false;
    if (ok) SendIfIdle();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    absl::MutexLock lock(&mutex_);
    acknowledged_ = ReadCount(incoming_);
    if (window_ == 1) TakeTime();
    SendIfIdle();
    StartRead(&incoming_);
  }

  int64_t acknowledged() {
    absl::MutexLock lock(&mutex_);
    return acknowledged_;
  }
  env::HistogramSnapshot round_trip_ns() const {
    return round_trip_ns_.Snapshot();
  }

 private:
  void SendIfIdle() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || closed_) return;
    if (acknowledged_ >= messages_) {
      closed_ = true;
      StartWritesDone();
    } else if (sent_ < messages_ && sent_ - acknowledged_ < window_) {
      ++sent_;
      writing_ = true;
      if (window_ == 1) written_ = clock_.Monotonic();
      StartWrite(&message_);
    }
  }

  // The first half only warms up.
  void TakeTime() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (acknowledged_ <= messages_ / 2) return;
    round_trip_ns_.Record(
        absl::ToInt64Nanoseconds(clock_.Monotonic() - written_));
  }

  const env::SystemClock clock_;
  const int64_t messages_;
  const int64_t window_;
  env::Histogram round_trip_ns_;
  grpc::ByteBuffer message_;
  grpc::ByteBuffer incoming_;

  absl::Mutex mutex_;
  int64_t sent_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t acknowledged_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Duration written_ ABSL_GUARDED_BY(mutex_);
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

class FetchCall : public Call {
 public:
  explicit FetchCall(const CeilingLoad& load)
      : Call(load, kCeilingFetch),
        message_bytes_(load.message_bytes),
        window_bytes_(load.window_bytes) {}

  void Begin() {
    StartRead(&incoming_);
    {
      absl::MutexLock lock(&mutex_);
      Write(message_bytes_);
    }
    StartCall();
  }

  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&mutex_);
    writing_ = false;
    if (!ok) return;
    if (!window_said_) {
      window_said_ = true;
      Write(window_bytes_);
    } else {
      ReportIfIdle();
    }
  }

  void OnReadDone(bool ok) override {
    absl::MutexLock lock(&mutex_);
    if (!ok) return;
    ReadBytes(incoming_, &bytes_);
    checksum_ ^= ChecksumOf(bytes_);
    received_ += bytes_.size;
    ++messages_;
    ReportIfIdle();
    StartRead(&incoming_);
  }

  CeilingFigure figure() {
    absl::MutexLock lock(&mutex_);
    return CeilingFigure{received_, messages_, absl::ZeroDuration()};
  }

 private:
  // A report for a quarter of the window; one at a time.
  void ReportIfIdle() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || !window_said_) return;
    if (received_ - reported_ < window_bytes_ / 4) return;
    reported_ = received_;
    Write(reported_);
  }

  void Write(int64_t count) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    outgoing_ = WriteCount(count);
    writing_ = true;
    StartWrite(&outgoing_);
  }

  const int64_t message_bytes_;
  const int64_t window_bytes_;

  absl::Mutex mutex_;
  grpc::ByteBuffer incoming_ ABSL_GUARDED_BY(mutex_);
  grpc::ByteBuffer outgoing_ ABSL_GUARDED_BY(mutex_);
  CeilingBytes bytes_ ABSL_GUARDED_BY(mutex_);
  uint32_t checksum_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t received_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t reported_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t messages_ ABSL_GUARDED_BY(mutex_) = 0;
  bool window_said_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

absl::StatusOr<CeilingFigure> MeasureProduceCeiling(const CeilingLoad& load) {
  const env::SystemClock clock;
  ProduceCall call(load);
  const absl::Duration begin = clock.Monotonic();
  call.Begin();
  const absl::Status status = call.Wait();
  if (!status.ok()) return status;
  const int64_t messages = call.acknowledged();
  return CeilingFigure{messages * load.message_bytes, messages,
                       clock.Monotonic() - begin};
}

absl::StatusOr<env::HistogramSnapshot> MeasureRoundTrip(const CeilingLoad& load,
                                                        int64_t count) {
  CeilingLoad single = load;
  single.window_bytes = load.message_bytes;
  single.total_bytes = 2 * count * load.message_bytes;
  ProduceCall call(single);
  call.Begin();
  const absl::Status status = call.Wait();
  if (!status.ok()) return status;
  return call.round_trip_ns();
}

absl::StatusOr<CeilingFigure> MeasureFetchCeiling(const CeilingLoad& load) {
  const env::SystemClock clock;
  FetchCall call(load);
  const absl::Duration begin = clock.Monotonic();
  call.Begin();
  const absl::Status status = call.Wait();
  if (!status.ok()) return status;
  CeilingFigure figure = call.figure();
  figure.elapsed = clock.Monotonic() - begin;
  return figure;
}

}  // namespace barnabas::cli
