// ConsumerOptions, and the names of what is read: partitions and positions.
//
// Units: bytes; absl::Duration; offsets; milliseconds of wall time.
// Empty case: the defaults; a StartAt begins at the oldest record.
// Thread: plain values. Errors: none here; Consumer::Create checks.
#ifndef BARNABAS_CLIENT_CONSUMER_CONSUMER_OPTIONS_H_
#define BARNABAS_CLIENT_CONSUMER_CONSUMER_OPTIONS_H_

#include <compare>
#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "client/client_options.h"

namespace barnabas::client {

struct ConsumerOptions {
  ClientOptions client;
  // Fetched ahead of Poll, at most.
  int64_t prefetch_bytes = 16 * 1024 * 1024;
  int64_t frame_bytes = 1024 * 1024;
  // The broker waits for this much, or this long, before it sends.
  int64_t bytes_min = 1;
  absl::Duration linger = absl::ZeroDuration();
  // Verify checksums of fetched batches.
  bool check_crc = true;
};

struct ConsumerPartition {
  std::string topic;
  int32_t partition = 0;

  auto operator<=>(const ConsumerPartition&) const = default;
};

// Where to begin; made by the functions.
struct StartAt {
  enum class Kind { kStart, kEnd, kOffset, kTimestamp, kLast };
  Kind kind = Kind::kStart;
  int64_t value = 0;

  static StartAt Start() { return {Kind::kStart, 0}; }
  static StartAt End() { return {Kind::kEnd, 0}; }
  static StartAt Offset(int64_t offset) { return {Kind::kOffset, offset}; }
  static StartAt Time(int64_t ms) { return {Kind::kTimestamp, ms}; }
  // The last `count` records.
  static StartAt Last(int64_t count) { return {Kind::kLast, count}; }
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_CONSUMER_CONSUMER_OPTIONS_H_
