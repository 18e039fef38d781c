#include "tests/golden/kafka_partition.h"

#include <glog/logging.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace barnabas::golden {
namespace {

constexpr char kFolder[] = "tests/golden/kafka/";

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  CHECK(file.good()) << path;
  return {std::istreambuf_iterator<char>(file),
          std::istreambuf_iterator<char>()};
}

std::optional<std::string> Optional(const google::protobuf::Value& value) {
  if (value.kind_case() != google::protobuf::Value::kStringValue) {
    return std::nullopt;
  }
  return value.string_value();
}

ExpectedRecord RecordOf(const google::protobuf::Struct& json) {
  const auto& fields = json.fields();
  ExpectedRecord record;
  record.offset = static_cast<int64_t>(fields.at("offset").number_value());
  record.timestamp_type = fields.at("timestamp_type").string_value();
  record.timestamp_ms =
      static_cast<int64_t>(fields.at("timestamp_ms").number_value());
  record.key = Optional(fields.at("key"));
  record.value = Optional(fields.at("value"));
  for (const auto& header : fields.at("headers").list_value().values()) {
    const auto& pair = header.struct_value().fields();
    record.headers.emplace_back(pair.at("name").string_value(),
                                Optional(pair.at("value")));
  }
  return record;
}

std::vector<ExpectedRecord> ParseRecords(const std::string& text) {
  google::protobuf::Struct json;
  const auto status = google::protobuf::util::JsonStringToMessage(text, &json);
  CHECK(status.ok()) << status.ToString();
  std::vector<ExpectedRecord> records;
  for (const auto& value : json.fields().at("records").list_value().values()) {
    records.push_back(RecordOf(value.struct_value()));
  }
  return records;
}

// Lines of "name: value name: value ..."; others are the dump's headings.
std::vector<ExpectedBatch> ParseBatches(const std::string& text) {
  std::vector<ExpectedBatch> batches;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("baseOffset: ")) continue;
    std::istringstream words(line);
    ExpectedBatch batch;
    for (std::string name, value; words >> name >> value;) {
      name.pop_back();
      batch[name] = value;
    }
    batches.push_back(std::move(batch));
  }
  return batches;
}

}  // namespace

std::string KafkaPartition::Joined(std::string_view suffix) const {
  std::string joined;
  for (const std::string& file : NamesOf(suffix)) joined += files.at(file);
  return joined;
}

std::vector<std::string> KafkaPartition::NamesOf(
    std::string_view suffix) const {
  std::vector<std::string> names;
  for (const auto& [file, bytes] : files) {
    if (file.ends_with(suffix)) names.push_back(file);
  }
  return names;
}

std::vector<std::string> PartitionNames() {
  return {"none", "gzip",        "snappy",       "lz4",
          "zstd", "append-time", "transactions", "restart"};
}

KafkaPartition LoadPartition(const std::string& name) {
  KafkaPartition partition;
  partition.name = name;
  for (const auto& entry :
       std::filesystem::directory_iterator(kFolder + name)) {
    partition.files[entry.path().filename()] = ReadFile(entry.path());
  }
  partition.records = ParseRecords(partition.files.at("records.json"));
  partition.batches = ParseBatches(partition.files.at("batches.txt"));
  partition.files.erase("records.json");
  partition.files.erase("batches.txt");
  return partition;
}

}  // namespace barnabas::golden
