#include "controller/planner/voters_planner.h"

#include <gtest/gtest.h>

#include "tests/controller/planner/replan.h"

namespace barnabas::planner {
namespace {

using image::ImageBuilder;
using support::HasErrorCode;

internal::v1::VotersRecord Voters(int32_t count) {
  internal::v1::VotersRecord record;
  for (int32_t id = 1; id <= count; ++id) {
    internal::v1::Voter* voter = record.add_voters();
    voter->set_node_id(id);
    voter->set_directory_id(image::TestId(id).ToString());
    voter->set_host("controller");
    voter->set_port(9293);
  }
  return record;
}

TEST(Voters, AreOneRecordThatReplacesThemAll) {
  ImageBuilder builder;
  ASSERT_OK_AND_ASSIGN(const auto planned,
                       PlanVoters(ContextOf(builder), Voters(3)));
  EXPECT_EQ(planned.records.size(), 1u);
  EXPECT_EQ(planned.response.metadata_version(),
            ContextOf(builder).offset.value());
  Apply(planned.records, builder);
  ASSERT_EQ(builder.image().voters().size(), 3u);
  EXPECT_EQ(builder.image().voters()[2].id, NodeId(3));
}

TEST(Voters, CannotBeNone) {
  ImageBuilder builder;
  EXPECT_THAT(PlanVoters(ContextOf(builder), {}),
              HasErrorCode(ErrorCode::kInvalidRequest));
}

}  // namespace
}  // namespace barnabas::planner
