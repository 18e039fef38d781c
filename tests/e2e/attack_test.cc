// What strangers may do to a real broker: the others are served meanwhile, the
// offender is cut, memory comes back, and the listener recovers by itself.

#include <grpcpp/client_context.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "barnabas/v1/consumer.grpc.pb.h"
#include "barnabas/v1/producer.grpc.pb.h"
#include "proto/types/limits.h"
#include "storage/env/random.h"
#include "storage/env/system_clock.h"
#include "tests/client/serving/http2_caller.h"
#include "tests/e2e/local_cluster.h"

namespace barnabas::e2e {
namespace {

using rpc::Http2Caller;
namespace http2 = rpc::http2;

constexpr char kFetchStream[] = "/barnabas.v1.Consumer/FetchStream";
constexpr char kProduceStream[] = "/barnabas.v1.Producer/ProduceStream";
// No flood below goes on for longer, whatever the broker does.
constexpr int64_t kFloodBytesMax = 512 * kMiB;
// What the allocator and gRPC may keep of an attack.
constexpr int64_t kKeptBytesMax = 96 * kMiB;

int PortOf(const LocalCluster& cluster) {
  const std::string endpoint = cluster.client_endpoint();
  int port = 0;
  EXPECT_TRUE(absl::SimpleAtoi(endpoint.substr(endpoint.find(':') + 1), &port));
  return port;
}

std::string HeadersOf(uint32_t stream, const std::string& path) {
  return http2::Frame(http2::kHeaders, http2::kEndHeaders, stream,
                      http2::CallHeaders(path));
}

// Opens streams and breaks them off at once until it is cut.
bool ResetsUntilCut(Http2Caller* caller) {
  caller->Greet();
  uint32_t stream = 1;
  while (stream < 1000000) {
    std::string pairs;
    for (int i = 0; i < 100; ++i, stream += 2) {
      pairs += HeadersOf(stream, kFetchStream);
      pairs += http2::Frame(http2::kRstStream, 0, stream, http2::Number(8));
    }
    if (!caller->Send(pairs)) return caller->is_cut();
  }
  return false;
}

// Streams of one connection that say nothing.
void OpenIdleStreams(Http2Caller* caller, int count) {
  caller->Greet();
  for (int i = 0; i < count; ++i) {
    ASSERT_TRUE(caller->Send(HeadersOf(2 * i + 1, kFetchStream))) << i;
  }
}

class Attack : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    cluster_ = new LocalCluster("attack");
    cluster_->Start();
    cluster_->CreateTopic("t", 1);
    others_ = cluster_->Dial();
  }
  static void TearDownTestSuite() {
    others_ = nullptr;
    delete cluster_;
    cluster_ = nullptr;
  }

  void SetUp() override {
    ASSERT_TRUE(IsServed(others_));
    ForgetPeak();
    resident_ = Resident();
  }
  void TearDown() override {
    EXPECT_TRUE(IsServed(others_)) << "who was there before";
    EXPECT_TRUE(IsServed(cluster_->Dial())) << "who comes now";
    EXPECT_TRUE(Eventually([&] {
      return Resident() < resident_ + kKeptBytesMax;
    })) << Resident()
        << " bytes instead of " << resident_;
    std::cout << "resident before, at most and after, in MiB: "
              << resident_ / kMiB << ", " << Peak() / kMiB << ", "
              << Resident() / kMiB << "\n";
    EXPECT_FALSE(
        cluster_->broker()->WaitForExit(absl::ZeroDuration()).has_value())
        << ReadText(cluster_->broker_output());
  }

  // A record goes in and comes out.
  static bool IsServed(const std::shared_ptr<grpc::Channel>& channel) {
    v1::ProduceRequest produce;
    v1::ProduceBatch* batch = produce.add_batches();
    batch->mutable_topic()->set_name("t");
    batch->mutable_structured()->add_records()->set_value("mine");
    v1::ProduceResponse stored;
    grpc::ClientContext producing;
    producing.set_deadline(Deadline(absl::Seconds(10)));
    producing.set_wait_for_ready(true);
    grpc::Status status =
        v1::Producer::NewStub(channel)->Produce(&producing, produce, &stored);
    EXPECT_TRUE(status.ok()) << status.error_message();
    if (!status.ok() || stored.results(0).has_error()) return false;
    v1::PollRequest poll;
    poll.mutable_topic()->set_name("t");
    poll.mutable_begin()->set_offset(stored.results(0).base_offset());
    v1::PollResponse polled;
    grpc::ClientContext polling;
    polling.set_deadline(Deadline(absl::Seconds(10)));
    status = v1::Consumer::NewStub(channel)->Poll(&polling, poll, &polled);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return status.ok() &&
           polled.partitions(0).structured().records_size() == 1 &&
           polled.partitions(0).structured().records(0).value() == "mine";
  }

