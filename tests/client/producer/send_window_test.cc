#include "client/producer/send_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "storage/record/batch_builder.h"
#include "storage/record/batch_header.h"

namespace barnabas::client {
namespace {

const ProducerIdentity kFirst{ProducerId(7), ProducerEpoch(0)};
const ProducerIdentity kSecond{ProducerId(7), ProducerEpoch(1)};

PendingBatchPtr Make(int32_t records, const record::BatchProducer& stamp,
                     absl::Duration opened = absl::ZeroDuration()) {
  record::BatchBuilder builder;
  for (int32_t i = 0; i < records; ++i) builder.Append(0, std::nullopt, "v");
  auto batch = std::make_unique<PendingBatch>();
  batch->bytes = std::make_shared<std::string>(builder.Finish(stamp));
  batch->records = records;
  batch->stamp = stamp;
  batch->opened = opened;
  return batch;
}

// Sends a new batch; what its bytes say its base sequence is.
int32_t SendNew(SendWindow* window, uint64_t frame, int32_t records = 1,
                const ProducerIdentity& identity = kFirst) {
  PendingBatchPtr batch = Make(records, window->NextStamp(records, identity));
  const auto header = record::BatchHeader::Parse(*batch->bytes);
  window->OnSent(std::move(batch), frame);
  return header->base_sequence;
}

int32_t SendAgain(SendWindow* window, uint64_t frame) {
  PendingBatchPtr batch = window->TakeRetry();
  if (batch == nullptr) return -2;
  const auto header = record::BatchHeader::Parse(*batch->bytes);
  EXPECT_EQ(header->base_sequence, batch->stamp.base_sequence);
  window->OnSent(std::move(batch), frame);
  return header->base_sequence;
}

Refusal Refuse(SendWindow* window, uint64_t frame, ErrorCode code) {
  PendingBatchPtr over;
  return window->OnRefused(frame, code, &over);
}

TEST(SendWindowTest, TheWindowBoundsWhatIsInFlight) {
  SendWindow window(2);
  EXPECT_TRUE(window.IsIdle());
  EXPECT_EQ(SendNew(&window, 1, 3), 0);
  EXPECT_TRUE(window.IsOpen());
  EXPECT_EQ(SendNew(&window, 2), 3);
  EXPECT_FALSE(window.IsOpen());
  EXPECT_EQ(window.OnStored(1, 1).size(), 1u);
  EXPECT_TRUE(window.IsOpen());
  EXPECT_EQ(window.OnStored(1, 9).size(), 1u);
  EXPECT_TRUE(window.IsIdle());
}

TEST(SendWindowTest, TheOldestIsNeverOutrunByMoreThanTheBrokerRemembers) {
  SendWindow window(3);
  SendNew(&window, 1);
  SendNew(&window, 2);
  SendNew(&window, 3);
  window.OnStored(2, 3);
  EXPECT_TRUE(window.IsInFlight(1));
  EXPECT_FALSE(window.IsInFlight(2));
  EXPECT_FALSE(window.IsOpen());
  window.OnStored(1, 1);
  EXPECT_TRUE(window.IsOpen());
}

TEST(SendWindowTest, AfterTroubleEverythingGoesAgainInOrderWithItsNumbers) {
  SendWindow window(5);
  for (uint64_t frame = 1; frame <= 3; ++frame) SendNew(&window, frame, 2);
  EXPECT_EQ(Refuse(&window, 1, ErrorCode::kNotLeader), Refusal::kRetry);
  EXPECT_FALSE(window.IsOpen());
  EXPECT_EQ(Refuse(&window, 2, ErrorCode::kOutOfOrderSequence),
            Refusal::kRetry);
  EXPECT_FALSE(window.IsOpen());
  EXPECT_EQ(Refuse(&window, 3, ErrorCode::kOutOfOrderSequence),
            Refusal::kRetry);
  EXPECT_TRUE(window.IsOpen());
  EXPECT_FALSE(window.NeedsRestart());
  EXPECT_EQ(SendAgain(&window, 4), 0);
  EXPECT_EQ(SendAgain(&window, 5), 2);
  EXPECT_EQ(SendAgain(&window, 6), 4);
  EXPECT_EQ(SendNew(&window, 7), 6);
}

TEST(SendWindowTest, ABrokenStreamSendsAgain) {
  SendWindow window(5);
  SendNew(&window, 1);
  SendNew(&window, 2);
  window.OnBroken();
  EXPECT_TRUE(window.IsOpen());
  EXPECT_EQ(SendAgain(&window, 1), 0);
  EXPECT_EQ(SendAgain(&window, 2), 1);
}

TEST(SendWindowTest, ARefusalForGoodMovesLaterBatchesUp) {
  SendWindow window(5);
  SendNew(&window, 1, 4);
  SendNew(&window, 2, 3);
  SendNew(&window, 3, 1);
  PendingBatchPtr over;
  EXPECT_EQ(window.OnRefused(2, ErrorCode::kBatchTooLarge, &over),
            Refusal::kFailed);
  ASSERT_NE(over, nullptr);
  EXPECT_EQ(over->records, 3);
  // The broker refuses what followed; that is no news.
  EXPECT_EQ(Refuse(&window, 3, ErrorCode::kOutOfOrderSequence),
            Refusal::kRetry);
  EXPECT_EQ(window.OnStored(1, 1).size(), 1u);
  EXPECT_FALSE(window.NeedsRestart());
  EXPECT_EQ(SendAgain(&window, 4), 4);
  EXPECT_EQ(SendNew(&window, 5), 5);
}

TEST(SendWindowTest, AGapAtTheOldestStartsOver) {
  SendWindow window(5);
  SendNew(&window, 1, 2);
  SendNew(&window, 2, 2);
  EXPECT_EQ(Refuse(&window, 1, ErrorCode::kUnknownProducerId), Refusal::kRetry);
  EXPECT_FALSE(window.NeedsRestart());
  EXPECT_EQ(Refuse(&window, 2, ErrorCode::kUnknownProducerId), Refusal::kRetry);
  EXPECT_TRUE(window.NeedsRestart());
  EXPECT_FALSE(window.IsOpen());
  window.Restart(kSecond);
  EXPECT_EQ(window.identity(), kSecond);
  EXPECT_EQ(SendAgain(&window, 3), 0);
  EXPECT_EQ(SendAgain(&window, 4), 2);
  EXPECT_EQ(SendNew(&window, 5, 1, kSecond), 4);
}

TEST(SendWindowTest, BytesUnderAWriteAreNotTouched) {
  SendWindow window(5);
  SendNew(&window, 1, 2);
  window.OnBroken();
  PendingBatchPtr batch = window.TakeRetry();
  const std::shared_ptr<std::string> writing = batch->bytes;
  const std::string before = *writing;
  window.OnSent(std::move(batch), 1);
  Refuse(&window, 1, ErrorCode::kUnknownProducerId);
  window.Restart(kSecond);
  EXPECT_EQ(*writing, before);
  batch = window.TakeRetry();
  EXPECT_NE(batch->bytes, writing);
  EXPECT_EQ(record::BatchHeader::Parse(*batch->bytes)->producer_epoch,
            ProducerEpoch(1));
}

TEST(SendWindowTest, ExpiredBatchesInFlightStayHollowUntilTheirOutcome) {
  SendWindow window(5);
  SendNew(&window, 1);
  const auto expired = window.Expire(absl::Seconds(1));
  ASSERT_EQ(expired.size(), 1u);
  EXPECT_FALSE(expired[0]->hollow);
  EXPECT_TRUE(window.Expire(absl::Seconds(1)).empty());
  // It was stored after all: no gap.
  const auto stored = window.OnStored(1, 1);
  ASSERT_EQ(stored.size(), 1u);
  EXPECT_TRUE(stored[0]->hollow);
  EXPECT_EQ(SendNew(&window, 2), 1);
}

TEST(SendWindowTest, AGapThatIsReallyThereStartsOver) {
  SendWindow window(5);
  SendNew(&window, 1);
  SendNew(&window, 2);
  EXPECT_EQ(window.Expire(absl::Seconds(1)).size(), 2u);
  window.OnBroken();
  EXPECT_EQ(window.FirstRetryBytes(), 0);
  // Perhaps both were stored: go on, the broker will tell.
  EXPECT_FALSE(window.NeedsRestart());
  EXPECT_EQ(SendNew(&window, 1), 2);
  EXPECT_EQ(Refuse(&window, 1, ErrorCode::kOutOfOrderSequence),
            Refusal::kRetry);
  EXPECT_TRUE(window.NeedsRestart());
  window.Restart(kSecond);
  EXPECT_EQ(SendAgain(&window, 2), 0);
}

TEST(SendWindowTest, AnIdleWindowTakesOnANewIdentity) {
  SendWindow window(5);
  SendNew(&window, 1);
  // Not while something is unresolved.
  EXPECT_EQ(SendNew(&window, 2, 1, kSecond), 1);
  EXPECT_EQ(window.identity(), kFirst);
  window.OnStored(1, 2);
  EXPECT_EQ(SendNew(&window, 3, 1, kSecond), 0);
  EXPECT_EQ(window.identity(), kSecond);
}

TEST(SendWindowTest, WithoutIdentityTroubleIsRetriedAndSequencesFail) {
  SendWindow window(5);
  EXPECT_EQ(SendNew(&window, 1, 1, {}), -1);
  EXPECT_EQ(Refuse(&window, 1, ErrorCode::kNotLeader), Refusal::kRetry);
  EXPECT_EQ(SendAgain(&window, 2), -1);
  EXPECT_EQ(Refuse(&window, 2, ErrorCode::kOutOfOrderSequence),
            Refusal::kFailed);
  EXPECT_FALSE(window.NeedsRestart());
  EXPECT_EQ(Refuse(&window, 9, ErrorCode::kNotLeader), Refusal::kUnknown);
}

TEST(SendWindowTest, ADuplicateStoredLongAgoIsOver) {
  SendWindow window(5);
  SendNew(&window, 1, 2);
  EXPECT_EQ(Refuse(&window, 1, ErrorCode::kDuplicateSequence),
            Refusal::kDuplicate);
  EXPECT_EQ(SendNew(&window, 2), 2);
}

TEST(SendWindowTest, ClearGivesEverythingOnce) {
  SendWindow window(5);
  SendNew(&window, 1);
  SendNew(&window, 2);
  Refuse(&window, 1, ErrorCode::kNotLeader);
  const auto all = window.Clear();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_LT(all[0]->order, all[1]->order);
  EXPECT_TRUE(window.IsIdle());
}

// A broker's partition as kafka-facts 5.4 has it.
class Partition {
 public:
  // The code it answers with; stores `id` unless refused.
  ErrorCode Append(const record::BatchHeader& header, int id) {
    if (header.producer_epoch < epoch_) return ErrorCode::kInvalidProducerEpoch;
    const bool fresh = header.producer_epoch > epoch_;
    if (!fresh) {
      for (const auto& [first, last] : remembered_) {
        if (first == header.base_sequence && last == header.LastSequence()) {
          return ErrorCode::kUnspecified;
        }
      }
    }
    const int32_t expected =
        fresh ? 0 : record::SequenceAfter(remembered_.back().second, 1);
    if (header.base_sequence != expected) {
      return fresh ? ErrorCode::kUnknownProducerId
                   : ErrorCode::kOutOfOrderSequence;
    }
    if (fresh) remembered_.clear();
    epoch_ = header.producer_epoch;
    remembered_.emplace_back(header.base_sequence, header.LastSequence());
    if (remembered_.size() > 5) remembered_.pop_front();
    log_.push_back(id);
    return ErrorCode::kUnspecified;
  }

