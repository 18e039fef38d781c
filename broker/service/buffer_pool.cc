#include "broker/service/buffer_pool.h"

#include <utility>

#include "proto/types/units.h"

namespace barnabas::broker {
namespace {

constexpr std::array<size_t, 4> kSizes = {16 * kKiB, 128 * kKiB, 512 * kKiB,
                                          1 * kMiB + 64 * kKiB};

// Index of the smallest size that holds `size`; kSizes.size() if none does.
size_t SizeClass(size_t size) {
  size_t index = 0;
  while (index < kSizes.size() && kSizes[index] < size) ++index;
  return index;
}

size_t CapacityFor(size_t size) {
  const size_t index = SizeClass(size);
  return index < kSizes.size() ? kSizes[index] : size;
}

}  // namespace

// What pool and buffers share.
class BufferPool::Shelf {
 public:
  explicit Shelf(int64_t bytes_max) : bytes_max_(bytes_max) {}

  std::unique_ptr<char[]> Take(size_t capacity) {
    const size_t index = SizeClass(capacity);
    if (index < kSizes.size()) {
      absl::MutexLock lock(&mutex_);
      std::vector<std::unique_ptr<char[]>>& free = free_[index];
      if (!free.empty()) {
        std::unique_ptr<char[]> memory = std::move(free.back());
        free.pop_back();
        bytes_ -= static_cast<int64_t>(capacity);
        return memory;
      }
    }
    // Not value-initialised: every byte is read into before it is sent.
    return std::unique_ptr<char[]>(new char[capacity]);
  }

  void GiveBack(std::unique_ptr<char[]> memory, size_t capacity) {
    const size_t index = SizeClass(capacity);
    if (index == kSizes.size()) return;
    absl::MutexLock lock(&mutex_);
    if (bytes_ + static_cast<int64_t>(capacity) > bytes_max_) return;
    bytes_ += static_cast<int64_t>(capacity);
    free_[index].push_back(std::move(memory));
  }

  int64_t bytes() const {
    absl::MutexLock lock(&mutex_);
    return bytes_;
  }

  void Empty() {
    std::array<std::vector<std::unique_ptr<char[]>>, kSizes.size()> dropped;
    absl::MutexLock lock(&mutex_);
    // Freed after the lock is let go.
    std::swap(dropped, free_);
    bytes_ = 0;
  }

 private:
  const int64_t bytes_max_;
  mutable absl::Mutex mutex_;
  int64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::array<std::vector<std::unique_ptr<char[]>>, kSizes.size()> free_
      ABSL_GUARDED_BY(mutex_);
};

BufferPool::Buffer::Buffer(std::shared_ptr<Shelf> shelf, size_t size)
    : shelf_(std::move(shelf)),
      capacity_(CapacityFor(size)),
      memory_(shelf_->Take(capacity_)) {}

BufferPool::Buffer::~Buffer() {
  shelf_->GiveBack(std::move(memory_), capacity_);
}

BufferPool::BufferPool(int64_t pooled_bytes_max)
    : shelf_(std::make_shared<Shelf>(pooled_bytes_max)) {}

std::unique_ptr<BufferPool::Buffer> BufferPool::Take(size_t size) {
  return std::make_unique<Buffer>(shelf_, size);
}

int64_t BufferPool::pooled_bytes() const { return shelf_->bytes(); }

void BufferPool::Empty() { shelf_->Empty(); }

grpc::Slice BufferPool::ToSlice(std::unique_ptr<Buffer> buffer,
                                std::string_view view) {
  Buffer* owned = buffer.release();
  return grpc::Slice(
      const_cast<char*>(view.data()), view.size(),
      [](void* user) { delete static_cast<Buffer*>(user); }, owned);
}

}  // namespace barnabas::broker
