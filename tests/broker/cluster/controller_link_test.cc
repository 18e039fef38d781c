// Registration and heartbeats against a scripted controller.
#include "broker/cluster/controller_link.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "storage/env/system_clock.h"
#include "storage/env/thread_event_loop.h"
#include "tests/broker/cluster/fake_controller.h"
#include "tests/support/matchers.h"

namespace barnabas::broker {
namespace {

using internal::v1::BrokerSessionRequest;
using internal::v1::BrokerSessionResponse;

BrokerSessionResponse Registered(int64_t epoch) {
  BrokerSessionResponse response;
  response.mutable_registered()->set_broker_epoch(epoch);
  response.mutable_registered()->set_heartbeat_ms(20);
  response.mutable_registered()->set_session_ms(400);
  return response;
}

BrokerSessionResponse Reply(bool fenced) {
  BrokerSessionResponse response;
  response.mutable_reply()->set_fenced(fenced);
  response.mutable_reply()->set_caught_up(true);
  return response;
}

class ControllerLinkTest : public ::testing::Test, public ControllerLinkEvents {
 protected:
  void StartLink() {
    std::vector<std::string> endpoints = {controller_.endpoint()};
    if (!second_.empty()) endpoints.insert(endpoints.begin(), second_);
    choice_ = std::make_unique<ControllerChoice>(endpoints);
    ControllerLink::Options options;
    options.cluster_id = Uuid::FromRandom(1, 1);
    options.broker = BrokerId(100);
    options.incarnation = Uuid::FromRandom(2, 2);
    options.directory = Uuid::FromRandom(3, 3);
    options.rack = "r1";
    options.endpoints = {{"client", "127.0.0.1", 9292}};
    options.version = "test";
    options.previous_epoch = BrokerEpoch(41);
    ControllerLink::Deps deps;
    deps.loop = loop_;
    deps.channels = &channels_;
    deps.controllers = choice_.get();
    deps.events = this;
    RunOnLoop([&] {
      link_ = ControllerLink::Make(options, deps);
      link_->Start();
    });
  }

  void TearDown() override {
    RunOnLoop([&] { link_ = nullptr; });
    controller_.Stop();
    loop_->Stop();
  }

  template <typename Work>
  void RunOnLoop(Work work) {
    bool done = false;
    loop_->PostAlways([&] {
      work();
      gate_.Update([&] { done = true; });
    });
    ASSERT_TRUE(gate_.Wait([&] { return done; }));
  }

  BrokerBeat NextBeat() override {
    BrokerBeat beat;
    gate_.Update([&] { beat = beat_; });
    return beat;
  }
  void OnRegistered(BrokerEpoch epoch) override {
    gate_.Update([&] { told_.epochs.push_back(epoch.value()); });
  }
  void OnReply(const BeatReply& reply) override {
    gate_.Update([&] {
      ++told_.replies;
      told_.last = reply;
    });
  }
  void OnDisconnected(const absl::Status& status) override {
    gate_.Update([&] { told_.disconnected.push_back(status); });
  }
  void OnRefused(const absl::Status& status) override {
    gate_.Update([&] { told_.refused = status; });
  }

  env::SystemClock clock_;
  std::shared_ptr<env::ThreadEventLoop> loop_ =
      std::make_shared<env::ThreadEventLoop>(
          env::ThreadEventLoop::Options{&clock_, "test"});
  rpc::ChannelPool channels_{"test"};
  FakeController controller_;
  std::string second_;
  std::unique_ptr<ControllerChoice> choice_;
  std::unique_ptr<ControllerLink> link_;

  Gate gate_;
  BrokerBeat beat_;
  // What the link told.
  struct Told {
    std::vector<int64_t> epochs;
    int replies = 0;
    BeatReply last;
    std::vector<absl::Status> disconnected;
    absl::Status refused;
  };
  Told told_;

