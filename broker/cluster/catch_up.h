// CatchUp: from when on a broker that starts may obey what it is told.
//
// What: holds images back until they reach this broker's own registration. The
//   metadata arrives in pieces; an image of an earlier piece lacks topics that
//   came later, and whoever obeyed it would set their partitions aside as
//   strangers (C6) and tell clients that they are unknown.
// Place: inside broker/membership.
// Units: versions are offsets of the metadata log, as broker epochs are.
// Empty case: without an image, or before the first registration, nothing may
//   be obeyed.
// Thread: one at a time. Errors: none.
// Always true: images given out are newer and newer; once one was, none is
//   held back any more, also not for a later registration.
#ifndef BARNABAS_BROKER_CLUSTER_CATCH_UP_H_
#define BARNABAS_BROKER_CLUSTER_CATCH_UP_H_

#include <optional>

#include "metadata/image/cluster_image.h"
#include "proto/types/ids.h"

namespace barnabas::broker {

class CatchUp {
 public:
  void OnImage(image::ClusterImage image);
  void OnRegistered(BrokerEpoch epoch);

  // The newest image, if it may be obeyed and was not given out before.
  std::optional<image::ClusterImage> Take();

 private:
  std::optional<image::ClusterImage> newest_;
  std::optional<BrokerEpoch> registered_;
  bool caught_up_ = false;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_CLUSTER_CATCH_UP_H_
