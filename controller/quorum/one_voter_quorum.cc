#include "controller/quorum/one_voter_quorum.h"

#include <glog/logging.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/quorum/bootstrap.h"
#include "controller/quorum/durable_log.h"
#include "controller/quorum/hard_state_file.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"

namespace barnabas::quorum {
namespace {

// Replay reads this much at once, so that the loop stays responsive.
constexpr int64_t kReplayBytes = kMiB;
// When the workers' queue is full.
constexpr absl::Duration kFlushRetry = absl::Milliseconds(1);
// When the disk is full: how long until the next try to lead.
constexpr absl::Duration kLeadRetry = absl::Seconds(1);

// One sync on its way: run by a worker, finished on the loop.
struct Flush {
  std::unique_ptr<log::FlushJob> job;
  absl::Status result;
  std::atomic<bool> ran = false;
};

class OneVoterQuorum final : public MetadataQuorum {
 public:
  OneVoterQuorum(const OneVoterDeps& deps, std::unique_ptr<DurableLog> log,
                 Term term)
      : deps_(deps), log_(std::move(log)), term_(term.value()) {}

  void Start(QuorumEvents* events) override {
    events_ = events;
    MaybeFlush();
  }

  absl::Status Propose(LogIndex offset, Term term, std::string value) override;
  absl::StatusOr<std::vector<QuorumEntry>> Read(
      LogIndex from, int64_t bytes_max) const override;
  LogIndex committed_end() const override {
    return LogIndex(committed_end_.load(std::memory_order_acquire));
  }
  QuorumFacts facts() const override;
  absl::Status Close() override;

 private:
  // kStart: what recovery kept is synced, then told; kFull: no room on the
  // disk. Proposals are taken only when leading.
  enum class Phase { kStart, kLeading, kFull, kFailed };

  absl::Status CheckProposal(LogIndex offset, Term term, int64_t bytes) const;
  void MaybeFlush();
  void Flushed();
  void Commit();
  void Replay(LogIndex from);
  void TellCommitted();
  void Lead();
  void StepDown();
  void LeadAgain();
  void Fail(const absl::Status& status);

  NodeId self() const { return deps_.directory->identity().node_id; }
  Term term() const { return Term(term_.load()); }

  const OneVoterDeps deps_;
  const std::unique_ptr<DurableLog> log_;
  QuorumEvents* events_ = nullptr;

