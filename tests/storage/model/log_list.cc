#include "tests/storage/model/log_list.h"

#include <algorithm>

namespace barnabas::model {
namespace {

constexpr size_t kRemembered = 5;

}  // namespace

std::vector<const ListedBatch*> LogList::Of(ProducerId producer) const {
  std::vector<const ListedBatch*> found;
  for (const ListedBatch& listed : batches_) {
    const record::BatchProducer& by = listed.batch.producer;
    if (by.id != producer) continue;
    if (!found.empty() && found.back()->batch.producer.epoch != by.epoch) {
      found.clear();
    }
    found.push_back(&listed);
  }
  return found;
}

std::optional<Answer> LogList::Judge(const NewBatch& batch) const {
  const record::BatchProducer& by = batch.producer;
  const std::vector<const ListedBatch*> stored = Of(by.id);
  if (stored.empty()) {
    if (by.base_sequence == 0) return std::nullopt;
    return Answer{ErrorCode::kUnknownProducerId, Offset(), false};
  }
  const record::BatchProducer& last = stored.back()->batch.producer;
  if (by.epoch < last.epoch) {
    return Answer{ErrorCode::kInvalidProducerEpoch, Offset(), false};
  }
  const int32_t due = by.epoch > last.epoch
                          ? 0
                          : last.base_sequence + stored.back()->batch.count();
  if (by.base_sequence == due) return std::nullopt;
  if (by.epoch > last.epoch || by.base_sequence > due) {
    return Answer{ErrorCode::kOutOfOrderSequence, Offset(), false};
  }
  const size_t oldest =
      stored.size() > kRemembered ? stored.size() - kRemembered : 0;
  for (size_t i = 0; i < stored.size(); ++i) {
    const NewBatch& earlier = stored[i]->batch;
    if (earlier.producer.base_sequence != by.base_sequence ||
        earlier.count() != batch.count()) {
      continue;
    }
    if (i >= oldest) return Answer{std::nullopt, stored[i]->base, true};
    return Answer{ErrorCode::kDuplicateSequence, Offset(), false};
  }
  return Answer{ErrorCode::kOutOfOrderSequence, Offset(), false};
}

Answer LogList::Append(const NewBatch& batch) {
  if (batch.producer.id != kNoProducer) {
    if (const std::optional<Answer> answer = Judge(batch)) return *answer;
  }
  if (batch.epoch < last_epoch()) {
    return {ErrorCode::kFencedLeaderEpoch, Offset(), false};
  }
  batches_.push_back({batch, end_});
  end_ = batches_.back().next();
  return {std::nullopt, batches_.back().base, false};
}

void LogList::TruncateSuffix(Offset offset) {
  while (!batches_.empty() && batches_.back().next() > offset) {
    batches_.pop_back();
  }
  end_ = batches_.empty() ? start_ : std::max(start_, batches_.back().next());
}

void LogList::AdvanceStart(Offset offset) {
  start_ = std::max(start_, offset);
  end_ = std::max(end_, start_);
  std::erase_if(batches_, [this](const ListedBatch& listed) {
    return listed.next() <= start_;
  });
}

void LogList::KeepOnly(Offset start, Offset end) {
  while (!batches_.empty() && batches_.back().next() > end) batches_.pop_back();
  end_ = end;
  AdvanceStart(start);
}

LeaderEpoch LogList::last_epoch() const {
  return batches_.empty() ? kNoLeaderEpoch : batches_.back().batch.epoch;
}

size_t LogList::Find(Offset offset) const {
  size_t i = 0;
  while (i < batches_.size() && batches_[i].next() <= offset) ++i;
  return i;
}

std::optional<std::pair<Offset, int64_t>> LogList::FindTime(
    int64_t time_ms) const {
  for (const ListedBatch& listed : batches_) {
    for (int32_t i = 0; i < listed.batch.count(); ++i) {
      const Offset offset = listed.base.Plus(i);
      const int64_t time = listed.batch.times_ms[static_cast<size_t>(i)];
      if (offset >= start_ && time >= time_ms) {
        return std::make_pair(offset, time);
      }
    }
  }
  return std::nullopt;
}

std::optional<std::pair<Offset, int64_t>> LogList::FindMaxTime() const {
  std::optional<std::pair<Offset, int64_t>> best;
  for (const ListedBatch& listed : batches_) {
    for (int32_t i = 0; i < listed.batch.count(); ++i) {
      const Offset offset = listed.base.Plus(i);
      const int64_t time = listed.batch.times_ms[static_cast<size_t>(i)];
      if (offset >= start_ && (!best || time > best->second)) {
        best = std::make_pair(offset, time);
      }
    }
  }
  return best;
}

std::optional<std::pair<LeaderEpoch, Offset>> LogList::EndOfEpoch(
    LeaderEpoch epoch) const {
  std::optional<std::pair<LeaderEpoch, Offset>> found;
  for (const ListedBatch& listed : batches_) {
    if (listed.batch.epoch > epoch) break;
    found = std::make_pair(listed.batch.epoch, listed.next());
  }
  return found;
}

}  // namespace barnabas::model
