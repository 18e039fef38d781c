#include "tests/storage/crash/harness.h"

#include <cerrno>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "tests/storage/log/log_fixture.h"

namespace barnabas::crash {
namespace {

using log::PartitionLog;
using support::FaultPlan;
using support::FileAction;

constexpr int kStepsOfTheBlind = 6;

ImageKind KindOf(const FaultPlan::Rule& rule) {
  return rule.action == FileAction::kSync ? ImageKind::kSyncFailed
                                          : ImageKind::kWriteFailed;
}

// A failed log takes and promises nothing more (S6).
Verdict CheckStaysFailed(PartitionLog* log) {
  const PartitionLog::Facts before = log->facts();
  if (!before.failed) return std::nullopt;
  const absl::Status appended =
      log::AppendTo(log, support::SimpleBatch(1), 1 << 20).status();
  if (CodeOf(appended) != ErrorCode::kStorageError) {
    return Violation{"S6", "a failed log took a batch"};
  }
  if (const auto job = log->StartFlush()) {
    const absl::Status flushed = job->Run();
    log->FinishFlush(*job, flushed);
    if (flushed.ok()) return Violation{"S6", "a failed log was flushed"};
  }
  if (log->facts().durable_end != before.durable_end) {
    return Violation{"S6", "a failed log became more durable"};
  }
  return std::nullopt;
}

void CheckFailedLogs(Run* run) {
  run->tally()->CountCheck("S6");
  for (const auto& [partition, driver] : run->workload()->drivers()) {
    if (driver->log() == nullptr) continue;
    if (const Verdict wrong = CheckStaysFailed(driver->log())) {
      run->Fail(ImageKind::kSyncFailed, *wrong);
    }
  }
}

// Who does not look at errors goes on as if there were none: what is promised
// from now on must hold as well.
void GoOn(Run* run, ImageKind kind) {
  for (int i = 0; i < kStepsOfTheBlind && run->LastStepWasALogs(); ++i) {
    if (run->TrySteps().ok()) break;
  }
  run->CutNow(kind);
}

// The node starts again where it is, works on and is cut again.
void StartAnew(Run* run, ImageKind kind) {
  if (run->failure().has_value()) return;
  const absl::Status restarted = run->workload()->Restart();
  if (!restarted.ok()) {
    run->Fail(kind, {"S8", restarted.ToString()});
    return;
  }
  for (const auto& [partition, driver] : run->workload()->drivers()) {
    if (const Verdict wrong = CheckLog(run->model()->logs.at(partition),
                                       driver->log(), run->tally())) {
      run->Fail(kind, *wrong);
    }
  }
  run->CutNow(kind);
  run->RunSteps();
  run->CutNow(kind);
}

}  // namespace

std::optional<Failure> RunCuts(const RunOptions& options, Tally* tally) {
  Run run(options, tally);
  run.Format();
  run.RunSteps();
  return run.failure();
}

FaultOutcome RunFault(const RunOptions& options, const FaultPlan::Rule& rule,
                      Tally* tally) {
  Run run(options, tally);
  run.SetCutting(false);
  run.Format();
  run.files()->plan()->Fail(rule);
  run.SetDiskLied();
  const absl::Status met = run.TrySteps();
  run.files()->plan()->Clear();
  const ImageKind kind = KindOf(rule);
  if (!met.ok()) {
    CheckFailedLogs(&run);
    run.CutNow(kind);
    GoOn(&run, kind);
    StartAnew(&run, kind);
  } else {
    // The operation was one that may fail, or was not reached.
    run.CutNow(kind);
  }
  return {run.failure(), !met.ok()};
}

FaultOutcome RunKilled(const RunOptions& options, int64_t after, Tally* tally) {
  Run run(options, tally);
  run.SetCutting(false);
  run.Format();
  run.files()->plan()->DieAfter(after);
  const absl::Status met = run.TrySteps();
  run.files()->plan()->Clear();
  if (!met.ok()) StartAnew(&run, ImageKind::kRestarted);
  return {run.failure(), !met.ok()};
}

FaultOutcome RunFull(const RunOptions& options, int64_t bytes_left,
                     Tally* tally) {
  Run run(options, tally);
  run.SetCutting(false);
  run.Format();
  const int64_t used = run.files()->disk().UsedBytes();
  run.files()->plan()->SetCapacity(used + bytes_left);
  FaultOutcome outcome;
  while (true) {
    const absl::Status status = run.TrySteps();
    if (status.ok()) break;
    outcome.met = true;
    if (CodeOf(status) != ErrorCode::kDiskFull) {
      run.Fail(ImageKind::kDiskFull, {"S7", status.ToString()});
      break;
    }
    tally->CountCheck("S7");
    run.CutNow(ImageKind::kDiskFull);
    run.files()->plan()->Clear();
    for (const auto& [partition, driver] : run.workload()->drivers()) {
      if (driver->log() != nullptr && driver->log()->facts().failed) {
        run.Fail(ImageKind::kDiskFull,
                 {"S7", "a full disk made a log unusable"});
      }
    }
  }
  run.CutNow(ImageKind::kDiskFull);
  outcome.failure = run.failure();
  return outcome;
}

}  // namespace barnabas::crash
