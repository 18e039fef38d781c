#include "broker/disk_watch.h"

#include <glog/logging.h>

#include "barnabas/v1/producer.grpc.pb.h"
#include "metadata/config/effective.h"

namespace barnabas::broker {

void DiskWatch::Start() {
  Take(deps_.directory->Space());
  Again();
}

void DiskWatch::Again() {
  deps_.control->After(DiskGuard::kInterval, [this] {
    const bool taken = deps_.workers->Run([this] {
      deps_.control->PostAlways([this, space = deps_.directory->Space()] {
        Take(space);
        Again();
      });
    });
    // Workers that are all busy leave it to the next time.
    if (!taken) Again();
  });
}

void DiskWatch::Take(const absl::StatusOr<env::FileSystem::Space>& space) {
  if (!space.ok()) {
    LOG_IF(WARNING, !failing_) << "The disk of " << deps_.directory->path()
                               << " cannot be measured: " << space.status();
    failing_ = true;
    return;
  }
  failing_ = false;
  const v1::BrokerDynamicConfig config =
      config::BrokerConfigOf(deps_.table->image(), deps_.self);
  const bool changed = deps_.guard->Measured(
      *space, {.reserve_bytes = config.disk_reserve_bytes(),
               .reserve_percent = config.disk_reserve_percent()});
  if (!changed) return;
  const DiskGuard::Facts now = deps_.guard->facts();
  deps_.health->HoldService(v1::Producer::service_full_name(), now.full);
  if (now.full) {
    LOG(ERROR) << "The disk of " << deps_.directory->path()
               << " is nearly full: " << now.free_bytes << " of "
               << now.total_bytes << " bytes are free, " << now.reserve_bytes
               << " are kept in reserve; produce is refused (DISK_FULL), reads "
                  "go on";
  } else {
    LOG(INFO) << "The disk of " << deps_.directory->path() << " has "
              << now.free_bytes << " bytes free again; produce goes on";
  }
}

}  // namespace barnabas::broker
