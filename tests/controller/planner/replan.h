// Replan: plans one after the other on a growing image.
//
// What: applies a plan's records as the active controller would, and checks
//   the image's invariants after each.
// Units: none. Empty case: a plan without records changes nothing.
// Thread: that of the test. Errors: a plan that cannot be replayed, or that
//   breaks an invariant, fails the test.
#ifndef BARNABAS_TESTS_CONTROLLER_PLANNER_REPLAN_H_
#define BARNABAS_TESTS_CONTROLLER_PLANNER_REPLAN_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "barnabas/internal/v1/cluster_record.pb.h"
#include "controller/planner/plan_context.h"
#include "metadata/image/invariants.h"
#include "tests/metadata/image/image_builder.h"
#include "tests/support/matchers.h"

namespace barnabas::planner {

inline PlanContext ContextOf(const image::ImageBuilder& builder,
                             uint64_t seed = 1) {
  return PlanContext{builder.image(), builder.image().version().Next(), 1234,
                     seed};
}

inline void Apply(const std::vector<internal::v1::ClusterRecord>& records,
                  image::ImageBuilder& builder) {
  const image::ClusterImage before = builder.image();
  ASSERT_OK(builder.TryAppend(records));
  EXPECT_OK(image::CheckInvariants(builder.image()));
  EXPECT_OK(image::CheckStep(before, builder.image()));
}

}  // namespace barnabas::planner

#endif  // BARNABAS_TESTS_CONTROLLER_PLANNER_REPLAN_H_
