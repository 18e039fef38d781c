// CeilingProduce: the server's side of one produce stream of the ceiling.
//
// What: checksums each message, appends its slices to the files by turns,
//   answers cumulative counts; with sync, only after the sync (one thread syncs
//   for whatever was appended meanwhile, as group commit does).
// Units: bytes. Empty case: a stream without messages ends at once.
// Thread: gRPC's; deletes itself when the stream is done.
// Errors: end the stream with their status.
#ifndef BARNABAS_TOOLS_CLI_CEILING_CEILING_PRODUCE_H_
#define BARNABAS_TOOLS_CLI_CEILING_CEILING_PRODUCE_H_

#include <grpcpp/generic/async_generic_service.h>

#include "tools/cli/ceiling/ceiling_files.h"

namespace barnabas::cli {

// `files` must outlive the stream.
grpc::ServerGenericBidiReactor* NewCeilingProduce(const CeilingFiles* files,
                                                  bool sync);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_CEILING_CEILING_PRODUCE_H_
