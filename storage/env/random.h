// The only source of true randomness: seeds for everything else.
//
// What: 64 bits of the kernel's generator. State machines take a seed and are
//   deterministic from there on, so only wiring code calls this.
// Empty case: none. Thread: any.
// Errors: none; a kernel that refuses is a broken machine (CHECK).
#ifndef BARNABAS_STORAGE_ENV_RANDOM_H_
#define BARNABAS_STORAGE_ENV_RANDOM_H_

#include <cstdint>

namespace barnabas::env {

uint64_t RandomSeed();

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_RANDOM_H_
