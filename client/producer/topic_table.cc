#include "client/producer/topic_table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/text.h"

namespace barnabas::client {
namespace {

// How often a waiting call asks again.
constexpr absl::Duration kAskGap = absl::Milliseconds(100);
// Names that are kept, misspelt ones too.
constexpr size_t kTopicsMax = 100'000;

}  // namespace

class TopicTable::Topic {
 public:
  Topic(std::string name, const TopicTable::Options& options)
      : name_(std::move(name)),
        options_(options),
        partitioner_(options.seed ^ std::hash<std::string>()(name_),
                     options.queue.accumulator.batch_bytes) {}

  const std::string& name() const { return name_; }

  bool IsKnown() const {
    return partitions_.load(std::memory_order_acquire) > 0;
  }

  absl::Status status() const {
    absl::MutexLock lock(&mutex_);
    return status_;
  }

  absl::StatusOr<Lane*> Choose(const std::optional<int32_t>& given,
                               const std::optional<std::string_view>& key,
                               int64_t record_bytes) {
    const int32_t partitions = partitions_.load(std::memory_order_acquire);
    if (partitions == 0) {
      return MakeError(ErrorCode::kLeaderNotAvailable,
                       absl::StrCat("topic ", name_, " is being made anew"));
    }
    if (given.has_value() && (*given < 0 || *given >= partitions)) {
      return MakeError(ErrorCode::kUnknownPartition,
                       absl::StrCat("topic ", name_, " has partitions 0 to ",
                                    partitions - 1, ", not ", *given));
    }
    const std::optional<int32_t> fixed =
        Partitioner::Fixed(given, key, partitions);
    if (fixed.has_value()) return LaneAt(*fixed);
    absl::MutexLock lock(&mutex_);
    return LaneAt(
        partitioner_.Choose(given, key, record_bytes, partitions, available_));
  }

  void Update(const KnownTopic& known, bool shut, std::vector<Lane*>* added) {
    absl::MutexLock lock(&mutex_);
    status_ = known.status;
    if (!status_.ok()) return;
    const auto partitions = static_cast<int32_t>(known.partitions.size());
    available_.clear();
    for (int32_t i = 0; i < partitions; ++i) {
      const auto index = static_cast<size_t>(i);
      if (known.partitions[index].broker >= 0) available_.push_back(i);
      if (index < lanes_.size()) continue;
      lanes_.push_back(std::make_unique<Lane>(name_, i, options_.queue,
                                              options_.in_flight_max));
      if (shut) lanes_.back()->queue.Shut();
      PublishLast();
      added->push_back(lanes_.back().get());
    }
    partitions_.store(partitions, std::memory_order_release);
  }

  // No queue takes anything any more.
  void Shut() {
    absl::MutexLock lock(&mutex_);
    for (const std::unique_ptr<Lane>& lane : lanes_) lane->queue.Shut();
  }

  int64_t accepted() const {
    absl::MutexLock lock(&mutex_);
    int64_t sum = 0;
    for (const std::unique_ptr<Lane>& lane : lanes_) {
      sum += lane->queue.accepted();
    }
    return sum;
  }

 private:
  Lane* LaneAt(int32_t index) const {
    return places_.load(std::memory_order_acquire)[index];
  }

  // Makes the newest lane visible to LaneAt. Places that were outgrown are
  // kept, since others may be reading them: all of them together are no more
  // than the newest.
  void PublishLast() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const size_t count = lanes_.size();
    if (outgrown_.empty() || count > capacity_) {
      capacity_ = std::max<size_t>(kPlacesMin, 2 * capacity_);
      auto places = std::make_unique<Lane*[]>(capacity_);
      for (size_t i = 0; i < count; ++i) places[i] = lanes_[i].get();
      outgrown_.push_back(std::move(places));
    }
    outgrown_.back()[count - 1] = lanes_.back().get();
    places_.store(outgrown_.back().get(), std::memory_order_release);
  }

  static constexpr size_t kPlacesMin = 16;

  const std::string name_;
  const TopicTable::Options& options_;

  // What Choose reads without a lock: how many, and where their lanes are.
  std::atomic<int32_t> partitions_ = 0;
  std::atomic<Lane**> places_ = nullptr;

