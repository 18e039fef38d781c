// LogList: a partition's log as plainly as it can be said.
//
// What: a list of batches in memory with the promises of PartitionLog: what
//   an append answers, what a read finds, what is left after a cut. Slow, and
//   short enough to be believed.
// Units: offsets, milliseconds. Empty case: an empty log that begins at 0.
// Thread: one test. Errors: an append tells which error is due.
#ifndef BARNABAS_TESTS_STORAGE_MODEL_LOG_LIST_H_
#define BARNABAS_TESTS_STORAGE_MODEL_LOG_LIST_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proto/types/error_code.h"
#include "proto/types/ids.h"
#include "proto/types/offsets.h"
#include "storage/record/batch_builder.h"

namespace barnabas::model {

// A batch on its way in.
struct NewBatch {
  record::BatchProducer producer;
  LeaderEpoch epoch;
  std::vector<int64_t> times_ms;
  // As the producer sends it.
  std::string sent;

  int32_t count() const { return static_cast<int32_t>(times_ms.size()); }
};

struct ListedBatch {
  NewBatch batch;
  Offset base;

  Offset next() const { return base.Plus(batch.count()); }
};

// What an append answers: an error, or where the batch lies.
struct Answer {
  std::optional<ErrorCode> error;
  Offset base;
  bool duplicate = false;
};

class LogList {
 public:
  // Appends when the answer is neither an error nor a repetition.
  Answer Append(const NewBatch& batch);

  // As PartitionLog has them. `offset` lies in the log.
  void TruncateSuffix(Offset offset);
  void AdvanceStart(Offset offset);
  // What a crash left: [start, end), ending with a whole batch.
  void KeepOnly(Offset start, Offset end);

  Offset start() const { return start_; }
  Offset end() const { return end_; }
  const std::vector<ListedBatch>& batches() const { return batches_; }
  LeaderEpoch last_epoch() const;
  // Index of the batch that holds `offset`; the number of batches at the end.
  size_t Find(Offset offset) const;

  // Offset and timestamp of the first visible record that is not older, and
  // of the newest one.
  std::optional<std::pair<Offset, int64_t>> FindTime(int64_t time_ms) const;
  std::optional<std::pair<Offset, int64_t>> FindMaxTime() const;
  std::optional<std::pair<LeaderEpoch, Offset>> EndOfEpoch(
      LeaderEpoch epoch) const;

  // The batches of a producer's newest epoch, oldest first. Empty for one of
  // whom nothing is left: then a log may remember it or not.
  std::vector<const ListedBatch*> Of(ProducerId producer) const;

 private:
  std::optional<Answer> Judge(const NewBatch& batch) const;

  std::vector<ListedBatch> batches_;
  Offset start_;
  Offset end_;
};

}  // namespace barnabas::model

#endif  // BARNABAS_TESTS_STORAGE_MODEL_LOG_LIST_H_
