#include "storage/log/log_directory.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "glog/logging.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "storage/log/checkpoint_file.h"
#include "storage/log/file_names.h"
#include "storage/log/format.h"
#include "storage/log/log_files.h"

namespace barnabas::log {
namespace {

constexpr std::string_view kIdentityName = "identity";
constexpr std::string_view kLockName = "lock";
constexpr std::string_view kCleanStopName = "clean-stop";
constexpr std::string_view kSetAsideName = "set-aside";
constexpr std::string_view kDeletedName = "deleted";
constexpr char kBrokerEpochKey[] = "broker_epoch";
// Directories below a deleted partition's: none, but be no fool about it.
constexpr int kDepthMax = 8;
constexpr int kNamesTriedMax = 1000;

bool IsOurs(std::string_view name) {
  return name == kIdentityName || name == kLockName || name == kCleanStopName ||
         name == kSetAsideName || name == kDeletedName ||
         name.ends_with(kTemporarySuffix);
}

absl::Status RemoveTree(env::FileSystem* files, const std::string& path,
                        int depth) {
  if (depth == 0) {
    return MakeError(ErrorCode::kStorageError,
                     absl::StrCat(path, " is nested too deeply to remove"),
                     "remove it by hand");
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> names, files->List(path));
  for (const std::string& name : names) {
    const std::string inner = JoinPath(path, name);
    if (files->IsDirectory(inner)) {
      RETURN_IF_ERROR(RemoveTree(files, inner, depth - 1));
    } else {
      RETURN_IF_ERROR(RemoveIfPresent(files, inner));
    }
  }
  return files->RemoveDirectory(path);
}

// The epoch in the clean marker; nullopt when there is none or it is damaged,
// which only means that logs are checked.
absl::StatusOr<std::optional<BrokerEpoch>> ReadCleanStop(
    env::FileSystem* files, const std::string& directory) {
  const std::string path = JoinPath(directory, kCleanStopName);
  ASSIGN_OR_RETURN(const std::optional<std::string> text,
                   ReadSmallFile(files, path));
  if (!text.has_value()) return std::nullopt;
  const absl::StatusOr<KeyValues> lines = OpenText(*text, path);
  if (!lines.ok()) return std::nullopt;
  const std::string value = ValueOf(*lines, kBrokerEpochKey).value_or("");
  int64_t epoch = 0;
  const auto [end, error] =
      std::from_chars(value.data(), value.data() + value.size(), epoch);
  if (error != std::errc() || end != value.data() + value.size()) {
    return std::nullopt;
  }
  return BrokerEpoch(epoch);
}

class DiskLogDirectory final : public LogDirectory {
 public:
  DiskLogDirectory(const Options& options, Identity identity,
                   std::unique_ptr<env::FileLock> lock)
      : options_(options),
        identity_(std::move(identity)),
        lock_(std::move(lock)) {}

  // Finishes what was interrupted and takes the clean marker away.
  absl::Status Start();

  const Identity& identity() const override { return identity_; }
  const std::string& path() const override { return options_.path; }
  std::optional<BrokerEpoch> clean_stop_epoch() const override {
    return clean_stop_epoch_;
  }
  std::vector<TopicPartition> Present() const override;
  std::vector<std::string> Unknown() const override;
  absl::StatusOr<std::unique_ptr<PartitionLog>> OpenLog(
      const TopicPartition& partition, const std::string& topic_name,
      const LogConfig& config) override;
  absl::StatusOr<std::string> SetAside(
      const TopicPartition& partition) override;
  absl::Status Delete(const TopicPartition& partition) override;
  absl::StatusOr<env::FileSystem::Space> Space() const override {
    return options_.files->SpaceOf(options_.path);
  }
  absl::Status MarkCleanStop(BrokerEpoch epoch) override;

