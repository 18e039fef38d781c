#include "controller/active/entry_cut.h"

#include <utility>

namespace barnabas::active {
namespace {

using internal::v1::ClusterRecord;
using internal::v1::MetadataEntry;

// Of a record in its entry, and of what an entry has besides.
constexpr int64_t kTagBytesMax = 8;
constexpr int64_t kTimeBytesMax = 16;

}  // namespace

std::vector<MetadataEntry> CutIntoEntries(std::vector<ClusterRecord> records,
                                          int64_t bytes_max, int64_t time_ms) {
  std::vector<MetadataEntry> entries;
  int64_t bytes = 0;
  for (ClusterRecord& record : records) {
    const int64_t size =
        static_cast<int64_t>(record.ByteSizeLong()) + kTagBytesMax;
    if (entries.empty() || bytes + size > bytes_max) {
      entries.emplace_back().set_time_ms(time_ms);
      bytes = kTimeBytesMax;
    }
    bytes += size;
    // The quorum writes changes of voters itself, and knows no time.
    if (record.has_voters()) entries.back().clear_time_ms();
    *entries.back().add_records() = std::move(record);
  }
  return entries;
}

}  // namespace barnabas::active
