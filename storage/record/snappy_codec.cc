#include "storage/record/snappy_codec.h"

#include <snappy.h>

#include <algorithm>
#include <limits>

#include "storage/record/byte_order.h"
#include "storage/record/codec_buffer.h"

namespace barnabas::record {
namespace {

using std::string_view_literals::operator""sv;

// The header of a xerial stream: magic, version 1, compatible with 1.
constexpr std::string_view kMagicBytes = "\x82SNAPPY\0"sv;
constexpr std::string_view kStreamHeader = "\x82SNAPPY\0\0\0\0\1\0\0\0\1"sv;
constexpr size_t kBlockBytes = 32 * 1024;
// A copy of 64 bytes takes at least 3, so no honest block claims more.
constexpr size_t kRatioMax = 22;

// Appends one raw block's content to `output`.
absl::Status InflateBlock(std::string_view block, int64_t bytes_max,
                          std::string* output) {
  size_t size = 0;
  if (!snappy::GetUncompressedLength(block.data(), block.size(), &size) ||
      size > (block.size() + 1) * kRatioMax) {
    return NotOfCodecError("snappy", "a block lies about its length");
  }
  const size_t begin = output->size();
  if (size > static_cast<uint64_t>(std::max<int64_t>(bytes_max, 0)) - begin) {
    return BombError("snappy", bytes_max);
  }
  output->resize(begin + size);
  if (!snappy::RawUncompress(block.data(), block.size(),
                             output->data() + begin)) {
    return NotOfCodecError("snappy", "a block is damaged");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status SnappyCompress(std::optional<int> level, std::string_view input,
                            std::string* output) {
  const size_t blocks = (input.size() + kBlockBytes - 1) / kBlockBytes;
  size_t end = output->size();
  output->resize(end + kStreamHeader.size() +
                 blocks * (4 + snappy::MaxCompressedLength(kBlockBytes)));
  kStreamHeader.copy(output->data() + end, kStreamHeader.size());
  end += kStreamHeader.size();
  while (!input.empty()) {
    const std::string_view block = input.substr(0, kBlockBytes);
    size_t size = 0;
    snappy::RawCompress(block.data(), block.size(), output->data() + end + 4,
                        &size);
    StoreBigEndian(static_cast<int32_t>(size), output->data() + end);
    end += 4 + size;
    input.remove_prefix(block.size());
  }
  output->resize(end);
  return absl::OkStatus();
}

absl::Status SnappyDecompress(std::string_view input, int64_t bytes_max,
                              std::string* output) {
  output->clear();
  if (!input.starts_with(kMagicBytes)) {
    return InflateBlock(input, bytes_max, output);
  }
  while (!input.empty()) {
    // Streams may be joined; each begins with the header again.
    if (input.starts_with(kMagicBytes)) {
      if (input.size() < kStreamHeader.size()) {
        return NotOfCodecError("snappy", "the stream header is cut off");
      }
      input.remove_prefix(kStreamHeader.size());
      continue;
    }
    if (input.size() < 4) {
      return NotOfCodecError("snappy", "a block length is cut off");
    }
    const uint32_t size = LoadBigEndian<uint32_t>(input.data());
    input.remove_prefix(4);
    if (size > input.size()) {
      return NotOfCodecError("snappy", "a block is cut off");
    }
    if (absl::Status status =
            InflateBlock(input.substr(0, size), bytes_max, output);
        !status.ok()) {
      return status;
    }
    input.remove_prefix(size);
  }
  return absl::OkStatus();
}

}  // namespace barnabas::record
