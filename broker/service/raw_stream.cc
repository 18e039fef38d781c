#include "broker/service/raw_stream.h"

#include <utility>

#include "client/rpc/status_bridge.h"

namespace barnabas::broker {

void RawStream::Begin() {
  self_ = shared_from_this();
  streams_->Add(self_);
  // An idle client waits for these before it sends anything.
  StartSendInitialMetadata();
  StartRead(&incoming_);
}

void RawStream::OnReadDone(bool ok) {
  if (!ok) {
    OnHalfClose();
    return;
  }
  OnMessage(incoming_);
}

void RawStream::ReadNext() {
  {
    absl::MutexLock lock(&mutex_);
    if (finished_) return;
  }
  incoming_.Clear();
  StartRead(&incoming_);
}

void RawStream::Kick() {
  {
    absl::MutexLock lock(&mutex_);
    if (finished_) return;
    if (writing_) {
      kicked_ = true;
      return;
    }
    writing_ = true;
  }
  WriteOn();
}

void RawStream::WriteOn() {
  while (true) {
    bool broken = false;
    {
      absl::MutexLock lock(&mutex_);
      kicked_ = false;
      broken = broken_;
    }
    Hold(-static_cast<int64_t>(outgoing_.Length()));
    outgoing_.Clear();
    if (!broken && NextMessage(&outgoing_)) {
      Hold(static_cast<int64_t>(outgoing_.Length()));
      StartWrite(&outgoing_);
      return;
    }
    absl::Status status;
    {
      absl::MutexLock lock(&mutex_);
      if (kicked_ && !broken_) continue;
      writing_ = false;
      if (!ending_ || finished_) return;
      finished_ = true;
      status = status_;
    }
    const grpc::Status sent = rpc::ToGrpc(status);
    record_.set_code(sent.error_code());
    Finish(sent);
    return;
  }
}

void RawStream::OnWriteDone(bool ok) {
  if (!ok) {
    absl::MutexLock lock(&mutex_);
    broken_ = true;
  }
  WriteOn();
}

void RawStream::End(const absl::Status& status) {
  {
    absl::MutexLock lock(&mutex_);
    if (!ending_) status_ = status;
    ending_ = true;
  }
  Kick();
}

void RawStream::OnCancel() {
  {
    absl::MutexLock lock(&mutex_);
    broken_ = true;
  }
  OnGone();
  End(absl::CancelledError("the caller is gone"));
}

void RawStream::OnDone() {
  call_.Over();
  OnGone();
  streams_->Remove(this);
  // May destroy the stream.
  std::shared_ptr<RawStream> self = std::move(self_);
}

}  // namespace barnabas::broker