  // Runs all attacks at once; the others are served until the last one ends.
  static void ServeDuring(std::vector<std::function<void()>> attacks) {
    std::atomic<int> running = static_cast<int>(attacks.size());
    std::vector<std::thread> threads;
    for (std::function<void()>& attack : attacks) {
      threads.emplace_back([&running, attack = std::move(attack)] {
        attack();
        --running;
      });
    }
    const env::SystemClock clock;
    const absl::Duration begin = clock.Monotonic();
    absl::Duration slowest;
    int served = 0;
    while (running > 0) {
      const absl::Duration asked = clock.Monotonic();
      EXPECT_TRUE(IsServed(others_));
      slowest = std::max(slowest, clock.Monotonic() - asked);
      ++served;
    }
    for (std::thread& thread : threads) thread.join();
    std::cout << "served " << served << " times in "
              << clock.Monotonic() - begin << ", at most in " << slowest
              << "\n";
  }

  static std::string ProcFile(const std::string& name) {
    return absl::StrCat("/proc/", cluster_->broker()->pid(), "/", name);
  }
  static int64_t Resident() {
    const std::vector<std::string> fields =
        absl::StrSplit(ReadText(ProcFile("statm")), ' ');
    int64_t pages = 0;
    EXPECT_TRUE(fields.size() > 1 && absl::SimpleAtoi(fields[1], &pages));
    return pages * sysconf(_SC_PAGESIZE);
  }
  // The most that was resident since ForgetPeak.
  static int64_t Peak() {
    const std::string status = ReadText(ProcFile("status"));
    const std::string name = "VmHWM:";
    int64_t kib = 0;
    std::istringstream(status.substr(status.find(name) + name.size())) >> kib;
    return kib * kKiB;
  }
  static void ForgetPeak() { std::ofstream(ProcFile("clear_refs")) << "5"; }

  template <typename Predicate>
  static bool Eventually(Predicate done) {
    const env::SystemClock clock;
    const absl::Duration end = clock.Monotonic() + absl::Seconds(30);
    while (clock.Monotonic() < end) {
      if (done()) return true;
      poll(nullptr, 0, 50);
    }
    return false;
  }

  static LocalCluster* cluster_;
  // A client that was there before any attack.
  static std::shared_ptr<grpc::Channel> others_;
  int64_t resident_ = 0;
};

LocalCluster* Attack::cluster_ = nullptr;
std::shared_ptr<grpc::Channel> Attack::others_;

TEST_F(Attack, StreamsResetAsTheyOpen) {
  const auto attack = [] {
    Http2Caller caller(PortOf(*cluster_));
    EXPECT_TRUE(ResetsUntilCut(&caller)) << caller.sent_bytes();
  };
  ServeDuring({attack, attack});
}

TEST_F(Attack, HeadersWithoutEnd) {
  // A literal of some 268 million bytes (RFC 7541, 5.1), of which pieces of
  // `bytes` come.
  const auto literal = [](size_t bytes) {
    Http2Caller caller(PortOf(*cluster_));
    caller.Greet();
    caller.Send(http2::Frame(http2::kHeaders, 0, 1,
                             std::string("\x10\x01x\x7f\x80\xff\xff\x7f", 8)));
    EXPECT_TRUE(caller.FloodsUntilCut(
        http2::Frame(http2::kContinuation, 0, 1, std::string(bytes, 'a')),
        kFloodBytesMax))
        << bytes << ", " << caller.sent_bytes();
  };
  const auto small = [] {
    Http2Caller caller(PortOf(*cluster_));
    caller.Greet();
    caller.Send(http2::Frame(http2::kHeaders, 0, 1, http2::Header("a", "b")));
    std::string block;
    while (block.size() < 8 * kKiB) block += http2::Header("name", "value");
    EXPECT_TRUE(caller.FloodsUntilCut(
        http2::Frame(http2::kContinuation, 0, 1, block), kFloodBytesMax))
        << caller.sent_bytes();
  };
  ServeDuring({[&] { literal(16 * kKiB); }, [&] { literal(9); },
               [&] { literal(0); }, small});
}

