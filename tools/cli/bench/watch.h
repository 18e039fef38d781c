// Watch: what a person sees and may do while a run goes on.
//
// What: a thread that draws the progress bar from a counter, and ends the run
//   early when a signal came.
// Units: records. Empty case: without a terminal nothing is drawn.
// Thread: made and destroyed by one. Errors: none.
#ifndef BARNABAS_TOOLS_CLI_BENCH_WATCH_H_
#define BARNABAS_TOOLS_CLI_BENCH_WATCH_H_

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include "tools/cli/bench/oversight.h"
#include "tools/cli/frame/session.h"

namespace barnabas::cli {

class Watch {
 public:
  // Takes over Ctrl-C. A total of 0 is unknown.
  Watch(Session* session, std::string what, int64_t total);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch();

  // For the load of a run; lives as long as the watch.
  Oversight oversight() { return {&progress_, &cancelled_}; }

 private:
  void Follow(const std::string& what, int64_t total);

  Session& session_;
  std::atomic<int64_t> progress_ = 0;
  std::atomic<bool> cancelled_ = false;
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_BENCH_WATCH_H_
