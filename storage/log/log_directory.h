// LogDirectory: all partition logs below one data directory.
//
// What: takes the directory's lock, reads its identity, knows whether the last
//   stop was clean, opens and creates partition logs by TopicPartition, sets
//   aside what nobody asked for, deletes what a committed record deleted.
// Picture:  DIR/identity  DIR/lock  DIR/clean-stop
//           DIR/<topic id>-<partition>/{partition.metadata, *.log, *.index,
//             ...}
//           DIR/set-aside/...  nobody asked for these; never deleted at start
//           DIR/deleted/...    on their way out; an interrupted removal is
//             finished at the next Open
// Units: bytes. Empty case: a freshly formatted directory has no logs.
// Thread: any; several logs can be opened at once from a worker pool, each by
//   one caller at a time. Renames are serialised inside by a mutex.
// Errors: DIRECTORY_LOCKED (second process; names the pid), NOT_FORMATTED,
//   WRONG_IDENTITY, UNSUPPORTED_FORMAT, DIRECTORY_UNUSABLE, DISK_FULL,
//   CORRUPT_LOG for a single log.
// Always true: S10 the clean marker is written last and removed, durably,
//   before the first write; C6 unknown data is never deleted at start.
#ifndef BARNABAS_STORAGE_LOG_LOG_DIRECTORY_H_
#define BARNABAS_STORAGE_LOG_LOG_DIRECTORY_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/types/ids.h"
#include "proto/types/topic_partition.h"
#include "storage/env/clock.h"
#include "storage/env/file.h"
#include "storage/log/identity.h"
#include "storage/log/log_config.h"
#include "storage/log/partition_log.h"

namespace barnabas::log {

class LogDirectory {
 public:
  struct Options {
    env::FileSystem* files = nullptr;
    const env::Clock* clock = nullptr;
    std::string path;
    NodeId node_id;
    std::string role;
    std::optional<Uuid> cluster_id;
    uint64_t seed = 0;
    // Names of files that the owner keeps here beside the logs.
    std::vector<std::string> owner_files = {};
  };

  static absl::StatusOr<std::unique_ptr<LogDirectory>> Open(
      const Options& options);

  virtual ~LogDirectory() = default;

  virtual const Identity& identity() const = 0;
  virtual const std::string& path() const = 0;
  // The broker epoch that the last clean stop recorded (C3); nullopt after an
  // unclean one.
  virtual std::optional<BrokerEpoch> clean_stop_epoch() const = 0;

  // Partitions that have a directory here.
  virtual std::vector<TopicPartition> Present() const = 0;

  // Other names, which are left alone: damaged or unknown ones, and what
  // other parts of a node keep here.
  virtual std::vector<std::string> Unknown() const = 0;

  // Opens the log of `partition`, creating it when absent. Blocks for as long
  // as recovery takes. `topic_name` goes to partition.metadata only.
  virtual absl::StatusOr<std::unique_ptr<PartitionLog>> OpenLog(
      const TopicPartition& partition, const std::string& topic_name,
      const LogConfig& config) = 0;

  // Moves a partition's directory out of the way (C6); the new path.
  virtual absl::StatusOr<std::string> SetAside(
      const TopicPartition& partition) = 0;

  // Removes a partition that a committed record deleted. Its log must be
  // closed. Renamed first, so a crash leaves either all or nothing.
  virtual absl::Status Delete(const TopicPartition& partition) = 0;

  virtual absl::StatusOr<env::FileSystem::Space> Space() const = 0;

  // Writes the clean marker; call last, after all logs were closed.
  virtual absl::Status MarkCleanStop(BrokerEpoch epoch) = 0;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_LOG_DIRECTORY_H_
