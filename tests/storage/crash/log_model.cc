#include "tests/storage/crash/log_model.h"

#include <glog/logging.h>

#include <algorithm>
#include <functional>
#include <utility>

namespace barnabas::crash {
namespace {

size_t HashOf(std::string_view bytes) {
  return std::hash<std::string_view>()(bytes);
}

}  // namespace

void LogModel::Appending(ModelBatch batch) {
  // Until it is done a crash may show it or not.
  end_ = batch.next();
  appending_ = true;
  batches_.push_back(std::move(batch));
}

void LogModel::Truncating(Offset end) {
  truncating_ = end;
  floor_ = std::min(floor_, end);
}

void LogModel::Advancing(Offset start) {
  next_start_ = start;
  resetting_ = start > end_;
}

void LogModel::Retaining(Offset limit) { start_limit_ = limit; }

void LogModel::Done(const log::PartitionLog::Facts& facts) {
  if (truncating_.has_value()) {
    size_t kept = batches_.size();
    while (kept > 0 && batches_[kept - 1].next() > *truncating_) --kept;
    DropFrom(kept);
    end_ = *truncating_;
  }
  if (next_start_.has_value()) {
    start_ = *next_start_;
    if (resetting_) {
      DropFrom(0);
      end_ = start_;
    }
  }
  if (start_limit_.has_value()) {
    CHECK(start_ <= facts.log_start && facts.log_start <= *start_limit_)
        << "P13: retention moved the start to " << facts.log_start
        << ", at most " << *start_limit_ << " was allowed";
    start_ = facts.log_start;
  }
  ForgetPending();
  floor_ = facts.durable_end;
}

void LogModel::Refused(const log::PartitionLog::Facts& facts) {
  if (appending_) {
    end_ = batches_.back().base();
    // Bytes of it may be on the disk, but never all of them.
    DropFrom(batches_.size() - 1);
    appending_ = false;
  }
  // Anything else that was under way may be there or not.
  if (facts.failed) return;
  // The start may have moved, and what came after it failed.
  if (MayStartAt(facts.log_start)) start_ = facts.log_start;
  ForgetPending();
  floor_ = facts.durable_end;
}

void LogModel::ForgetPending() {
  truncating_.reset();
  next_start_.reset();
  start_limit_.reset();
  resetting_ = false;
  appending_ = false;
}

void LogModel::DropFrom(size_t first) {
  for (size_t i = first; i < batches_.size(); ++i) {
    cut_hashes_.insert(HashOf(batches_[i].stored));
  }
  batches_.resize(first);
}

bool LogModel::MayStartAt(Offset start) const {
  if (start == start_) return true;
  if (next_start_.has_value() && start == *next_start_) return true;
  return start_limit_.has_value() && start > start_ && start <= *start_limit_;
}

bool LogModel::MustBeEmptyAt(Offset start) const {
  return resetting_ && next_start_ == start;
}

std::vector<const ModelBatch*> LogModel::Expected(
    const log::PartitionLog::Facts& facts) const {
  std::vector<const ModelBatch*> expected;
  for (const ModelBatch& batch : batches_) {
    if (batch.next() > facts.log_start && batch.next() <= facts.log_end) {
      expected.push_back(&batch);
    }
  }
  return expected;
}

bool LogModel::WasCut(std::string_view stored) const {
  return cut_hashes_.contains(HashOf(stored));
}

void LogModel::Adopt(const log::PartitionLog::Facts& facts) {
  const bool emptied = MustBeEmptyAt(facts.log_start);
  start_ = facts.log_start;
  end_ = floor_ = facts.log_end;
  size_t kept = emptied ? 0 : batches_.size();
  while (kept > 0 && batches_[kept - 1].next() > end_) --kept;
  DropFrom(kept);
  ForgetPending();
}

}  // namespace barnabas::crash
