// Index files of any contents: loaded, cut, asked, gone on with and sealed.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "storage/log/segment_index.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/support/fault_files.h"

namespace barnabas::fuzz {
namespace {

constexpr int64_t kInterval = 100;

void WriteFile(env::FileSystem* files, const std::string& path,
               std::string_view bytes) {
  const auto file = files->Open(path, env::OpenMode::kCreate);
  const std::string_view parts[] = {bytes};
  if (!file.ok() || !(*file)->WriteAt(0, parts).ok()) Die("a file is written");
}

// Entries that were believed lie below the ends that were given.
void Ask(const log::SegmentIndex& index, int64_t position, Offset end,
         FuzzInput* input) {
  const auto last = index.FindOffset();
  if (!last.ok()) return;
  if (last->has_value() &&
      ((*last)->position >= position || (*last)->offset >= end)) {
    Die("no entry lies beyond the end");
  }
  for (int i = 0; i < 4; ++i) {
    const Offset wanted(input->Number<int32_t>());
    const auto found = index.FindOffset(wanted);
    if (found.ok() && found->has_value() && (*found)->offset > wanted) {
      Die("an entry lies at or below what was asked for");
    }
    index.FindTime(input->Number<int64_t>()).status().IgnoreError();
  }
}

void GoOn(log::SegmentIndex* index, int64_t position, Offset end,
          FuzzInput* input) {
  record::BatchHeader header;
  header.base_offset = end;
  header.length = 200;
  for (int i = 0; i < 5; ++i) {
    header.last_offset_delta = static_cast<int32_t>(input->Below(50));
    header.max_timestamp_ms = input->Number<int32_t>();
    index->Add(header, position, kInterval);
    position += header.SizeBytes();
    header.base_offset = header.NextOffset();
  }
  index->IsFull(1000);
  index->WritePending().IgnoreError();
  const log::TimeEntry max = index->max();
  if (!index->Seal().ok()) Die("an index can be sealed");
  index->OpenSealed(max);
  const auto last = index->FindOffset();
  if (last.ok() && last->has_value() && (*last)->position >= position) {
    Die("a sealed entry lies below the end");
  }
}

}  // namespace
}  // namespace barnabas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using barnabas::Offset;
  barnabas::fuzz::FuzzInput input(data, size);
  barnabas::support::FaultFiles files;
  const Offset base(static_cast<int64_t>(input.Below(1000)));
  const int64_t position = static_cast<int64_t>(input.Below(1 << 20));
  const Offset end = base.Plus(static_cast<int64_t>(input.Below(1 << 16)));
  std::string name = std::to_string(base.value());
  name.insert(0, 20 - name.size(), '0');
  files.CreateDirectory("log").IgnoreError();
  barnabas::fuzz::WriteFile(&files, "log/" + name + ".index", input.Text(4096));
  barnabas::fuzz::WriteFile(&files, "log/" + name + ".timeindex",
                            input.Text(4096));
  barnabas::log::SegmentIndex index(&files, "log", base);
  index.OpenSealed({});
  index.FindOffset(Offset(input.Number<int32_t>())).status().IgnoreError();
  index.FindTime(input.Number<int64_t>()).status().IgnoreError();
  if (index.LoadBelow(position, end).has_value()) {
    barnabas::fuzz::Ask(index, position, end, &input);
  }
  barnabas::fuzz::GoOn(&index, position, end, &input);
  return 0;
}
