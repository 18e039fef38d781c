// Delivery: what becomes of a record that was sent.
//
// Units: offsets; milliseconds. Empty case: offset -1 where none is known
//   (acks none, or a duplicate stored too long ago to be remembered).
// Thread: a plain value; who calls the callback says producer.h.
// Errors: the callback gets a status instead.
#ifndef BARNABAS_CLIENT_PRODUCER_DELIVERY_H_
#define BARNABAS_CLIENT_PRODUCER_DELIVERY_H_

#include <cstdint>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"

namespace barnabas::client {

// Where a record came to lie.
struct Delivery {
  int32_t partition = 0;
  int64_t offset = -1;
  // -1 unless the topic stamps append time.
  int64_t append_time_ms = -1;
  int32_t leader_epoch = -1;
  // v1.Durability as number: what the acknowledgement promises.
  int32_t durability = 0;
  bool duplicate = false;
};

using DeliveryCallback =
    absl::AnyInvocable<void(const absl::StatusOr<Delivery>&)>;

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_PRODUCER_DELIVERY_H_
