// KeyMap: the last offset of each key, in bounded memory.
//
// What: what compaction learns of a log's dirty part. Keys are told apart by
//   128 bits (key_hash.h). The table begins small and doubles; at its bound it
//   is full, and the pass goes on with what it has (kafka-facts 4.9).
// Units: bytes; 24 bytes an entry, of which nine tenths are used. While it
//   doubles, the old half is there too.
// Empty case: no key is known.
// Thread: one at a time. Errors: none; TryPut says whether there was room.
// Always true: a put key is found, with the largest offset that was put.
#ifndef BARNABAS_STORAGE_LOG_KEY_MAP_H_
#define BARNABAS_STORAGE_LOG_KEY_MAP_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "proto/types/offsets.h"
#include "storage/log/key_hash.h"

namespace barnabas::log {

class KeyMap {
 public:
  // Room for one key at least, whatever the bound.
  explicit KeyMap(int64_t bytes_max);

  // False when the key is new and there is no room.
  bool TryPut(const KeyHash& key, Offset offset);
  std::optional<Offset> Find(const KeyHash& key) const;

  int64_t size() const { return static_cast<int64_t>(used_); }
  int64_t bytes() const {
    return static_cast<int64_t>(slots_.size() * sizeof(Slot));
  }

 private:
  struct Slot {
    KeyHash key;
    // Negative: the slot is free.
    int64_t offset = -1;
  };
  static_assert(sizeof(Slot) == 24);

  // The slot of `key`, or the free one where it would go.
  size_t SlotOf(const KeyHash& key) const;
  bool Grow();

  const size_t slots_max_;
  std::vector<Slot> slots_;
  size_t used_ = 0;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_KEY_MAP_H_
