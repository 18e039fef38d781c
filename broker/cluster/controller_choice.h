// ControllerChoice: which controller to call next.
//
// What: the list of the node file and where in it the active controller
//   probably is; errors move on, hints jump.
// Units: endpoints are "host:port". Empty case: the list is never empty.
// Thread: any; a mutex inside. Errors: none.
// Always true: every controller of the list gets its turn.
#ifndef BARNABAS_BROKER_CLUSTER_CONTROLLER_CHOICE_H_
#define BARNABAS_BROKER_CLUSTER_CONTROLLER_CHOICE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace barnabas::broker {

class ControllerChoice {
 public:
  explicit ControllerChoice(std::vector<std::string> endpoints);

  // Where to call now.
  std::string Current() const;
  // `endpoint` failed with `status`: goes where its leader hint points, else
  // to the next of the list. Ignored when another caller has moved on already.
  void Failed(const std::string& endpoint, const absl::Status& status);

 private:
  const std::vector<std::string> endpoints_;

  mutable absl::Mutex mutex_;
  std::string current_ ABSL_GUARDED_BY(mutex_);
  size_t next_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_CLUSTER_CONTROLLER_CHOICE_H_
