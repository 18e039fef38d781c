// Progress: one line on stderr that follows work as it is done.
//
// What: a bar with count, rate and time left, redrawn at most ten times a
//   second; nothing at all unless stderr is a terminal.
// Units: counts of anything; absl::Duration since the process began.
// Empty case: a total of 0 means "unknown": no bar, count and rate only.
// Thread: one at a time. Errors: none.
// Always true: Done leaves the line empty, so that results follow cleanly.
#ifndef BARNABAS_TOOLS_CLI_OUTPUT_PROGRESS_H_
#define BARNABAS_TOOLS_CLI_OUTPUT_PROGRESS_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "tools/cli/output/terminal.h"
#include "tools/cli/output/text_sink.h"

namespace barnabas::cli {

class Progress {
 public:
  // `sink` outlives this.
  Progress(TextSink* sink, const Terminal& terminal, std::string what,
           int64_t total);
  ~Progress() { Done(); }

  void Update(absl::Duration now, int64_t count);
  void Done();

 private:
  TextSink* const sink_;
  const bool shown_;
  const bool colour_;
  const int columns_;
  const std::string what_;
  const int64_t total_;

  bool drawn_ = false;
  absl::Duration begun_ = -absl::InfiniteDuration();
  absl::Duration last_ = -absl::InfiniteDuration();
};

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_OUTPUT_PROGRESS_H_
