// The producer snapshot file: a ProducerWindow at one offset, on disk.
//
// Picture of the bytes (big-endian), Kafka's layout first:
//    0 i16 version = 1
//    2 u32 CRC-32C of [6, end)
//    6 i32 count, then per producer, least recently heard of first:
//      i64 producer id, i16 epoch, i32 last sequence, i64 last offset,
//      i32 offset delta, i64 timestamp, i32 coordinator epoch,
//      i64 first offset of the open transaction
//    then ours, which Kafka's reader passes over:
//      u32 "BWIN", i32 count, per producer of which there is more to say:
//      i64 producer id, i32 n, n times its batches, oldest first: i32 last
//      sequence, i64 last offset, i32 offset delta, i64 timestamp
// Units: as in ProducerWindow. Empty case: no producers is a valid snapshot.
// Thread: pure functions.
// Errors: Decode gives nullopt for damaged bytes; the window is then rebuilt
//   from an older snapshot or from the log. A file without our part (Kafka
//   wrote it) gives one batch per producer.
#ifndef BARNABAS_STORAGE_LOG_PRODUCER_SNAPSHOT_H_
#define BARNABAS_STORAGE_LOG_PRODUCER_SNAPSHOT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/log/producer_window.h"

namespace barnabas::log {

std::string EncodeProducers(const std::vector<ProducerEntry>& entries);
std::optional<std::vector<ProducerEntry>> DecodeProducers(
    std::string_view bytes);

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_PRODUCER_SNAPSHOT_H_
