#include "broker/service/applied_metadata.h"

#include <utility>

namespace barnabas::broker {

void AppliedMetadata::WhenApplied(
    LogIndex version, absl::Duration timeout,
    absl::AnyInvocable<void(const absl::Status&)> done) {
  follower_->WhenApplied(
      version, timeout,
      [this, version,
       done = std::move(done)](const absl::Status& followed) mutable {
        if (!followed.ok()) {
          done(followed);
          return;
        }
        table_->WhenApplied(version, [this, done = std::move(done)]() mutable {
          loop_->PostAlways(
              [done = std::move(done)]() mutable { done(absl::OkStatus()); });
        });
      });
}

}  // namespace barnabas::broker