 private:
  std::string PathOf(std::string_view name) const {
    return JoinPath(options_.path, name);
  }
  // Moves the partition's directory below `folder`, durably; the new path.
  absl::StatusOr<std::string> MoveInto(std::string_view folder,
                                       const TopicPartition& partition);
  absl::Status PrepareDirectory(const TopicPartition& partition,
                                const std::string& topic_name);
  absl::Status CheckMetadata(const TopicPartition& partition,
                             std::string_view metadata) const;

  // Constant after Start.
  const Options options_;
  const Identity identity_;
  const std::unique_ptr<env::FileLock> lock_;
  std::optional<BrokerEpoch> clean_stop_epoch_;

  // Held while directories are renamed; never over making or recovery.
  absl::Mutex mutex_;
};

absl::Status DiskLogDirectory::Start() {
  env::FileSystem* const files = options_.files;
  ASSIGN_OR_RETURN(clean_stop_epoch_, ReadCleanStop(files, options_.path));
  if (files->Exists(PathOf(kCleanStopName))) {
    RETURN_IF_ERROR(files->RemoveFile(PathOf(kCleanStopName)));
  }
  // Durably, before anything is written: a crash from now on is unclean (S10).
  // Also without a marker: an earlier start may have been killed before this.
  RETURN_IF_ERROR(files->SyncDirectory(options_.path));
  const std::string deleted = PathOf(kDeletedName);
  if (files->IsDirectory(deleted)) {
    RETURN_IF_ERROR(RemoveTree(files, deleted, kDepthMax));
  }
  for (const std::string& name : Unknown()) {
    LOG(INFO) << "The data directory " << options_.path << " holds " << name
              << ", which is no partition's; it is left alone";
  }
  return absl::OkStatus();
}

std::vector<TopicPartition> DiskLogDirectory::Present() const {
  std::vector<TopicPartition> present;
  const absl::StatusOr<std::vector<std::string>> names =
      options_.files->List(options_.path);
  if (!names.ok()) return present;
  for (const std::string& name : *names) {
    const std::optional<TopicPartition> partition = TopicPartition::Parse(name);
    if (partition && options_.files->IsDirectory(PathOf(name))) {
      present.push_back(*partition);
    }
  }
  return present;
}

std::vector<std::string> DiskLogDirectory::Unknown() const {
  std::vector<std::string> unknown;
  const absl::StatusOr<std::vector<std::string>> names =
      options_.files->List(options_.path);
  if (!names.ok()) return unknown;
  for (const std::string& name : *names) {
    const auto& theirs = options_.owner_files;
    if (IsOurs(name) || TopicPartition::Parse(name)) continue;
    if (std::find(theirs.begin(), theirs.end(), name) != theirs.end()) continue;
    unknown.push_back(name);
  }
  return unknown;
}

absl::StatusOr<std::unique_ptr<PartitionLog>> DiskLogDirectory::OpenLog(
    const TopicPartition& partition, const std::string& topic_name,
    const LogConfig& config) {
  RETURN_IF_ERROR(PrepareDirectory(partition, topic_name));
  PartitionLog::Options log;
  log.files = options_.files;
  log.clock = options_.clock;
  log.directory = PathOf(partition.ToString());
  log.config = config;
  log.clean = clean_stop_epoch_.has_value();
  log.seed = options_.seed ^ static_cast<uint64_t>(partition.partition.value());
  return PartitionLog::Open(log);
}

absl::Status DiskLogDirectory::PrepareDirectory(const TopicPartition& partition,
                                                const std::string& topic_name) {
  if (topic_name.find('\n') != std::string::npos) {
    return MakeError(ErrorCode::kInvalidTopicName,
                     "a topic's name must not hold a line break");
  }
  const std::string name = partition.ToString();
  const std::string directory = PathOf(name);
  // Without the lock: the directory is this partition's alone, and thousands
  // of them are made at once, whose syncs the disk joins only if they come
  // together.
  if (!options_.files->IsDirectory(directory)) {
    RETURN_IF_ERROR(options_.files->CreateDirectory(directory));
    RETURN_IF_ERROR(options_.files->SyncDirectory(options_.path));
  }
  ASSIGN_OR_RETURN(
      const std::optional<std::string> metadata,
      ReadSmallFile(options_.files,
                    JoinPath(directory, kPartitionMetadataFileName)));
  if (metadata.has_value()) return CheckMetadata(partition, *metadata);
  // Kafka's two lines, then ours.
  return ReplaceFile(
      options_.files, directory, kPartitionMetadataFileName,
      absl::StrCat("version: 0\ntopic_id: ", partition.topic.ToString(),
                   "\ntopic_name: ", topic_name, "\n"));
}

absl::Status DiskLogDirectory::CheckMetadata(const TopicPartition& partition,
                                             std::string_view metadata) const {
  const std::string wanted =
      absl::StrCat("topic_id: ", partition.topic.ToString());
  for (const absl::string_view line : absl::StrSplit(AsAbsl(metadata), '\n')) {
    if (line == wanted) return absl::OkStatus();
  }
  return MakeError(
      ErrorCode::kWrongIdentity,
      absl::StrCat(PathOf(partition.ToString()), "/",
                   AsAbsl(kPartitionMetadataFileName), " does not name topic ",
                   partition.topic.ToString()),
      "move the directory away; nothing was changed");
}

absl::StatusOr<std::string> DiskLogDirectory::MoveInto(
    std::string_view folder, const TopicPartition& partition) {
  env::FileSystem* const files = options_.files;
  const std::string name = partition.ToString();
  absl::MutexLock lock(&mutex_);
  if (!files->IsDirectory(PathOf(name))) {
    return MakeError(
        ErrorCode::kUnknownPartition,
        absl::StrCat(options_.path, " has no directory for ", name));
  }
  const std::string parent = PathOf(folder);
  if (!files->IsDirectory(parent)) {
    // Durably: what is moved into it must not hang on a name that is lost.
    RETURN_IF_ERROR(files->CreateDirectory(parent));
    RETURN_IF_ERROR(files->SyncDirectory(options_.path));
  }
  for (int i = 0; i < kNamesTriedMax; ++i) {
    const std::string target =
        JoinPath(parent, i == 0 ? name : absl::StrCat(name, ".", i));
    if (files->Exists(target)) continue;
    RETURN_IF_ERROR(files->Rename(PathOf(name), target));
    RETURN_IF_ERROR(files->SyncDirectory(parent));
    RETURN_IF_ERROR(files->SyncDirectory(options_.path));
    return target;
  }
  return MakeError(ErrorCode::kStorageError,
                   absl::StrCat(parent, " holds too many of ", name),
                   "look through it and remove what is not needed");
}

absl::StatusOr<std::string> DiskLogDirectory::SetAside(
    const TopicPartition& partition) {
  return MoveInto(kSetAsideName, partition);
}

absl::Status DiskLogDirectory::Delete(const TopicPartition& partition) {
  ASSIGN_OR_RETURN(const std::string moved, MoveInto(kDeletedName, partition));
  return RemoveTree(options_.files, moved, kDepthMax);
}

absl::Status DiskLogDirectory::MarkCleanStop(BrokerEpoch epoch) {
  return ReplaceFile(options_.files, options_.path, kCleanStopName,
                     SealText({{kBrokerEpochKey, epoch.ToString()}}));
}

}  // namespace

absl::StatusOr<std::unique_ptr<LogDirectory>> LogDirectory::Open(
    const Options& options) {
  // Whose it is comes first: nothing may change in a directory of others.
  ASSIGN_OR_RETURN(Identity identity,
                   ReadIdentity(options.files, options.path));
  RETURN_IF_ERROR(RequireIdentity(identity, options.node_id, options.role,
                                  options.cluster_id));
  ASSIGN_OR_RETURN(std::unique_ptr<env::FileLock> lock,
                   options.files->Lock(JoinPath(options.path, kLockName)));
  auto directory = std::make_unique<DiskLogDirectory>(
      options, std::move(identity), std::move(lock));
  RETURN_IF_ERROR(directory->Start());
  return directory;
}

}  // namespace barnabas::log
