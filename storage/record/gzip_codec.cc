#include "storage/record/gzip_codec.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

#include "proto/types/error.h"
#include "storage/record/codec_buffer.h"

namespace barnabas::record {
namespace {

constexpr int kGzipWindow = 15 + 16;
constexpr int kMemoryLevel = 8;
constexpr size_t kChunkMax = std::numeric_limits<uInt>::max();

absl::Status ZlibError(std::string_view what) {
  return MakeError(ErrorCode::kInternal, "zlib failed: " + std::string(what),
                   "the machine may be out of memory");
}

// A deflate stream that is reused as long as the level stays.
class Deflater {
 public:
  Deflater() = default;
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater() { Close(); }

  // A fresh stream; nullptr when zlib has no memory.
  z_stream* Fresh(int level) {
    if (open_ && level == level_) {
      return deflateReset(&stream_) == Z_OK ? &stream_ : nullptr;
    }
    Close();
    stream_ = z_stream{};
    if (deflateInit2(&stream_, level, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      return nullptr;
    }
    open_ = true;
    level_ = level;
    return &stream_;
  }

 private:
  void Close() {
    if (open_) deflateEnd(&stream_);
    open_ = false;
  }

  z_stream stream_{};
  bool open_ = false;
  int level_ = 0;
};

class Inflater {
 public:
  Inflater() = default;
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (open_) inflateEnd(&stream_);
  }

  z_stream* Fresh() {
    if (open_) return inflateReset(&stream_) == Z_OK ? &stream_ : nullptr;
    stream_ = z_stream{};
    if (inflateInit2(&stream_, kGzipWindow) != Z_OK) return nullptr;
    open_ = true;
    return &stream_;
  }

 private:
  z_stream stream_{};
  bool open_ = false;
};

Bytef* AsBytes(const char* text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text));
}

}  // namespace

absl::Status GzipCompress(std::optional<int> level, std::string_view input,
                          std::string* output) {
  if (input.size() > kChunkMax) return ZlibError("input beyond 4 GiB");
  thread_local Deflater deflater;
  z_stream* stream =
      deflater.Fresh(std::clamp(level.value_or(Z_DEFAULT_COMPRESSION), -1, 9));
  if (stream == nullptr) return ZlibError("deflateInit2");
  const size_t begin = output->size();
  const size_t bound = deflateBound(stream, input.size());
  output->resize(begin + bound);
  stream->next_in = AsBytes(input.data());
  stream->avail_in = static_cast<uInt>(input.size());
  stream->next_out = AsBytes(output->data() + begin);
  stream->avail_out = static_cast<uInt>(bound);
  if (deflate(stream, Z_FINISH) != Z_STREAM_END) {
    output->resize(begin);
    return ZlibError("deflate did not finish within its bound");
  }
  output->resize(begin + bound - stream->avail_out);
  return absl::OkStatus();
}

absl::Status GzipDecompress(std::string_view input, int64_t bytes_max,
                            std::string* output) {
  if (input.size() > kChunkMax) {
    return NotOfCodecError("gzip", "input beyond 4 GiB");
  }
  thread_local Inflater inflater;
  z_stream* stream = inflater.Fresh();
  if (stream == nullptr) return ZlibError("inflateInit2");
  InflateBuffer buffer(output, input.size() * 4, bytes_max);
  stream->next_in = AsBytes(input.data());
  stream->avail_in = static_cast<uInt>(input.size());
  bool ended = false;
  while (!ended) {
    // One byte of spare room tells "exactly full" from "more to come".
    char spare;
    const bool full = buffer.free_bytes() == 0 && !buffer.Grow();
    const size_t room =
        full ? 1 : std::min<size_t>(buffer.free_bytes(), kChunkMax);
    stream->next_out = AsBytes(full ? &spare : buffer.free());
    stream->avail_out = static_cast<uInt>(room);
    const int result = inflate(stream, Z_NO_FLUSH);
    const size_t made = room - stream->avail_out;
    if (full && made > 0) return BombError("gzip", bytes_max);
    if (!full) buffer.Use(made);
    if (result == Z_STREAM_END) {
      ended = stream->avail_in == 0;
      if (!ended && inflateReset(stream) != Z_OK) {
        return ZlibError("inflateReset");
      }
    } else if (result == Z_BUF_ERROR ||
               (result == Z_OK && stream->avail_in == 0 && made < room)) {
      return NotOfCodecError("gzip", "the stream is cut off");
    } else if (result != Z_OK) {
      return NotOfCodecError(
          "gzip", stream->msg != nullptr ? stream->msg : "unknown damage");
    }
  }
  buffer.Finish();
  return absl::OkStatus();
}

}  // namespace barnabas::record
