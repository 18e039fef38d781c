// CRC-32C (Castagnoli), in hardware where there is any (ISA-L).
//
// Units: bytes. Empty case: Extend(crc, "") is crc; the checksum of nothing
//   is 0. Check value: Crc32c("123456789") = 0xe3069283.
// Thread: pure functions. Errors: none.
#ifndef BARNABAS_STORAGE_RECORD_CRC32C_H_
#define BARNABAS_STORAGE_RECORD_CRC32C_H_

#include <cstdint>
#include <string_view>

namespace barnabas::record {

// Checksum of what `crc` stands for followed by `bytes`.
uint32_t ExtendCrc32c(uint32_t crc, std::string_view bytes);

inline uint32_t Crc32c(std::string_view bytes) {
  return ExtendCrc32c(0, bytes);
}

}  // namespace barnabas::record

#endif  // BARNABAS_STORAGE_RECORD_CRC32C_H_
