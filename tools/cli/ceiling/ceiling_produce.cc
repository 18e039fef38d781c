#include "tools/cli/ceiling/ceiling_produce.h"

#include <cstdint>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "tools/cli/ceiling/ceiling_wire.h"

namespace barnabas::cli {
namespace {

grpc::Status ToGrpc(const absl::Status& status) {
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                      std::string(status.message()));
}

class ProduceStream : public grpc::ServerGenericBidiReactor {
 public:
  ProduceStream(env::File* file, bool sync) : file_(file), sync_(sync) {
    if (sync_) syncer_ = std::thread([this] { SyncRounds(); });
    StartRead(&incoming_);
  }

  ~ProduceStream() override {
    if (syncer_.joinable()) syncer_.join();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return ReadsEnded();
    ReadBytes(incoming_, &bytes_);
    // Kept, so that the checksum cannot be left out by the optimiser.
    checksum_ ^= ChecksumOf(bytes_);
    const absl::Status status = file_->WriteAt(position_, bytes_.parts);
    if (!status.ok()) return Fail(status);
    position_ += bytes_.size;
    {
      absl::MutexLock lock(&mutex_);
      ++appended_;
      if (!sync_) durable_ = appended_;
      AnswerIfIdle();
    }
    StartRead(&incoming_);
  }

  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&mutex_);
    writing_ = false;
    if (!ok) ended_ = true;
    AnswerIfIdle();
    FinishIfComplete();
  }

  void OnCancel() override {
    absl::MutexLock lock(&mutex_);
    ended_ = true;
  }

  void OnDone() override { delete this; }

 private:
  void ReadsEnded() {
    absl::MutexLock lock(&mutex_);
    ended_ = true;
    FinishIfComplete();
  }

  void Fail(const absl::Status& status) {
    absl::MutexLock lock(&mutex_);
    ended_ = true;
    if (!finished_) Finish(ToGrpc(status));
    finished_ = true;
  }

  // One count is on its way at a time; the next one covers all since then.
  void AnswerIfIdle() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || finished_ || answered_ == durable_) return;
    answered_ = durable_;
    outgoing_ = WriteCount(answered_);
    writing_ = true;
    StartWrite(&outgoing_);
  }

  void FinishIfComplete() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (!ended_ || writing_ || finished_) return;
    finished_ = true;
    Finish(grpc::Status::OK);
  }

  bool HasWork() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return ended_ || durable_ < appended_;
  }

  void SyncRounds() {
    while (true) {
      int64_t target = 0;
      {
        absl::MutexLock lock(&mutex_);
        mutex_.Await(absl::Condition(this, &ProduceStream::HasWork));
        if (ended_) return;
        target = appended_;
      }
      const absl::Status status = file_->Sync();
      if (!status.ok()) return Fail(status);
      absl::MutexLock lock(&mutex_);
      durable_ = target;
      AnswerIfIdle();
    }
  }

  env::File* const file_;
  const bool sync_;
  std::thread syncer_;

  // Used by the one read at a time.
  grpc::ByteBuffer incoming_;
  CeilingBytes bytes_;
  int64_t position_ = 0;
  uint32_t checksum_ = 0;

  absl::Mutex mutex_;
  grpc::ByteBuffer outgoing_ ABSL_GUARDED_BY(mutex_);
  int64_t appended_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t durable_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t answered_ ABSL_GUARDED_BY(mutex_) = 0;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

grpc::ServerGenericBidiReactor* NewCeilingProduce(env::File* file, bool sync) {
  return new ProduceStream(file, sync);
}

}  // namespace barnabas::cli
