// BufferPool: memory for reads that gRPC sends without a copy.
//
// What: hands out buffers of a few sizes; a buffer becomes a slice by
//   reference and comes back to the pool when gRPC has sent it.
// Units: bytes. Ranges: up to 1 MiB is pooled, more is allocated once.
// Empty case: a new pool holds nothing. At most `pooled_bytes_max` wait for
//   their next use.
// Thread: any; slices are let go on gRPC's threads, hence the lock.
// Errors: none.
// Always true: a slice keeps its memory alive even beyond the pool's life.
#ifndef BARNABAS_BROKER_SERVICE_BUFFER_POOL_H_
#define BARNABAS_BROKER_SERVICE_BUFFER_POOL_H_

#include <grpcpp/support/slice.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace barnabas::broker {

class BufferPool {
 public:
  class Shelf;

  // One buffer; goes back to its pool when destroyed.
  class Buffer {
   public:
    Buffer(std::shared_ptr<Shelf> shelf, size_t size);
    ~Buffer();
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;

    char* bytes() { return memory_.get(); }

   private:
    const std::shared_ptr<Shelf> shelf_;
    const size_t capacity_;
    std::unique_ptr<char[]> memory_;
  };

  explicit BufferPool(int64_t pooled_bytes_max);

  std::unique_ptr<Buffer> Take(size_t size);
  int64_t pooled_bytes() const;
  // Lets go of what waits for its next use.
  void Empty();

  // `view`, which lies in `buffer`, as a slice that owns the buffer.
  static grpc::Slice ToSlice(std::unique_ptr<Buffer> buffer,
                             std::string_view view);

 private:
  const std::shared_ptr<Shelf> shelf_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_BUFFER_POOL_H_
