// The three small messages of the ceiling's streams.
//
// What: eight-byte counts, and the first message of a fetch, as raw bytes.
// Units: as named. Empty case: none.
// Thread: pure functions. Errors: a message of another size reads as -1.
#ifndef BARNABAS_TOOLS_CLI_CEILING_CEILING_WIRE_H_
#define BARNABAS_TOOLS_CLI_CEILING_CEILING_WIRE_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace barnabas::cli {

inline constexpr char kCeilingProduce[] = "/barnabas.Ceiling/Produce";
inline constexpr char kCeilingFetch[] = "/barnabas.Ceiling/Fetch";

grpc::ByteBuffer WriteCount(int64_t count);
int64_t ReadCount(const grpc::ByteBuffer& buffer);

// The bytes of a message; the slices keep them alive.
struct CeilingBytes {
  std::vector<grpc::Slice> slices;
  std::vector<std::string_view> parts;
  int64_t size = 0;
};
void ReadBytes(const grpc::ByteBuffer& buffer, CeilingBytes* bytes);

// Checksum over all parts, as a broker or a reader computes it.
uint32_t ChecksumOf(const CeilingBytes& bytes);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_CEILING_CEILING_WIRE_H_
