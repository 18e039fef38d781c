#include "controller/quorum/snapshot_store.h"

#include <glog/logging.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"

namespace barnabas::quorum {
namespace {

constexpr size_t kKept = 2;
constexpr char kSuffix[] = ".snapshot";
constexpr char kBuilding[] = "building.tmp";
constexpr char kIncoming[] = "incoming.tmp";

std::optional<raft::SnapshotId> IdOf(const std::string& name) {
  constexpr size_t kIndexDigits = 20;
  constexpr size_t kTermDigits = 10;
  int64_t index = 0;
  int32_t term = 0;
  const bool shaped =
      name.size() == kIndexDigits + 1 + kTermDigits + sizeof(kSuffix) - 1 &&
      name[kIndexDigits] == '-' && absl::EndsWith(name, kSuffix);
  if (!shaped || !absl::SimpleAtoi(name.substr(0, kIndexDigits), &index) ||
      !absl::SimpleAtoi(name.substr(kIndexDigits + 1, kTermDigits), &term)) {
    return std::nullopt;
  }
  return raft::SnapshotId{Term(term), LogIndex(index)};
}

absl::StatusOr<std::string> ReadBytes(const env::File& file, int64_t position,
                                      int64_t size) {
  std::string bytes(static_cast<size_t>(size), '\0');
  ASSIGN_OR_RETURN(const size_t read,
                   file.ReadAt(position, bytes.size(), bytes.data()));
  bytes.resize(read);
  return bytes;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SnapshotStore>> SnapshotStore::Open(
    const Deps& deps) {
  std::unique_ptr<SnapshotStore> store(new SnapshotStore(deps));
  RETURN_IF_ERROR(store->Load());
  return store;
}

absl::Status SnapshotStore::Load() {
  RETURN_IF_ERROR(deps_.files->CreateDirectory(Folder()));
  RETURN_IF_ERROR(deps_.files->SyncDirectory(deps_.directory));
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   deps_.files->List(Folder()));
  for (const std::string& name : names) {
    const std::optional<raft::SnapshotId> id = IdOf(name);
    if (!id.has_value()) continue;
    const absl::StatusOr<Snapshot> read = ReadFile(Folder() + "/" + name);
    if (read.ok() && read->id == *id) {
      kept_.insert(*id);
      continue;
    }
    // Another program's or cluster's is not ours to move.
    if (!read.ok() && CodeOf(read.status()) != ErrorCode::kCorruptLog) {
      return read.status();
    }
    SetAside(name);
  }
  return absl::OkStatus();
}

void SnapshotStore::SetAside(const std::string& name) {
  const std::string path = Folder() + "/" + name;
  LOG(ERROR) << "The snapshot " << path
             << " is damaged; it is set aside, and an older one or the log "
                "takes its place.";
  const absl::Status moved = deps_.files->Rename(path, path + ".damaged");
  LOG_IF(ERROR, !moved.ok()) << "It stays there: " << moved.message();
}

raft::SnapshotId SnapshotStore::newest() const {
  return kept_.empty() ? raft::SnapshotId() : *kept_.rbegin();
}

raft::SnapshotId SnapshotStore::oldest() const {
  return kept_.empty() ? raft::SnapshotId() : *kept_.begin();
}

std::string SnapshotStore::PathOf(const raft::SnapshotId& id) const {
  return absl::StrFormat("%s/%020d-%010d%s", Folder(), id.index.value(),
                         id.term.value(), kSuffix);
}

absl::Status SnapshotStore::Publish(const std::string& temporary,
                                    const raft::SnapshotId& id) const {
  RETURN_IF_ERROR(deps_.files->Rename(temporary, PathOf(id)));
  return deps_.files->SyncDirectory(Folder());
}

absl::Status SnapshotStore::Write(const Snapshot& snapshot) const {
  const std::string bytes = SealSnapshot(snapshot, deps_.cluster_id);
  const std::string temporary = Folder() + "/" + kBuilding;
  ASSIGN_OR_RETURN(const std::unique_ptr<env::File> file,
                   deps_.files->Open(temporary, env::OpenMode::kTruncate));
  const std::array<std::string_view, 1> parts = {bytes};
  RETURN_IF_ERROR(file->WriteAt(0, parts));
  RETURN_IF_ERROR(file->Sync());
  return Publish(temporary, snapshot.id);
}

void SnapshotStore::Prune(const std::set<raft::SnapshotId>& in_use) {
  std::vector<raft::SnapshotId> old(kept_.begin(), kept_.end());
  if (old.size() <= kKept) return;
  old.resize(old.size() - kKept);
  for (const raft::SnapshotId& id : old) {
    if (in_use.contains(id)) continue;
    kept_.erase(id);
    const absl::Status removed = deps_.files->RemoveFile(PathOf(id));
    LOG_IF(WARNING, !removed.ok())
        << "An old snapshot stays: " << removed.message();
  }
}

absl::StatusOr<Snapshot> SnapshotStore::ReadFile(
    const std::string& path) const {
  ASSIGN_OR_RETURN(const std::unique_ptr<env::File> file,
                   deps_.files->Open(path, env::OpenMode::kRead));
  ASSIGN_OR_RETURN(const int64_t size, file->Size());
  ASSIGN_OR_RETURN(const std::string bytes, ReadBytes(*file, 0, size));
  return OpenSnapshot(bytes, deps_.cluster_id, path);
}

absl::StatusOr<Snapshot> SnapshotStore::Read(const raft::SnapshotId& id) const {
  return ReadFile(PathOf(id));
}

absl::StatusOr<raft::SnapshotChunk> SnapshotStore::ReadPiece(
    const raft::SnapshotId& id, int64_t position, int64_t bytes_max) const {
  ASSIGN_OR_RETURN(const std::unique_ptr<env::File> file,
                   deps_.files->Open(PathOf(id), env::OpenMode::kRead));
  ASSIGN_OR_RETURN(const int64_t size, file->Size());
  raft::SnapshotChunk chunk;
  chunk.id = id;
  // A position beyond the end asks for nothing; the receiver begins anew.
  chunk.position = std::min(position, size);
  ASSIGN_OR_RETURN(chunk.bytes,
                   ReadBytes(*file, chunk.position,
                             std::min(bytes_max, size - chunk.position)));
  chunk.last =
      chunk.position + static_cast<int64_t>(chunk.bytes.size()) == size;
  return chunk;
}

absl::StatusOr<int64_t> SnapshotStore::KeepPiece(
    const raft::SnapshotChunk& chunk) {
  if (incoming_ != chunk.id) {
    incoming_ = chunk.id;
    incoming_bytes_ = 0;
  }
  if (chunk.position != incoming_bytes_) return incoming_bytes_;
  const env::OpenMode mode = incoming_bytes_ == 0 ? env::OpenMode::kTruncate
                                                  : env::OpenMode::kReadWrite;
  ASSIGN_OR_RETURN(const std::unique_ptr<env::File> file,
                   deps_.files->Open(Folder() + "/" + kIncoming, mode));
  const std::array<std::string_view, 1> parts = {chunk.bytes};
  RETURN_IF_ERROR(file->WriteAt(incoming_bytes_, parts));
  incoming_bytes_ += static_cast<int64_t>(chunk.bytes.size());
  return incoming_bytes_;
}

absl::StatusOr<Snapshot> SnapshotStore::FinishIncoming(
    const raft::SnapshotId& id) {
  const std::string temporary = Folder() + "/" + kIncoming;
  if (incoming_ != id) {
    return MakeError(ErrorCode::kCorruptLog,
                     "another snapshot is on its way by now", "");
  }
  incoming_ = raft::SnapshotId();
  incoming_bytes_ = 0;
  ASSIGN_OR_RETURN(Snapshot snapshot, ReadFile(temporary));
  if (snapshot.id != id) {
    return MakeError(
        ErrorCode::kCorruptLog,
        absl::StrCat(temporary, " is a snapshot of offset ",
                     snapshot.id.index.value(), ", not of ", id.index.value()),
        "the leader sends it again");
  }
  {
    ASSIGN_OR_RETURN(const std::unique_ptr<env::File> file,
                     deps_.files->Open(temporary, env::OpenMode::kReadWrite));
    RETURN_IF_ERROR(file->Sync());
  }
  RETURN_IF_ERROR(Publish(temporary, id));
  kept_.insert(id);
  return snapshot;
}

}  // namespace barnabas::quorum
