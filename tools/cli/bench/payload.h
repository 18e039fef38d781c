// Payload: what a benchmark's record holds, so that it can be recognised.
//
// Picture of the bytes (little-endian): 0 u64 run, 8 u64 sequence,
//   16 i64 time sent (monotonic ns), 24 ... filler that does not compress to
//   nothing.
// Ranges: a payload has at least kPayloadBytesMin bytes when it must be
//   recognised; sequences count from 0.
// Units: bytes, nanoseconds. Empty case: bytes of another run, or too few of
//   them, are no stamp (nullopt).
// Thread: PayloadMaker is one thread's; ReadStamp is pure. Errors: none.
#ifndef BARNABAS_TOOLS_CLI_BENCH_PAYLOAD_H_
#define BARNABAS_TOOLS_CLI_BENCH_PAYLOAD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace barnabas::cli {

inline constexpr size_t kPayloadBytesMin = 24;

struct PayloadStamp {
  uint64_t run = 0;
  uint64_t sequence = 0;
  int64_t sent_ns = 0;

  bool operator==(const PayloadStamp&) const = default;
};

class PayloadMaker {
 public:
  // Payloads of `bytes` bytes; the filler is a function of `run`.
  PayloadMaker(uint64_t run, size_t bytes);

  // The next payload; the view lives until the next call. Below
  // kPayloadBytesMin there is filler only.
  std::string_view Next(uint64_t sequence, int64_t sent_ns);

 private:
  const uint64_t run_;
  std::string bytes_;
};

// What a payload of `run` says; nullopt for anything else.
std::optional<PayloadStamp> ReadStamp(uint64_t run, std::string_view payload);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_BENCH_PAYLOAD_H_
