#include "tools/cli/ceiling/ceiling_fetch.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "tools/cli/ceiling/ceiling_wire.h"

namespace barnabas::cli {
namespace {

// A larger request is refused: the pool would hold a window of such buffers.
constexpr int64_t kMessageBytesMax = int64_t{32} << 20;

// Buffers of one size, reused. Lives until the last one came back, which may
// be after its stream.
class BufferPool : public std::enable_shared_from_this<BufferPool> {
 public:
  explicit BufferPool(size_t size) : size_(size) {}

  std::unique_ptr<char[]> Take() {
    absl::MutexLock lock(&mutex_);
    if (free_.empty()) return std::unique_ptr<char[]>(new char[size_]);
    std::unique_ptr<char[]> buffer = std::move(free_.back());
    free_.pop_back();
    return buffer;
  }

  // The first `used` bytes as a slice that gives the buffer back.
  grpc::Slice Lend(std::unique_ptr<char[]> buffer, size_t used) {
    auto* loan = new Loan{shared_from_this(), std::move(buffer)};
    return grpc::Slice(loan->buffer.get(), used, &BufferPool::Return, loan);
  }

 private:
  struct Loan {
    std::shared_ptr<BufferPool> pool;
    std::unique_ptr<char[]> buffer;
  };

  static void Return(void* lent) {
    const std::unique_ptr<Loan> loan(static_cast<Loan*>(lent));
    absl::MutexLock lock(&loan->pool->mutex_);
    loan->pool->free_.push_back(std::move(loan->buffer));
  }

  const size_t size_;
  absl::Mutex mutex_;
  std::vector<std::unique_ptr<char[]>> free_ ABSL_GUARDED_BY(mutex_);
};

class FetchStream : public grpc::ServerGenericBidiReactor {
 public:
  explicit FetchStream(const CeilingFiles* files)
      : files_(files), positions_(files->count()) {
    StartRead(&incoming_);
  }

  void OnReadDone(bool ok) override {
    absl::MutexLock lock(&mutex_);
    if (!ok) {
      ended_ = true;
      FinishIfIdle(grpc::Status::OK);
      return;
    }
    const int64_t count = ReadCount(incoming_);
    if (message_bytes_ == 0) {
      message_bytes_ = count;
    } else if (window_bytes_ == 0) {
      window_bytes_ = count;
    } else {
      received_ = count;
    }
    if (message_bytes_ <= 0 || message_bytes_ > kMessageBytesMax ||
        window_bytes_ < 0) {
      ended_ = true;
      FinishIfIdle(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT,
                                "message and window sizes come first"));
      return;
    }
    if (window_bytes_ > 0) SendIfIdle();
    StartRead(&incoming_);
  }

  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&mutex_);
    writing_ = false;
    if (!ok) ended_ = true;
    if (ended_) return FinishIfIdle(grpc::Status::OK);
    SendIfIdle();
  }

  void OnDone() override { delete this; }

 private:
  void SendIfIdle() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || finished_ || sent_ - received_ >= window_bytes_) return;
    if (pool_ == nullptr) {
      pool_ = std::make_shared<BufferPool>(message_bytes_);
    }
    std::unique_ptr<char[]> buffer = pool_->Take();
    const absl::StatusOr<size_t> read = ReadNext(buffer.get());
    if (!read.ok() || *read == 0) {
      ended_ = true;
      return FinishIfIdle(
          read.ok() ? grpc::Status::OK
                    : grpc::Status(grpc::StatusCode::INTERNAL,
                                   std::string(read.status().message())));
    }
    const grpc::Slice slice = pool_->Lend(std::move(buffer), *read);
    sent_ += static_cast<int64_t>(*read);
    outgoing_ = grpc::ByteBuffer(&slice, 1);
    writing_ = true;
    StartWrite(&outgoing_);
  }

  // From the next file that has more; 0 when all are read.
  absl::StatusOr<size_t> ReadNext(char* buffer)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    for (size_t tried = 0; tried < positions_.size(); ++tried) {
      int64_t& position = positions_[next_ % positions_.size()];
      const absl::StatusOr<size_t> read =
          files_->at(next_)->ReadAt(position, message_bytes_, buffer);
      if (!read.ok()) return read.status();
      ++next_;
      position += static_cast<int64_t>(*read);
      if (*read > 0) return read;
    }
    return size_t{0};
  }

  void FinishIfIdle(const grpc::Status& status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || finished_) return;
    finished_ = true;
    Finish(status);
  }

  const CeilingFiles* const files_;
  grpc::ByteBuffer incoming_;

  absl::Mutex mutex_;
  std::shared_ptr<BufferPool> pool_ ABSL_GUARDED_BY(mutex_);
  grpc::ByteBuffer outgoing_ ABSL_GUARDED_BY(mutex_);
  // How far the files are read, and whose turn it is.
  std::vector<int64_t> positions_ ABSL_GUARDED_BY(mutex_);
  size_t next_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t message_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t window_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t sent_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t received_ ABSL_GUARDED_BY(mutex_) = 0;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

grpc::ServerGenericBidiReactor* NewCeilingFetch(const CeilingFiles* files) {
  return new FetchStream(files);
}

}  // namespace barnabas::cli
