// A disk whose syncs fail (S6), beneath real processes: strace answers EIO in
// the kernel's place. Nothing is acknowledged after it, also not when a later
// sync succeeds; the others go on; a new start mends it.

#include <grpcpp/client_context.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "barnabas/v1/consumer.grpc.pb.h"
#include "barnabas/v1/producer.grpc.pb.h"
#include "barnabas/v1/topic_admin.grpc.pb.h"
#include "proto/types/error.h"
#include "storage/env/system_clock.h"
#include "tests/chaos/process_proof.h"
#include "tests/e2e/local_cluster.h"
#include "tests/support/matchers.h"

namespace barnabas::chaos {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);
constexpr char kStrace[] = "/usr/bin/strace";

// Lets every sync of a process fail, of files below `path` only if one is
// given, until it is ended.
class FailingSyncs {
 public:
  FailingSyncs(const e2e::NodeProcess& process, const std::string& path,
               const std::string& output)
      : output_(output), strace_(Command(process, path), output) {}

  // The process is held, or strace says why not.
  absl::Status AwaitAttached() { return AwaitOutput(" attached"); }
  // A sync did fail.
  absl::Status AwaitInjected() { return AwaitOutput("(INJECTED)"); }
  // Lets go.
  void End() {
    strace_.Signal(SIGTERM);
    strace_.WaitForExit(kPatience);
  }

 private:
  static std::vector<std::string> Command(const e2e::NodeProcess& process,
                                          const std::string& path) {
    std::vector<std::string> command = {
        kStrace, "-f",
        "-p",    std::to_string(process.pid()),
        "-e",    "trace=fdatasync,fsync",
        "-e",    "inject=fdatasync,fsync:error=EIO"};
    if (!path.empty()) command.insert(command.end(), {"-P", path});
    return command;
  }

  absl::Status AwaitOutput(const std::string& wanted) {
    const env::SystemClock clock;
    while (clock.Monotonic() < kPatience) {
      const std::string said = e2e::ReadText(output_);
      if (absl::StrContains(said, wanted)) return absl::OkStatus();
      if (strace_.WaitForExit(absl::Milliseconds(5)).has_value()) {
        return MakeError(ErrorCode::kInternal, "strace ended: " + said);
      }
    }
    return MakeError(ErrorCode::kInternal, "strace never says" + wanted);
  }

  const std::string output_;
  e2e::NodeProcess strace_;
};

