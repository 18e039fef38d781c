#include "storage/record/crc32c.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <cstddef>

namespace barnabas::record {
namespace {

// ISA-L counts in int.
constexpr size_t kChunkBytes = size_t{1} << 30;

}  // namespace

uint32_t ExtendCrc32c(uint32_t crc, std::string_view bytes) {
  // ISA-L works on the inverted register and only reads the buffer, though
  // its signature does not say so.
  uint32_t state = ~crc;
  while (!bytes.empty()) {
    const size_t size = std::min(bytes.size(), kChunkBytes);
    state = crc32_iscsi(
        reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data())),
        static_cast<int>(size), state);
    bytes.remove_prefix(size);
  }
  return ~state;
}

}  // namespace barnabas::record
