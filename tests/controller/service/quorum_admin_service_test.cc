// The quorum as administrators see it, on a controller that is alone.
#include "controller/service/quorum_admin_service.h"

#include <gtest/gtest.h>

#include "tests/controller/controller_fixture.h"
#include "tests/support/matchers.h"

namespace barnabas::controller {
namespace {

using ::barnabas::support::HasErrorCode;
using Stub = v1::QuorumAdmin::Stub;

class QuorumAdminServiceTest : public ControllerFixture {
 protected:
  void SetUp() override {
    ControllerFixture::SetUp();
    Format();
    StartController();
  }
};

TEST_F(QuorumAdminServiceTest, DescribesItsOnlyVoter) {
  for (const bool local : {false, true}) {
    v1::DescribeQuorumRequest request;
    request.set_local(local);
    ASSERT_OK_AND_ASSIGN(const auto quorum,
                         Call(&Stub::DescribeQuorum, request));
    EXPECT_EQ(quorum.cluster_id(), kCluster.ToString());
    EXPECT_EQ(quorum.node_id(), 1);
    EXPECT_EQ(quorum.leader_id(), 1);
    EXPECT_EQ(quorum.term(), 1);
    EXPECT_GE(quorum.committed_end(), 3);
    ASSERT_EQ(quorum.replicas_size(), 1);
    EXPECT_TRUE(quorum.replicas(0).voter());
    EXPECT_TRUE(quorum.replicas(0).leader());
    EXPECT_EQ(quorum.replicas(0).directory_id(), quorum.directory_id());
  }
}

TEST_F(QuorumAdminServiceTest, RefusesChangesThatCannotBe) {
  v1::RemoveVoterRequest last;
  last.set_id(1);
  EXPECT_THAT(Call(&Stub::RemoveVoter, last),
              HasErrorCode(ErrorCode::kInvalidRequest));
  v1::TransferLeadershipRequest nobody;
  nobody.set_id(2);
  EXPECT_THAT(Call(&Stub::TransferLeadership, nobody),
              HasErrorCode(ErrorCode::kInvalidRequest));
  v1::AddVoterRequest nowhere;
  nowhere.set_id(2);
  nowhere.set_directory_id("none");
  EXPECT_THAT(Call(&Stub::AddVoter, nowhere),
              HasErrorCode(ErrorCode::kInvalidRequest));
  v1::AddVoterRequest twin;
  twin.set_id(1);
  twin.set_directory_id(Uuid::FromRandom(9, 9).ToString());
  twin.set_host("localhost");
  twin.set_port(9293);
  EXPECT_THAT(Call(&Stub::AddVoter, twin),
              HasErrorCode(ErrorCode::kInvalidRequest));
  EXPECT_OK(SetCluster("num.partitions", "7"));
}

TEST_F(QuorumAdminServiceTest, OneAdditionAtATimeAndNoneBlocksTheCluster) {
  v1::AddVoterRequest absent;
  absent.set_id(2);
  absent.set_directory_id(Uuid::FromRandom(9, 9).ToString());
  absent.set_host("127.0.0.1");
  absent.set_port(1);
  Stub stub(channel_);
  grpc::ClientContext first;
  SetDeadline(&first, 300);
  v1::AddVoterResponse response;
  EXPECT_FALSE(stub.AddVoter(&first, absent, &response).ok());
  EXPECT_THAT(Call(&Stub::AddVoter, absent),
              HasErrorCode(ErrorCode::kInvalidRequest))
      << "the first one still waits";
  EXPECT_OK(SetCluster("num.partitions", "7"));
  ASSERT_OK_AND_ASSIGN(const auto quorum, Call(&Stub::DescribeQuorum, {}));
  ASSERT_EQ(quorum.replicas_size(), 2);
  EXPECT_FALSE(quorum.replicas(1).voter());
}

}  // namespace
}  // namespace barnabas::controller
