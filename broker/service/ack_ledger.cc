#include "broker/service/ack_ledger.h"

#include <glog/logging.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"

namespace barnabas::broker {
namespace {

// Ranges of one message; more go into the next one.
constexpr size_t kRangesPerMessage = 4096;

}  // namespace

absl::Status AckLedger::Open(uint64_t sequence, int64_t bytes,
                             int32_t batches) {
  const uint64_t expected = first_ + frames_.size();
  if (sequence != expected) {
    return MakeError(ErrorCode::kProtocolError,
                     absl::StrCat("frame ", sequence, " came where frame ",
                                  expected, " was due"),
                     "count the frames of a stream from 1, one by one");
  }
  // A single frame may be larger than the credit: it could never be sent
  // otherwise.
  if (outstanding_bytes_ > 0 && outstanding_bytes_ + bytes > credit_bytes_) {
    return MakeError(
        ErrorCode::kCreditExceeded,
        absl::StrCat("frame ", sequence, " brings ", outstanding_bytes_ + bytes,
                     " unacknowledged bytes, the credit is ", credit_bytes_),
        "wait for acknowledgements before sending more");
  }
  Frame frame;
  frame.bytes = bytes;
  frame.left = batches;
  frame.batches.resize(batches);
  frames_.push_back(std::move(frame));
  outstanding_bytes_ += bytes;
  ++open_frames_;
  if (batches == 0) {
    frames_.back().left = 1;
    CloseOne(sequence);
  }
  return absl::OkStatus();
}

const AckLedger::Frame& AckLedger::At(uint64_t sequence) const {
  CHECK(sequence >= first_ && sequence - first_ < frames_.size())
      << "answered once: frame " << sequence;
  return frames_[sequence - first_];
}

AckLedger::Frame& AckLedger::At(uint64_t sequence) {
  return const_cast<Frame&>(std::as_const(*this).At(sequence));
}

void AckLedger::SetDestination(uint64_t sequence, int32_t batch,
                               const TopicPartition& key) {
  uint64_t& last = last_frame_[key];
  At(sequence).batches[batch] = {key, last};
  last = sequence;
}

TopicPartition AckLedger::DestinationOf(uint64_t sequence,
                                        int32_t batch) const {
  return At(sequence).batches[batch].key;
}

void AckLedger::Store(uint64_t sequence, int32_t batch,
                      const ProduceReceipt& receipt) {
  const Batch stored = At(sequence).batches[batch];
  CloseOne(sequence);
  if (receipt.durability == v1::DURABILITY_UNSPECIFIED) return;
  const auto found = growing_.find(stored.key);
  if (found != growing_.end()) {
    v1::PartitionAck& range = ranges_[found->second];
    const bool joins = range.last_sequence() == stored.previous &&
                       range.end_offset() == receipt.base_offset.value() &&
                       range.leader_epoch() == receipt.leader_epoch.value() &&
                       range.durability() == receipt.durability &&
                       !range.duplicate() && !receipt.duplicate &&
                       !range.has_append_time_ms() &&
                       !receipt.append_time_ms.has_value();
    if (joins) {
      range.set_last_sequence(sequence);
      range.set_end_offset(receipt.end_offset.value());
      return;
    }
  }
  v1::PartitionAck range;
  range.set_topic_id(stored.key.topic.ToString());
  range.set_partition(stored.key.partition.value());
  range.set_first_sequence(sequence);
  range.set_last_sequence(sequence);
  range.set_base_offset(receipt.base_offset.value());
  range.set_end_offset(receipt.end_offset.value());
  range.set_leader_epoch(receipt.leader_epoch.value());
  if (receipt.append_time_ms.has_value()) {
    range.set_append_time_ms(*receipt.append_time_ms);
  }
  range.set_durability(receipt.durability);
  range.set_duplicate(receipt.duplicate);
  growing_[stored.key] = ranges_.size();
  ranges_.push_back(std::move(range));
}

void AckLedger::Fail(uint64_t sequence, v1::ProduceFailure failure) {
  const int64_t before = returned_bytes_;
  CloseOne(sequence);
  failure.set_sequence(sequence);
  failure.set_returned_bytes(returned_bytes_ - before);
  returned_bytes_ = before;
  failures_.push_back(std::move(failure));
}

void AckLedger::CloseOne(uint64_t sequence) {
  Frame& frame = At(sequence);
  CHECK_GT(frame.left, 0) << "every batch is answered once: " << sequence;
  if (--frame.left > 0) return;
  --open_frames_;
  outstanding_bytes_ -= frame.bytes;
  returned_bytes_ += frame.bytes;
  while (!frames_.empty() && frames_.front().left == 0) {
    frames_.pop_front();
    ++first_;
  }
}

bool AckLedger::TakeMessage(v1::ProduceStreamResponse* message) {
  if (!failures_.empty()) {
    *message->mutable_failure() = std::move(failures_.front());
    failures_.pop_front();
    return true;
  }
  if (!ranges_.empty()) {
    v1::ProduceAck* ack = message->mutable_ack();
    ack->set_returned_bytes(std::exchange(returned_bytes_, 0));
    const size_t taken = std::min(ranges_.size(), kRangesPerMessage);
    for (size_t i = 0; i < taken; ++i) {
      *ack->add_partitions() = std::move(ranges_[i]);
    }
    ranges_.erase(ranges_.begin(), ranges_.begin() + taken);
    growing_.clear();
    return true;
  }
  if (returned_bytes_ > 0) {
    message->mutable_credit()->set_bytes(std::exchange(returned_bytes_, 0));
    return true;
  }
  return false;
}

}  // namespace barnabas::broker
