// ErrorText: an error as a person and as a program read it.
//
// What: the human form, four lines at most (error, reason, try, request id),
//   and google.rpc.Status as JSON for -o json.
// Units: none. Empty case: OK gives "".
// Thread: pure functions. Errors: these are the errors.
#ifndef BARNABAS_TOOLS_CLI_FRAME_ERROR_TEXT_H_
#define BARNABAS_TOOLS_CLI_FRAME_ERROR_TEXT_H_

#include <string>

#include "absl/status/status.h"

namespace barnabas::cli {

// Each line ends with a newline. `request_id` empty: the line is left out.
std::string ErrorText(const absl::Status& status, const std::string& request_id,
                      bool colour);

// One line of JSON and a newline.
std::string ErrorJson(const absl::Status& status,
                      const std::string& request_id);

// "INVALID_SETTING"; of a status without an own code the gRPC one's name.
std::string ReasonOf(const absl::Status& status);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_FRAME_ERROR_TEXT_H_
