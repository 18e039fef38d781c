// What the tests of opening a log share: a closed or abandoned log to damage.
//
// What: makes a log of several segments on a disk in memory, then lets a test
//   flip, cut, remove and open again.
// Units: bytes, offsets. Empty case: none. Thread: one test.
// Errors: failed expectations.
#ifndef BARNABAS_TESTS_STORAGE_LOG_RECOVERY_FIXTURE_H_
#define BARNABAS_TESTS_STORAGE_LOG_RECOVERY_FIXTURE_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "storage/log/checkpoint_file.h"
#include "storage/log/log_files.h"
#include "storage/log/partition_log.h"
#include "tests/storage/log/log_fixture.h"
#include "tests/support/batches.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {

class RecoveryFixture : public testing::Test {
 protected:
  // Batches of 2 records, epochs 0 to 3; the first `flushed` are durable.
  void Fill(int flushed, bool close, int count = 40) {
    ASSERT_OK_AND_ASSIGN(const auto log,
                         PartitionLog::Open(OptionsOn(&files_, &clock_)));
    for (int i = 0; i < count; ++i) {
      record::BatchProducer producer;
      producer.id = ProducerId(i % 3);
      producer.epoch = ProducerEpoch(0);
      producer.base_sequence = i / 3 * 2;
      sent_.push_back(support::SimpleBatch(2, 1000 + i, producer));
      ASSERT_OK(AppendTo(log.get(), sent_.back(), i / 10).status());
      if (i + 1 != flushed) continue;
      ASSERT_OK(Flush(log.get()));
      // The point of a round is on disk after the next one.
      ASSERT_OK(AppendTo(log.get(), support::SimpleBatch(1, 1), i / 10));
      ASSERT_OK(Flush(log.get()));
    }
    ASSERT_OK_AND_ASSIGN(batches_, ReadAll(*log));
    segments_ = log->facts().segments;
    if (!close) return;
    ASSERT_OK(log->Close());
  }

  absl::StatusOr<std::unique_ptr<PartitionLog>> Open(bool clean = false) {
    PartitionLog::Options options = OptionsOn(&files_, &clock_);
    options.clean = clean;
    return PartitionLog::Open(options);
  }

  // All files and what they hold.
  std::map<std::string, std::string> Everything() {
    std::map<std::string, std::string> all;
    const std::vector<std::string> names = files_.List("log").value();
    for (const std::string& name : names) {
      all[name] = ReadSmallFile(&files_, "log/" + name).value().value();
    }
    return all;
  }

  std::string LastSegment() {
    return FileOf(ListLogFiles(&files_, "log")->segments.back());
  }
  static std::string FileOf(Offset base) {
    std::string digits = std::to_string(base.value());
    return "log/" + std::string(20 - digits.size(), '0') + digits + ".log";
  }
  int64_t SizeOfFile(const std::string& path) {
    return files_.Open(path, env::OpenMode::kRead).value()->Size().value();
  }
  void Resize(const std::string& path, int64_t size) {
    ASSERT_OK(
        files_.Open(path, env::OpenMode::kReadWrite).value()->Truncate(size));
  }
  void Overwrite(const std::string& path, int64_t at, std::string_view bytes) {
    const std::string_view parts[] = {bytes};
    ASSERT_OK(
        files_.Open(path, env::OpenMode::kCreate).value()->WriteAt(at, parts));
  }

  support::FaultFiles files_;
  support::FakeClock clock_;
  std::vector<std::string> sent_;
  std::vector<StoredBatch> batches_;
  int32_t segments_ = 0;
};

}  // namespace barnabas::log

#endif  // BARNABAS_TESTS_STORAGE_LOG_RECOVERY_FIXTURE_H_