  Phase phase_ = Phase::kStart;
  std::atomic<int32_t> term_;
  std::atomic<int64_t> terms_begun_ = 0;
  // Appended by this process and not told as committed, in order.
  std::deque<QuorumEntry> pending_;
  std::atomic<int64_t> pending_bytes_ = 0;
  std::shared_ptr<Flush> flush_;
  std::atomic<int64_t> committed_end_ = 0;
  // Committed entries are being told; a proposal made by one of the events
  // must not tell out of order.
  bool telling_ = false;
};

absl::Status OneVoterQuorum::CheckProposal(LogIndex offset, Term term,
                                           int64_t bytes) const {
  if (phase_ != Phase::kLeading || term != this->term() ||
      offset != log_->end()) {
    return MakeError(
        ErrorCode::kNotController,
        absl::StrCat("controller ", self().value(), " does not lead term ",
                     term.value(), " at offset ", offset.value()),
        "try again");
  }
  if (bytes > kEntryBytesMax) {
    return WithSize(
        MakeError(ErrorCode::kLimitExceeded,
                  absl::StrCat("a change of ", bytes,
                               " bytes is too large for one metadata entry"),
                  "split the request"),
        {bytes, kEntryBytesMax});
  }
  if (pending_bytes_ + bytes > kUncommittedBytesMax) {
    return MakeError(ErrorCode::kOverloaded,
                     absl::StrCat(pending_bytes_.load(),
                                  " bytes of changes wait for the disk"),
                     "try again later");
  }
  return absl::OkStatus();
}

absl::Status OneVoterQuorum::Propose(LogIndex offset, Term term,
                                     std::string value) {
  const int64_t bytes = static_cast<int64_t>(value.size());
  absl::Status status = CheckProposal(offset, term, bytes);
  if (status.ok()) {
    status = log_->Append(value, term, deps_.loop->clock().WallMs()).status();
    if (!status.ok() && CodeOf(status) != ErrorCode::kDiskFull) {
      // The log is shut after any other fault (S6).
      Fail(status);
      return status;
    }
  }
  if (!status.ok()) {
    StepDown();
    return status;
  }
  pending_bytes_ += bytes;
  pending_.push_back(QuorumEntry{offset, term, std::move(value)});
  MaybeFlush();
  return absl::OkStatus();
}

void OneVoterQuorum::MaybeFlush() {
  if (flush_ != nullptr || phase_ == Phase::kFailed) return;
  std::unique_ptr<log::FlushJob> job = log_->StartFlush();
  if (job == nullptr) return Commit();
  flush_ = std::make_shared<Flush>();
  flush_->job = std::move(job);
  auto work = [this, flush = flush_] {
    const env::Clock& clock = deps_.loop->clock();
    const absl::Duration begin = clock.Monotonic();
    flush->result = flush->job->Run();
    if (deps_.sync_time != nullptr) {
      deps_.sync_time->Record(
          absl::ToInt64Nanoseconds(clock.Monotonic() - begin));
    }
    flush->ran = true;
    deps_.loop->PostAlways([this] { Flushed(); });
  };
  if (deps_.workers->Run(std::move(work))) return;
  deps_.loop->After(kFlushRetry, [this] {
    // On the loop itself: slow, but a queue of workers that stays full must
    // not stop the cluster.
    flush_->result = flush_->job->Run();
    Flushed();
  });
}

void OneVoterQuorum::Flushed() {
  const std::shared_ptr<Flush> flush = std::move(flush_);
  flush_ = nullptr;
  log_->FinishFlush(*flush->job, flush->result);
  if (!flush->result.ok()) return Fail(flush->result);
  Commit();
  MaybeFlush();
}

void OneVoterQuorum::Commit() {
  const int64_t end = log_->durable_end().value();
  if (end <= committed_end_) return;
  const bool first = committed_end_ == 0;
  committed_end_.store(end, std::memory_order_release);
  if (first) {
    // The first sync covers all that recovery kept.
    Replay(LogIndex(0));
  } else {
    TellCommitted();
  }
}

void OneVoterQuorum::Replay(LogIndex from) {
  if (phase_ != Phase::kStart) return;
  if (from == committed_end()) return Lead();
  const absl::StatusOr<std::vector<QuorumEntry>> entries =
      log_->Read(from, committed_end(), kReplayBytes);
  if (!entries.ok()) return Fail(entries.status());
  if (entries->empty()) {
    return Fail(MakeError(
        ErrorCode::kCorruptLog,
        absl::StrCat("the metadata log has nothing at offset ", from.value()),
        "keep the directory and run `barnabas storage verify` on it"));
  }
  for (const QuorumEntry& entry : *entries) events_->OnCommitted(entry);
  const LogIndex next = entries->back().offset.Next();
  deps_.loop->PostAlways([this, next] { Replay(next); });
}

void OneVoterQuorum::Lead() {
  phase_ = Phase::kLeading;
  ++terms_begun_;
  LOG(INFO) << "Controller " << self() << " leads term " << term()
            << " from offset " << log_->end() << " on.";
  events_->OnLeading(term(), log_->end());
}

void OneVoterQuorum::StepDown() {
  if (phase_ != Phase::kLeading) return;
  phase_ = Phase::kFull;
  deps_.loop->PostAlways(
      [this] { events_->OnFollowing(term(), std::nullopt); });
  deps_.loop->After(kLeadRetry, [this] { LeadAgain(); });
}

void OneVoterQuorum::LeadAgain() {
  if (phase_ != Phase::kFull) return;
  const HardState next{
      term().Next(),
      VoterKey{self(), deps_.directory->identity().directory_id}};
  const absl::Status written =
      WriteHardState(deps_.files, deps_.directory->path(), next);
  if (!written.ok()) {
    LOG(WARNING) << "No new term yet: " << written.message();
    deps_.loop->After(kLeadRetry, [this] { LeadAgain(); });
    return;
  }
  term_ = next.term.value();
  Lead();
}

void OneVoterQuorum::TellCommitted() {
  if (telling_) return;
  telling_ = true;
  while (!pending_.empty() && pending_.front().offset < committed_end() &&
         phase_ != Phase::kFailed) {
    const QuorumEntry entry = std::move(pending_.front());
    pending_.pop_front();
    pending_bytes_ -= static_cast<int64_t>(entry.value.size());
    events_->OnCommitted(entry);
  }
  telling_ = false;
}

void OneVoterQuorum::Fail(const absl::Status& status) {
  if (phase_ == Phase::kFailed) return;
  phase_ = Phase::kFailed;
  LOG(ERROR) << "The metadata log has failed: " << status.message();
  // Not from within the caller, which may still hold its own state open.
  deps_.loop->PostAlways([this, status] { events_->OnFailed(status); });
}

absl::StatusOr<std::vector<QuorumEntry>> OneVoterQuorum::Read(
    LogIndex from, int64_t bytes_max) const {
  const LogIndex end = committed_end();
  if (from > end || from < LogIndex(0)) {
    return WithOffsetRange(
        MakeError(ErrorCode::kOffsetOutOfRange,
                  absl::StrCat("metadata offset ", from.value(),
                               " is beyond the committed end ", end.value()),
                  "follow from the end, or check the cluster id"),
        {Offset(0), Offset(end.value())});
  }
  return log_->Read(from, end, bytes_max);
}

QuorumFacts OneVoterQuorum::facts() const {
  QuorumFacts facts;
  facts.term = term();
  facts.leader = self();
  facts.committed_end = committed_end();
  facts.log_end = log_->end();
  facts.uncommitted_bytes = pending_bytes_;
  facts.elections = terms_begun_;
  return facts;
}

absl::Status OneVoterQuorum::Close() {
  if (flush_ != nullptr) {
    const absl::Status result =
        flush_->ran ? flush_->result
                    : MakeError(ErrorCode::kShuttingDown, "not synced");
    log_->FinishFlush(*flush_->job, result);
    flush_ = nullptr;
  }
  return log_->Close();
}

}  // namespace

absl::StatusOr<std::unique_ptr<MetadataQuorum>> OpenOneVoterQuorum(
    const OneVoterDeps& deps) {
  const log::Identity& identity = deps.directory->identity();
  ASSIGN_OR_RETURN(std::unique_ptr<DurableLog> log,
                   DurableLog::Open(deps.directory));
  ASSIGN_OR_RETURN(const internal::v1::BootstrapRecord bootstrap,
                   ReadBootstrap(*log, deps.directory->path()));
  RETURN_IF_ERROR(RequireOnlyVoter(bootstrap, identity));
  ASSIGN_OR_RETURN(HardState state,
                   ReadHardState(deps.files, deps.directory->path()));
  // Both, since either may be ahead: the vote is written before the first
  // entry of its term, and a log may have been restored without the file.
  state.term = std::max(state.term, log->last_term()).Next();
  state.vote = VoterKey{identity.node_id, identity.directory_id};
  RETURN_IF_ERROR(WriteHardState(deps.files, deps.directory->path(), state));
  return std::unique_ptr<MetadataQuorum>(
      std::make_unique<OneVoterQuorum>(deps, std::move(log), state.term));
}

}  // namespace barnabas::quorum