class SyncFailure : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(std::filesystem::exists(kStrace))
        << "strace is not installed; tools/setup --tests brings it";
    cluster_ = std::make_unique<e2e::LocalCluster>(
        testing::UnitTest::GetInstance()->current_test_info()->name());
    cluster_->Start();
  }

  std::unique_ptr<grpc::ClientContext> Context() const {
    auto context = std::make_unique<grpc::ClientContext>();
    context->set_wait_for_ready(true);
    context->set_deadline(e2e::Deadline(kPatience));
    return context;
  }

  v1::ProduceResult Produce(const std::string& topic, int32_t partition,
                            const std::string& value) const {
    v1::ProduceRequest request;
    v1::ProduceBatch* batch = request.add_batches();
    batch->mutable_topic()->set_name(topic);
    batch->set_partition(partition);
    batch->mutable_structured()->add_records()->set_value(value);
    v1::ProduceResponse response;
    const grpc::Status status =
        v1::Producer::NewStub(cluster_->Dial())
            ->Produce(Context().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.results_size() == 1 ? response.results(0)
                                        : v1::ProduceResult();
  }

  std::vector<std::string> ReadAll(const std::string& topic,
                                   int32_t partition) const {
    v1::PollRequest request;
    request.mutable_topic()->set_name(topic);
    v1::PollPartition* place = request.add_partitions();
    place->set_partition(partition);
    place->mutable_begin()->set_start(true);
    v1::PollResponse response;
    const grpc::Status status = v1::Consumer::NewStub(cluster_->Dial())
                                    ->Poll(Context().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::vector<std::string> values;
    for (const v1::FetchedPartition& part : response.partitions()) {
      EXPECT_FALSE(part.has_error()) << part.error().ShortDebugString();
      for (const v1::Record& record : part.structured().records()) {
        values.push_back(record.value());
      }
    }
    return values;
  }

  // The data file of partition 0 of the only topic.
  std::string LogFile() const {
    for (const auto& folder :
         std::filesystem::directory_iterator(cluster_->broker_data())) {
      const std::string name = folder.path().filename().string();
      if (folder.is_directory() && absl::EndsWith(name, "-0")) {
        return folder.path().string() + "/00000000000000000000.log";
      }
    }
    return "";
  }

  std::string StraceOutput() const { return cluster_->folder() + "/strace"; }

  std::unique_ptr<e2e::LocalCluster> cluster_;
};

TEST_F(SyncFailure, NothingIsAcknowledgedAfterItAndOthersGoOn) {
  cluster_->CreateTopic("t", 2);
  EXPECT_FALSE(Produce("t", 0, "before").has_error());
  EXPECT_FALSE(Produce("t", 1, "before").has_error());
  FailingSyncs failing(*cluster_->broker(), LogFile(), StraceOutput());
  ASSERT_OK(failing.AwaitAttached());

  const v1::ProduceResult refused = Produce("t", 0, "during");
  EXPECT_EQ(refused.error().code(), v1::ERROR_CODE_STORAGE_ERROR)
      << refused.ShortDebugString();
  ASSERT_OK(failing.AwaitInjected());
  EXPECT_FALSE(Produce("t", 1, "during").has_error());
  EXPECT_EQ(ReadAll("t", 0), std::vector<std::string>{"before"});

  failing.End();
  const v1::ProduceResult later = Produce("t", 0, "later");
  EXPECT_EQ(later.error().code(), v1::ERROR_CODE_STORAGE_ERROR)
      << "a sync that succeeds after one that failed proves nothing";
  EXPECT_TRUE(absl::StrContains(later.error().hint(), "restart"))
      << later.error().ShortDebugString();
  EXPECT_TRUE(absl::StrContains(e2e::ReadText(cluster_->broker_output()),
                                "takes nothing more, its sync failed"));

  ASSERT_OK(KillProven(cluster_->broker()));
  cluster_->StartBroker();
  cluster_->WaitForBroker();
  const v1::ProduceResult after = Produce("t", 0, "after");
  EXPECT_FALSE(after.has_error()) << after.ShortDebugString();
  const std::vector<std::string> values = ReadAll("t", 0);
  ASSERT_GE(values.size(), 2u);
  EXPECT_EQ(values.front(), "before");
  EXPECT_EQ(values.back(), "after");
  EXPECT_EQ(after.base_offset(), static_cast<int64_t>(values.size()) - 1);
  EXPECT_EQ(ReadAll("t", 1), (std::vector<std::string>{"before", "during"}));
}

TEST_F(SyncFailure, AControllerThatCannotSyncEndsAndSaysWhy) {
  cluster_->CreateTopic("t", 1);
  FailingSyncs failing(*cluster_->controller(), "", StraceOutput());
  ASSERT_OK(failing.AwaitAttached());
  v1::CreateTopicsRequest request;
  request.add_topics()->set_name("never");
  request.mutable_topics(0)->set_partitions(1);
  v1::CreateTopicsResponse response;
  auto context = Context();
  context->set_deadline(e2e::Deadline(absl::Seconds(10)));
  const grpc::Status status =
      v1::TopicAdmin::NewStub(cluster_->Dial())
          ->CreateTopics(context.get(), request, &response);
  EXPECT_TRUE(!status.ok() || response.results(0).has_error())
      << "created without a sync";
  ASSERT_OK(failing.AwaitInjected());
  const std::optional<int> code =
      cluster_->controller()->WaitForExit(kPatience);
  EXPECT_EQ(code, 1);
  const std::string said =
      e2e::ReadText(cluster_->folder() + "/controller.txt");
  EXPECT_TRUE(absl::StrContains(said, "The metadata log has failed")) << said;
  // The broker serves on, and a new controller is followed.
  EXPECT_FALSE(Produce("t", 0, "meanwhile").has_error());
  failing.End();
  cluster_->StartController();
  cluster_->CreateTopic("mended", 1);
  EXPECT_FALSE(Produce("mended", 0, "after").has_error());
}

}  // namespace
}  // namespace barnabas::chaos