  // What scripts change; they may still run when a test's own variables are
  // gone.
  std::atomic<int64_t> next_epoch_ = 10;
  std::atomic<int> sessions_ = 0;
  std::vector<BrokerSessionRequest> frames_;
};

TEST_F(ControllerLinkTest, RegistersAndBeats) {
  controller_.on_session = [&](FakeController::SessionStream* stream) {
    BrokerSessionRequest frame;
    while (stream->Read(&frame)) {
      gate_.Update([&] { frames_.push_back(frame); });
      stream->Write(frame.has_register_() ? Registered(77) : Reply(false));
    }
    return absl::OkStatus();
  };
  beat_.applied = LogIndex(5);
  beat_.want_fence = true;
  beat_.disk_free_bytes = 9;
  StartLink();
  ASSERT_TRUE(gate_.Wait([&] { return told_.replies >= 3; }));
  EXPECT_EQ(told_.epochs, std::vector<int64_t>{77});
  EXPECT_EQ(link_->epoch(), BrokerEpoch(77));
  gate_.Update([&] {
    ASSERT_GE(frames_.size(), 4u);
    const auto& registration = frames_[0].register_();
    EXPECT_EQ(registration.broker_id(), 100);
    EXPECT_EQ(registration.rack(), "r1");
    EXPECT_EQ(registration.previous_epoch(), 41);
    ASSERT_EQ(registration.endpoints_size(), 1);
    EXPECT_EQ(registration.endpoints(0).port(), 9292);
    const auto& beat = frames_[1].heartbeat();
    EXPECT_EQ(beat.broker_epoch(), 77);
    EXPECT_EQ(beat.applied_offset(), 5);
    EXPECT_TRUE(beat.want_fence());
    EXPECT_EQ(beat.disk_free_bytes(), 9);
  });
  EXPECT_FALSE(told_.last.fenced);
  EXPECT_TRUE(told_.last.caught_up);
}

TEST_F(ControllerLinkTest, RegistersAnewAfterABrokenStream) {
  controller_.on_session = [&](FakeController::SessionStream* stream) {
    BrokerSessionRequest frame;
    stream->Read(&frame);
    stream->Write(Registered(next_epoch_++));
    stream->Read(&frame);
    return MakeError(ErrorCode::kStaleBrokerEpoch, "register again");
  };
  StartLink();
  ASSERT_TRUE(gate_.Wait([&] { return told_.epochs.size() >= 3; }));
  EXPECT_EQ(told_.epochs[0], 10);
  EXPECT_EQ(told_.epochs[1], 11);
  EXPECT_EQ(told_.epochs[2], 12);
  EXPECT_EQ(CodeOf(told_.disconnected[0]), ErrorCode::kStaleBrokerEpoch);
  EXPECT_OK(told_.refused);
}

TEST_F(ControllerLinkTest, NewsDoNotWaitForTheNextBeat) {
  controller_.on_session = [&](FakeController::SessionStream* stream) {
    BrokerSessionRequest frame;
    stream->Read(&frame);
    BrokerSessionResponse registered = Registered(5);
    // Longer than the test waits.
    registered.mutable_registered()->set_heartbeat_ms(60000);
    registered.mutable_registered()->set_session_ms(60000);
    stream->Write(registered);
    while (stream->Read(&frame)) {
      gate_.Update([&] { frames_.push_back(frame); });
      stream->Write(Reply(false));
    }
    return absl::OkStatus();
  };
  StartLink();
  ASSERT_TRUE(gate_.Wait([&] { return !frames_.empty(); }));
  RunOnLoop([&] {
    link_->BeatNow();
    // That beat is on its way without the news: the loop hears that it left
    // only when this is over.
    gate_.Update([&] { beat_.want_stop = true; });
    link_->BeatNow();
  });
  EXPECT_TRUE(
      gate_.Wait([&] { return frames_.back().heartbeat().want_stop(); }));
}

TEST_F(ControllerLinkTest, NeverGoesBackToAnOlderEpoch) {
  controller_.on_session = [&](FakeController::SessionStream* stream) {
    gate_.Update([&] { ++sessions_; });
    BrokerSessionRequest frame;
    stream->Read(&frame);
    stream->Write(Registered(next_epoch_--));
    while (stream->Read(&frame)) {
      if (next_epoch_ >= 9) break;
    }
    return absl::OkStatus();
  };
  StartLink();
  ASSERT_TRUE(gate_.Wait([&] { return sessions_ >= 4; }));
  EXPECT_EQ(told_.disconnected.size(), 1u) << "one outage is told once";
  EXPECT_EQ(told_.epochs, std::vector<int64_t>{10});
}

TEST_F(ControllerLinkTest, DialsAgainWhenTheControllerFallsSilent) {
  controller_.on_session = [&](FakeController::SessionStream* stream) {
    ++sessions_;
    BrokerSessionRequest frame;
    stream->Read(&frame);
    stream->Write(Registered(10 + sessions_));
    while (stream->Read(&frame)) {
      // Reads every beat and answers none.
    }
    return absl::OkStatus();
  };
  StartLink();
  EXPECT_TRUE(gate_.Wait([&] { return told_.epochs.size() >= 2; }));
}

TEST_F(ControllerLinkTest, TellsWhatCannotBeMended) {
  controller_.on_session = [&](FakeController::SessionStream*) {
    return MakeError(ErrorCode::kInconsistentClusterId, "another cluster");
  };
  StartLink();
  ASSERT_TRUE(gate_.Wait([&] { return !told_.refused.ok(); }));
  EXPECT_EQ(CodeOf(told_.refused), ErrorCode::kInconsistentClusterId);
}

TEST_F(ControllerLinkTest, BelievesTheFailedFrameBeforeTheStatus) {
  controller_.on_session = [&](FakeController::SessionStream* stream) {
    BrokerSessionResponse failed;
    failed.mutable_failed()->set_code(v1::ERROR_CODE_INVALID_REGISTRATION);
    stream->Write(failed);
    return absl::OkStatus();
  };
  StartLink();
  ASSERT_TRUE(gate_.Wait([&] { return !told_.refused.ok(); }));
  EXPECT_EQ(CodeOf(told_.refused), ErrorCode::kInvalidRegistration);
}

TEST_F(ControllerLinkTest, WaitsForATwinToGoBeforeItGivesUp) {
  controller_.on_session = [&](FakeController::SessionStream* stream) {
    BrokerSessionRequest frame;
    stream->Read(&frame);
    if (++sessions_ < 4) {
      return MakeError(ErrorCode::kDuplicateBrokerRegistration, "a twin");
    }
    stream->Write(Registered(50));
    while (stream->Read(&frame)) stream->Write(Reply(false));
    return absl::OkStatus();
  };
  StartLink();
  ASSERT_TRUE(gate_.Wait([&] { return told_.replies > 0; }));
  EXPECT_OK(told_.refused);
}

TEST_F(ControllerLinkTest, ATwinIsNotForgottenForControllersThatDoNotLead) {
  controller_.on_session = [&](FakeController::SessionStream* stream) {
    BrokerSessionRequest frame;
    stream->Read(&frame);
    // Two sessions are 800 ms from here on.
    if (++sessions_ == 1) {
      stream->Write(Registered(50));
      return absl::OkStatus();
    }
    return sessions_ % 2 == 0
               ? MakeError(ErrorCode::kDuplicateBrokerRegistration, "a twin")
               : MakeError(ErrorCode::kNotController, "another one leads");
  };
  StartLink();
  ASSERT_TRUE(gate_.Wait([&] { return !told_.refused.ok(); }));
  EXPECT_EQ(CodeOf(told_.refused), ErrorCode::kDuplicateBrokerRegistration);
}

TEST_F(ControllerLinkTest, GoesToTheNextControllerWhenOneCannotBeReached) {
  // A port that nobody listens on.
  {
    FakeController gone;
    second_ = gone.endpoint();
  }
  controller_.on_session = [&](FakeController::SessionStream* stream) {
    BrokerSessionRequest frame;
    stream->Read(&frame);
    stream->Write(Registered(5));
    while (stream->Read(&frame)) stream->Write(Reply(true));
    return absl::OkStatus();
  };
  StartLink();
  ASSERT_TRUE(gate_.Wait([&] { return told_.replies > 0; }));
  EXPECT_GE(told_.disconnected.size(), 1u);
  EXPECT_EQ(choice_->Current(), controller_.endpoint());
}

TEST_F(ControllerLinkTest, FollowsTheHintOfAControllerThatDoesNotLead) {
  FakeController standby;
  standby.on_session = [&](FakeController::SessionStream*) {
    LeaderHint hint;
    hint.endpoint = controller_.endpoint();
    return WithLeader(MakeError(ErrorCode::kNotController, "not me"), hint);
  };
  second_ = standby.endpoint();
  controller_.on_session = [&](FakeController::SessionStream* stream) {
    BrokerSessionRequest frame;
    stream->Read(&frame);
    stream->Write(Registered(5));
    while (stream->Read(&frame)) stream->Write(Reply(true));
    return absl::OkStatus();
  };
  StartLink();
  EXPECT_TRUE(gate_.Wait([&] { return told_.replies > 0; }));
}

}  // namespace
}  // namespace barnabas::broker
