// Memory: how much this process holds, and how much there is.
//
// Units: bytes. Empty case: what cannot be read is 0.
// Thread: any. Errors: none.
#ifndef BARNABAS_STORAGE_ENV_MEMORY_H_
#define BARNABAS_STORAGE_ENV_MEMORY_H_

#include <cstdint>

namespace barnabas::env {

// Resident now.
int64_t ResidentBytes();

// What this process may have: the machine's memory, or what its control
// group leaves of it.
int64_t MemoryLimitBytes();

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_MEMORY_H_
