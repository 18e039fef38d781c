// LogModel: what a partition's log may hold after a power cut, in memory.
//
// What: follows every operation that a workload does on a log and knows, at
//   any moment, which states a crash may leave: a prefix of what was written,
//   at least up to the durable end, from one of the allowed starts.
// Units: offsets, milliseconds. Empty case: a new model is an empty log.
// Thread: one test. Errors: none; invariants.h judges by it.
#ifndef BARNABAS_TESTS_STORAGE_CRASH_LOG_MODEL_H_
#define BARNABAS_TESTS_STORAGE_CRASH_LOG_MODEL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "proto/types/offsets.h"
#include "storage/log/partition_log.h"
#include "storage/record/batch_header.h"

namespace barnabas::crash {

// A batch with what the model must know of it.
struct ModelBatch {
  record::BatchHeader header;
  // As it is stored, and as the producer sent it.
  std::string stored;
  std::string sent;
  // Of its records, in order.
  std::vector<int64_t> times_ms;

  Offset base() const { return header.base_offset; }
  Offset next() const { return header.NextOffset(); }
};

class LogModel {
 public:
  // Each tells what is about to happen, before it does; Done says that it
  // did, Refused that it left the log as it was, or that the log failed in it.
  void Appending(ModelBatch batch);
  // To the batch boundary `end`.
  void Truncating(Offset end);
  // To an empty log at `start` if that lies beyond the end.
  void Advancing(Offset start);
  // To a start of the log's own choice up to `limit`.
  void Retaining(Offset limit);
  void Done(const log::PartitionLog::Facts& facts);
  void Refused(const log::PartitionLog::Facts& facts);

  // Goes on with what a crash left.
  void Adopt(const log::PartitionLog::Facts& facts);

  const std::vector<ModelBatch>& batches() const { return batches_; }
  Offset start() const { return start_; }
  Offset end() const { return end_; }
  // What must be there after a crash.
  Offset floor() const { return floor_; }
  // Whether a crash may show a log that begins there, and whether it must be
  // empty then.
  bool MayStartAt(Offset start) const;
  bool MustBeEmptyAt(Offset start) const;
  // The batches that a log with these ends should hold.
  std::vector<const ModelBatch*> Expected(
      const log::PartitionLog::Facts& facts) const;
  // Whether these bytes were stored once and cut since.
  bool WasCut(std::string_view stored) const;

 private:
  void DropFrom(size_t first);
  void ForgetPending();

  // Everything ever written up to end_ and not cut.
  std::vector<ModelBatch> batches_;
  std::set<size_t> cut_hashes_;
  Offset start_;
  Offset end_;
  Offset floor_;
  // A start that a crash may show as well, and whether all is dropped then.
  std::optional<Offset> next_start_;
  bool resetting_ = false;
  // Any start up to here may be shown as well.
  std::optional<Offset> start_limit_;
  std::optional<Offset> truncating_;
  bool appending_ = false;
};

}  // namespace barnabas::crash

#endif  // BARNABAS_TESTS_STORAGE_CRASH_LOG_MODEL_H_
