#include "controller/quorum/raft_quorum.h"

#include <glog/logging.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "controller/quorum/commit_teller.h"
#include "controller/quorum/entry_codec.h"
#include "controller/quorum/persist_queue.h"
#include "controller/quorum/quorum_disk.h"
#include "controller/quorum/quorum_reads.h"
#include "controller/quorum/raft_log.h"
#include "controller/quorum/raft_members.h"
#include "controller/quorum/snapshot_exchange.h"
#include "metadata/raft/core.h"
#include "proto/types/error.h"
#include "proto/types/seeded_bug.h"
#include "proto/types/status_macros.h"

namespace barnabas::quorum {
namespace {

constexpr absl::Duration kTick = absl::Milliseconds(10);
// After a refused proposal: until the owner is told again that it leads.
constexpr absl::Duration kLeadAgain = absl::Milliseconds(200);

raft::Options CoreOptions(uint64_t seed) {
  raft::Options options;
  options.uncommitted_bytes_max = kUncommittedBytesMax;
  options.seed = seed;
  return options;
}

class RaftQuorum final : public MetadataQuorum,
                         public PersistEvents,
                         public PeerEvents {
 public:
  RaftQuorum(const RaftDeps& deps, QuorumDisk disk)
      : deps_(deps),
        self_{deps.directory->identity().node_id,
              deps.directory->identity().directory_id},
        disk_(std::move(disk)),
        core_(CoreOptions(deps.seed), self_, disk_.found),
        members_(&core_, [this] { Settle(); }),
        reads_(deps.loop, &core_),
        watch_(&core_, deps.on_broken),
        persist_({deps.loop, deps.workers, deps.files, deps.directory->path(),
                  disk_.log.get(), this, deps.sync_time}) {}

  void Start(QuorumEvents* events) override;
  absl::Status Propose(LogIndex offset, Term term, std::string value) override;
  absl::StatusOr<std::vector<QuorumEntry>> Read(
      LogIndex from, int64_t bytes_max) const override;
  LogIndex log_start() const override { return disk_.log->first(); }
  QuorumFacts facts() const override {
    absl::MutexLock lock(&mutex_);
    return facts_;
  }
  void ConfirmRead(ReadDone done) override {
    reads_.Begin(std::move(done));
    Settle();
  }
  QuorumMembers* members() override { return &members_; }
  absl::Status Close() override;

  void OnReleased(std::vector<raft::Message> messages) override;
  void OnPersisted(uint64_t persist_id) override;
  void OnDiskFull(const absl::Status& status) override;
  void OnRoom() override;
  void OnPersistFailed(const absl::Status& status) override { Fail(status); }

  void OnPeerMessage(const raft::Message& message) override;
  void OnPeerLost(const raft::ReplicaKey& peer, bool gone) override;

 private:
  const raft::Replica& replica() const { return core_.replica(); }
  bool Leads(Term term) const {
    return replica().role == raft::Role::kLeader && replica().hard.term == term;
  }
  LogIndex NextIndex() const { return replica().log.last().index.Next(); }

  void Tick();
  void Settle();
  // Behind what the loop already has to do: what is proposed by then is
  // written, sent and synced together.
  void SettleSoon();
  void StartTaker(QuorumEvents* events);
  void AdoptSnapshot(const raft::SnapshotId& id);
  void NoteRole(const raft::RoleChange& change);
  void MeetPeers();
  void PublishFacts();
  absl::Status CheckProposal(LogIndex offset, Term term, int64_t bytes) const;
  absl::Status Append(LogIndex offset, std::string value);
  void Resync();
  void HandOver();
  void Fail(const absl::Status& status);

  const RaftDeps deps_;
  const raft::ReplicaKey self_;

  QuorumDisk disk_;
  raft::Core core_;
  RaftMembers members_;
  QuorumReads reads_;
  InvariantWatch watch_;
  PersistQueue persist_;
  std::optional<CommitTeller> teller_;
  std::optional<SnapshotTaker> taker_;
  std::optional<SnapshotExchange> exchange_;
  bool settling_ = false;
  bool failed_ = false;

  mutable absl::Mutex mutex_;
  QuorumFacts facts_ ABSL_GUARDED_BY(mutex_);
};

void RaftQuorum::Start(QuorumEvents* events) {
  CommitTeller::Deps teller;
  teller.loop = deps_.loop;
  teller.log = &replica().log;
  teller.events = events;
  teller.leads = [this](Term term) -> std::optional<LogIndex> {
    if (!Leads(term) || persist_.full()) return std::nullopt;
    return NextIndex();
  };
  teller.rested = [this] {
    taker_->Consider(teller_->told(), teller_->told_bytes());
  };
  teller_.emplace(teller);
  StartTaker(events);
  exchange_.emplace(SnapshotExchange::Deps{
      self_, deps_.loop, deps_.network, &disk_, &core_, &persist_, &*teller_,
      [this] { Settle(); }, [this](const auto& status) { Fail(status); }});
  if (disk_.newest.has_value()) {
    teller_->Loaded(disk_.newest->id.index, std::move(disk_.newest->payload));
    disk_.newest.reset();
  }
  deps_.network->Start(this);
  Settle();
  Tick();
}

void RaftQuorum::StartTaker(QuorumEvents* events) {
  SnapshotTaker::Deps taker;
  taker.loop = deps_.loop;
  taker.workers = deps_.workers;
  taker.store = disk_.snapshots.get();
  taker.policy = deps_.snapshots;
  taker.capture = [this, events] {
    const LogIndex told =
        teller_->told().Plus(SEEDED_BUG(kNamesSnapshotOneEarlier) ? -1 : 0);
    return SnapshotTaker::Captured{
        raft::SnapshotId{replica().log.TermAt(told).value_or(raft::kNoTerm),
                         told},
        SEEDED_BUG(kSnapshotWithoutVoters) ? raft::VoterSet()
                                           : replica().membership.At(told),
        events->CaptureSnapshot()};
  };
  taker.taken = [this](const raft::SnapshotId& id) {
    persist_.BetweenSyncs([this, id] { AdoptSnapshot(id); });
  };
  taker_.emplace(taker);
}

void RaftQuorum::Tick() {
  if (failed_) return;
  core_.Tick();
  Settle();
  deps_.loop->After(kTick, [this] { Tick(); });
}

void RaftQuorum::Settle() {
  if (failed_) return;
  watch_.AfterEvent();
  raft::Effects effects = core_.TakeEffects();
  for (const std::string& fact : effects.facts) VLOG(1) << "Raft: " << fact;
  OnReleased(std::move(effects.now));
  const std::optional<LogIndex> commit = effects.commit;
  const std::optional<raft::RoleChange> role = effects.role;
  persist_.Add(effects);
  if (commit.has_value()) teller_->Committed(*commit);
  if (SEEDED_BUG(kTellsBeforeCommit)) {
    teller_->Committed(replica().log.last().index);
  }
  if (role.has_value()) NoteRole(*role);
  reads_.Settle(effects.reads);
  for (const raft::SnapshotSend& send : effects.snapshots) {
    exchange_->SendPiece(send);
  }
  if (effects.store.has_value()) exchange_->KeepPiece(*effects.store);
  MeetPeers();
  PublishFacts();
  if (!disk_.log->fault().ok()) Fail(disk_.log->fault());
}

// The log is trimmed to the older of two snapshots, so that it still connects
// if the newer one turns out to be damaged.
void RaftQuorum::AdoptSnapshot(const raft::SnapshotId& id) {
  if (failed_) return;
  disk_.snapshots->Adopt(id);
  std::set<raft::SnapshotId> in_use;
  for (const auto& [key, peer] : replica().leadership.peers) {
    if (peer.mode() == raft::SendMode::kSnapshot) {
      in_use.insert(peer.snapshot().id);
    }
  }
  disk_.snapshots->Prune(in_use);
  // One that a leader sent meanwhile may be newer.
  if (id.index <= disk_.log->snapshot().index) return;
  const raft::SnapshotId oldest = SEEDED_BUG(kTrimsBeforeSnapshotIsDurable)
                                      ? id
                                      : disk_.snapshots->oldest();
  const LogIndex keep_from =
      oldest == id && !SEEDED_BUG(kTrimsBeforeSnapshotIsDurable)
          ? disk_.log->first()
          : oldest.index.Next();
  const absl::Status trimmed = disk_.log->AdoptSnapshot(id, keep_from);
  if (!trimmed.ok() && CodeOf(trimmed) != ErrorCode::kDiskFull) {
    return Fail(trimmed);
  }
  LOG(INFO) << "A snapshot of the metadata at offset " << id.index
            << " was taken; the log begins at " << disk_.log->first() << ".";
  Settle();
}

void RaftQuorum::NoteRole(const raft::RoleChange& change) {
  if (change.role == raft::Role::kLeader) {
    {
      absl::MutexLock lock(&mutex_);
      ++facts_.elections;
    }
    LOG(INFO) << "Controller " << self_.id << " leads term " << change.term
              << " from offset " << NextIndex() << " on.";
    return teller_->Leading(change.term);
  }
  std::optional<NodeId> leader;
  if (change.leader.has_value()) {
    leader = change.leader->id;
    LOG(INFO) << "Controller " << *leader << " leads term " << change.term
              << ".";
  } else if (change.role != raft::Role::kFollower) {
    LOG(INFO) << "Controller " << self_.id
              << (change.role == raft::Role::kCandidate ? " asks for votes in"
                                                        : " looks for votes in")
              << " term " << change.term << ", as " << change.cause << ".";
  }
  teller_->Following(change.term, leader);
}

void RaftQuorum::MeetPeers() {
  const std::optional<std::vector<raft::Voter>> peers = members_.TakeNewPeers();
  if (peers.has_value()) deps_.network->SetPeers(*peers);
}

void RaftQuorum::PublishFacts() {
  QuorumFacts facts;
  facts.term = replica().hard.term;
  if (replica().leader.has_value()) facts.leader = replica().leader->id;
  // What others have committed may not be in this log yet, or something else
  // in its place: readers take it from the disk.
  facts.committed_end =
      SEEDED_BUG(kReadsWhatWasReplaced)
          ? std::min(replica().commit, disk_.log->last()).Next()
          : std::min(replica().commit, persist_.written()).Next();
  facts.log_end = NextIndex();
  facts.uncommitted_bytes = core_.uncommitted_bytes();
  absl::MutexLock lock(&mutex_);
  facts.elections = facts_.elections;
  facts_ = facts;
}

absl::Status RaftQuorum::CheckProposal(LogIndex offset, Term term,
                                       int64_t bytes) const {
  if (!failed_ && persist_.full()) {
    return MakeError(
        ErrorCode::kDiskFull,
        absl::StrCat("the disk of ", deps_.directory->path(), " is full"),
        "make room; the controller goes on by itself");
  }
  if (failed_ || !Leads(term) || teller_->led() != term ||
      offset != NextIndex()) {
    return MakeError(
        ErrorCode::kNotController,
        absl::StrCat("controller ", self_.id.value(), " does not lead term ",
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
  return absl::OkStatus();
}

absl::Status RaftQuorum::Propose(LogIndex offset, Term term,
                                 std::string value) {
  absl::Status status =
      CheckProposal(offset, term, static_cast<int64_t>(value.size()));
  if (status.ok()) status = Append(offset, std::move(value));
  if (!status.ok()) Resync();
  SettleSoon();
  return status;
}

void RaftQuorum::SettleSoon() {
  if (std::exchange(settling_, true)) return;
  deps_.loop->PostAlways([this] {
    settling_ = false;
    Settle();
  });
}

absl::Status RaftQuorum::Append(LogIndex offset, std::string value) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const raft::VoterSet> voters,
                   VotersIn(offset, value));
  absl::StatusOr<LogIndex> index;
  if (voters != nullptr) {
    index = members_.Propose(*voters, value);
  } else {
    std::vector<std::string> values;
    values.push_back(std::move(value));
    index = core_.Propose(std::move(values));
  }
  RETURN_IF_ERROR(index.status());
  CHECK(*index == offset) << "R5: a leader's log grows by proposals alone";
  return absl::OkStatus();
}

// The owner's idea of the log's end may be wrong: it is told to forget what it
// proposed and to begin again behind it.
void RaftQuorum::Resync() {
  const Term term = replica().hard.term;
  if (failed_ || !teller_->led().has_value()) return;
  teller_->Following(term, std::nullopt);
  deps_.loop->After(kLeadAgain, [this, term] {
    if (!failed_ && Leads(term) && teller_->led() != term) {
      teller_->Leading(term);
    }
  });
}

void RaftQuorum::OnDiskFull(const absl::Status& status) {
  LOG(ERROR) << "The metadata log cannot be written: " << status.message();
  if (!Leads(replica().hard.term)) return;
  // Not from within a step of the core.
  deps_.loop->PostAlways([this] { HandOver(); });
}

void RaftQuorum::HandOver() {
  if (failed_ || !Leads(replica().hard.term)) return;
  teller_->Following(replica().hard.term, std::nullopt);
  // Alone there is nobody to take over.
  members_.HandOver().IgnoreError();
}

void RaftQuorum::OnRoom() {
  LOG(INFO) << "The metadata log can be written again.";
  const Term term = replica().hard.term;
  if (Leads(term) && teller_->led() != term) teller_->Leading(term);
}

void RaftQuorum::OnReleased(std::vector<raft::Message> messages) {
  for (raft::Message& message : messages) {
    watch_.BeforeSending(message);
    deps_.network->Send(std::move(message));
  }
}

void RaftQuorum::OnPersisted(uint64_t persist_id) {
  core_.Persisted(persist_id);
  Settle();
}

void RaftQuorum::OnPeerMessage(const raft::Message& message) {
  if (failed_) return;
  core_.Step(message);
  Settle();
}

void RaftQuorum::OnPeerLost(const raft::ReplicaKey& peer, bool gone) {
  if (failed_) return;
  core_.PeerLost(peer, gone);
  Settle();
}

void RaftQuorum::Fail(const absl::Status& status) {
  if (std::exchange(failed_, true)) return;
  LOG(ERROR) << "The metadata log has failed: " << status.message();
  exchange_->Stop();
  reads_.Fail(status);
  teller_->Failed(status);
}

absl::StatusOr<std::vector<QuorumEntry>> RaftQuorum::Read(
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
  return disk_.log->disk()->Read(from, end, bytes_max);
}

absl::Status RaftQuorum::Close() {
  persist_.Close();
  return disk_.log->disk()->Close();
}

}  // namespace

absl::StatusOr<std::unique_ptr<MetadataQuorum>> OpenRaftQuorum(
    const RaftDeps& deps) {
  ASSIGN_OR_RETURN(QuorumDisk disk, OpenQuorumDisk(deps.files, deps.directory));
  return std::unique_ptr<MetadataQuorum>(
      std::make_unique<RaftQuorum>(deps, std::move(disk)));
}

}  // namespace barnabas::quorum
