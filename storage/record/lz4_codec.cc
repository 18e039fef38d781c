#include "storage/record/lz4_codec.h"

#include <lz4frame.h>

#include <algorithm>

#include "proto/types/error.h"
#include "storage/record/codec_buffer.h"

namespace barnabas::record {
namespace {

// Levels of lz4: 0 is the fast one, 3 to 12 the thorough ones, below 0 faster
// still.
constexpr int kLevelMin = -65537;
constexpr int kLevelMax = 12;

absl::Status Lz4Error(size_t code) {
  return MakeError(ErrorCode::kInternal,
                   std::string("lz4 failed: ") + LZ4F_getErrorName(code),
                   "the machine may be out of memory");
}

class Contexts {
 public:
  Contexts() = default;
  Contexts(const Contexts&) = delete;
  Contexts& operator=(const Contexts&) = delete;
  ~Contexts() {
    LZ4F_freeCompressionContext(compression_);
    LZ4F_freeDecompressionContext(decompression_);
  }

  LZ4F_cctx* compression() {
    if (compression_ == nullptr && LZ4F_isError(LZ4F_createCompressionContext(
                                       &compression_, LZ4F_VERSION))) {
      compression_ = nullptr;
    }
    return compression_;
  }
  LZ4F_dctx* decompression() {
    if (decompression_ == nullptr &&
        LZ4F_isError(
            LZ4F_createDecompressionContext(&decompression_, LZ4F_VERSION))) {
      decompression_ = nullptr;
    }
    return decompression_;
  }

 private:
  LZ4F_cctx* compression_ = nullptr;
  LZ4F_dctx* decompression_ = nullptr;
};

Contexts& ThreadContexts() {
  thread_local Contexts contexts;
  return contexts;
}

}  // namespace

absl::Status Lz4Compress(std::optional<int> level, std::string_view input,
                         std::string* output) {
  LZ4F_cctx* context = ThreadContexts().compression();
  if (context == nullptr) return Lz4Error(0);
  LZ4F_preferences_t preferences = LZ4F_INIT_PREFERENCES;
  preferences.frameInfo.blockSizeID = LZ4F_max64KB;
  preferences.frameInfo.blockMode = LZ4F_blockIndependent;
  preferences.compressionLevel =
      std::clamp(level.value_or(0), kLevelMin, kLevelMax);
  const size_t begin = output->size();
  const size_t bound =
      LZ4F_compressBound(input.size(), &preferences) + LZ4F_HEADER_SIZE_MAX;
  output->resize(begin + bound);
  char* to = output->data() + begin;
  size_t used = LZ4F_compressBegin(context, to, bound, &preferences);
  if (!LZ4F_isError(used) && !input.empty()) {
    const size_t size = LZ4F_compressUpdate(
        context, to + used, bound - used, input.data(), input.size(), nullptr);
    used = LZ4F_isError(size) ? size : used + size;
  }
  if (!LZ4F_isError(used)) {
    const size_t size =
        LZ4F_compressEnd(context, to + used, bound - used, nullptr);
    used = LZ4F_isError(size) ? size : used + size;
  }
  if (LZ4F_isError(used)) {
    output->resize(begin);
    return Lz4Error(used);
  }
  output->resize(begin + used);
  return absl::OkStatus();
}

absl::Status Lz4Decompress(std::string_view input, int64_t bytes_max,
                           std::string* output) {
  LZ4F_dctx* context = ThreadContexts().decompression();
  if (context == nullptr) return Lz4Error(0);
  LZ4F_resetDecompressionContext(context);
  InflateBuffer buffer(output, input.size() * 4, bytes_max);
  // 0 means a frame ended; nothing at all is no frame.
  size_t hint = 1;
  while (!input.empty() || hint != 0) {
    char spare;
    const bool full = buffer.free_bytes() == 0 && !buffer.Grow();
    size_t made = full ? 1 : buffer.free_bytes();
    const size_t room = made;
    size_t taken = input.size();
    hint = LZ4F_decompress(context, full ? &spare : buffer.free(), &made,
                           input.data(), &taken, nullptr);
    if (LZ4F_isError(hint)) {
      return NotOfCodecError("lz4", LZ4F_getErrorName(hint));
    }
    if (full && made > 0) return BombError("lz4", bytes_max);
    if (!full) buffer.Use(made);
    input.remove_prefix(taken);
    if (input.empty() && hint != 0 && made < room) {
      return NotOfCodecError("lz4", "the frame is cut off");
    }
  }
  buffer.Finish();
  return absl::OkStatus();
}

}  // namespace barnabas::record
