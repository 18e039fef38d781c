// What the tests of storage/log share: a log on a disk in memory.
//
// What: opens logs on FaultFiles, appends batches that can be told apart,
//   flushes, and reads everything back.
// Units: offsets, bytes, milliseconds. Empty case: a new log.
// Thread: one test. Errors: failed expectations.
#ifndef BARNABAS_TESTS_STORAGE_LOG_LOG_FIXTURE_H_
#define BARNABAS_TESTS_STORAGE_LOG_LOG_FIXTURE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/types/offsets.h"
#include "storage/env/file.h"
#include "storage/log/partition_log.h"
#include "storage/record/batch_builder.h"
#include "storage/record/batch_header.h"
#include "storage/record/batch_reader.h"
#include "tests/support/batches.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fault_files.h"

namespace barnabas::log {

// One batch as it was read back.
struct StoredBatch {
  Offset base;
  Offset next;
  std::string bytes;

  bool operator==(const StoredBatch&) const = default;
};

// Segments and index intervals so small that a few batches roll.
inline LogConfig SmallConfig() {
  LogConfig config;
  config.segment_bytes = 2000;
  config.index_interval_bytes = 300;
  return config;
}

inline absl::StatusOr<AppendOutcome> AppendTo(PartitionLog* log,
                                              std::string_view batch,
                                              int32_t epoch = 0) {
  const std::string_view slices[] = {batch};
  return log->AppendAsLeader(AppendInput{support::HeaderOf(batch), slices},
                             LeaderEpoch(epoch));
}

inline absl::Status FollowTo(PartitionLog* log, std::string_view batch) {
  const std::string_view slices[] = {batch};
  return log->AppendAsFollower(AppendInput{support::HeaderOf(batch), slices});
}

// One round of group commit; OK also when there is nothing to do.
inline absl::Status Flush(PartitionLog* log) {
  const std::unique_ptr<FlushJob> job = log->StartFlush();
  if (job == nullptr) return absl::OkStatus();
  const absl::Status status = job->Run();
  log->FinishFlush(*job, status);
  return status;
}

inline absl::StatusOr<ReadOutcome> ReadFrom(const PartitionLog& log,
                                            Offset from, int64_t bytes_max,
                                            std::string* memory,
                                            ReadCursor* cursor = nullptr,
                                            Offset end = Offset(INT64_MAX)) {
  return log.Read(from, end, bytes_max, cursor, [memory](size_t size) {
    memory->assign(size, '\0');
    return memory->data();
  });
}

// All batches from `from` (the log's start if it is lower) to the end.
inline absl::StatusOr<std::vector<StoredBatch>> ReadAll(
    const PartitionLog& log, int64_t bytes_max = 700) {
  std::vector<StoredBatch> batches;
  std::string memory;
  ReadCursor cursor;
  Offset at = log.facts().log_start;
  while (at < log.facts().log_end) {
    absl::StatusOr<ReadOutcome> read =
        ReadFrom(log, at, bytes_max, &memory, &cursor);
    if (!read.ok()) return read.status();
    record::BatchReader reader(read->bytes);
    for (auto batch = reader.Next();; batch = reader.Next()) {
      if (!batch.ok()) return batch.status();
      if (!batch->has_value()) break;
      batches.push_back({(*batch)->header.base_offset,
                         (*batch)->header.NextOffset(),
                         std::string((*batch)->bytes)});
    }
    if (!reader.remaining().empty() || read->next_offset <= at) {
      return absl::InternalError("a part of a batch, or no progress");
    }
    at = read->next_offset;
  }
  return batches;
}

// A log's options on `files`, in the directory "log".
inline PartitionLog::Options OptionsOn(env::FileSystem* files,
                                       const env::Clock* clock) {
  PartitionLog::Options options;
  options.files = files;
  options.clock = clock;
  options.directory = "log";
  options.config = SmallConfig();
  return options;
}

}  // namespace barnabas::log

#endif  // BARNABAS_TESTS_STORAGE_LOG_LOG_FIXTURE_H_
