// The small files beside a log and at the top of a data directory, of any
// contents: read, and written again as they were understood.

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/log/checkpoint_file.h"
#include "storage/log/durable_point.h"
#include "storage/log/epoch_history.h"
#include "storage/log/format.h"
#include "storage/log/identity.h"
#include "storage/log/offset_file.h"
#include "storage/log/producer_snapshot.h"
#include "storage/record/crc32c.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/support/fault_files.h"

namespace barnabas::fuzz {
namespace {

void WriteFile(env::FileSystem* files, const std::string& path,
               std::string_view bytes) {
  const auto file = files->Open(path, env::OpenMode::kTruncate);
  const std::string_view parts[] = {bytes};
  if (!file.ok() || !(*file)->WriteAt(0, parts).ok()) Die("a file is written");
}

void TryEpochs(std::string_view text) {
  const auto history = log::EpochHistory::Parse(text);
  if (!history.has_value()) return;
  const auto again = log::EpochHistory::Parse(history->Format());
  if (!again.has_value() || !(*again == *history)) {
    Die("epochs are read as they were written");
  }
}

// With a checksum that holds, so that what lies behind it is reached.
void TryProducers(std::string bytes) {
  log::DecodeProducers(bytes);
  if (bytes.size() < 6) return;
  const uint32_t crc = record::Crc32c(std::string_view(bytes).substr(6));
  for (int i = 0; i < 4; ++i) {
    bytes[static_cast<size_t>(2 + i)] =
        static_cast<char>(crc >> (24 - 8 * i) & 0xff);
  }
  bytes[0] = 0;
  bytes[1] = 1;
  const auto entries = log::DecodeProducers(bytes);
  if (!entries.has_value()) return;
  const auto again = log::DecodeProducers(log::EncodeProducers(*entries));
  if (!again.has_value()) Die("producers that were read can be written");
  if (log::EncodeProducers(*again) != log::EncodeProducers(*entries)) {
    Die("producers are read as they were written");
  }
}

void TryDirectory(std::string_view text, bool sealed) {
  support::FaultFiles files;
  std::string bytes(text);
  if (sealed) {
    const auto lines = log::OpenText(text, "text");
    // Sealed by us, so that the lines themselves are reached.
    if (!lines.ok()) {
      log::KeyValues made;
      made.emplace_back("log-start", std::string(text.substr(0, 30)));
      made.emplace_back("format_version", std::string(text.substr(0, 3)));
      for (auto& [key, value] : made) std::erase(value, '\n');
      bytes = log::SealText(made);
    }
  }
  for (const char* const name : {"identity", "log-start", "durable-point"}) {
    WriteFile(&files, name, bytes);
  }
  log::ReadIdentity(&files, "").status().IgnoreError();
  log::ReadOffsetFile(&files, "", log::kLogStartFileName)
      .status()
      .IgnoreError();
  log::DurablePointFile::Read(&files, "").status().IgnoreError();
}

}  // namespace
}  // namespace barnabas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  barnabas::fuzz::FuzzInput input(data, size);
  const size_t kind = input.Below(4);
  const std::string rest(input.Rest());
  switch (kind) {
    case 0:
      barnabas::fuzz::TryEpochs(rest);
      break;
    case 1:
      barnabas::fuzz::TryProducers(rest);
      break;
    default:
      barnabas::fuzz::TryDirectory(rest, kind == 2);
  }
  return 0;
}
