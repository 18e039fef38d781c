#include "tools/cli/ceiling/ceiling_wire.h"

#include <cstring>

#include "storage/record/crc32c.h"

namespace barnabas::cli {

grpc::ByteBuffer WriteCount(int64_t count) {
  const grpc::Slice slice(&count, sizeof(count));
  return grpc::ByteBuffer(&slice, 1);
}

int64_t ReadCount(const grpc::ByteBuffer& buffer) {
  CeilingBytes bytes;
  ReadBytes(buffer, &bytes);
  int64_t count = -1;
  if (bytes.size != sizeof(count)) return -1;
  char* to = reinterpret_cast<char*>(&count);
  for (std::string_view part : bytes.parts) {
    std::memcpy(to, part.data(), part.size());
    to += part.size();
  }
  return count;
}

void ReadBytes(const grpc::ByteBuffer& buffer, CeilingBytes* bytes) {
  bytes->slices.clear();
  bytes->parts.clear();
  bytes->size = 0;
  if (!buffer.Dump(&bytes->slices).ok()) return;
  for (const grpc::Slice& slice : bytes->slices) {
    bytes->parts.emplace_back(reinterpret_cast<const char*>(slice.begin()),
                              slice.size());
    bytes->size += static_cast<int64_t>(slice.size());
  }
}

uint32_t ChecksumOf(const CeilingBytes& bytes) {
  uint32_t crc = 0;
  for (std::string_view part : bytes.parts) {
    crc = record::ExtendCrc32c(crc, part);
  }
  return crc;
}

}  // namespace barnabas::cli
