#include "broker/replication/read_board.h"

#include <utility>
#include <vector>

#include "proto/types/error.h"

namespace barnabas::broker {
namespace {

// What is read on the thread of the partition's loop, at most: some
// microseconds' work.
constexpr int64_t kFewRecords = 64;

}  // namespace

absl::Status ReadBoard::Await(uint64_t id, Offset offset, Wake wake) {
  {
    absl::MutexLock lock(&mutex_);
    if (high_watermark_.has_value() && *high_watermark_ <= offset) {
      if (readers_.Add(id, offset, {offset, std::move(wake)}))
        return absl::OkStatus();
      return MakeError(ErrorCode::kOverloaded,
                       "too many readers wait at this partition",
                       "try again later");
    }
  }
  wake(/*may_read_here=*/false);
  return absl::OkStatus();
}

void ReadBoard::Cancel(uint64_t id) {
  absl::MutexLock lock(&mutex_);
  readers_.Remove(id);
}

void ReadBoard::Advance(Offset high_watermark) {
  std::vector<Reader> woken;
  {
    absl::MutexLock lock(&mutex_);
    high_watermark_ = high_watermark;
    readers_.Wake(high_watermark, [&woken](Reader reader) {
      woken.push_back(std::move(reader));
    });
  }
  for (Reader& reader : woken) {
    reader.wake(woken.size() == 1 &&
                Distance(reader.offset, high_watermark) <= kFewRecords);
  }
}

void ReadBoard::Close() {
  std::vector<Reader> woken;
  {
    absl::MutexLock lock(&mutex_);
    high_watermark_.reset();
    readers_.WakeAll(
        [&woken](Reader reader) { woken.push_back(std::move(reader)); });
  }
  for (Reader& reader : woken) reader.wake(/*may_read_here=*/false);
}

}  // namespace barnabas::broker
