// CrashModel: what a log may hold after a power cut, in memory.
//
// What: follows every operation that a test does on a log and knows, at any
//   moment, which states a crash may leave: a prefix of what was written, at
//   least up to the durable end (S1), from one of the allowed starts (S2).
// Units: offsets. Empty case: a new model is an empty log.
// Thread: one test. Errors: Check returns what is wrong, empty if nothing.
#ifndef BARNABAS_TESTS_STORAGE_LOG_CRASH_MODEL_H_
#define BARNABAS_TESTS_STORAGE_LOG_CRASH_MODEL_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "proto/types/ids.h"
#include "proto/types/offsets.h"
#include "storage/log/partition_log.h"
#include "tests/storage/log/log_fixture.h"

namespace barnabas::log {

// A batch with what the model must know of it.
struct ModelBatch {
  StoredBatch stored;
  record::BatchHeader header;
  // As the producer sent it.
  std::string sent;
};

class CrashModel {
 public:
  // Each tells what is about to happen, before it does; Done says that it
  // did, with the log as it is now.
  void Appending(ModelBatch batch);
  // To the batch boundary `end`.
  void Truncating(Offset end);
  // To an empty log at `start` if that lies beyond the end.
  void Advancing(Offset start);
  void Done(const PartitionLog& log);

  // After a crash and a reopening: what is wrong with `log`.
  std::string Check(PartitionLog* log) const;
  // Goes on with what the crash left.
  void Adopt(const PartitionLog& log);

  const std::vector<ModelBatch>& batches() const { return batches_; }
  Offset start() const { return start_; }
  Offset end() const { return end_; }

 private:
  std::string CheckBatches(const PartitionLog& log) const;
  std::string CheckLookUps(const PartitionLog& log) const;
  std::string CheckTimes(const PartitionLog& log) const;
  std::string CheckEpochs(const PartitionLog& log) const;
  std::string CheckProducers(PartitionLog* log) const;
  // The batches that [start, end) of `log` should hold.
  std::vector<ModelBatch> Expected(const PartitionLog& log) const;

  // Everything ever written up to end_ and not cut.
  std::vector<ModelBatch> batches_;
  Offset start_;
  Offset end_;
  // What must be there after a crash.
  Offset floor_;
  // A start that a crash may show as well, and whether all is dropped then.
  std::optional<Offset> next_start_;
  bool resetting_ = false;
  std::optional<Offset> truncating_;
};

}  // namespace barnabas::log

#endif  // BARNABAS_TESTS_STORAGE_LOG_CRASH_MODEL_H_
