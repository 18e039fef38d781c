// RecordSender: one producer of a run, which writes down what it is told.
//
// What: sends bursts of records to all logs by turns until it is stopped; each
//   record's sending and outcome go into the history.
// Units: records a second. Empty case: stopped at once, it sent nothing.
// Thread: one of its own; Stop by its owner.
// Errors: a record that is refused at once failed for good; one that fails
//   later has an unknown outcome: an earlier attempt may have been stored.
// Always true: numbers rise by one from 0, and with them the order of sending.
#ifndef BARNABAS_TESTS_CHAOS_RECORD_SENDER_H_
#define BARNABAS_TESTS_CHAOS_RECORD_SENDER_H_

#include <cstdint>
#include <memory>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/producer/producer.h"
#include "tests/chaos/client_set.h"

namespace barnabas::chaos {

struct SenderPlan {
  int32_t id = 0;
  ProducerFacts facts;
  record::Codec compression = record::Codec::kNone;
  int64_t records_per_second = 500;
  uint64_t seed = 1;
};

class RecordSender {
 public:
  // `set` outlives it.
  RecordSender(const ClientSet* set, const SenderPlan& plan);
  ~RecordSender();

  // Sends nothing more and waits until each record has its outcome.
  absl::Status Stop(absl::Duration patience);

 private:
  void Run();
  void SendOne(int64_t number);

  const ClientSet* const set_;
  const SenderPlan plan_;
  std::unique_ptr<client::Producer> producer_;
  Bell stop_;
  std::thread thread_;
};

}  // namespace barnabas::chaos

#endif  // BARNABAS_TESTS_CHAOS_RECORD_SENDER_H_
