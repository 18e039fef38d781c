#include "storage/env/allocator.h"

#include <malloc.h>

#include "proto/types/units.h"

namespace barnabas::env {

void TuneAllocator() {
  mallopt(M_TRIM_THRESHOLD, static_cast<int>(512 * kMiB));
  mallopt(M_MMAP_THRESHOLD, static_cast<int>(32 * kMiB));
}

void TrimAllocator() { malloc_trim(0); }

}  // namespace barnabas::env
