// Beside: the ceiling of the same run, so that a figure can be read as a part
// of it.
//
// What: starts the far end in a process of its own and moves as many batch
//   bytes as the run did, in messages as large as the client's.
// Units: bytes of batches; records of the run, so that figures compare.
// Empty case: a run of nothing has a ceiling of nothing.
// Thread: blocks its caller.
// Errors: those of CeilingProcess and of the streams.
#ifndef BARNABAS_TOOLS_CLI_BENCH_BESIDE_H_
#define BARNABAS_TOOLS_CLI_BENCH_BESIDE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/env/clock.h"
#include "storage/record/batch_header.h"
#include "tools/cli/bench/figures.h"
#include "tools/cli/ceiling/ceiling_process.h"

namespace barnabas::cli {

// What the records of a run are like.
struct RecordShape {
  int64_t bytes = 100;
  int64_t key_bytes = 0;
  record::Codec codec = record::Codec::kNone;
};

// Bytes that one such record takes in a full batch.
double BatchBytesPerRecord(const RecordShape& shape);

struct BesideOptions {
  // Where the files are made; empty: where `dev` keeps its data.
  std::string directory;
  // As many as the run has partitions.
  int64_t file_count = 1;
  bool sync = false;
  int64_t message_bytes = 1024 * 1024;
  int64_t window_bytes = 4 * 1024 * 1024;
};

class Beside {
 public:
  static absl::StatusOr<std::unique_ptr<Beside>> Start(
      const BesideOptions& options);

  // Before a run or a ceiling: what others left in the page cache goes to the
  // disk, so that it serves the next figure alone.
  static void Settle();

  absl::StatusOr<Figures> Produce(int64_t records, const RecordShape& shape);
  // After Produce: reads what it wrote.
  absl::StatusOr<Figures> Fetch(int64_t records, const RecordShape& shape);
  // `count` messages of `bytes` there and back, one at a time.
  absl::StatusOr<Figures> RoundTrip(int64_t count, int64_t bytes);

 private:
  Beside(BesideOptions options, std::unique_ptr<CeilingProcess> process);

  const BesideOptions options_;
  const std::unique_ptr<CeilingProcess> process_;
};

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_BENCH_BESIDE_H_
