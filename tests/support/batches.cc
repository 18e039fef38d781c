#include "tests/support/batches.h"

#include <glog/logging.h>

#include "proto/types/status_macros.h"
#include "storage/record/batch_reader.h"
#include "storage/record/crc32c.h"
#include "storage/record/record.h"

namespace barnabas::support {
namespace {

// Bytes that compress somewhat, as real ones do.
std::string RandomBytes(size_t size_max, std::mt19937_64* random) {
  std::string bytes((*random)() % (size_max + 1), '\0');
  const uint64_t kinds = 1 + (*random)() % 64;
  for (char& byte : bytes) byte = static_cast<char>((*random)() % kinds * 4);
  return bytes;
}

std::optional<std::string> MaybeBytes(size_t size_max,
                                      std::mt19937_64* random) {
  if ((*random)() % 5 == 0) return std::nullopt;
  return RandomBytes(size_max, random);
}

}  // namespace

std::vector<TestRecord> RandomRecords(int count_max, std::mt19937_64* random) {
  std::vector<TestRecord> records(1 + (*random)() %
                                          static_cast<uint64_t>(count_max));
  int64_t time = static_cast<int64_t>((*random)() % 2000000000000);
  for (TestRecord& record : records) {
    time += static_cast<int64_t>((*random)() % 2001) - 1000;
    record.timestamp_ms = time;
    record.key = MaybeBytes(40, random);
    record.value = MaybeBytes((*random)() % 20 == 0 ? 70000 : 300, random);
    if ((*random)() % 3 != 0) continue;
    const uint64_t headers = (*random)() % 6;
    for (uint64_t i = 0; i < headers; ++i) {
      // Few names, so that they repeat.
      record.headers.emplace_back(std::string((*random)() % 3, 'h'),
                                  MaybeBytes(20, random));
    }
  }
  return records;
}

std::string BatchOf(const std::vector<TestRecord>& records, record::Codec codec,
                    const record::BatchProducer& producer) {
  record::BatchBuilder builder(codec);
  std::vector<record::HeaderView> headers;
  for (const TestRecord& record : records) {
    headers.clear();
    for (const auto& [name, value] : record.headers) {
      headers.push_back({name, value});
    }
    builder.Append(record.timestamp_ms, record.key, record.value, headers);
  }
  return builder.Finish(producer);
}

std::string SimpleBatch(int count, int64_t timestamp_ms,
                        const record::BatchProducer& producer) {
  std::vector<TestRecord> records;
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    records.push_back(
        {timestamp_ms + i, "key-" + number, "value-" + number, {}});
  }
  return BatchOf(records, record::Codec::kNone, producer);
}

std::string Stored(std::string batch, Offset base, LeaderEpoch epoch) {
  record::BatchHeader header = HeaderOf(batch);
  header.base_offset = base;
  header.leader_epoch = epoch;
  header.Write(batch.data());
  return batch;
}

record::BatchHeader HeaderOf(std::string_view batch) {
  const auto header = record::BatchHeader::Parse(batch);
  CHECK(header.has_value()) << "not a batch";
  return *header;
}

void Reseal(const record::BatchHeader& header, std::string* batch) {
  record::BatchHeader sealed = header;
  sealed.Write(batch->data());
  sealed.crc =
      record::Crc32c(std::string_view(*batch).substr(record::kCrcBegin));
  sealed.Write(batch->data());
}

absl::StatusOr<std::vector<TestRecord>> ReadRecords(std::string_view batch) {
  record::RecordReader reader;
  RETURN_IF_ERROR(reader.Open(record::BatchView{HeaderOf(batch), batch},
                              /*check_crc=*/true));
  std::vector<TestRecord> records;
  record::RecordView view;
  while (true) {
    ASSIGN_OR_RETURN(const bool found, reader.Next(&view));
    if (!found) return records;
    TestRecord& record = records.emplace_back();
    record.timestamp_ms = view.timestamp_ms;
    record.key = view.key;
    record.value = view.value;
    for (const record::HeaderView& header : view.headers) {
      record.headers.emplace_back(header.name, header.value);
    }
  }
}

}  // namespace barnabas::support
