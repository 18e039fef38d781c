#include "tests/storage/crash/campaign.h"

#include <algorithm>
#include <cerrno>
#include <string>

#include "tests/storage/crash/flips.h"
#include "tests/storage/crash/harness.h"
#include "tests/storage/crash/workload.h"
#include "tests/support/fault_plan.h"

namespace barnabas::crash {
namespace {

using support::FaultPlan;
using support::FileAction;

constexpr FileAction kFailing[] = {
    FileAction::kWrite,
    FileAction::kOpen,
    FileAction::kRename,
    FileAction::kRemove,
    FileAction::kTruncate,
    FileAction::kSyncDirectory,
    FileAction::kCreateDirectory,
    FileAction::kRead,
    FileAction::kList,
    FileAction::kAllocate,
};

// The workloads of one part: the scripts, then drawn ones.
std::vector<RunOptions> Workloads(const Scale& scale) {
  std::vector<RunOptions> all;
  RunOptions options;
  options.images_per_operation = scale.images;
  options.seed = scale.first_seed;
  for (const std::string_view script : Scripts()) {
    options.steps = std::string(script);
    all.push_back(options);
  }
  for (uint64_t i = 0; i < scale.seeds; ++i) {
    options.seed = scale.first_seed + i;
    options.steps = Workload::DrawSteps(options.seed, scale.steps);
    all.push_back(options);
  }
  return all;
}

std::optional<Failure> PowerCuts(const Scale& scale, Tally* tally) {
  for (RunOptions options : Workloads(scale)) {
    options.look_on = true;
    if (auto failure = RunCuts(options, tally)) return failure;
  }
  return std::nullopt;
}

std::optional<Failure> SecondCuts(const Scale& scale, Tally* tally) {
  for (RunOptions options : Workloads(scale)) {
    options.seed += 1000;
    options.images_per_operation = scale.images == 0 ? 8 : 2;
    options.second_cut_of = scale.images == 0 ? 6 : 40;
    if (auto failure = RunCuts(options, tally)) return failure;
  }
  return std::nullopt;
}

// The n-th operation of a kind fails, for every n that there is.
std::optional<Failure> Faults(FileAction action, const Scale& scale, int stride,
                              Tally* tally) {
  for (RunOptions options : Workloads(scale)) {
    options.images_per_operation = std::max<size_t>(scale.images, 4);
    int missed = 0;
    for (int after = static_cast<int>(options.seed % 3); missed < 3;
         after += stride) {
      const FaultOutcome outcome = RunFault(
          options,
          FaultPlan::Rule{.action = action, .after = after, .error = EIO},
          tally);
      if (outcome.failure.has_value()) return outcome.failure;
      // Some failures are borne, so one that is not met is not the last.
      missed = outcome.met ? 0 : missed + 1;
    }
  }
  return std::nullopt;
}

std::optional<Failure> Restarts(const Scale& scale, Tally* tally) {
  for (RunOptions options : Workloads(scale)) {
    options.images_per_operation = std::max<size_t>(scale.images, 4);
    for (int64_t after = static_cast<int64_t>(options.seed % 3);;
         after += scale.fault_stride) {
      const FaultOutcome outcome = RunKilled(options, after, tally);
      if (outcome.failure.has_value()) return outcome.failure;
      if (!outcome.met) break;
    }
  }
  return std::nullopt;
}

std::optional<Failure> FailedSyncs(const Scale& scale, Tally* tally) {
  return Faults(FileAction::kSync, scale, std::max(1, scale.fault_stride / 3),
                tally);
}

std::optional<Failure> FailedOperations(const Scale& scale, Tally* tally) {
  for (const FileAction action : kFailing) {
    if (auto failure = Faults(action, scale, scale.fault_stride, tally)) {
      return failure;
    }
  }
  return std::nullopt;
}

// Steps that a full disk is allowed to leave half done need a restart; those
// are with the failed operations.
std::optional<Failure> FullDisks(const Scale& scale, Tally* tally) {
  for (RunOptions options : Workloads(scale)) {
    std::erase_if(options.steps, [](char step) {
      return std::string_view("wdun").find(step) != std::string_view::npos;
    });
    options.images_per_operation = scale.images;
    for (int64_t left = 3000; left < 20000; left += 131 * scale.fault_stride) {
      const FaultOutcome outcome = RunFull(options, left, tally);
      if (outcome.failure.has_value()) return outcome.failure;
      if (!outcome.met) break;
    }
  }
  return std::nullopt;
}

std::optional<Failure> FlippedBits(const Scale& scale, Tally* tally) {
  for (RunOptions options : Workloads(scale)) {
    // Also in what a clean stop leaves.
    if (options.seed % 2 == 0) options.steps += "w";
    FlipPattern pattern;
    pattern.stride = scale.flip_stride;
    pattern.index_bits = scale.index_bits;
    pattern.first = static_cast<int64_t>(options.seed) % scale.flip_stride;
    if (auto failure = RunFlips(options, pattern, tally)) return failure;
  }
  return std::nullopt;
}

}  // namespace

const std::vector<Part>& Parts() {
  static const auto* const parts = new std::vector<Part>{
      {"power cuts", PowerCuts},
      {"failed syncs", FailedSyncs},
      {"restarts", Restarts},
      {"full disks", FullDisks},
      {"flipped bits", FlippedBits},
      {"cuts while recovering", SecondCuts},
      {"failed operations", FailedOperations},
  };
  return *parts;
}

const std::vector<std::string_view>& Scripts() {
  static const auto* const scripts = new std::vector<std::string_view>{
      // Rolls and group commit, appends between the start and the end of a
      // round, a clean stop.
      "aaAafAAasaaAfaaAAAfAAAsaafAfw",
      // Cuts of a little and of whole segments, new epochs.
      "AAAAfeAAAfAtAAeaTfAAAAAsTfAtfaef",
      // The start moves, by hand, by retention, beyond the end.
      "AAAAAAfmAAfkAAAfmkAAfbaaAfmAkw",
      // Partitions come and go.
      "AAfnAAAfdaAfnAfuaafwAAfdnAf",
      // Sealed segments with long indexes.
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaf",
      // A cut segment is sealed with fewer batches than it had.
      "aaaaaaaaaaaaaaaaaafTAggggAfaggggaf",
      "aaaaaaaaaaaaaaaaaafTTAggggAfTggggafw",
      // Segments roll by time.
      "agagfagagagfagfTagfkw",
  };
  return *scripts;
}

}  // namespace barnabas::crash
