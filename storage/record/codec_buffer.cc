#include "storage/record/codec_buffer.h"

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/text.h"

namespace barnabas::record {

absl::Status BombError(std::string_view codec, int64_t bytes_max) {
  return MakeError(ErrorCode::kCorruptRecord,
                   absl::StrCat("compressed records (", AsAbsl(codec),
                                ") inflate to more than ", bytes_max, " bytes"),
                   "make smaller batches, or skip this one by its offsets");
}

absl::Status NotOfCodecError(std::string_view codec, std::string_view why) {
  return MakeError(ErrorCode::kCorruptRecord,
                   absl::StrCat("compressed records are not valid ",
                                AsAbsl(codec), ": ", AsAbsl(why)),
                   "the producer's library wrote damaged bytes");
}

}  // namespace barnabas::record
