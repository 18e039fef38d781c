#include "tools/cli/bench/watch.h"

#include <utility>

#include "absl/time/time.h"
#include "tools/cli/output/progress.h"

namespace barnabas::cli {
namespace {

constexpr absl::Duration kStep = absl::Milliseconds(50);

}  // namespace

Watch::Watch(Session* session, std::string what, int64_t total)
    : session_(*session) {
  session_.interrupt().Arm();
  thread_ = std::thread(
      [this, what = std::move(what), total] { Follow(what, total); });
}

Watch::~Watch() {
  done_.store(true);
  thread_.join();
}

void Watch::Follow(const std::string& what, int64_t total) {
  Terminal terminal = session_.world().terminal;
  const Talk& talk = session_.flags().talk;
  if (talk.no_progress || talk.quiet) terminal.progress = false;
  Progress bar(session_.world().err, terminal, what, total);
  while (!done_.load()) {
    if (session_.interrupt().WaitFor(kStep)) cancelled_.store(true);
    bar.Update(session_.clock().Monotonic(), progress_.load());
    if (cancelled_.load()) break;
  }
}

}  // namespace barnabas::cli
