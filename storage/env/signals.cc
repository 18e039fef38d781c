#include "storage/env/signals.h"

#include <glog/logging.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <utility>

namespace barnabas::env {
namespace {

// Wakes the waiting thread when nobody waits any more.
constexpr int kWakeSignal = SIGURG;

sigset_t StopSet() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, kWakeSignal);
  return set;
}

class SigwaitThread final : public StopSignal {
 public:
  explicit SigwaitThread(std::function<void(int)> on_stop)
      : on_stop_(std::move(on_stop)), thread_([this] { Run(); }) {
    pthread_setname_np(thread_.native_handle(), "signals");
  }

  ~SigwaitThread() override {
    done_ = true;
    pthread_kill(thread_.native_handle(), kWakeSignal);
    thread_.join();
  }

 private:
  void Run() {
    const sigset_t set = StopSet();
    bool told = false;
    while (!done_) {
      int signal_number = 0;
      if (sigwait(&set, &signal_number) != 0) continue;
      if (signal_number == kWakeSignal) continue;
      if (told) {
        // Somebody is tired of waiting; the next start recovers.
        LOG(WARNING) << "Second signal " << signal_number
                     << ": ending at once, without a clean stop.";
        google::FlushLogFiles(google::GLOG_INFO);
        _exit(128 + signal_number);
      }
      told = true;
      on_stop_(signal_number);
    }
  }

  const std::function<void(int)> on_stop_;
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

}  // namespace

void BlockSignals() {
  const sigset_t set = StopSet();
  CHECK_EQ(pthread_sigmask(SIG_BLOCK, &set, nullptr), 0);
  CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
}

std::unique_ptr<StopSignal> StopSignal::Watch(
    std::function<void(int)> on_stop) {
  return std::make_unique<SigwaitThread>(std::move(on_stop));
}

}  // namespace barnabas::env