TEST_F(Attack, FramesThatMeanNothing) {
  const std::string frames[] = {
      http2::Frame(http2::kSettings, 0, 0, ""),
      http2::Frame(http2::kPing, 0, 0, "12345678"),
      http2::Frame(http2::kWindowUpdate, 0, 0, http2::Number(1)),
      http2::Frame(http2::kPriority, 0, 1, std::string(5, '\0')),
      http2::Frame(http2::kData, 0, 1, ""),
      http2::Frame(static_cast<http2::FrameType>(77), 0, 0, "what?"),
  };
  std::vector<std::function<void()>> attacks;
  for (const std::string& frame : frames) {
    attacks.push_back([frame] {
      Http2Caller caller(PortOf(*cluster_));
      caller.Greet();
      caller.Send(HeadersOf(1, kFetchStream));
      EXPECT_TRUE(caller.FloodsUntilCut(frame, kFloodBytesMax))
          << static_cast<int>(frame[3]) << ", " << caller.sent_bytes();
    });
  }
  ServeDuring(std::move(attacks));
}

TEST_F(Attack, HalfOpenConnections) {
  std::vector<std::unique_ptr<Http2Caller>> callers;
  for (int i = 0; i < 400; ++i) {
    callers.push_back(std::make_unique<Http2Caller>(PortOf(*cluster_)));
    if (i % 4 != 0) callers.back()->Send("PRI * HTTP/2.0\r\n");
  }
  ServeDuring({[&] {
    for (const auto& caller : callers) {
      EXPECT_TRUE(caller->WaitForCut(absl::Seconds(30)));
    }
  }});
}

TEST_F(Attack, DescriptorsRunOut) {
  const pid_t pid = cluster_->broker()->pid();
  const auto open =
      std::distance(std::filesystem::directory_iterator(ProcFile("fd")), {});
  rlimit before{};
  ASSERT_EQ(prlimit(pid, RLIMIT_NOFILE, nullptr, &before), 0);
  rlimit few = before;
  few.rlim_cur = static_cast<rlim_t>(open) + 20;
  ASSERT_EQ(prlimit(pid, RLIMIT_NOFILE, &few, nullptr), 0);
  {
    std::vector<std::unique_ptr<Http2Caller>> callers;
    for (int i = 0; i < 100; ++i) {
      callers.push_back(std::make_unique<Http2Caller>(PortOf(*cluster_)));
      callers.back()->Greet();
    }
    EXPECT_TRUE(callers.back()->WaitForCut(absl::Seconds(30)));
    EXPECT_TRUE(IsServed(others_));
    EXPECT_NE(
        ReadText(cluster_->broker_output()).find("is out of file descriptors"),
        std::string::npos);
  }
  EXPECT_TRUE(IsServed(cluster_->Dial())) << "they are gone";
  ASSERT_EQ(prlimit(pid, RLIMIT_NOFILE, &before, nullptr), 0);
}

TEST_F(Attack, MessagesThatWouldInflate) {
  v1::ProduceRequest request;
  request.add_batches()->set_encoded(std::string(256 * kMiB, '\0'));
  v1::ProduceResponse response;
  grpc::ClientContext context;
  context.set_deadline(Deadline(absl::Seconds(30)));
  context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  const grpc::Status status = v1::Producer::NewStub(cluster_->Dial())
                                  ->Produce(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED)
      << status.error_message();
  EXPECT_LT(Peak(), resident_ + 64 * kMiB);
}

TEST_F(Attack, MessagesThatAreTooLarge) {
  v1::ProduceRequest request;
  request.add_batches()->set_encoded(std::string(kMessageBytesMax + 1, 'x'));
  v1::ProduceResponse response;
  grpc::ClientContext context;
  context.set_deadline(Deadline(absl::Seconds(30)));
  const grpc::Status status = v1::Producer::NewStub(cluster_->Dial())
                                  ->Produce(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED)
      << status.error_message();
  // And what is said to be: it is waited for, and what comes of it is cut.
  for (const uint32_t size : {0xffffffffu, 0x7fffffffu, 100u << 20}) {
    Http2Caller caller(PortOf(*cluster_));
    caller.Greet();
    caller.Send(
        HeadersOf(1, kProduceStream) +
        http2::Frame(http2::kData, 0, 1,
                     std::string(1, '\0') + http2::Number(size) + "rest"));
    EXPECT_TRUE(caller.FloodsUntilCut(
        http2::Frame(http2::kData, 0, 1, std::string(16 * kKiB, 'x')),
        kFloodBytesMax))
        << size;
  }
  EXPECT_LT(Peak(), resident_ + kKeptBytesMax);
}

