// Calls of leaders, on two brokers that lead one partition each.
#include "client/admin/leader_admin.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "barnabas/v1/topic_admin.grpc.pb.h"
#include "client/rpc/status_bridge.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"

namespace barnabas::client {
namespace {

// Trims the partition that it leads; names the other's leader.
class Broker final : public v1::TopicAdmin::Service {
 public:
  explicit Broker(int32_t leads) : leads_(leads) {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    endpoint = absl::StrCat("127.0.0.1:", port);
  }

  grpc::Status TrimTopic(grpc::ServerContext*,
                         const v1::TrimTopicRequest* request,
                         v1::TrimTopicResponse* response) override {
    std::vector<int32_t> wanted(request->partitions().begin(),
                                request->partitions().end());
    if (wanted.empty()) wanted = {0, 1};
    asked.push_back(wanted);
    response->set_topic("t");
    for (const int32_t index : wanted) {
      v1::TrimmedPartition* entry = response->add_partitions();
      entry->set_partition(index);
      if (index == leads_) {
        entry->set_log_start(request->to().offset());
        continue;
      }
      LeaderHint hint;
      hint.endpoint = other;
      *entry->mutable_error() =
          ToProto(WithLeader(MakeError(ErrorCode::kNotLeader, "not me"), hint));
    }
    return grpc::Status::OK;
  }

  std::string endpoint;
  std::string other;
  std::vector<std::vector<int32_t>> asked;

 private:
  const int32_t leads_;
  std::unique_ptr<grpc::Server> server_;
};

class LeaderAdminTest : public testing::Test {
 protected:
  LeaderAdminTest() : first_(0), second_(1) {
    first_.other = second_.endpoint;
    second_.other = first_.endpoint;
    ClientOptions options;
    options.request_timeout = absl::Seconds(20);
    caller_ = std::make_unique<NodeCaller>(
        options, std::vector<std::string>{first_.endpoint});
    leaders_ = LeaderAdmin::Make(caller_.get());
    request_.mutable_to()->set_offset(7);
  }

  Broker first_;
  Broker second_;
  std::unique_ptr<NodeCaller> caller_;
  std::unique_ptr<LeaderAdmin> leaders_;
  v1::TrimTopicRequest request_;
};

TEST_F(LeaderAdminTest, EachPartitionIsTrimmedByItsLeaderOnce) {
  const auto response = leaders_->TrimTopic(request_);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->partitions_size(), 2);
  for (const v1::TrimmedPartition& entry : response->partitions()) {
    EXPECT_FALSE(entry.has_error()) << entry.DebugString();
    EXPECT_EQ(entry.log_start(), 7);
  }
  EXPECT_EQ(first_.asked, (std::vector<std::vector<int32_t>>{{0, 1}}));
  EXPECT_EQ(second_.asked, (std::vector<std::vector<int32_t>>{{1}}));
}

TEST_F(LeaderAdminTest, ALeaderThatCannotBeReachedIsToldForItsPartitions) {
  first_.other = "127.0.0.1:1";
  const auto response = leaders_->TrimTopic(request_);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_FALSE(response->partitions(0).has_error());
  ASSERT_TRUE(response->partitions(1).has_error());
  EXPECT_NE(response->partitions(1).error().message(), "");
}

TEST_F(LeaderAdminTest, BrokersThatNameEachOtherAreNotAskedForEver) {
  Broker liar(5);
  liar.other = first_.endpoint;
  first_.other = liar.endpoint;
  request_.add_partitions(1);
  const auto response = leaders_->TrimTopic(request_);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->partitions(0).error().code(), v1::ERROR_CODE_NOT_LEADER);
  EXPECT_LE(first_.asked.size() + liar.asked.size(), 4u);
}

}  // namespace
}  // namespace barnabas::client
