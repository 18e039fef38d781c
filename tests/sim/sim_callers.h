// SimCallers: those who make, change, delete and read through controllers.
//
// What: submits one call to a node that is up, as a service would, and tells
//   the CallChecker what was answered. A node that dies answers nothing.
// Units: none. Empty case: no topic was made yet.
// Thread: the scheduler's. Errors: what controllers refuse is their right.
#ifndef BARNABAS_TESTS_SIM_SIM_CALLERS_H_
#define BARNABAS_TESTS_SIM_SIM_CALLERS_H_

#include <cstdint>
#include <functional>
#include <string>

#include "tests/sim/call_checker.h"
#include "tests/sim/controller_node.h"

namespace barnabas::sim {

class SimCallers {
 public:
  explicit SimCallers(CallChecker* checker) : checker_(checker) {}

  // Asked for so far, whatever became of them.
  int64_t topics() const { return topics_; }

  // `made` hears whether it was, if it is answered.
  void Create(ControllerNode* node, std::function<void(bool made)> made = {});
  // Topic number `topic`, from 1 on.
  void Delete(ControllerNode* node, int64_t topic);
  void Alter(ControllerNode* node, int64_t topic, int64_t value);
  void Read(ControllerNode* node);

 private:
  CallChecker* const checker_;

  int64_t topics_ = 0;
};

}  // namespace barnabas::sim

#endif  // BARNABAS_TESTS_SIM_SIM_CALLERS_H_
