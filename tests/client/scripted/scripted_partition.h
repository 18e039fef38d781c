// ScriptedPartition: a partition's log as tests want it, with the rules of
// idempotence (kafka-facts 5.4, README 22).
//
// Units: offsets. Empty case: a new partition has no batches and knows no
//   producer. Thread: the owner serialises.
// Errors: Append answers with the code that a broker would give.
#ifndef BARNABAS_TESTS_CLIENT_SCRIPTED_SCRIPTED_PARTITION_H_
#define BARNABAS_TESTS_CLIENT_SCRIPTED_SCRIPTED_PARTITION_H_

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "proto/types/error_code.h"
#include "storage/record/batch_header.h"

namespace barnabas::testing_client {

struct StoredBatch {
  int64_t base_offset = 0;
  int64_t end_offset = 0;
  std::string bytes;
};

struct AppendOutcome {
  ErrorCode code = ErrorCode::kUnspecified;
  int64_t base_offset = 0;
  int64_t end_offset = 0;
  bool duplicate = false;
};

class ScriptedPartition {
 public:
  AppendOutcome Append(std::string bytes);
  // Forgets what it knows of producers, as a broker may after retention.
  void ForgetProducers() { producers_.clear(); }
  // Drops batches below `offset`.
  void MoveStart(int64_t offset);

  int64_t log_start() const { return log_start_; }
  int64_t log_end() const { return log_end_; }
  const std::deque<StoredBatch>& batches() const { return batches_; }
  std::deque<StoredBatch>* mutable_batches() { return &batches_; }
  // Values of all records, in order.
  std::vector<std::string> Values() const;

  int32_t leader = 0;
  int32_t epoch = 0;

 private:
  struct Remembered {
    int32_t first = 0;
    int32_t last = 0;
    int64_t base_offset = 0;
  };
  struct Producer {
    ProducerEpoch epoch;
    std::deque<Remembered> batches;
  };

  std::deque<StoredBatch> batches_;
  std::map<ProducerId, Producer> producers_;
  int64_t log_start_ = 0;
  int64_t log_end_ = 0;
};

}  // namespace barnabas::testing_client

#endif  // BARNABAS_TESTS_CLIENT_SCRIPTED_SCRIPTED_PARTITION_H_
