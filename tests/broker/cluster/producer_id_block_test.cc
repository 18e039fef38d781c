// Producer ids from a scripted controller.
#include "broker/cluster/producer_id_block.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "storage/env/system_clock.h"
#include "storage/env/thread_event_loop.h"
#include "tests/broker/cluster/fake_controller.h"
#include "tests/support/matchers.h"

namespace barnabas::broker {
namespace {

class ProducerIdBlockTest : public ::testing::Test {
 protected:
  void SetUp() override {
    controller_.on_allocate =
        [this](const internal::v1::AllocateProducerIdsRequest& request,
               internal::v1::AllocateProducerIdsResponse* response) {
          EXPECT_EQ(request.broker_id(), 100);
          EXPECT_EQ(request.broker_epoch(), 7);
          int call = 0;
          gate_.Update([&] { call = calls_++; });
          if (call < failures_) {
            return MakeError(ErrorCode::kControllerNotAvailable, "later");
          }
          response->set_first(1000 * call);
          response->set_count(block_);
          return absl::OkStatus();
        };
  }

  void Begin(absl::Duration timeout = absl::Seconds(10)) {
    ProducerIdBlock::Options options;
    options.broker = BrokerId(100);
    options.timeout = timeout;
    options.epoch = [this] { return epoch_; };
    ProducerIdBlock::Deps deps;
    deps.loop = loop_;
    deps.channels = &channels_;
    deps.controllers = &choice_;
    block_source_ = ProducerIdBlock::Make(options, deps);
  }

  void TearDown() override {
    bool done = false;
    loop_->PostAlways([&] {
      block_source_ = nullptr;
      gate_.Update([&] { done = true; });
    });
    EXPECT_TRUE(gate_.Wait([&] { return done; }));
    controller_.Stop();
    loop_->Stop();
  }

  void Ask(int count) {
    for (int i = 0; i < count; ++i) {
      block_source_->Next([this](absl::StatusOr<ProducerId> id) {
        gate_.Update([&] {
          ++answers_;
          if (id.ok()) {
            EXPECT_TRUE(ids_.insert(id->value()).second) << *id << " twice";
          } else {
            last_error_ = id.status();
          }
        });
      });
    }
  }

  env::SystemClock clock_;
  std::shared_ptr<env::ThreadEventLoop> loop_ =
      std::make_shared<env::ThreadEventLoop>(
          env::ThreadEventLoop::Options{&clock_, "test"});
  rpc::ChannelPool channels_{"test"};
  FakeController controller_;
  ControllerChoice choice_{{controller_.endpoint()}};
  std::unique_ptr<ProducerIdBlock> block_source_;
  std::optional<BrokerEpoch> epoch_ = BrokerEpoch(7);
  int64_t block_ = 1000;
  int failures_ = 0;

  Gate gate_;
  int calls_ = 0;
  int answers_ = 0;
  std::set<int64_t> ids_;
  absl::Status last_error_;
};

TEST_F(ProducerIdBlockTest, GivesEveryIdOnceAcrossManyBlocks) {
  Begin();
  Ask(5000);
  ASSERT_TRUE(gate_.Wait([&] { return answers_ == 5000; }));
  EXPECT_EQ(ids_.size(), 5000u);
  EXPECT_GE(calls_, 5);
  EXPECT_LE(calls_, 8);
}

TEST_F(ProducerIdBlockTest, FetchesTheNextBlockBeforeItIsNeeded) {
  Begin();
  Ask(600);
  ASSERT_TRUE(gate_.Wait([&] { return answers_ == 600 && calls_ == 2; }));
}

TEST_F(ProducerIdBlockTest, TriesAgainUntilAControllerAnswers) {
  failures_ = 3;
  Begin();
  Ask(1);
  ASSERT_TRUE(gate_.Wait([&] { return answers_ == 1; }));
  EXPECT_EQ(ids_.size(), 1u);
}

TEST_F(ProducerIdBlockTest, SaysSoWhenNoBlockComesInTime) {
  epoch_.reset();
  Begin(absl::Milliseconds(100));
  Ask(3);
  ASSERT_TRUE(gate_.Wait([&] { return answers_ == 3; }));
  EXPECT_TRUE(ids_.empty());
  EXPECT_EQ(CodeOf(last_error_), ErrorCode::kControllerNotAvailable);
}

TEST_F(ProducerIdBlockTest, AnswersThoseWhoWaitWhenItStops) {
  epoch_.reset();
  Begin();
  Ask(2);
  loop_->PostAlways([this] { block_source_->Stop(); });
  ASSERT_TRUE(gate_.Wait([&] { return answers_ == 2; }));
  EXPECT_EQ(CodeOf(last_error_), ErrorCode::kShuttingDown);
  Ask(1);
  ASSERT_TRUE(gate_.Wait([&] { return answers_ == 3; }));
  EXPECT_EQ(CodeOf(last_error_), ErrorCode::kShuttingDown);
}

}  // namespace
}  // namespace barnabas::broker
