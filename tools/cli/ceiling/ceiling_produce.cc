#include "tools/cli/ceiling/ceiling_produce.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "proto/types/status_macros.h"
#include "tools/cli/ceiling/ceiling_wire.h"

namespace barnabas::cli {
namespace {

grpc::Status ToGrpc(const absl::Status& status) {
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                      std::string(status.message()));
}

// Appends messages to the files by turns.
class Appender {
 public:
  explicit Appender(const CeilingFiles* files)
      : files_(files), ends_(files->count()) {}

  absl::Status Append(const CeilingBytes& message) {
    int64_t& end = ends_[written_ % ends_.size()];
    RETURN_IF_ERROR(files_->at(written_)->WriteAt(end, message.parts));
    end += message.size;
    ++written_;
    return absl::OkStatus();
  }

 private:
  const CeilingFiles* const files_;
  std::vector<int64_t> ends_;
  size_t written_ = 0;
};

class ProduceStream : public grpc::ServerGenericBidiReactor {
 public:
  ProduceStream(const CeilingFiles* files, bool sync)
      : files_(files), sync_(sync), appender_(files) {
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
    const absl::Status status = appender_.Append(bytes_);
    if (!status.ok()) return Fail(status);
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

  // The files of messages [begin, end).
  absl::Status SyncFrom(int64_t begin, int64_t end) {
    const auto files = static_cast<int64_t>(files_->count());
    for (int64_t i = begin; i < std::min(end, begin + files); ++i) {
      RETURN_IF_ERROR(files_->at(static_cast<size_t>(i))->Sync());
    }
    return absl::OkStatus();
  }

  void SyncRounds() {
    while (true) {
      int64_t begin = 0;
      int64_t target = 0;
      {
        absl::MutexLock lock(&mutex_);
        mutex_.Await(absl::Condition(this, &ProduceStream::HasWork));
        if (ended_) return;
        begin = durable_;
        target = appended_;
      }
      const absl::Status status = SyncFrom(begin, target);
      if (!status.ok()) return Fail(status);
      absl::MutexLock lock(&mutex_);
      durable_ = target;
      AnswerIfIdle();
    }
  }

  const CeilingFiles* const files_;
  const bool sync_;
  std::thread syncer_;

  // Used by the one read at a time.
  grpc::ByteBuffer incoming_;
  CeilingBytes bytes_;
  Appender appender_;
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

grpc::ServerGenericBidiReactor* NewCeilingProduce(const CeilingFiles* files,
                                                  bool sync) {
  return new ProduceStream(files, sync);
}

}  // namespace barnabas::cli
