// Floods that gRPC 1.51 cannot bound, against the listener that watches them.
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/escaping.h"
#include "barnabas/v1/node_admin.grpc.pb.h"
#include "client/serving/listener.h"
#include "client/serving/node_admin.h"
#include "storage/env/system_clock.h"
#include "storage/env/thread_event_loop.h"
#include "tests/client/serving/http2_caller.h"
#include "tests/support/matchers.h"

namespace barnabas::rpc {
namespace {

constexpr char kPath[] = "/barnabas.v1.NodeAdmin/GetLogLevels";
// No flood below goes on for longer, whatever the server does.
constexpr int64_t kFloodBytesMax = 512 * kMiB;

class FloodTest : public ::testing::Test {
 protected:
  FloodTest() : loop_({&clock_, "test"}), admin_(&levels_, &loop_, nullptr) {}

  void StartListener(ListenerOptions options = {}) {
    options.name = "test";
    options.host = "127.0.0.1";
    options.services = {{v1::NodeAdmin::service_full_name(), &admin_}};
    options.guard.fruitless_bytes_max = 2 * kMiB;
    auto started = Listener::Start(options);
    ASSERT_OK(started);
    listener_ = *std::move(started);
    channel_ = NewChannel();
    ASSERT_TRUE(OthersAreServed());
  }

  // A client that was there before the attack.
  bool OthersAreServed() {
    grpc::ClientContext context;
    context.set_deadline(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                      gpr_time_from_seconds(30, GPR_TIMESPAN)));
    context.set_wait_for_ready(true);
    v1::GetLogLevelsResponse response;
    const grpc::Status status = v1::NodeAdmin::NewStub(channel_)->GetLogLevels(
        &context, v1::GetLogLevelsRequest(), &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return status.ok();
  }

  std::shared_ptr<grpc::Channel> NewChannel() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(
        "127.0.0.1:" + std::to_string(listener_->port()),
        grpc::InsecureChannelCredentials(), arguments);
  }

  // The begin of a literal whose value is said to have some 268 million bytes
  // (RFC 7541, 5.1), in a block that goes on.
  static void SayLiteral(Http2Caller* caller) {
    caller->Send(http2::Frame(http2::kHeaders, 0, 1,
                              std::string("\x10\x01x\x7f\x80\xff\xff\x7f", 8)));
  }

  // A caller that greets, opens a call, and floods with `piece`.
  void ExpectCut(const std::string& piece) {
    StartListener();
    Http2Caller caller(listener_->port());
    caller.Greet();
    caller.Send(http2::Frame(http2::kHeaders, http2::kEndHeaders, 1,
                             http2::CallHeaders(kPath)));
    EXPECT_TRUE(caller.FloodsUntilCut(piece, kFloodBytesMax))
        << caller.sent_bytes();
    EXPECT_TRUE(OthersAreServed());
  }

