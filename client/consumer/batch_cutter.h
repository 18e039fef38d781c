// BatchCutter: cuts the payload of a fetch frame into whole batches.
//
// What: a payload arrives in pieces as gRPC delivers them. A batch that lies
//   within one piece is viewed where it is; one that straddles pieces is copied
//   together, once.
// Units: bytes. Empty case: no pieces, no batches.
// Thread: one at a time; views live as long as pieces and cutter.
// Errors: CORRUPT_RECORD if the bytes do not end where a batch ends.
#ifndef BARNABAS_CLIENT_CONSUMER_BATCH_CUTTER_H_
#define BARNABAS_CLIENT_CONSUMER_BATCH_CUTTER_H_

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "storage/record/batch_reader.h"

namespace barnabas::client {

class BatchCutter {
 public:
  absl::Status Cut(absl::Span<const std::string_view> pieces);

  const std::vector<record::BatchView>& batches() const { return batches_; }

 private:
  absl::Status Keep(std::string_view batch);

  std::vector<record::BatchView> batches_;
  // Batches that straddled; a deque, so that views stay valid.
  std::deque<std::string> copies_;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_CONSUMER_BATCH_CUTTER_H_
