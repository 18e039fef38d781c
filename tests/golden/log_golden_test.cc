// storage/log on partitions that a running Kafka wrote, both ways: it opens
// their files as they are, and given the same batches it writes the same bytes.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "storage/env/posix_file.h"
#include "storage/log/partition_log.h"
#include "storage/record/batch_reader.h"
#include "tests/golden/kafka_partition.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"

namespace barnabas::golden {
namespace {

// The one topic that was written before and after a restart of Kafka, and where
// the second round begins.
constexpr char kRestarted[] = "restart";
constexpr int64_t kSecondRound = 100;

log::LogConfig ConfigOf(const std::string& name) {
  log::LogConfig config;
  if (name == "none") {
    config.segment_bytes = 16384;
    config.index_interval_bytes = 512;
  } else if (name == "append-time") {
    config.segment_bytes = 8192;
    config.index_interval_bytes = 300;
    config.timestamp_type = record::TimestampType::kLogAppendTime;
  } else if (name == "transactions") {
    config.index_interval_bytes = 300;
  } else if (name == kRestarted) {
    config.index_interval_bytes = 1500;
  } else {
    config.segment_index_bytes = 200;
    config.index_interval_bytes = 100;
  }
  return config;
}

int64_t BigEndian(std::string_view bytes) {
  int64_t value = 0;
  for (const char byte : bytes) {
    value = (value << 8) | static_cast<uint8_t>(byte);
  }
  return value;
}

// A file as a person compares it: an index entry or a checkpoint line a line,
// a batch's offset and checksum a line.
std::string TextOf(const std::string& name, std::string_view bytes) {
  std::string text;
  const auto line = [&](int64_t left, int64_t right) {
    text += std::to_string(left) + " " + std::to_string(right) + "\n";
  };
  if (name.ends_with(".timeindex")) {
    for (; bytes.size() >= 12; bytes.remove_prefix(12)) {
      line(BigEndian(bytes.substr(0, 8)), BigEndian(bytes.substr(8, 4)));
    }
  } else if (name.ends_with(".index")) {
    for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
      line(BigEndian(bytes.substr(0, 4)), BigEndian(bytes.substr(4, 4)));
    }
  } else if (name.ends_with(".log")) {
    record::BatchReader reader(bytes);
    for (auto batch = reader.Next(); batch.ok() && batch->has_value();
         batch = reader.Next()) {
      line((*batch)->header.base_offset.value(), (*batch)->header.crc);
    }
    bytes = reader.remaining();
  } else {
    return std::string(bytes);
  }
  return text + std::to_string(bytes.size()) + " bytes left over\n";
}

class LogGoldenTest : public testing::TestWithParam<std::string> {
 protected:
  LogGoldenTest()
      : partition_(LoadPartition(GetParam())),
        directory_(testing::TempDir() + "/golden-" + GetParam()) {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
  }
  ~LogGoldenTest() override { std::filesystem::remove_all(directory_); }

  log::PartitionLog::Options OptionsFor(bool clean) {
    log::PartitionLog::Options options;
    options.files = &files_;
    options.clock = &clock_;
    options.directory = directory_;
    options.config = ConfigOf(partition_.name);
    options.clean = clean;
    return options;
  }

  void CopyKafkasFiles() {
    for (const auto& [name, bytes] : partition_.files) {
      std::ofstream(directory_ + "/" + name, std::ios::binary) << bytes;
    }
  }

  std::string Read(const std::string& name) const {
    std::ifstream file(directory_ + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file),
            std::istreambuf_iterator<char>()};
  }

  std::vector<std::string> NamesOf(const std::string& suffix) const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
      const std::string name = entry.path().filename();
      if (name.ends_with(suffix)) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  // Which batches get an index entry is a function of the log, but for one
  // thing: Kafka forgets at a restart how far the last entry lies back, and
  // Barnabas does not. So only a log of one life has the same entries.
  bool HasOneLife() const { return partition_.name != kRestarted; }