TEST_F(Attack, GarbageForEveryMethod) {
  const uint64_t seed = env::RandomSeed();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937_64 random(seed);
  const std::string paths[] = {kFetchStream,
                               kProduceStream,
                               "/barnabas.v1.Consumer/Poll",
                               "/barnabas.v1.Consumer/Tail",
                               "/barnabas.v1.Consumer/ListOffsets",
                               "/barnabas.v1.Producer/Produce",
                               "/barnabas.v1.Producer/InitProducer",
                               "/barnabas.v1.TopicAdmin/CreateTopics",
                               "/barnabas.v1.Discovery/DescribeTopics",
                               "/barnabas.v1.Discovery/WatchMetadata",
                               "/barnabas.v1.NodeAdmin/SetLogLevel",
                               "/grpc.health.v1.Health/Watch",
                               "/no.such.Service/Method",
                               "nonsense"};
  for (const std::string& path : paths) {
    std::string noise(1000, '\0');
    for (char& byte : noise) byte = static_cast<char>(random());
    // Messages in messages, and a length beyond the end.
    std::string nested;
    for (int i = 0; i < 5000; ++i) nested += "\x0a\x7f";
    for (const std::string& body :
         {noise, nested, std::string(16000, '\xff'), std::string()}) {
      Http2Caller caller(PortOf(*cluster_));
      caller.Greet();
      caller.Send(HeadersOf(1, path) + http2::Frame(http2::kData,
                                                    http2::kEndStream, 1,
                                                    http2::Message(body)));
      EXPECT_TRUE(caller.IsAnswered(absl::Seconds(30))) << path;
    }
    EXPECT_TRUE(IsServed(others_)) << path;
  }
}

TEST_F(Attack, AnswersThatNobodyReadsDoNotPileUp) {
  const auto producing = [] {
    grpc::ClientContext context;
    context.set_deadline(Deadline(absl::Seconds(5)));
    const auto stub = v1::Producer::NewStub(cluster_->Dial());
    const auto stream = stub->ProduceStream(&context);
    v1::ProduceStreamRequest request;
    request.mutable_open();
    ASSERT_TRUE(stream->Write(request));
    // Some bytes of a batch are answered by hundreds.
    for (int i = 0; i < kBatchesPerFrameMax; ++i) {
      request.mutable_produce()->add_batches()->set_partition(7);
    }
    for (uint64_t i = 1; i <= 400; ++i) {
      request.mutable_produce()->set_sequence(i);
      if (!stream->Write(request)) return;
    }
  };
  const auto fetching = [] {
    grpc::ClientContext context;
    context.set_deadline(Deadline(absl::Seconds(5)));
    const auto stub = v1::Consumer::NewStub(cluster_->Dial());
    const auto stream = stub->FetchStream(&context);
    v1::FetchStreamRequest request;
    request.mutable_open();
    ASSERT_TRUE(stream->Write(request));
    request.mutable_add()->set_session(1);
    request.mutable_add()->mutable_topic()->set_name("nowhere");
    for (int i = 0; i < 400000 && stream->Write(request); ++i) continue;
  };
  ServeDuring({producing, fetching});
  EXPECT_LT(Peak(), resident_ + kKeptBytesMax);
}

TEST_F(Attack, TenThousandIdleStreams) {
  std::vector<std::unique_ptr<Http2Caller>> callers;
  ServeDuring({[&] {
    for (int i = 0; i < 10; ++i) {
      callers.push_back(std::make_unique<Http2Caller>(PortOf(*cluster_)));
      OpenIdleStreams(callers.back().get(), 1000);
    }
  }});
  EXPECT_TRUE(IsServed(others_));
  for (const auto& caller : callers) EXPECT_FALSE(caller->is_cut());
  EXPECT_LT(Peak(), resident_ + 400 * kMiB);
}

TEST(AttackedBroker, StopsAtOnce) {
  LocalCluster cluster("attacked");
  cluster.Start();
  Http2Caller offender(PortOf(cluster));
  EXPECT_TRUE(ResetsUntilCut(&offender));
  std::vector<std::unique_ptr<Http2Caller>> idle;
  for (int i = 0; i < 4; ++i) {
    idle.push_back(std::make_unique<Http2Caller>(PortOf(cluster)));
    OpenIdleStreams(idle.back().get(), 500);
  }
  cluster.broker()->Signal(SIGTERM);
  EXPECT_EQ(cluster.broker()->WaitForExit(absl::Seconds(10)), 0);
  const std::string said = ReadText(cluster.broker_output());
  EXPECT_EQ(said.find("streams are still open"), std::string::npos) << said;
  EXPECT_NE(said.find("Stopped cleanly"), std::string::npos) << said;
}

}  // namespace
}  // namespace barnabas::e2e
