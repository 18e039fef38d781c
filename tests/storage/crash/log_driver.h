// LogDriver: does one partition's share of a workload, and tells the model.
//
// What: each method is one operation on the log; what is drawn (how many
//   records, which codec, how far to cut) comes from the given generator.
// Units: offsets, milliseconds. Empty case: nothing attached: every operation
//   is a CHECK.
// Thread: one test.
// Errors: those of the log; the model then still says what a crash may leave.
//   A log that failed is to be opened anew.
#ifndef BARNABAS_TESTS_STORAGE_CRASH_LOG_DRIVER_H_
#define BARNABAS_TESTS_STORAGE_CRASH_LOG_DRIVER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "proto/types/ids.h"
#include "storage/log/partition_log.h"
#include "storage/record/batch_builder.h"
#include "tests/storage/crash/log_model.h"

namespace barnabas::crash {

class LogDriver {
 public:
  LogDriver(LogModel* model, std::mt19937_64* random)
      : model_(model), random_(random) {}

  // Goes on with an opened log. What a crash or a cut took away of a producer
  // is sent again under a new epoch.
  void Attach(std::unique_ptr<log::PartitionLog> log);
  log::PartitionLog* log() const { return log_.get(); }
  void Drop();

  absl::Status Append();
  // Up to some kilobytes, compressed by any codec.
  absl::Status AppendLarge();
  void StartFlush();
  absl::Status RunFlush();
  absl::Status Truncate(int64_t records_max);
  absl::Status MoveStart();
  absl::Status BeginBeyondEnd();
  absl::Status Retain();
  absl::Status Close();
  void NextEpoch() { ++epoch_; }

 private:
  int64_t Draw(int64_t below);
  record::BatchProducer DrawProducer();
  absl::Status Store(std::string sent, std::vector<int64_t> times_ms,
                     const record::BatchProducer& producer);
  absl::Status MoveStartTo(Offset start);
  // Tells the model how it ended.
  absl::Status Told(const absl::Status& status);

  LogModel* const model_;
  std::mt19937_64* const random_;

  std::unique_ptr<log::PartitionLog> log_;
  std::unique_ptr<log::FlushJob> job_;
  int32_t epoch_ = 0;
  std::map<ProducerId, int32_t> sequences_;
  std::map<ProducerId, int16_t> producer_epochs_;
};

}  // namespace barnabas::crash

#endif  // BARNABAS_TESTS_STORAGE_CRASH_LOG_DRIVER_H_
