// ControllerChoice: which controller to call next.
//
// What: the list of the node file and where in it the active controller
//   probably is; errors move on, hints jump. Beside that, who was last seen to
//   lead, so that whoever waits for another one learns that it was replaced.
// Units: endpoints are "host:port". Empty case: the list is never empty.
// Thread: any; a mutex inside. Errors: none.
// Always true: every controller of the list gets its turn.
#ifndef BARNABAS_BROKER_CLUSTER_CONTROLLER_CHOICE_H_
#define BARNABAS_BROKER_CLUSTER_CONTROLLER_CHOICE_H_

#include <cstddef>
#include <cstdint>
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
  // `endpoint` answered as only the active controller does.
  void Led(const std::string& endpoint);
  // How often another one was seen to lead than before.
  int64_t leaders_seen() const;
  // Another controller than `endpoint` was seen to lead since `seen`.
  bool Replaced(const std::string& endpoint, int64_t seen) const;

 private:
  const std::vector<std::string> endpoints_;

  mutable absl::Mutex mutex_;
  std::string current_ ABSL_GUARDED_BY(mutex_);
  size_t next_ ABSL_GUARDED_BY(mutex_) = 0;
  // Empty until one was seen.
  std::string leader_ ABSL_GUARDED_BY(mutex_);
  int64_t leaders_seen_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_CLUSTER_CONTROLLER_CHOICE_H_
