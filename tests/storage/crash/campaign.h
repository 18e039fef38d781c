// Campaign: all ways of breaking a node's storage, in one scale or another.
//
// What: the parts that CI runs small, that the museum of bugs runs until one
//   fails, and that a person runs large (crash_images).
// Units: counts. Empty case: a scale of no seeds runs the scripts only.
// Thread: one. Errors: the first failure of each part.
#ifndef BARNABAS_TESTS_STORAGE_CRASH_CAMPAIGN_H_
#define BARNABAS_TESTS_STORAGE_CRASH_CAMPAIGN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "tests/storage/crash/run.h"
#include "tests/storage/crash/tally.h"

namespace barnabas::crash {

struct Scale {
  // Drawn workloads of each part, from this seed on.
  uint64_t first_seed = 1;
  uint64_t seeds = 6;
  int steps = 40;
  // Of one operation; 0 takes all.
  size_t images = 6;
  // Of so many failing operations or fillings one is tried.
  int fault_stride = 7;
  // Every so many bytes one is flipped.
  int64_t flip_stride = 37;
  // And of the small index files so many bits.
  int64_t index_bits = 1;
};

struct Part {
  std::string_view name;
  std::optional<Failure> (*run)(const Scale& scale, Tally* tally);
};

// In the order of their cost.
const std::vector<Part>& Parts();

// Workloads that come by everything a node does.
const std::vector<std::string_view>& Scripts();

}  // namespace barnabas::crash

#endif  // BARNABAS_TESTS_STORAGE_CRASH_CAMPAIGN_H_
