#include "storage/log/flush_round.h"

#include "proto/types/status_macros.h"

namespace barnabas::log {

absl::Status FlushRound::Run() {
  if (work_.before.has_value() || work_.epochs.has_value()) {
    ASSIGN_OR_RETURN(
        epochs_recorded_,
        work_.marks->Record(work_.era, work_.before, work_.epochs));
  }
  for (const std::shared_ptr<env::File>& file : work_.dirty) {
    RETURN_IF_ERROR(file->Sync());
  }
  if (!work_.names_changed) return absl::OkStatus();
  return work_.files->SyncDirectory(work_.directory);
}

}  // namespace barnabas::log
