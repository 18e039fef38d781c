// ImageBuilder: images in one line each, made as real ones are: by replay.
//
// What: starts with a bootstrapped cluster; every call is one entry more.
// Units: none. Empty case: the bootstrap record alone, version 0.
// Thread: that of the test. Errors: a refused entry fails the process; use
//   TryAppend to expect one.
#ifndef BARNABAS_TESTS_METADATA_IMAGE_IMAGE_BUILDER_H_
#define BARNABAS_TESTS_METADATA_IMAGE_IMAGE_BUILDER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "barnabas/internal/v1/cluster_record.pb.h"
#include "metadata/image/cluster_image.h"
#include "proto/types/uuid.h"

namespace barnabas::image {

// The same id for the same number.
Uuid TestId(uint64_t number);

class ImageBuilder {
 public:
  using Records = std::vector<internal::v1::ClusterRecord>;

  // `level`: of the feature "metadata"; the newest unless given.
  explicit ImageBuilder(int32_t level = 2);

  const ClusterImage& image() const { return image_; }

  // A broker that registered with incarnation TestId(id) and directory
  // TestId(1000 + id), and was unfenced.
  ImageBuilder& Broker(int32_t id, const std::string& rack = "");
  ImageBuilder& FencedBroker(int32_t id, const std::string& rack = "");
  // All replicas in sync, the first one leads. Its id is TestId of the count
  // of topics so far plus 1.
  ImageBuilder& Topic(const std::string& name,
                      const std::vector<std::vector<int32_t>>& replicas);
  ImageBuilder& Set(ConfigScope scope, const std::string& name,
                    const std::string& key, const std::string& value);
  ImageBuilder& Append(const Records& records);
  // One record, filled by `fill`.
  ImageBuilder& Add(
      const std::function<void(internal::v1::ClusterRecord&)>& fill);

  absl::Status TryAppend(const Records& records);

 private:
  ClusterImage image_;
  uint64_t topics_ = 0;
};

}  // namespace barnabas::image

#endif  // BARNABAS_TESTS_METADATA_IMAGE_IMAGE_BUILDER_H_
