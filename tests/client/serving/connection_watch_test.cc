// The watch with a made-up world below it.
#include "client/serving/connection_watch.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace barnabas::rpc {
namespace {

class ConnectionWatchTest : public ::testing::Test {
 protected:
  ConnectionWatchTest() : watch_(Deps()) {}

  ConnectionWatch::Deps Deps() {
    ConnectionWatch::Deps deps;
    deps.name = "test";
    deps.memory_bytes_max = kMemoryMax;
    deps.counts =
        [this](const std::string& peer) -> std::optional<StreamCounts> {
      ++looks_;
      if (unknown_) return std::nullopt;
      return counts_[peer];
    };
    deps.forget = [this](const std::string& peer) {
      forgotten_.push_back(peer);
    };
    deps.shut = [this](uint64_t id) { shut_.push_back(id); };
    deps.memory = [this] { return memory_; };
    deps.trim = [this] { ++trims_; };
    return deps;
  }

  // A round in which connection `id` has received `bytes` in all; its peer is
  // its number.
  bool Round(std::map<uint64_t, int64_t> bytes,
             std::vector<uint64_t> ended = {}) {
    now_ += absl::Milliseconds(50);
    env::TrafficRound round;
    round.now = now_;
    for (const auto& [id, received] : bytes) {
      round.active.push_back({id, std::to_string(id), received});
    }
    round.ended = std::move(ended);
    return watch_.OnRound(round);
  }

