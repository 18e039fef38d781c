#include "client/producer/sequencer.h"

#include "storage/record/batch_header.h"

namespace barnabas::client {

void Sequencer::Begin(const ProducerIdentity& identity) {
  identity_ = identity;
  next_ = 0;
}

record::BatchProducer Sequencer::Next(int32_t records) {
  if (identity_.IsNone()) return {};
  const record::BatchProducer stamp{identity_.id, identity_.epoch, next_};
  next_ = record::SequenceAfter(next_, records);
  return stamp;
}

record::BatchProducer Sequencer::MovedUp(record::BatchProducer stamp,
                                         int32_t records) const {
  if (stamp.base_sequence >= 0) {
    stamp.base_sequence = record::SequenceAfter(stamp.base_sequence, -records);
  }
  return stamp;
}

void Sequencer::TakeBack(int32_t records) {
  if (!identity_.IsNone()) next_ = record::SequenceAfter(next_, -records);
}

}  // namespace barnabas::client
