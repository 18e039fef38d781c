// Signals: SIGTERM and SIGINT as an event, SIGPIPE ignored.
//
// What: `BlockSignals` first thing in main, before any thread starts, so that
//   no thread is ever interrupted by them; then one StopSignal waits for them
//   on its own thread and calls back once. A second signal ends the process at
//   once, for whoever is tired of waiting.
// Units: none. Empty case: no signal, no call.
// Thread: BlockSignals on the main thread; the callback on the waiting thread.
// Errors: none; a kernel that refuses is a broken machine (CHECK).
#ifndef BARNABAS_STORAGE_ENV_SIGNALS_H_
#define BARNABAS_STORAGE_ENV_SIGNALS_H_

#include <functional>
#include <memory>

namespace barnabas::env {

void BlockSignals();

// Alive while it waits; destroying it stops waiting.
class StopSignal {
 public:
  // `on_stop` gets the signal's number.
  static std::unique_ptr<StopSignal> Watch(std::function<void(int)> on_stop);
  virtual ~StopSignal() = default;
};

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_SIGNALS_H_
