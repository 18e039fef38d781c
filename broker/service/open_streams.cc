#include "broker/service/open_streams.h"

#include <utility>
#include <vector>

namespace barnabas::broker {

void OpenStreams::Add(const std::shared_ptr<DrainableStream>& stream) {
  bool going = false;
  {
    absl::MutexLock lock(&mutex_);
    streams_.emplace(stream.get(), stream);
    going = going_;
    if (open_ != nullptr) open_->Set(static_cast<double>(streams_.size()));
  }
  if (going) stream->GoAway();
}

void OpenStreams::Remove(DrainableStream* stream) {
  absl::MutexLock lock(&mutex_);
  streams_.erase(stream);
  if (open_ != nullptr) open_->Set(static_cast<double>(streams_.size()));
}

size_t OpenStreams::size() const {
  absl::MutexLock lock(&mutex_);
  return streams_.size();
}

void OpenStreams::GoAwayAll() {
  std::vector<std::shared_ptr<DrainableStream>> open;
  {
    absl::MutexLock lock(&mutex_);
    going_ = true;
    for (const auto& [key, weak] : streams_) {
      std::shared_ptr<DrainableStream> stream = weak.lock();
      if (stream != nullptr) open.push_back(std::move(stream));
    }
  }
  for (const std::shared_ptr<DrainableStream>& stream : open) {
    stream->GoAway();
  }
}

bool OpenStreams::Wait(absl::Duration patience) {
  absl::MutexLock lock(&mutex_);
  const auto empty = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return streams_.empty();
  };
  return mutex_.AwaitWithTimeout(absl::Condition(&empty), patience);
}

}  // namespace barnabas::broker
