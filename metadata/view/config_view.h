// Config view: settings of one scope as callers see them.
//
// What: every setting that may be set there, with value, origin, default,
//   bounds and meaning.
// Units: those of each setting. Empty case: without keys all are listed.
// Thread: pure function.
// Errors: those of ResolveScope; INVALID_SETTING naming every unknown key, the
//   nearest known one beside it.
#ifndef BARNABAS_METADATA_VIEW_CONFIG_VIEW_H_
#define BARNABAS_METADATA_VIEW_CONFIG_VIEW_H_

#include "absl/status/statusor.h"
#include "barnabas/v1/config_admin.pb.h"
#include "metadata/image/cluster_image.h"

namespace barnabas::view {

absl::StatusOr<v1::DescribeConfigResponse> DescribeConfig(
    const image::ClusterImage& image, const v1::DescribeConfigRequest& request);

}  // namespace barnabas::view

#endif  // BARNABAS_METADATA_VIEW_CONFIG_VIEW_H_