  void ExpectKafkasFiles(std::vector<std::string> suffixes) const {
    for (const std::string& suffix : suffixes) {
      EXPECT_EQ(NamesOf(suffix), partition_.NamesOf(suffix));
      for (const std::string& name : partition_.NamesOf(suffix)) {
        const std::string ours = Read(name);
        const std::string& kafkas = partition_.files.at(name);
        EXPECT_EQ(TextOf(name, ours), TextOf(name, kafkas)) << name;
        EXPECT_TRUE(ours == kafkas) << name;
      }
    }
  }

  // Kafka also notes an epoch that has no record yet, as a restart left it in
  // the logs of one life; Barnabas begins an epoch with its first record.
  void ExpectAllAsKafkas() const {
    ExpectKafkasFiles({".log"});
    if (HasOneLife()) {
      ExpectKafkasFiles({".index", ".timeindex"});
    } else {
      ExpectKafkasFiles({"leader-epoch-checkpoint"});
    }
  }

  int64_t SecondRound() const {
    return HasOneLife() ? std::numeric_limits<int64_t>::max() : kSecondRound;
  }

  // Appends Kafka's batches of [begin, end) as `append` does it.
  template <typename Append>
  void AppendRound(log::PartitionLog* log, int64_t begin, int64_t end,
                   Append append) {
    const std::string bytes = partition_.Joined(".log");
    record::BatchReader reader(bytes);
    while (true) {
      ASSERT_OK_AND_ASSIGN(const auto batch, reader.Next());
      if (!batch.has_value()) break;
      const int64_t base = batch->header.base_offset.value();
      if (base < begin || base >= end) continue;
      append(log, *batch);
    }
  }

  void MakeDurable(log::PartitionLog* log) {
    const auto job = log->StartFlush();
    if (job == nullptr) return;
    log->FinishFlush(*job, job->Run());
  }

  template <typename Append>
  void WriteAllRounds(Append append) {
    constexpr int64_t kNoEnd = std::numeric_limits<int64_t>::max();
    WriteRound(/*clean=*/false, 0, SecondRound(), append);
    if (!HasOneLife()) WriteRound(/*clean=*/true, kSecondRound, kNoEnd, append);
  }

  template <typename Append>
  void WriteRound(bool clean, int64_t begin, int64_t end, Append append) {
    ASSERT_OK_AND_ASSIGN(const auto log,
                         log::PartitionLog::Open(OptionsFor(clean)));
    AppendRound(log.get(), begin, end, append);
    MakeDurable(log.get());
    ASSERT_OK(log->Close());
  }

  const KafkaPartition partition_;
  const std::string directory_;
  env::PosixFileSystem files_;
  support::FakeClock clock_;
};

TEST_P(LogGoldenTest, OpensKafkasFilesAndReadsEveryByte) {
  for (const bool clean : {true, false}) {
    CopyKafkasFiles();
    ASSERT_OK_AND_ASSIGN(const auto log,
                         log::PartitionLog::Open(OptionsFor(clean)));
    const Offset end(
        partition_.records.empty()
            ? 0
            : std::stoll(partition_.batches.back().at("lastOffset")) + 1);
    EXPECT_EQ(log->facts().log_start, Offset(0));
    EXPECT_EQ(log->facts().log_end, end);
    EXPECT_EQ(log->facts().segments, partition_.NamesOf(".log").size());
    std::string all;
    std::string buffer;
    for (Offset at(0); at < end;) {
      ASSERT_OK_AND_ASSIGN(const auto read,
                           log->Read(at, end, 3000, nullptr, [&](size_t size) {
                             buffer.resize(size);
                             return buffer.data();
                           }));
      ASSERT_FALSE(read.bytes.empty());
      all += read.bytes;
      at = read.next_offset;
    }
    EXPECT_EQ(TextOf(".log", all), TextOf(".log", partition_.Joined(".log")));
    EXPECT_TRUE(all == partition_.Joined(".log"));
    ASSERT_OK(log->Close());
    ExpectAllAsKafkas();
  }
}

