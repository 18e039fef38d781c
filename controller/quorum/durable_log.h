// DurableLog: the metadata log on disk.
//
// What: a storage/log log of encoded batches with one record each; offset is
//   the Raft index, leader epoch the term, the record's value the entry.
// Place: below the quorum; lies in the data directory as the partition
//   "__cluster_metadata" with Kafka's topic id for it.
// Units: LogIndex, bytes. Empty case: a directory that was only just formatted
//   as a broker or a joining controller has no entry.
// Thread: Append, Cut, Trim, BeginAfter, StartFlush, FinishFlush and Close by
//   one thread at a time;
//   Read and the getters from any.
// Errors: those of PartitionLog; CORRUPT_LOG for a batch that is not one
//   record of ours.
// Always true: offsets have no gap, terms never fall, what lies below
//   durable_end survives a crash.
#ifndef BARNABAS_CONTROLLER_QUORUM_DURABLE_LOG_H_
#define BARNABAS_CONTROLLER_QUORUM_DURABLE_LOG_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/quorum/metadata_quorum.h"
#include "proto/types/offsets.h"
#include "proto/types/topic_partition.h"
#include "storage/log/log_directory.h"
#include "storage/log/partition_log.h"

namespace barnabas::quorum {

// Where the log lies among the partitions of its directory.
TopicPartition MetadataPartition();

class DurableLog {
 public:
  // Opens or makes the log; blocks for its recovery.
  static absl::StatusOr<std::unique_ptr<DurableLog>> Open(
      log::LogDirectory* directory);

  // Appends one entry; not durable yet.
  absl::StatusOr<LogIndex> Append(std::string_view value, Term term,
                                  int64_t time_ms);

  // Entries of [from, end), at most `bytes_max` of them but at least one.
  absl::StatusOr<std::vector<QuorumEntry>> Read(LogIndex from, LogIndex end,
                                                int64_t bytes_max) const;

  // Drops entries from `begin` on; Trim those below it; BeginAfter all of them,
  // so that the next one gets the index after `last`. Durable on return; not
  // while a flush is out.
  absl::Status Cut(LogIndex begin);
  absl::Status Trim(LogIndex begin);
  absl::Status BeginAfter(LogIndex last);

  std::unique_ptr<log::FlushJob> StartFlush();
  void FinishFlush(const log::FlushJob& job, const absl::Status& result);

  LogIndex start() const;
  LogIndex end() const;
  LogIndex durable_end() const;
  // Term of the last entry; 0 in an empty log.
  Term last_term() const;
  const log::RecoveryReport& recovery() const { return log_->recovery(); }

  absl::Status Close() { return log_->Close(); }

 private:
  explicit DurableLog(std::unique_ptr<log::PartitionLog> log);

  const std::unique_ptr<log::PartitionLog> log_;
};

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_DURABLE_LOG_H_
