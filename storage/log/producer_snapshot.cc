#include "storage/log/producer_snapshot.h"

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "proto/types/limits.h"
#include "storage/record/byte_order.h"
#include "storage/record/crc32c.h"

namespace barnabas::log {
namespace {

constexpr int16_t kVersion = 1;
constexpr size_t kCrcPosition = 2;
constexpr size_t kBodyPosition = 6;
constexpr uint32_t kWindowMagic = 0x4257494e;  // "BWIN"

class Writer {
 public:
  template <typename T>
  void Put(T value) {
    char bytes[sizeof(T)];
    record::StoreBigEndian(value, bytes);
    out_.append(bytes, sizeof(T));
  }
  std::string& out() { return out_; }

 private:
  std::string out_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  // False when too few bytes are left.
  template <typename T>
  bool Take(T* value) {
    if (rest_.size() < sizeof(T)) return false;
    *value = record::LoadBigEndian<T>(rest_.data());
    rest_.remove_prefix(sizeof(T));
    return true;
  }
  bool Empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

bool TakeEntry(Reader* reader, ProducerEntry* entry) {
  int64_t id = 0;
  int16_t epoch = 0;
  ProducerBatch last;
  int64_t last_offset = 0;
  if (!reader->Take(&id) || !reader->Take(&epoch) ||
      !reader->Take(&last.last_sequence) || !reader->Take(&last_offset) ||
      !reader->Take(&last.offset_delta) || !reader->Take(&last.timestamp_ms) ||
      !reader->Take(&entry->coordinator_epoch) ||
      !reader->Take(&entry->transaction_first_offset)) {
    return false;
  }
  entry->id = ProducerId(id);
  entry->epoch = ProducerEpoch(epoch);
  entry->timestamp_ms = last.timestamp_ms;
  last.last_offset = Offset(last_offset);
  if (last.last_sequence >= 0) entry->Push(last);
  return true;
}

bool TakeBatch(Reader* reader, ProducerBatch* batch) {
  int64_t offset = 0;
  if (!reader->Take(&batch->last_sequence) || !reader->Take(&offset) ||
      !reader->Take(&batch->offset_delta) ||
      !reader->Take(&batch->timestamp_ms)) {
    return false;
  }
  batch->last_offset = Offset(offset);
  return true;
}

// Replaces the batches of one producer by all that are remembered.
bool TakeBatches(Reader* reader,
                 const absl::flat_hash_map<ProducerId, size_t>& places,
                 std::vector<ProducerEntry>* entries) {
  int64_t id = 0;
  int32_t count = 0;
  if (!reader->Take(&id) || !reader->Take(&count)) return false;
  const auto place = places.find(ProducerId(id));
  if (place == places.end() || count < 1 || count > kBatchesPerProducer) {
    return false;
  }
  ProducerEntry& entry = (*entries)[place->second];
  entry.count = 0;
  for (int32_t i = 0; i < count; ++i) {
    ProducerBatch batch;
    if (!TakeBatch(reader, &batch)) return false;
    entry.Push(batch);
  }
  return true;
}

bool TakeWindow(Reader* reader, std::vector<ProducerEntry>* entries) {
  uint32_t magic = 0;
  int32_t count = 0;
  if (!reader->Take(&magic) || magic != kWindowMagic || !reader->Take(&count) ||
      count < 0 || count > static_cast<int32_t>(entries->size())) {
    return false;
  }
  absl::flat_hash_map<ProducerId, size_t> places;
  for (size_t i = 0; i < entries->size(); ++i) places[(*entries)[i].id] = i;
  for (int32_t i = 0; i < count; ++i) {
    if (!TakeBatches(reader, places, entries)) return false;
  }
  return true;
}

// Whether Kafka's line says all there is to say.
bool IsWhole(const ProducerEntry& entry) {
  return entry.count == 0 ||
         (entry.count == 1 && entry.Last()->timestamp_ms == entry.timestamp_ms);
}

void PutWindow(const std::vector<ProducerEntry>& entries, Writer* writer) {
  int32_t count = 0;
  for (const ProducerEntry& entry : entries) count += IsWhole(entry) ? 0 : 1;
  writer->Put(kWindowMagic);
  writer->Put(count);
  for (const ProducerEntry& entry : entries) {
    if (IsWhole(entry)) continue;
    writer->Put(entry.id.value());
    writer->Put(entry.count);
    for (int32_t i = 0; i < entry.count; ++i) {
      const ProducerBatch& batch = entry.batches[static_cast<size_t>(i)];
      writer->Put(batch.last_sequence);
      writer->Put(batch.last_offset.value());
      writer->Put(batch.offset_delta);
      writer->Put(batch.timestamp_ms);
    }
  }
}

}  // namespace

std::string EncodeProducers(const std::vector<ProducerEntry>& entries) {
  Writer writer;
  writer.Put(kVersion);
  writer.Put(uint32_t{0});
  writer.Put(static_cast<int32_t>(entries.size()));
  for (const ProducerEntry& entry : entries) {
    const ProducerBatch none{-1, kNoOffset, 0, entry.timestamp_ms};
    const ProducerBatch& last = entry.Last() == nullptr ? none : *entry.Last();
    writer.Put(entry.id.value());
    writer.Put(entry.epoch.value());
    writer.Put(last.last_sequence);
    writer.Put(last.last_offset.value());
    writer.Put(last.offset_delta);
    writer.Put(entry.timestamp_ms);
    writer.Put(entry.coordinator_epoch);
    writer.Put(entry.transaction_first_offset);
  }
  PutWindow(entries, &writer);
  std::string bytes = std::move(writer.out());
  record::StoreBigEndian(
      record::Crc32c(std::string_view(bytes).substr(kBodyPosition)),
      bytes.data() + kCrcPosition);
  return bytes;
}

std::optional<std::vector<ProducerEntry>> DecodeProducers(
    std::string_view bytes) {
  Reader reader(bytes);
  int16_t version = 0;
  uint32_t crc = 0;
  int32_t count = 0;
  if (!reader.Take(&version) || version != kVersion || !reader.Take(&crc) ||
      crc != record::Crc32c(bytes.substr(kBodyPosition)) ||
      !reader.Take(&count) || count < 0 || count > kProducersPerPartitionMax) {
    return std::nullopt;
  }
  std::vector<ProducerEntry> entries(static_cast<size_t>(count));
  for (ProducerEntry& entry : entries) {
    if (!TakeEntry(&reader, &entry)) return std::nullopt;
  }
  if (!reader.Empty() && (!TakeWindow(&reader, &entries) || !reader.Empty())) {
    return std::nullopt;
  }
  return entries;
}

}  // namespace barnabas::log