TEST_P(LogGoldenTest, FindsEveryTimestampWhereALinearSearchDoes) {
  CopyKafkasFiles();
  ASSERT_OK_AND_ASSIGN(const auto log,
                       log::PartitionLog::Open(OptionsFor(/*clean=*/true)));
  // Kafka's consumer does not show control records, but they have a time.
  std::map<int64_t, int64_t> times;
  for (const ExpectedRecord& record : partition_.records) {
    times[record.offset] = record.timestamp_ms;
  }
  for (const ExpectedBatch& batch : partition_.batches) {
    if (batch.at("isControl") == "false") continue;
    times[std::stoll(batch.at("baseOffset"))] =
        std::stoll(batch.at("CreateTime"));
  }
  int64_t latest = 0;
  for (const auto& [offset, wanted] : times) {
    latest = std::max(latest, wanted);
    const auto first =
        std::find_if(times.begin(), times.end(),
                     [&](const auto& entry) { return entry.second >= wanted; });
    ASSERT_OK_AND_ASSIGN(const auto match, log->FindTime(wanted));
    ASSERT_TRUE(match.has_value());
    EXPECT_EQ(match->offset.value(), first->first);
    EXPECT_EQ(match->timestamp_ms, first->second);
  }
  ASSERT_OK_AND_ASSIGN(const auto later, log->FindTime(latest + 1));
  EXPECT_FALSE(later.has_value());
}

TEST_P(LogGoldenTest, KnowsWhereKafkasEpochsEnd) {
  CopyKafkasFiles();
  ASSERT_OK_AND_ASSIGN(const auto log,
                       log::PartitionLog::Open(OptionsFor(/*clean=*/true)));
  const auto first = log->EndOfEpoch(LeaderEpoch(0));
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->second,
            HasOneLife() ? log->facts().log_end : Offset(kSecondRound));
  const auto last = log->EndOfEpoch(LeaderEpoch(2));
  ASSERT_TRUE(last.has_value());
  EXPECT_EQ(last->second, log->facts().log_end);
}

TEST_P(LogGoldenTest, AsAFollowerWritesKafkasBytes) {
  WriteAllRounds([](log::PartitionLog* log, const record::BatchView& batch) {
    const std::string_view slice = batch.bytes;
    ASSERT_OK(log->AppendAsFollower({batch.header, {&slice, 1}}));
  });
  ExpectAllAsKafkas();
}

TEST_P(LogGoldenTest, AsALeaderStampsWhatKafkaStamped) {
  if (partition_.name == "transactions") {
    GTEST_SKIP() << "control batches come from a coordinator, not a producer";
  }
  WriteAllRounds(
      [this](log::PartitionLog* log, const record::BatchView& batch) {
        // As the producer sent it: no offset, no epoch yet.
        std::string bytes(batch.bytes);
        record::BatchHeader header = batch.header;
        const LeaderEpoch epoch = header.leader_epoch;
        header.base_offset = Offset(0);
        header.leader_epoch = kNoLeaderEpoch;
        header.Write(bytes.data());
        clock_.JumpWall(absl::FromUnixMillis(header.max_timestamp_ms) -
                        clock_.Wall());
        const std::string_view slice = bytes;
        ASSERT_OK_AND_ASSIGN(const auto outcome,
                             log->AppendAsLeader({header, {&slice, 1}}, epoch));
        EXPECT_EQ(outcome.base_offset, batch.header.base_offset);
        EXPECT_FALSE(outcome.duplicate);
      });
  ExpectAllAsKafkas();
}

INSTANTIATE_TEST_SUITE_P(Kafka, LogGoldenTest,
                         testing::ValuesIn(PartitionNames()),
                         [](const auto& param) {
                           std::string name = param.param;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace barnabas::golden
