// AckQueue, ReadWaiters: those who wait for a partition's offsets.
//
// What: AckQueue holds produced batches in log order until a position passes
//   them; ReadWaiters holds readers until something lies beyond their offset.
//   `T` is the owner's token: what to call, kept without being looked at.
// Units: an end is exclusive: a batch is acknowledged when position >= end; a
//   reader is woken when position > its offset.
// Empty case: nothing waits.
// Thread: none; the owner serialises.
// Errors: Add of ReadWaiters answers false at its bound; AckQueue is bounded
//   by the credit of those who produce.
// Always true: acks leave in the order of their ends; each token leaves once.
#ifndef BARNABAS_BROKER_REPLICA_WAITERS_H_
#define BARNABAS_BROKER_REPLICA_WAITERS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "proto/types/offsets.h"

namespace barnabas::replica {

template <typename T>
class AckQueue {
 public:
  // A duplicate's end may lie below that of a batch already waiting; it then
  // waits behind it, which keeps the order of answers.
  void Push(Offset end, T token) {
    waiting_.push_back(Entry{end, std::move(token)});
  }

  // Calls `release` with each token that `position` has passed.
  template <typename F>
  void Release(Offset position, F&& release) {
    while (!waiting_.empty() && waiting_.front().end <= position) {
      T token = std::move(waiting_.front().token);
      waiting_.pop_front();
      release(std::move(token));
    }
  }

  // Calls `release` with every token.
  template <typename F>
  void ReleaseAll(F&& release) {
    std::deque<Entry> waiting;
    waiting.swap(waiting_);
    for (Entry& entry : waiting) release(std::move(entry.token));
  }

  size_t size() const { return waiting_.size(); }

 private:
  struct Entry {
    Offset end;
    T token;
  };

  std::deque<Entry> waiting_;
};

template <typename T>
class ReadWaiters {
 public:
  explicit ReadWaiters(size_t waiting_max) : waiting_max_(waiting_max) {}

  // `id` is the caller's, for Remove. False when too many wait.
  [[nodiscard]] bool Add(uint64_t id, Offset offset, T token) {
    if (waiting_.size() >= waiting_max_) return false;
    waiting_.push_back(Entry{id, offset, std::move(token)});
    first_ = std::min(first_, offset);
    return true;
  }

  void Remove(uint64_t id) {
    std::erase_if(waiting_, [id](const Entry& e) { return e.id == id; });
  }

  // Calls `wake` with each token whose offset lies below `position`.
  template <typename F>
  void Wake(Offset position, F&& wake) {
    if (waiting_.empty() || first_ >= position) return;
    std::vector<Entry> left;
    std::vector<Entry> woken;
    first_ = kNone;
    for (Entry& entry : waiting_) {
      if (entry.offset < position) {
        woken.push_back(std::move(entry));
      } else {
        first_ = std::min(first_, entry.offset);
        left.push_back(std::move(entry));
      }
    }
    waiting_.swap(left);
    for (Entry& entry : woken) wake(std::move(entry.token));
  }

  // Calls `wake` with every token.
  template <typename F>
  void WakeAll(F&& wake) {
    std::vector<Entry> woken;
    woken.swap(waiting_);
    first_ = kNone;
    for (Entry& entry : woken) wake(std::move(entry.token));
  }

  size_t size() const { return waiting_.size(); }

 private:
  struct Entry {
    uint64_t id;
    Offset offset;
    T token;
  };
  static constexpr Offset kNone{INT64_MAX};

  const size_t waiting_max_;
  std::vector<Entry> waiting_;
  // Smallest offset that anyone waits at.
  Offset first_ = kNone;
};

}  // namespace barnabas::replica

#endif  // BARNABAS_BROKER_REPLICA_WAITERS_H_
