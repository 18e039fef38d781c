#include "storage/log/key_map.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace barnabas::log {
namespace {

constexpr size_t kSlotsMin = 16;

// A power of two, so that a mask picks the slot.
size_t SlotsIn(int64_t bytes, size_t slot_bytes) {
  const size_t slots =
      static_cast<size_t>(std::max<int64_t>(bytes, 0)) / slot_bytes;
  return std::max(std::bit_floor(slots), kSlotsMin);
}

size_t RoomIn(size_t slots) { return slots / 10 * 9 + slots % 10 * 9 / 10; }

}  // namespace

KeyMap::KeyMap(int64_t bytes_max)
    : slots_max_(SlotsIn(bytes_max, sizeof(Slot))), slots_(kSlotsMin) {}

size_t KeyMap::SlotOf(const KeyHash& key) const {
  const size_t mask = slots_.size() - 1;
  size_t at = static_cast<size_t>(key.low) & mask;
  while (slots_[at].offset >= 0 && slots_[at].key != key) at = (at + 1) & mask;
  return at;
}

bool KeyMap::TryPut(const KeyHash& key, Offset offset) {
  size_t at = SlotOf(key);
  if (slots_[at].offset >= 0) {
    slots_[at].offset = std::max(slots_[at].offset, offset.value());
    return true;
  }
  if (used_ == RoomIn(slots_.size())) {
    if (!Grow()) return false;
    at = SlotOf(key);
  }
  slots_[at] = Slot{key, offset.value()};
  ++used_;
  return true;
}

bool KeyMap::Grow() {
  if (slots_.size() >= slots_max_) return false;
  const std::vector<Slot> old =
      std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
  for (const Slot& slot : old) {
    if (slot.offset >= 0) slots_[SlotOf(slot.key)] = slot;
  }
  return true;
}

std::optional<Offset> KeyMap::Find(const KeyHash& key) const {
  const Slot& slot = slots_[SlotOf(key)];
  if (slot.offset < 0) return std::nullopt;
  return Offset(slot.offset);
}

}  // namespace barnabas::log
