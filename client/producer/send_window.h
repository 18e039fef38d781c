// SendWindow: the batches of one partition that wait for their outcome.
//
// What: keeps what is in flight and what must go again, in order, and decides
//   what each answer means for the sequence (kafka-facts 5.4). Pure: who
//   sends, waits and asks for identities is the sender.
// How: after trouble the window settles: nothing goes out until every batch in
//   flight has its outcome; then what is left goes again, in order.
//     refused for good     later batches move up by its records
//     refused, try again   goes again with the same number
//     sequence unknown to  if it is the oldest: the partition starts over with
//       the broker           a newer identity; else an echo of older trouble
//     stream broken        outcome unknown: goes again with the same number
//     expired              callers are told. Later batches keep their numbers:
//                            if it left a gap, the broker will say so, and then
//                            nothing after the gap was stored either
// Units: records, monotonic time. Ranges: in_flight_max > 0: how many batches
//   may span from the oldest without outcome to the newest; the broker
//   remembers as many (kBatchesPerProducer).
// Empty case: nothing in flight and nothing to repeat: IsIdle().
// Thread: one at a time. Errors: none.
// Always true: batches go out in the order of their first sending; a batch is
//   in exactly one place; a number is given to a second batch only if the
//   first was surely not stored.
#ifndef BARNABAS_CLIENT_PRODUCER_SEND_WINDOW_H_
#define BARNABAS_CLIENT_PRODUCER_SEND_WINDOW_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "absl/time/time.h"
#include "client/producer/pending_batch.h"
#include "client/producer/sequencer.h"
#include "proto/types/error_code.h"

namespace barnabas::client {

// What the sender must do about a refusal.
enum class Refusal {
  // The batch is over: tell its callers the error.
  kFailed,
  // It was stored before: tell its callers so.
  kDuplicate,
  // It goes again.
  kRetry,
  // No such batch in flight.
  kUnknown,
};

class SendWindow {
 public:
  explicit SendWindow(size_t in_flight_max) : in_flight_max_(in_flight_max) {}

  // Nothing is unresolved.
  bool IsIdle() const { return in_flight_.empty() && retry_.empty(); }
  // Whether a batch may go out now: TakeRetry first, if it gives any, else a
  // new one.
  bool IsOpen() const;
  // Bytes of what TakeRetry would give; 0 for nothing.
  int64_t FirstRetryBytes() const {
    if (retry_.empty()) return 0;
    return static_cast<int64_t>(retry_.front()->bytes->size());
  }
  // Whether a batch that went out, or the one in `frame`, has no outcome.
  bool IsInFlight() const { return !in_flight_.empty(); }
  bool IsInFlight(uint64_t frame) const;

  // Nothing goes out before Restart is given a newer identity.
  bool NeedsRestart() const { return needs_restart_ && in_flight_.empty(); }
  const ProducerIdentity& identity() const { return sequencer_.identity(); }
  // Numbers everything anew under `identity`.
  void Restart(const ProducerIdentity& identity);

  // Stamp for a new batch; an idle window first takes on `current`.
  record::BatchProducer NextStamp(int32_t records,
                                  const ProducerIdentity& current);
  PendingBatchPtr TakeRetry();
  // `batch` went out with `frame` (which rises from call to call).
  void OnSent(PendingBatchPtr batch, uint64_t frame);

  // Batches in frames [first, last] were stored; in order, hollow ones too,
  // since each takes offsets.
  std::vector<PendingBatchPtr> OnStored(uint64_t first, uint64_t last);
  // The batch in `frame` was refused. With kFailed and kDuplicate `over` gets
  // it, unless it is hollow.
  Refusal OnRefused(uint64_t frame, ErrorCode code, PendingBatchPtr* over);
  // The stream ended: everything in flight goes again.
  void OnBroken();

  // Takes out what was opened before `moment`, in order.
  std::vector<PendingBatchPtr> Expire(absl::Duration moment);
  // Takes out everything; for closing and deleted topics.
  std::vector<PendingBatchPtr> Clear();

 private:
  using Batches = std::deque<PendingBatchPtr>;

  // Puts `batch` among those that go again.
  void Repeat(PendingBatchPtr batch);
  bool IsOldest(const PendingBatch& batch) const;
  // `batch` was refused and leaves; later ones take its numbers.
  void CloseGap(const PendingBatch& batch);
  void ForEach(const std::function<void(PendingBatch*)>& visit);
  PendingBatchPtr TakeInFlight(uint64_t frame);

  const size_t in_flight_max_;
  Sequencer sequencer_;
  Batches in_flight_;
  // Sorted by order.
  Batches retry_;
  uint64_t next_order_ = 1;
  // Trouble came: wait until nothing is in flight.
  bool settling_ = false;
  bool needs_restart_ = false;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_PRODUCER_SEND_WINDOW_H_
