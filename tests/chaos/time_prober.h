// TimeProber: asks for offsets by time all through a run.
//
// What: asks for the first record at or after some moment of the run, again
//   and again, each time of another log, and writes down what it is answered.
// Units: milliseconds of wall time. Empty case: nothing is there yet: answers
//   say so. Thread: one of its own.
// Errors: a question that nobody answers is no part of the history.
#ifndef BARNABAS_TESTS_CHAOS_TIME_PROBER_H_
#define BARNABAS_TESTS_CHAOS_TIME_PROBER_H_

#include <cstdint>
#include <memory>
#include <thread>

#include "client/admin/admin.h"
#include "tests/chaos/client_set.h"

namespace barnabas::chaos {

class TimeProber {
 public:
  // `set` outlives it.
  TimeProber(const ClientSet* set, uint64_t seed);
  ~TimeProber() { Stop(); }

  void Stop();

 private:
  void Run();
  void Ask(uint64_t bits);

  const ClientSet* const set_;
  const uint64_t seed_;
  const int64_t begin_ms_;
  std::unique_ptr<client::Admin> admin_;
  Bell stop_;
  std::thread thread_;
};

}  // namespace barnabas::chaos

#endif  // BARNABAS_TESTS_CHAOS_TIME_PROBER_H_