  mutable absl::Mutex mutex_;
  Partitioner partitioner_ ABSL_GUARDED_BY(mutex_);
  std::vector<int32_t> available_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<Lane>> lanes_ ABSL_GUARDED_BY(mutex_);
  // The last one is in use.
  std::vector<std::unique_ptr<Lane*[]>> outgrown_ ABSL_GUARDED_BY(mutex_);
  size_t capacity_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

TopicTable::TopicTable(const Options& options) : options_(options) {}

TopicTable::~TopicTable() = default;

TopicTable::Topic* TopicTable::Find(std::string_view name) const {
  // Most producers send to one topic, or to one for a while.
  Topic* const last = last_.load(std::memory_order_acquire);
  if (last != nullptr && last->name() == name && last->IsKnown()) return last;
  absl::ReaderMutexLock lock(&mutex_);
  const auto found = topics_.find(AsAbsl(name));
  if (found == topics_.end() || !found->second->IsKnown()) return nullptr;
  last_.store(found->second.get(), std::memory_order_release);
  return found->second.get();
}

absl::Status TopicTable::Judge(const Topic& topic,
                               absl::Duration waited) const {
  if (shut_) {
    return MakeError(ErrorCode::kInvalidRequest, "the producer is closed");
  }
  const absl::Status status = topic.status();
  if (CodeOf(status) == ErrorCode::kUnknownTopic && waited < kUnknownGrace) {
    return absl::OkStatus();
  }
  return status;
}

absl::StatusOr<TopicTable::Topic*> TopicTable::Get(std::string_view name,
                                                   absl::Duration timeout) {
  Topic* known = Find(name);
  if (known != nullptr) return known;
  const std::string key(name);
  const env::Clock& clock = *options_.queue.clock;
  const absl::Duration begin = clock.Monotonic();
  absl::MutexLock lock(&mutex_);
  if (topics_.size() >= kTopicsMax && !topics_.contains(key)) {
    return MakeError(
        ErrorCode::kLimitExceeded,
        absl::StrCat("a producer sends to at most ", kTopicsMax, " topics"));
  }
  std::unique_ptr<Topic>& topic = topics_[key];
  if (topic == nullptr) topic = std::make_unique<Topic>(key, options_);
  // The map may move its slots while the lock is released below.
  known = topic.get();
  // Asked for once it is here: the answer, which is told once, may come at
  // once.
  mutex_.Unlock();
  options_.ask(key);
  mutex_.Lock();
  while (!known->IsKnown()) {
    const absl::Duration waited = clock.Monotonic() - begin;
    const absl::Status status = Judge(*known, waited);
    if (!status.ok()) return status;
    if (waited >= timeout) {
      return MakeError(
          ErrorCode::kLeaderNotAvailable,
          absl::StrCat("no broker told about topic ", key, " within ",
                       absl::FormatDuration(timeout)),
          "see whether brokers can be reached: barnabas broker list");
    }
    if (changed_.WaitWithTimeout(&mutex_, std::min(kAskGap, timeout))) {
      mutex_.Unlock();
      options_.ask(key);
      mutex_.Lock();
    }
  }
  return known;
}

absl::StatusOr<Lane*> TopicTable::Choose(
    Topic* topic, const std::optional<int32_t>& given,
    const std::optional<std::string_view>& key, int64_t record_bytes) {
  return topic->Choose(given, key, record_bytes);
}

void TopicTable::Update(const ClusterTable& cluster,
                        std::vector<Lane*>* added) {
  absl::MutexLock lock(&mutex_);
  for (const auto& [name, topic] : topics_) {
    const KnownTopic* known = cluster.Find(name);
    if (known != nullptr) topic->Update(*known, shut_, added);
  }
  changed_.SignalAll();
}

void TopicTable::Shut() {
  absl::MutexLock lock(&mutex_);
  shut_ = true;
  for (const auto& [name, topic] : topics_) topic->Shut();
  changed_.SignalAll();
}

int64_t TopicTable::accepted() const {
  absl::ReaderMutexLock lock(&mutex_);
  int64_t sum = 0;
  for (const auto& [name, topic] : topics_) sum += topic->accepted();
  return sum;
}

}  // namespace barnabas::client