  env::SystemClock clock_;
  env::ThreadEventLoop loop_;
  env::LogLevels levels_;
  NodeAdminService admin_;
  std::unique_ptr<Listener> listener_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(FloodTest, StreamsResetAsTheyOpenAreSeen) {
  StartListener();
  Http2Caller caller(listener_->port());
  caller.Greet();
  uint32_t stream = 1;
  bool cut = false;
  while (!cut && stream < 400000) {
    std::string pairs;
    for (int i = 0; i < 100; ++i, stream += 2) {
      pairs += http2::Frame(http2::kHeaders, http2::kEndHeaders, stream,
                            http2::CallHeaders(kPath));
      pairs += http2::Frame(http2::kRstStream, 0, stream, http2::Number(8));
    }
    cut = !caller.Send(pairs);
  }
  EXPECT_TRUE(cut) << stream;
  EXPECT_EQ(listener_->offenders(), 1);
  EXPECT_TRUE(OthersAreServed());
}

TEST_F(FloodTest, HeadersWithoutEndAreSeen) {
  StartListener();
  Http2Caller caller(listener_->port());
  caller.Greet();
  SayLiteral(&caller);
  EXPECT_TRUE(caller.FloodsUntilCut(
      http2::Frame(http2::kContinuation, 0, 1, std::string(16 * kKiB, 'a')),
      kFloodBytesMax));
  EXPECT_TRUE(OthersAreServed());
}

// gRPC reads a flood where it was brought to it, and reads on.
TEST_F(FloodTest, AFloodKeepsNobodyElseOut) {
  ListenerOptions options;
  options.guard.unanswered_max = absl::InfiniteDuration();
  StartListener(options);
  std::atomic<bool> cut = false;
  std::thread flood([&] {
    Http2Caller caller(listener_->port());
    caller.Greet();
    SayLiteral(&caller);
    caller.FloodsUntilCut(
        http2::Frame(http2::kContinuation, 0, 1, std::string(9, 'a')),
        kFloodBytesMax);
    cut = true;
  });
  for (int i = 0; i < 20 && !cut; ++i) {
    channel_ = NewChannel();
    EXPECT_TRUE(OthersAreServed());
  }
  listener_ = nullptr;
  flood.join();
}

TEST_F(FloodTest, SmallHeadersWithoutEndAreSeen) {
  StartListener();
  Http2Caller caller(listener_->port());
  caller.Greet();
  caller.Send(http2::Frame(http2::kHeaders, 0, 1, http2::Header("a", "b")));
  std::string block;
  while (block.size() < 8 * kKiB) block += http2::Header("name", "value");
  EXPECT_TRUE(caller.FloodsUntilCut(
      http2::Frame(http2::kContinuation, 0, 1, block), kFloodBytesMax));
  EXPECT_TRUE(OthersAreServed());
}

TEST_F(FloodTest, EmptyContinuationsAreSeen) {
  StartListener();
  Http2Caller caller(listener_->port());
  caller.Greet();
  caller.Send(http2::Frame(http2::kHeaders, 0, 1, http2::Header("a", "b")));
  EXPECT_TRUE(caller.FloodsUntilCut(
      http2::Frame(http2::kContinuation, 0, 1, ""), kFloodBytesMax));
  EXPECT_TRUE(OthersAreServed());
}

TEST_F(FloodTest, SettingsAreSeen) {
  ExpectCut(http2::Frame(http2::kSettings, 0, 0, ""));
}

TEST_F(FloodTest, PingsAreSeen) {
  ExpectCut(http2::Frame(http2::kPing, 0, 0, "12345678"));
}

TEST_F(FloodTest, WindowUpdatesAreSeen) {
  ExpectCut(http2::Frame(http2::kWindowUpdate, 0, 0, http2::Number(1)));
}

TEST_F(FloodTest, PrioritiesAreSeen) {
  ExpectCut(http2::Frame(http2::kPriority, 0, 1, std::string(5, '\0')));
}

TEST_F(FloodTest, EmptyDataIsSeen) {
  ExpectCut(http2::Frame(http2::kData, 0, 1, ""));
}

TEST_F(FloodTest, UnknownFramesAreSeen) {
  ExpectCut(http2::Frame(static_cast<http2::FrameType>(77), 0, 0, "what?"));
}

TEST_F(FloodTest, AFloodBeforeTheFirstStreamIsCutEarly) {
  StartListener();
  Http2Caller caller(listener_->port());
  caller.Greet();
  EXPECT_TRUE(caller.FloodsUntilCut(
      http2::Frame(http2::kWindowUpdate, 0, 0, http2::Number(1)),
      kFloodBytesMax));
  EXPECT_TRUE(OthersAreServed());
}

// Answers that nobody reads may not pile up either.
TEST_F(FloodTest, SettingsOfACallerThatReadsNothingAreCut) {
  StartListener();
  Http2Caller caller(listener_->port());
  caller.Greet();
  caller.ReadNothing();
  caller.FloodsUntilCut(http2::Frame(http2::kSettings, 0, 0, ""),
                        kFloodBytesMax);
  EXPECT_TRUE(caller.WaitForCut(absl::Seconds(30)));
  EXPECT_TRUE(OthersAreServed());
}

TEST_F(FloodTest, OpenStreamsAreShedWhenMemoryIsShort) {
  ListenerOptions options;
  // Any process has more.
  options.memory_bytes_max = 1;
  StartListener(options);
  Http2Caller caller(listener_->port());
  caller.Greet();
  for (uint32_t stream = 1; stream < 1600; stream += 2) {
    if (!caller.Send(http2::Frame(http2::kHeaders, http2::kEndHeaders, stream,
                                  http2::CallHeaders(kPath)))) {
      break;
    }
  }
  EXPECT_TRUE(caller.WaitForCut(absl::Seconds(30)));
  EXPECT_EQ(listener_->offenders(), 1);
  EXPECT_TRUE(OthersAreServed());
}

TEST_F(FloodTest, AnswersThatNobodyReadsAreShedWhenMemoryIsShort) {
  HeldBytes held;
  ListenerOptions options;
  options.memory_bytes_max = 1;
  options.held = &held;
  StartListener(options);
  Http2Caller caller(listener_->port());
  caller.Greet();
  caller.Send(http2::Frame(http2::kHeaders,
                           http2::kEndHeaders | http2::kEndStream, 1,
                           http2::CallHeaders(kPath)));
  ASSERT_TRUE(caller.IsAnswered(absl::Seconds(30)));
  const auto share =
      held.Open("ipv4:" + listener_->acceptor()->Connections().back().peer);
  share->Add(60 * kMiB);
  EXPECT_TRUE(caller.WaitForCut(absl::Seconds(30)));
  EXPECT_EQ(listener_->offenders(), 1);
  EXPECT_TRUE(OthersAreServed());
}

// What is against the protocol, once each.
TEST_F(FloodTest, BrokenFramesHurtOnlyTheirSender) {
  StartListener();
  const std::string headers = http2::Frame(http2::kHeaders, http2::kEndHeaders,
                                           1, http2::CallHeaders(kPath));
  const std::string broken[] = {
      // For no stream, for one that a server opens, for one never opened.
      http2::Frame(http2::kData, 0, 0, "x"),
      http2::Frame(http2::kHeaders, http2::kEndHeaders, 2,
                   http2::CallHeaders(kPath)),
      http2::Frame(http2::kData, 0, 9, "x"),
      http2::Frame(http2::kRstStream, 0, 9, http2::Number(8)),
      // Of a wrong size.
      http2::Frame(http2::kSettings, 0, 0, "12345"),
      http2::Frame(http2::kPing, 0, 0, "1234"),
      http2::Frame(http2::kWindowUpdate, 0, 0, "12"),
      http2::Frame(http2::kData, 0, 1, std::string(100 * 1024, 'x')),
      // Out of turn: a block that another frame interrupts.
      headers + http2::Frame(http2::kHeaders, 0, 3, "") +
          http2::Frame(http2::kPing, 0, 0, "12345678"),
      http2::Frame(http2::kContinuation, http2::kEndHeaders, 1, ""),
      // A window beyond its end, an unknown index, a string beyond its block.
      http2::Frame(http2::kWindowUpdate, 0, 0, http2::Number(0x7fffffff)) +
          http2::Frame(http2::kWindowUpdate, 0, 0, http2::Number(0x7fffffff)),
      http2::Frame(http2::kHeaders, http2::kEndHeaders, 1, "\xff\xff\xff\x7f"),
      http2::Frame(http2::kHeaders, http2::kEndHeaders, 1,
                   std::string("\x10\x7e\x61", 3)),
      http2::Frame(http2::kGoAway, 0, 0, std::string(8, '\0')) + headers,
  };
  for (const std::string& frames : broken) {
    Http2Caller caller(listener_->port());
    caller.Greet();
    caller.Send(frames);
    EXPECT_TRUE(OthersAreServed()) << absl::CEscape(frames.substr(0, 40));
  }
}

TEST_F(FloodTest, MessagesThatLieAboutTheirSizeHurtNobody) {
  StartListener();
  for (const uint32_t size : {0xffffffffu, 0x7fffffffu, 100u << 20}) {
    Http2Caller caller(listener_->port());
    caller.Greet();
    caller.Send(
        http2::Frame(http2::kHeaders, http2::kEndHeaders, 1,
                     http2::CallHeaders(kPath)) +
        http2::Frame(http2::kData, 0, 1,
                     std::string(1, '\0') + http2::Number(size) + "rest"));
    EXPECT_TRUE(OthersAreServed());
    // What is said to come does come.
    EXPECT_TRUE(caller.FloodsUntilCut(
        http2::Frame(http2::kData, 0, 1, std::string(16 * kKiB, 'x')),
        kFloodBytesMax));
    EXPECT_TRUE(OthersAreServed());
  }
}

}  // namespace
}  // namespace barnabas::rpc
