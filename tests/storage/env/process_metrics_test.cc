// process_* by their standard names.
#include "storage/env/process_metrics.h"

#include <gtest/gtest.h>

#include <string>

#include "storage/env/system_clock.h"

namespace barnabas::env {
namespace {

TEST(ProcessMetricsTest, TellWhatTheProcessHolds) {
  SystemClock clock;
  Registry registry;
  RegisterProcessMetrics(clock, &registry);
  const std::string text = registry.Render();
  for (const std::string name :
       {"process_resident_memory_bytes", "process_open_fds",
        "process_start_time_seconds"}) {
    const size_t at = text.find("\n" + name + " ");
    ASSERT_NE(at, std::string::npos) << text;
    EXPECT_GT(std::stod(text.substr(at + name.size() + 2)), 0) << name;
  }
}

}  // namespace
}  // namespace barnabas::env
