// Batches for tests: records that own their bytes, random ones, whole batches.
//
// What: RandomRecords covers what the format allows (absent and empty keys and
//   values, headers that repeat, times that fall); SimpleBatch is for tests
//   that only need some batch.
// Units: milliseconds, bytes. Empty case: a batch has one record at least.
// Thread: pure functions; the generator belongs to the caller.
// Errors: ReadRecords passes on those of the reader.
#ifndef BARNABAS_TESTS_SUPPORT_BATCHES_H_
#define BARNABAS_TESTS_SUPPORT_BATCHES_H_

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "proto/types/offsets.h"
#include "storage/record/batch_builder.h"
#include "storage/record/batch_header.h"

namespace barnabas::support {

struct TestRecord {
  int64_t timestamp_ms = 0;
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;

  bool operator==(const TestRecord&) const = default;
};

// 1 to `count_max` records.
std::vector<TestRecord> RandomRecords(int count_max, std::mt19937_64* random);

// The records' batch: base offset 0, no leader epoch.
std::string BatchOf(const std::vector<TestRecord>& records,
                    record::Codec codec = record::Codec::kNone,
                    const record::BatchProducer& producer = {});

// `count` small records "key-i" = "value-i", a millisecond apart from
// `timestamp_ms` on.
std::string SimpleBatch(int count, int64_t timestamp_ms = 1000,
                        const record::BatchProducer& producer = {});

// The batch as a leader of `epoch` stores it at `base`.
std::string Stored(std::string batch, Offset base, LeaderEpoch epoch);

// Header of a batch; CHECK if there is none.
record::BatchHeader HeaderOf(std::string_view batch);

// Writes `header` over that of the batch and computes the checksum anew.
void Reseal(const record::BatchHeader& header, std::string* batch);

// All records of one batch, decompressed, checksum checked.
absl::StatusOr<std::vector<TestRecord>> ReadRecords(std::string_view batch);

}  // namespace barnabas::support

#endif  // BARNABAS_TESTS_SUPPORT_BATCHES_H_