  const std::vector<int>& log() const { return log_; }

 private:
  ProducerEpoch epoch_ = kNoProducerEpoch;
  std::deque<std::pair<int32_t, int32_t>> remembered_;
  std::vector<int> log_;
};

// One producer, one partition, a stream that breaks at any moment, refusals
// of all kinds, expiry: driven by a seed.
class Story {
 public:
  explicit Story(uint32_t seed) : random_(seed) {}

  void Run() {
    for (int step = 0; step < 600; ++step) Step(/*calm=*/false);
    for (int step = 0; step < 5000 && !Finished(); ++step) Step(/*calm=*/true);
    ASSERT_TRUE(Finished());
    Check();
  }

 private:
  struct OnWire {
    uint64_t frame = 0;
    record::BatchHeader header;
    int id = 0;
  };

  bool Finished() const { return window_.IsIdle() && wire_.empty(); }
  bool OneIn(uint32_t count) { return random_() % count == 0; }

  void Step(bool calm) {
    now_ += absl::Milliseconds(10);
    const uint32_t chance = random_() % 100;
    if (chance < 35) return Send(/*new_too=*/!calm);
    if (chance < 60) return Serve(calm);
    if (chance < 85) return Answer();
    if (chance < 88 && !calm) return Break();
    if (chance < 90 && !calm) {
      return Fail(window_.Expire(now_ - absl::Seconds(1)));
    }
    if (window_.NeedsRestart()) {
      identity_.epoch = identity_.epoch.Next();
      window_.Restart(identity_);
    }
  }

