// CeilingFetch: the server's side of one fetch stream of the ceiling.
//
// What: reads the files by turns into pooled buffers, one message each, and
//   hands them to gRPC as slices that return to the pool when they were sent.
//   Sends no more than the window ahead of what the reader says it received.
// Units: bytes. Empty case: empty files end the stream at once.
// Thread: gRPC's; deletes itself when the stream is done.
// Errors: end the stream with their status.
#ifndef BARNABAS_TOOLS_CLI_CEILING_CEILING_FETCH_H_
#define BARNABAS_TOOLS_CLI_CEILING_CEILING_FETCH_H_

#include <grpcpp/generic/async_generic_service.h>

#include <cstdint>

#include "tools/cli/ceiling/ceiling_files.h"

namespace barnabas::cli {

// The first message that comes in says message bytes, the second one window
// bytes, every later one how many bytes were received in all. `files` must
// outlive the stream.
grpc::ServerGenericBidiReactor* NewCeilingFetch(const CeilingFiles* files);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_CEILING_CEILING_FETCH_H_
