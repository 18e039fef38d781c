#include "broker/cluster/catch_up.h"

#include <utility>

namespace barnabas::broker {

void CatchUp::OnImage(image::ClusterImage image) { newest_ = std::move(image); }

void CatchUp::OnRegistered(BrokerEpoch epoch) { registered_ = epoch; }

std::optional<image::ClusterImage> CatchUp::Take() {
  if (!newest_.has_value()) return std::nullopt;
  if (!caught_up_) {
    if (!registered_.has_value() ||
        newest_->version().value() < registered_->value()) {
      return std::nullopt;
    }
    caught_up_ = true;
  }
  return std::exchange(newest_, std::nullopt);
}

}  // namespace barnabas::broker