  void Send(bool new_too) {
    if (!window_.IsOpen()) return;
    PendingBatchPtr batch = window_.TakeRetry();
    if (batch == nullptr) {
      if (!new_too) return;
      const auto records = static_cast<int32_t>(random_() % 4 + 1);
      batch = Make(records, window_.NextStamp(records, identity_), now_);
      // The callback count stands for the batch's name.
      batch->reserved_bytes = next_id_++;
      if (OneIn(20)) too_large_.insert(static_cast<int>(batch->reserved_bytes));
    }
    const auto header = record::BatchHeader::Parse(*batch->bytes);
    ASSERT_EQ(header->base_sequence, batch->stamp.base_sequence);
    wire_.push_back(
        {++frame_, *header, static_cast<int>(batch->reserved_bytes)});
    window_.OnSent(std::move(batch), frame_);
  }

  // The broker takes the next batch off the wire.
  void Serve(bool calm) {
    if (wire_.empty()) return;
    const OnWire sent = wire_.front();
    wire_.pop_front();
    ErrorCode code = ErrorCode::kUnspecified;
    if (too_large_.contains(sent.id)) {
      code = ErrorCode::kBatchTooLarge;
    } else if (!calm && OneIn(15)) {
      code = ErrorCode::kNotLeader;
    } else {
      code = partition_.Append(sent.header, sent.id);
      if (code == ErrorCode::kUnspecified && !calm && OneIn(20)) {
        // Stored, but the broker cannot tell.
        code = ErrorCode::kRequestTimedOut;
      }
    }
    answers_.emplace_back(sent.frame, code);
  }

