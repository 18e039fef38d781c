// KafkaPartition: what a running Kafka left in tests/golden/kafka, in memory.
//
// What: the files of one partition, and what Kafka's own tools say is in them.
// Units: offsets, milliseconds, bytes. Empty case: a missing file ends the test
//   that asked for it.
// Thread: one. Errors: broken golden files are CHECK failures.
#ifndef BARNABAS_TESTS_GOLDEN_KAFKA_PARTITION_H_
#define BARNABAS_TESTS_GOLDEN_KAFKA_PARTITION_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace barnabas::golden {

// One line of records.json.
struct ExpectedRecord {
  int64_t offset = 0;
  std::string timestamp_type;
  int64_t timestamp_ms = 0;
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;
};

// One line of batches.txt: name of each figure, and the figure.
using ExpectedBatch = std::map<std::string, std::string>;

struct KafkaPartition {
  std::string name;
  // File name -> bytes, in order of name.
  std::map<std::string, std::string> files;
  std::vector<ExpectedRecord> records;
  // In order of offset, of all segments.
  std::vector<ExpectedBatch> batches;

  // Bytes of all files whose name ends so, one after the other.
  std::string Joined(std::string_view suffix) const;
  std::vector<std::string> NamesOf(std::string_view suffix) const;
};

// Every partition there is.
std::vector<std::string> PartitionNames();

KafkaPartition LoadPartition(const std::string& name);

}  // namespace barnabas::golden

#endif  // BARNABAS_TESTS_GOLDEN_KAFKA_PARTITION_H_
