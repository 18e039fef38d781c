// A start reads what it must and no more, however much the logs hold.

#include <gtest/gtest.h>
#include <signal.h>

#include <cstdint>
#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/producer/producer.h"
#include "tests/e2e/local_cluster.h"
#include "tests/support/matchers.h"

namespace barnabas::e2e {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(90);
constexpr int32_t kPartitions = 4;
constexpr int64_t kRecordBytes = 64 * 1024;
constexpr int64_t kStoredBytes = int64_t{64} << 20;
// For programs, settings, indexes and the last batches.
constexpr int64_t kReadBytesMax = int64_t{8} << 20;

// What the process has asked the kernel to read since it began.
int64_t ReadBytes(const NodeProcess& process) {
  const std::string text =
      ReadText(absl::StrCat("/proc/", process.pid(), "/io"));
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(line, absl::MaxSplits(": ", 1));
    int64_t bytes = 0;
    if (parts.first == "rchar" && absl::SimpleAtoi(parts.second, &bytes)) {
      return bytes;
    }
  }
  ADD_FAILURE() << "the kernel does not count what is read: " << text;
  return 0;
}

class Restart : public testing::Test {
 protected:
  void SetUp() override {
    cluster_.Start();
    cluster_.CreateTopic("large", kPartitions);
    client::ProducerOptions options;
    options.client.bootstrap = {cluster_.client_endpoint()};
    auto made = client::Producer::Create(options);
    ASSERT_OK(made.status());
    const std::string value(kRecordBytes, 'x');
    for (int64_t i = 0; i < kStoredBytes / kRecordBytes; ++i) {
      client::ProducerRecord record;
      record.topic = "large";
      record.partition = static_cast<int32_t>(i % kPartitions);
      record.value = value;
      ASSERT_OK((*made)->Send(record));
    }
    ASSERT_OK((*made)->Flush(kPatience));
    // Each round of syncing records how far the one before it came: after one
    // small round more, next to nothing lies above what is recorded.
    for (int32_t i = 0; i < kPartitions; ++i) {
      client::ProducerRecord record;
      record.topic = "large";
      record.partition = i;
      record.value = "last";
      ASSERT_OK((*made)->Send(record));
    }
    ASSERT_OK((*made)->Flush(kPatience));
    ASSERT_OK((*made)->Close(kPatience));
  }

  void ExpectLittleReadByNextStart() {
    cluster_.StartBroker();
    cluster_.WaitForBroker();
    const int64_t read = ReadBytes(*cluster_.broker());
    std::cout << "the start read " << read << " bytes of " << kStoredBytes
              << " stored\n";
    EXPECT_LT(read, kReadBytesMax);
  }

  LocalCluster cluster_{
      testing::UnitTest::GetInstance()->current_test_info()->name()};
};

TEST_F(Restart, ReadsLittleAfterACleanStop) {
  cluster_.broker()->Signal(SIGTERM);
  ASSERT_EQ(cluster_.broker()->WaitForExit(kPatience), 0);
  ExpectLittleReadByNextStart();
}

TEST_F(Restart, ReadsLittleAfterAKill) {
  cluster_.broker()->Kill();
  ExpectLittleReadByNextStart();
}

}  // namespace
}  // namespace barnabas::e2e