  void Answer() {
    if (answers_.empty()) return;
    const auto [frame, code] = answers_.front();
    answers_.pop_front();
    if (code == ErrorCode::kUnspecified) {
      for (PendingBatchPtr& batch : window_.OnStored(frame, frame)) {
        if (!batch->hollow) acknowledged_.push_back(NameOf(*batch));
      }
      return;
    }
    PendingBatchPtr over;
    const Refusal refusal = window_.OnRefused(frame, code, &over);
    ASSERT_NE(refusal, Refusal::kUnknown);
    if (over != nullptr) failed_.insert(NameOf(*over));
  }

  void Break() {
    // What was not served yet may still be, before the broker notices.
    while (!wire_.empty() && OneIn(2)) Serve(false);
    wire_.clear();
    answers_.clear();
    window_.OnBroken();
  }

  void Fail(const std::vector<PendingBatchPtr>& batches) {
    for (const PendingBatchPtr& batch : batches) {
      failed_.insert(NameOf(*batch));
    }
  }

  static int NameOf(const PendingBatch& batch) {
    return static_cast<int>(batch.reserved_bytes);
  }

  void Check() const {
    const std::vector<int>& log = partition_.log();
    for (size_t i = 1; i < log.size(); ++i) {
      EXPECT_LT(log[i - 1], log[i]) << "out of order, or twice";
    }
    const std::set<int> stored(log.begin(), log.end());
    for (const int id : acknowledged_) {
      EXPECT_TRUE(stored.contains(id)) << "acknowledged but not stored";
      EXPECT_FALSE(failed_.contains(id)) << "two outcomes";
    }
    EXPECT_EQ(acknowledged_.size() + failed_.size(),
              static_cast<size_t>(next_id_ - 1))
        << "a batch without outcome";
  }

  std::mt19937 random_;
  SendWindow window_{5};
  Partition partition_;
  ProducerIdentity identity_ = kFirst;
  absl::Duration now_;
  uint64_t frame_ = 0;
  int next_id_ = 1;
  std::deque<OnWire> wire_;
  std::deque<std::pair<uint64_t, ErrorCode>> answers_;
  std::set<int> too_large_;
  std::vector<int> acknowledged_;
  std::set<int> failed_;
};

TEST(SendWindowTest, NothingIsLostOrDoubledWhateverHappens) {
  for (uint32_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Story(seed).Run();
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace barnabas::client
