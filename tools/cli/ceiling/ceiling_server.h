// CeilingServer: the far end of `bench ceiling`, what gRPC and the disk allow.
//
// What: raw streams that do only what any broker must: on produce, checksum
//   each message and append its slices to a fresh file, one after the other
//   of as many files as there are partitions; on fetch, read those files into
//   pooled buffers and send them by reference. No batches, offsets, indexes
//   or settings, so it is the most that a broker could reach.
// Streams: "/barnabas.Ceiling/Produce": messages in, cumulative counts out.
//   "/barnabas.Ceiling/Fetch": one request, then cumulative bytes received in,
//   messages out until the files end.
// Units: bytes. Empty case: fetching before producing sends nothing.
// Thread: Start and the destructor from one; the rest is gRPC's.
// Errors: those of FileSystem, as the stream's status.
#ifndef BARNABAS_TOOLS_CLI_CEILING_CEILING_SERVER_H_
#define BARNABAS_TOOLS_CLI_CEILING_CEILING_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "storage/env/file.h"

namespace barnabas::cli {

class CeilingServer {
 public:
  struct Options {
    env::FileSystem* files = nullptr;
    // Where the files are made; they are removed at the end.
    std::string directory;
    // One for each partition of the run that this is the ceiling of.
    int64_t file_count = 1;
    // Acknowledge only what is synced.
    bool sync = false;
  };

  // Listens on a free port of loopback.
  static absl::StatusOr<std::unique_ptr<CeilingServer>> Start(
      const Options& options);

  virtual ~CeilingServer() = default;

  virtual int port() const = 0;
};

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_CEILING_CEILING_SERVER_H_
