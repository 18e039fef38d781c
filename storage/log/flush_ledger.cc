#include "storage/log/flush_ledger.h"

#include <iterator>
#include <utility>

#include "proto/types/status_macros.h"

namespace barnabas::log {

FlushLedger::FlushLedger(env::FileSystem* files, std::string directory,
                         std::shared_ptr<DurableMarks> marks,
                         const DurablePoint& point)
    : files_(files),
      directory_(std::move(directory)),
      marks_(std::move(marks)),
      point_(point) {}

void FlushLedger::AddDirty(std::vector<std::shared_ptr<env::File>> files) {
  dirty_.insert(dirty_.end(), std::make_move_iterator(files.begin()),
                std::make_move_iterator(files.end()));
}

std::unique_ptr<FlushRound> FlushLedger::Start(
    const DurablePoint& end, std::shared_ptr<env::File> active,
    const EpochHistory& epochs) {
  FlushRound::Work work;
  work.point = end;
  work.bytes = unsynced_bytes_;
  work.dirty = std::exchange(dirty_, {});
  work.dirty.push_back(std::move(active));
  under_way_ = work.dirty;
  work.names_changed = std::exchange(names_changed_, false);
  work.directory = directory_;
  work.files = files_;
  work.marks = marks_;
  work.era = marks_->era();
  work.before = point_;
  if (epochs_changed_) work.epochs = epochs.Format();
  epochs_changed_ = false;
  in_flight_ = true;
  return std::make_unique<FlushRound>(std::move(work));
}

void FlushLedger::Finish(const FlushRound& round) {
  in_flight_ = false;
  under_way_.clear();
  const FlushRound::Work& work = round.work();
  if (work.epochs.has_value() && !round.epochs_recorded()) {
    epochs_changed_ = true;
  }
  if (work.era != marks_->era()) return;
  // SyncAll may have gone further meanwhile.
  if (work.point.end <= point_.end) return;
  point_ = work.point;
  unsynced_bytes_ -= work.bytes;
}

absl::Status FlushLedger::SyncAll(const DurablePoint& end, env::File* active) {
  // The round that is out may not have come to its files yet.
  for (const auto& file : under_way_) RETURN_IF_ERROR(file->Sync());
  for (const auto& file : std::exchange(dirty_, {})) {
    RETURN_IF_ERROR(file->Sync());
  }
  RETURN_IF_ERROR(active->Sync());
  if (names_changed_ || in_flight_) {
    RETURN_IF_ERROR(files_->SyncDirectory(directory_));
  }
  names_changed_ = false;
  point_ = end;
  unsynced_bytes_ = 0;
  return absl::OkStatus();
}

}  // namespace barnabas::log
