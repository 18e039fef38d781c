#include "storage/env/random.h"

#include <glog/logging.h>
#include <sys/random.h>
#include <sys/types.h>

#include <cerrno>

namespace barnabas::env {

uint64_t RandomSeed() {
  uint64_t seed = 0;
  ssize_t got = 0;
  do {
    got = getrandom(&seed, sizeof(seed), 0);
  } while (got < 0 && errno == EINTR);
  PCHECK(got == static_cast<ssize_t>(sizeof(seed)))
      << "the kernel gives no random bytes";
  return seed;
}

}  // namespace barnabas::env
