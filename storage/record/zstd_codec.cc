#include "storage/record/zstd_codec.h"

#include <zstd.h>

#include <algorithm>
#include <memory>

#include "proto/types/error.h"
#include "proto/types/units.h"
#include "storage/record/codec_buffer.h"

namespace barnabas::record {
namespace {

// A context that a frame with a huge window has blown up is given back.
constexpr size_t kContextBytesMax = 16 * kMiB;
// A size that a frame claims is believed at once up to here; beyond, the
// buffer grows with what really comes out.
constexpr uint64_t kBelievedBytes = kMiB;
constexpr uint64_t kBelievedRatio = 64;

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

absl::Status ZstdError(std::string_view what) {
  return MakeError(ErrorCode::kInternal, "zstd failed: " + std::string(what),
                   "the machine may be out of memory");
}

size_t ExpectedBytes(std::string_view input) {
  const unsigned long long claimed =
      ZSTD_getFrameContentSize(input.data(), input.size());
  if (claimed == ZSTD_CONTENTSIZE_ERROR ||
      claimed == ZSTD_CONTENTSIZE_UNKNOWN) {
    return input.size() * 4;
  }
  return static_cast<size_t>(std::min<uint64_t>(
      claimed, std::max(kBelievedBytes, input.size() * kBelievedRatio)));
}

absl::Status Inflate(ZSTD_DCtx* context, std::string_view bytes,
                     int64_t bytes_max, InflateBuffer* buffer) {
  ZSTD_inBuffer input = {bytes.data(), bytes.size(), 0};
  // 0 means a frame ended; nothing at all is no frame.
  size_t hint = 1;
  while (input.pos < input.size || hint != 0) {
    char spare;
    const bool full = buffer->free_bytes() == 0 && !buffer->Grow();
    ZSTD_outBuffer output = {full ? &spare : buffer->free(),
                             full ? 1 : buffer->free_bytes(), 0};
    hint = ZSTD_decompressStream(context, &output, &input);
    if (ZSTD_isError(hint)) {
      return NotOfCodecError("zstd", ZSTD_getErrorName(hint));
    }
    if (full && output.pos > 0) return BombError("zstd", bytes_max);
    if (!full) buffer->Use(output.pos);
    if (input.pos == input.size && hint != 0 && output.pos < output.size) {
      return NotOfCodecError("zstd", "the frame is cut off");
    }
  }
  buffer->Finish();
  return absl::OkStatus();
}

}  // namespace

absl::Status ZstdCompress(std::optional<int> level, std::string_view input,
                          std::string* output) {
  thread_local std::unique_ptr<ZSTD_CCtx, FreeContext> context;
  if (context == nullptr) context.reset(ZSTD_createCCtx());
  if (context == nullptr) return ZstdError("no context");
  const size_t begin = output->size();
  const size_t bound = ZSTD_compressBound(input.size());
  output->resize(begin + bound);
  const size_t size = ZSTD_compressCCtx(
      context.get(), output->data() + begin, bound, input.data(), input.size(),
      std::clamp(level.value_or(ZSTD_CLEVEL_DEFAULT), ZSTD_minCLevel(),
                 ZSTD_maxCLevel()));
  if (ZSTD_isError(size)) {
    output->resize(begin);
    return ZstdError(ZSTD_getErrorName(size));
  }
  output->resize(begin + size);
  return absl::OkStatus();
}

absl::Status ZstdDecompress(std::string_view input, int64_t bytes_max,
                            std::string* output) {
  thread_local std::unique_ptr<ZSTD_DCtx, FreeContext> context;
  if (context == nullptr) context.reset(ZSTD_createDCtx());
  if (context == nullptr) return ZstdError("no context");
  ZSTD_DCtx_reset(context.get(), ZSTD_reset_session_only);
  InflateBuffer buffer(output, ExpectedBytes(input), bytes_max);
  const absl::Status status = Inflate(context.get(), input, bytes_max, &buffer);
  if (ZSTD_sizeof_DCtx(context.get()) > kContextBytesMax) context.reset();
  return status;
}

}  // namespace barnabas::record
