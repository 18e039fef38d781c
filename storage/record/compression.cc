#include "storage/record/compression.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "storage/record/codec_buffer.h"
#include "storage/record/gzip_codec.h"
#include "storage/record/lz4_codec.h"
#include "storage/record/snappy_codec.h"
#include "storage/record/zstd_codec.h"

namespace barnabas::record {
namespace {

constexpr Codec kCodecs[] = {Codec::kNone, Codec::kGzip, Codec::kSnappy,
                             Codec::kLz4, Codec::kZstd};

absl::Status UnknownCodec(Codec codec) {
  return MakeError(ErrorCode::kUnsupportedCompression,
                   absl::StrCat("codec ", static_cast<int>(codec),
                                " is not known; found in the attributes of a "
                                "batch"),
                   "use none, gzip, snappy, lz4 or zstd");
}

}  // namespace

absl::Status Compress(Codec codec, std::optional<int> level,
                      std::string_view input, std::string* output) {
  switch (codec) {
    case Codec::kNone:
      output->append(input);
      return absl::OkStatus();
    case Codec::kGzip:
      return GzipCompress(level, input, output);
    case Codec::kSnappy:
      return SnappyCompress(level, input, output);
    case Codec::kLz4:
      return Lz4Compress(level, input, output);
    case Codec::kZstd:
      return ZstdCompress(level, input, output);
  }
  return UnknownCodec(codec);
}

absl::Status Decompress(Codec codec, std::string_view input, int64_t bytes_max,
                        std::string* output) {
  switch (codec) {
    case Codec::kNone:
      if (input.size() >
          static_cast<uint64_t>(std::max<int64_t>(bytes_max, 0))) {
        return BombError("none", bytes_max);
      }
      output->assign(input);
      return absl::OkStatus();
    case Codec::kGzip:
      return GzipDecompress(input, bytes_max, output);
    case Codec::kSnappy:
      return SnappyDecompress(input, bytes_max, output);
    case Codec::kLz4:
      return Lz4Decompress(input, bytes_max, output);
    case Codec::kZstd:
      return ZstdDecompress(input, bytes_max, output);
  }
  return UnknownCodec(codec);
}

std::string_view NameOf(Codec codec) {
  switch (codec) {
    case Codec::kNone:
      return "none";
    case Codec::kGzip:
      return "gzip";
    case Codec::kSnappy:
      return "snappy";
    case Codec::kLz4:
      return "lz4";
    case Codec::kZstd:
      return "zstd";
  }
  return "unknown";
}

std::optional<Codec> CodecOf(std::string_view name) {
  for (Codec codec : kCodecs) {
    if (NameOf(codec) == name) return codec;
  }
  return std::nullopt;
}

}  // namespace barnabas::record
