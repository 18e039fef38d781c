// History: what the clients of one run did and were told.
//
// What: the events, their lines (NDJSON, one event a line), and the history
//   that a whole file of lines makes. Clients write lines as things happen;
//   nothing in it comes from a server's own word about itself.
// Lines:  {"op":"log","log":0,"topic":"t","partition":0,"synced":true}
//         {"op":"producer","producer":0,"idempotent":true,"acks":"all"}
//         {"op":"consumer","consumer":0,"final":false,"whole":true}
//         {"op":"send",…} invoked   {"op":"told",…} its outcome; none: unknown
//         {"op":"begin",…} a consumer was placed   {"op":"read",…} one poll
//         {"op":"trouble",…} what a consumer was told instead
//         {"op":"time",…} an answered question for an offset by time
//         {"op":"end",…} where a log ended when all was over
//         {"op":"cut",…} the power went before this leader epoch began
// Units: nanoseconds of one monotonic clock (at, asked, told), milliseconds of
//   wall time (timestamps), offsets. Records are named by (producer, number).
// Empty case: a history of no lines. Thread: plain values.
// Errors: ReadHistory names the line that it cannot read.
// Always true: sends are counted from 0 by each producer, without a gap.
#ifndef BARNABAS_TESTS_CHAOS_HISTORY_H_
#define BARNABAS_TESTS_CHAOS_HISTORY_H_

#include <cstdint>
#include <istream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/chaos/json_line.h"

namespace barnabas::chaos {

// One partition. Synced: flush=disk.
struct LogFacts {
  std::string topic;
  int32_t partition = 0;
  bool synced = true;
};

struct ProducerFacts {
  bool idempotent = true;
  bool acks_all = true;
};

enum class Outcome { kUnknown, kStored, kFailed };

// Final: its reading, from start to end after all was over, is the truth.
// Whole: it was let run until it had everything.
struct ConsumerFacts {
  bool is_final = false;
  bool whole = false;
};

// One record that a producer was asked to send, and what became of it.
struct Sent {
  int32_t log = -1;
  int64_t timestamp_ms = 0;
  int64_t at_ns = 0;
  Outcome outcome = Outcome::kUnknown;
  int64_t told_ns = 0;
  int64_t offset = -1;
  int32_t epoch = -1;
  // v1.Durability as number.
  int32_t durability = 0;
  bool duplicate = false;
  // How often an outcome was told.
  int32_t tellings = 0;
};

// A record as it was read; producer -1: it does not say whose it is.
struct ReadRecord {
  int64_t offset = 0;
  int32_t producer = -1;
  int64_t number = -1;
  int64_t timestamp_ms = 0;
  // Of its batch; known to the final reading only.
  int32_t epoch = -1;
};

// Something that a consumer did or was told.
struct Reading {
  enum class Kind { kBegin, kRecords, kTrouble };
  Kind kind = Kind::kRecords;
  int32_t consumer = 0;
  int32_t log = 0;
  int64_t at_ns = 0;
  // kBegin: where it begins.
  int64_t offset = 0;
  // kRecords: the leader's epoch and the high watermark that came along.
  int32_t epoch = -1;
  int64_t high_watermark = 0;
  std::vector<ReadRecord> records;
  // kTrouble.
  std::string text;
};

// What a question by time was answered; no offset: no record is that young.
struct TimeAnswer {
  int32_t log = 0;
  int64_t asked_ns = 0;
  int64_t target_ms = 0;
  std::optional<int64_t> offset;
  int64_t timestamp_ms = -1;
  // Of the record's batch.
  int32_t epoch = -1;
};

JsonLine LogLine(int32_t log, const LogFacts& facts);
JsonLine ProducerLine(int32_t producer, const ProducerFacts& facts);
JsonLine ConsumerLine(int32_t consumer, const ConsumerFacts& facts);
JsonLine SendLine(int32_t producer, int64_t number, const Sent& sent);
JsonLine ToldLine(int32_t producer, int64_t number, const Sent& sent);
JsonLine ReadingLine(const Reading& reading);
JsonLine TimeLine(const TimeAnswer& answer);
JsonLine EndLine(int32_t log, int64_t start, int64_t end);
JsonLine CutLine(int32_t log, int32_t epoch);

struct History {
  struct Range {
    int64_t start = 0;
    int64_t end = 0;
  };

  std::map<int32_t, LogFacts> logs;
  std::map<int32_t, ProducerFacts> producers;
  std::map<int32_t, ConsumerFacts> consumers;
  // By producer, then number.
  std::map<int32_t, std::vector<Sent>> sent;
  // In the order of the lines.
  std::vector<Reading> readings;
  std::vector<TimeAnswer> times;
  std::map<int32_t, Range> ends;
  // Epochs that began after a power cut, rising, by log.
  std::map<int32_t, std::vector<int32_t>> cuts;
};

absl::StatusOr<History> ReadHistory(std::istream* lines);

}  // namespace barnabas::chaos

#endif  // BARNABAS_TESTS_CHAOS_HISTORY_H_
