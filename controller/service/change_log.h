// ChangeLog: one log line for each change of the cluster that people ask
// about later.
//
// What: topics that came and went, brokers that registered, were fenced or
//   came back, from committed entries; told by the leader only, and not again
//   while a log is replayed.
// Units: none. Empty case: an entry without such a change logs nothing.
// Thread: on the loop. Errors: none.
#ifndef BARNABAS_CONTROLLER_SERVICE_CHANGE_LOG_H_
#define BARNABAS_CONTROLLER_SERVICE_CHANGE_LOG_H_

#include <string>
#include <vector>

#include "controller/service/active_driver.h"

namespace barnabas::controller {

// Sentences for what `step` changed.
std::vector<std::string> DescribeChanges(const CommittedStep& step);

// Logs them from now on.
void LogChanges(ActiveDriver* driver);

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_SERVICE_CHANGE_LOG_H_
