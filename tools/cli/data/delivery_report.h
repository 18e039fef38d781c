// DeliveryReport: what became of what `produce` sent.
//
// What: collects acknowledgements and makes the line that ends a run:
//   "orders[4]@0 orders[1]@7-9   4 records, all replicas on disk, 3.1 ms".
// Units: records, offsets, absl::Duration.
// Empty case: nothing sent is "0 records".
// Thread: Take from any thread; the rest when all answers are there.
// Errors: Verdict gives the first failure with how many there were; an unknown
//   outcome wins over a refusal, since it must not be taken for one.
#ifndef BARNABAS_TOOLS_CLI_DATA_DELIVERY_REPORT_H_
#define BARNABAS_TOOLS_CLI_DATA_DELIVERY_REPORT_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client/producer/producer.h"

namespace barnabas::cli {

class DeliveryReport {
 public:
  explicit DeliveryReport(std::string topic) : topic_(std::move(topic)) {}

  void Take(const absl::StatusOr<client::Delivery>& delivery);

  // `acknowledged` false: acks were not asked for.
  std::string Line(absl::Duration took, bool acknowledged) const;
  absl::Status Verdict() const;
  int64_t delivered() const;

 private:
  struct Range {
    int64_t first = -1;
    int64_t last = -1;
    int64_t records = 0;
  };

  const std::string topic_;
  mutable absl::Mutex mutex_;
  std::map<int32_t, Range> ranges_ ABSL_GUARDED_BY(mutex_);
  int64_t delivered_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t duplicates_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t failed_ ABSL_GUARDED_BY(mutex_) = 0;
  // The weakest of all acknowledgements.
  int32_t durability_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_DATA_DELIVERY_REPORT_H_