  static constexpr int64_t kMemoryMax = 1000 * kMiB;
  absl::Duration now_ = absl::Seconds(1000);
  std::map<std::string, StreamCounts> counts_;
  std::vector<std::string> forgotten_;
  std::vector<uint64_t> shut_;
  int64_t memory_ = 0;
  int looks_ = 0;
  bool unknown_ = false;
  int trims_ = 0;
  ConnectionWatch watch_;
};

TEST_F(ConnectionWatchTest, DoesNotLookAtAWhisper) {
  EXPECT_FALSE(Round({{1, 1000}, {2, 2000}}));
  EXPECT_EQ(looks_, 0);
}

TEST_F(ConnectionWatchTest, ShutsAnOffenderOnceAndTrimsAfterwards) {
  counts_["2"].started = 1;
  EXPECT_TRUE(Round({{1, kMiB}, {2, kMiB}}));
  EXPECT_EQ(shut_, std::vector<uint64_t>{1});
  EXPECT_EQ(watch_.offenders(), 1);
  // Its last bytes are still told.
  EXPECT_TRUE(Round({{1, 2 * kMiB}}));
  EXPECT_EQ(watch_.offenders(), 1);
  int rounds = 0;
  while (Round({}, {1})) ASSERT_LT(++rounds, 100);
  EXPECT_EQ(forgotten_, std::vector<std::string>{"1"});
  EXPECT_EQ(trims_, 1);
  EXPECT_GE(rounds, 5) << "gRPC needs its time to free";
}

TEST_F(ConnectionWatchTest, WhoCannotBeSeenIsNotJudged) {
  unknown_ = true;
  memory_ = kMemoryMax + 1;
  for (int i = 1; i < 100; ++i) Round({{1, i * 100 * kMiB}});
  EXPECT_TRUE(shut_.empty());
}

TEST_F(ConnectionWatchTest, LooksWhereTheMostCameFirst) {
  std::map<uint64_t, int64_t> many;
  for (uint64_t id = 1; id <= 200; ++id) {
    many[id] = 100 * kKiB + static_cast<int64_t>(id);
    counts_[std::to_string(id)].started = 1;
  }
  // Opened no stream; hides behind all the others.
  counts_["200"].started = 0;
  many[200] = kMiB;
  Round(many);
  EXPECT_EQ(looks_, static_cast<int>(ConnectionWatch::kLooksPerRound));
  EXPECT_EQ(shut_, std::vector<uint64_t>{200});
}

TEST_F(ConnectionWatchTest, EveryBusyConnectionIsLookedAtInTurn) {
  std::map<uint64_t, int64_t> many;
  for (int round = 1; round <= 40; ++round) {
    for (uint64_t id = 1; id <= 300; ++id) {
      many[id] += kMiB;
      StreamCounts& counts = counts_[std::to_string(id)];
      counts.started = 1;
      ++counts.messages;
    }
    Round(many);
  }
  EXPECT_TRUE(shut_.empty()) << "busy producers, " << shut_.size() << " shut";
}

TEST_F(ConnectionWatchTest, ShedsTheHeaviestOfAFloodByMany) {
  std::map<uint64_t, int64_t> many;
  for (uint64_t id = 1; id <= 20; ++id) {
    counts_[std::to_string(id)].started = 1;
    many[id] = 20 * kMiB + static_cast<int64_t>(id);
  }
  Round(many);
  // 20 of 20 MiB are more than 256 MiB by 8 of them.
  EXPECT_EQ(shut_.size(), 8u);
  EXPECT_EQ(shut_[0], 20u);
}

TEST_F(ConnectionWatchTest, ShedsTheHeaviestWhileMemoryIsShort) {
  counts_["1"].started = 1000;
  counts_["2"].started = 2;
  Round({{1, 100 * kKiB}, {2, 200 * kKiB}});
  EXPECT_TRUE(shut_.empty());
  memory_ = kMemoryMax + 1;
  EXPECT_TRUE(Round({{2, 210 * kKiB}}));
  EXPECT_EQ(shut_, std::vector<uint64_t>{1});
  // Nobody else holds enough to be the cause, however long it lasts.
  for (int i = 0; i < 100; ++i) Round({{2, 210 * kKiB}});
  EXPECT_EQ(shut_.size(), 1u);
}

// The kernel counts bytes before gRPC reads them; nothing may come after them.
TEST_F(ConnectionWatchTest, LooksAgainAtASilentOneWhileMemoryIsShort) {
  memory_ = kMemoryMax + 1;
  EXPECT_TRUE(Round({{1, 100 * kKiB}}));
  EXPECT_TRUE(shut_.empty()) << "nothing is known of its streams yet";
  counts_["1"].started = 1000;
  int rounds = 0;
  while (shut_.empty()) {
    ASSERT_TRUE(Round({})) << "nobody else will call";
    ASSERT_LT(++rounds, 100);
  }
  EXPECT_EQ(shut_, std::vector<uint64_t>{1});
}

TEST_F(ConnectionWatchTest, StreamsInAFewBytesWeighAsMuchAsOthers) {
  counts_["1"].started = 1000;
  Round({{1, 20 * kKiB}});
  EXPECT_EQ(looks_, 0);
  memory_ = kMemoryMax + 1;
  EXPECT_TRUE(Round({{2, 1000}}));
  EXPECT_EQ(shut_, std::vector<uint64_t>{1});
}

TEST_F(ConnectionWatchTest, LooksAtAllInTurnWhileMemoryIsShort) {
  std::map<uint64_t, int64_t> many;
  for (uint64_t id = 1; id <= 1000; ++id) many[id] = 1000;
  memory_ = kMemoryMax + 1;
  Round(many);
  counts_["777"].started = 1000;
  int rounds = 0;
  while (shut_.empty()) {
    const int before = looks_;
    ASSERT_TRUE(Round({}));
    // One more before it is shut.
    EXPECT_LE(looks_ - before,
              static_cast<int>(ConnectionWatch::kLooksPerRound) + 1);
    ASSERT_LT(++rounds, 2 * 1000 / 64);
  }
  EXPECT_EQ(shut_, std::vector<uint64_t>{777});
}

TEST_F(ConnectionWatchTest, DoesNotStareWhileMemoryIsShort) {
  memory_ = kMemoryMax + 1;
  Round({{1, 1000}, {2, 1000}});
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(Round({}));
  EXPECT_LE(looks_, 2 * 11) << "five seconds, two looks a second";
  memory_ = 0;
  EXPECT_FALSE(Round({})) << "it is over";
}

TEST_F(ConnectionWatchTest, TrimsNowAndThenWhenConnectionsEnd) {
  EXPECT_FALSE(Round({{1, 1000}}, {9})) << "little is held";
  memory_ = 500 * kMiB;
  EXPECT_TRUE(Round({}, {1}));
  int rounds = 0;
  while (Round({})) ASSERT_LT(++rounds, 100);
  EXPECT_EQ(trims_, 1);
  // Not at once again, but not never either.
  EXPECT_TRUE(Round({}, {2}));
  rounds = 0;
  while (Round({})) ASSERT_LT(++rounds, 400);
  EXPECT_GT(rounds, 100);
  EXPECT_EQ(trims_, 2);
}

TEST_F(ConnectionWatchTest, ForgetsThoseThatEnd) {
  Round({{1, 1000}});
  Round({}, {1, 9});
  EXPECT_EQ(forgotten_, std::vector<std::string>{"1"});
}

}  // namespace
}  // namespace barnabas::rpc
