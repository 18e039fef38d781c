// SimScheduler: turns loops and workers on virtual time, from one seed.
//
// What: owns the virtual clock and knows every SimEventLoop and SimWorkerPool
//   of a test. It runs one task after the other on the test's own thread. When
//   several actors are ready the seed decides who goes first, so each seed is
//   one possible interleaving and can be run again.
// Units: virtual time. Empty case: with nothing to do RunFor only moves time.
// Thread: one; everything runs inside Run*.
// Errors: more than kStepsMax tasks in one wait are a livelock (CHECK); Wait
//   tells it instead.
// Always true: time moves only when nothing is ready, and then straight to
//   the next timer.
#ifndef BARNABAS_TESTS_SUPPORT_SIM_SCHEDULER_H_
#define BARNABAS_TESTS_SUPPORT_SIM_SCHEDULER_H_

#include <cstdint>
#include <random>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "tests/support/fake_clock.h"

namespace barnabas::support {

// Something that has tasks to run.
class SimActor {
 public:
  virtual ~SimActor() = default;
  // Whether a task could run at `now`.
  virtual bool Ready(absl::Duration now) const = 0;
  // When the next task becomes ready by itself; infinite if never.
  virtual absl::Duration NextDue() const = 0;
  // Runs one ready task; `choice` decides between several.
  virtual void RunOne(absl::Duration now, uint64_t choice) = 0;
};

enum class Waited { kDone, kTimedOut, kLivelock };

class SimScheduler {
 public:
  static constexpr int64_t kStepsMax = 10 * 1000 * 1000;

  explicit SimScheduler(uint64_t seed) : random_(seed) {}

  FakeClock* clock() { return &clock_; }
  // The actor whose task is running; nullptr between tasks.
  const SimActor* current() const { return current_; }
  // A number that the seed decides.
  uint64_t Draw() { return random_(); }

  // An actor must be removed before it goes.
  void Add(SimActor* actor) { actors_.push_back(actor); }
  void Remove(SimActor* actor);

  // Runs one ready task; false if there is none.
  bool RunOne();
  // Runs until nothing is ready. Time stands still.
  void RunReady();
  // Runs everything that becomes ready within `time`, which then has passed.
  void RunFor(absl::Duration time);
  // Runs until `done` holds; false if it does not within `limit`.
  [[nodiscard]] bool RunUntil(absl::FunctionRef<bool()> done,
                              absl::Duration limit);
  // The same, for whoever must survive more than `steps_max` tasks.
  Waited Wait(absl::FunctionRef<bool()> done, absl::Duration limit,
              int64_t steps_max);

 private:
  absl::Duration NextDue() const;

  FakeClock clock_;
  std::mt19937_64 random_;
  std::vector<SimActor*> actors_;
  const SimActor* current_ = nullptr;
};

}  // namespace barnabas::support

#endif  // BARNABAS_TESTS_SUPPORT_SIM_SCHEDULER_H_
