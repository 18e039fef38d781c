// Record batches from anyone: checked, read, decompressed, and built again.
// The mutator mends length, magic and checksum, so that what lies behind the
// checksum is reached.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/record/batch_builder.h"
#include "storage/record/batch_check.h"
#include "storage/record/batch_header.h"
#include "storage/record/batch_reader.h"
#include "storage/record/crc32c.h"
#include "storage/record/record.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace barnabas::fuzz {
namespace {

struct KeptRecord {
  int64_t timestamp_ms;
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;

  bool operator==(const KeptRecord&) const = default;
};

// All records, or nullopt if reading fails.
std::optional<std::vector<KeptRecord>> ReadAll(std::string_view batch) {
  const auto header = record::BatchHeader::Parse(batch);
  if (!header.has_value()) return std::nullopt;
  record::RecordReader reader;
  if (!reader.Open({*header, batch}, /*check_crc=*/true).ok()) {
    return std::nullopt;
  }
  std::vector<KeptRecord> records;
  record::RecordView view;
  while (true) {
    const auto more = reader.Next(&view);
    if (!more.ok()) return std::nullopt;
    if (!*more) return records;
    KeptRecord& kept = records.emplace_back();
    kept.timestamp_ms = view.timestamp_ms;
    kept.key = view.key;
    kept.value = view.value;
    for (const record::HeaderView& field : view.headers) {
      kept.headers.emplace_back(field.name, field.value);
    }
  }
}

std::string BuildAgain(const std::vector<KeptRecord>& records) {
  record::BatchBuilder builder;
  for (const KeptRecord& kept : records) {
    std::vector<record::HeaderView> headers;
    for (const auto& [name, value] : kept.headers) {
      headers.push_back({name, value});
    }
    builder.Append(kept.timestamp_ms, kept.key, kept.value, headers);
  }
  return builder.Finish();
}

// Within a day of each other: a builder is given times that were possible.
bool TimesAreNear(const std::vector<KeptRecord>& records) {
  for (const KeptRecord& kept : records) {
    if (kept.timestamp_ms < 0 || kept.timestamp_ms > int64_t{1} << 60) {
      return false;
    }
  }
  return true;
}

void TryBatch(std::string_view bytes) {
  const std::string_view whole[] = {bytes};
  const auto checked = record::CheckBatch(whole);
  const size_t middle = bytes.size() / 3;
  const std::string_view halves[] = {bytes.substr(0, middle),
                                     bytes.substr(middle)};
  if (record::CheckBatch(halves).status() != checked.status()) {
    Die("a batch in two slices is judged as one in one slice");
  }
  const auto records = ReadAll(bytes);
  if (!checked.ok()) return;
  record::CheckProduced(*checked, 1 << 20).IgnoreError();
  const bool sound = record::CheckRecords(bytes, /*allow_gaps=*/false).ok();
  if (sound && !records.has_value()) Die("sound records can be read");
  if (!records.has_value() || records->empty() || !TimesAreNear(*records)) {
    return;
  }
  const auto again = ReadAll(BuildAgain(*records));
  if (!again.has_value() || *again != *records) {
    Die("what was read can be built and read again");
  }
}

}  // namespace
}  // namespace barnabas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using barnabas::record::BatchReader;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  barnabas::fuzz::TryBatch(bytes);
  BatchReader reader(bytes);
  for (auto next = reader.Next(); next.ok() && next->has_value();
       next = reader.Next()) {
    barnabas::fuzz::TryBatch((*next)->bytes);
  }
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size,
                                          size_t max_size, unsigned int seed) {
  size = LLVMFuzzerMutate(data, size, max_size);
  // Some stay broken.
  if (seed % 8 == 0 || size < barnabas::record::kBatchHeaderBytes) return size;
  std::string batch(reinterpret_cast<const char*>(data), size);
  auto header = barnabas::record::BatchHeader::Parse(batch);
  if (!header.has_value()) return size;
  header->length =
      static_cast<int32_t>(size - barnabas::record::kBatchOverheadBytes);
  header->magic = 2;
  header->Write(batch.data());
  header->crc = barnabas::record::Crc32c(
      std::string_view(batch).substr(barnabas::record::kCrcBegin));
  header->Write(batch.data());
  std::memcpy(data, batch.data(), size);
  return size;
}
