#include "broker/replication/data_loops.h"

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"

namespace barnabas::broker {

DataLoops::DataLoops(const env::Clock* clock, const std::string& name,
                     size_t count, env::Histogram* lag) {
  for (size_t i = 0; i < count || i == 0; ++i) {
    loops_.push_back(
        std::make_unique<env::ThreadEventLoop>(env::ThreadEventLoop::Options{
            .clock = clock, .name = absl::StrCat(name, "-", i), .lag = lag}));
  }
}

env::EventLoop* DataLoops::For(const TopicPartition& key) const {
  return loops_[absl::HashOf(key) % loops_.size()].get();
}

env::EventLoop* DataLoops::At(size_t turn) const {
  return loops_[turn % loops_.size()].get();
}

void DataLoops::Stop() {
  for (const std::unique_ptr<env::ThreadEventLoop>& loop : loops_) {
    loop->Stop();
  }
}

}  // namespace barnabas::broker
