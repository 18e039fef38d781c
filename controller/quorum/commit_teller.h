// CommitTeller: what the quorum's owner is told, one thing after the other.
//
// What: queues snapshots, commits and changes of leadership as they happen and
//   tells them in that order, in tasks of their own, so that the owner is never
//   called from inside a call it made. A long replay is told in pieces.
// Place: between raft_quorum and QuorumEvents.
// Units: indexes, terms. Empty case: nothing happened, nothing is told.
// Thread: the loop's. Errors: OnFailed is told at once, and nothing after it.
// Always true: R10: entries are told once, in order, without a gap, and only
//   committed ones; OnLeading comes after every entry that was committed before
//   it, and only while that term is still led.
#ifndef BARNABAS_CONTROLLER_QUORUM_COMMIT_TELLER_H_
#define BARNABAS_CONTROLLER_QUORUM_COMMIT_TELLER_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "controller/quorum/metadata_quorum.h"
#include "metadata/raft/replica_log.h"
#include "storage/env/event_loop.h"

namespace barnabas::quorum {

class CommitTeller {
 public:
  // All outlive the teller.
  struct Deps {
    env::EventLoop* loop = nullptr;
    const raft::ReplicaLog* log = nullptr;
    QuorumEvents* events = nullptr;
    // The index of the next proposal if this node leads that term and may
    // propose.
    std::function<std::optional<LogIndex>(Term)> leads;
    // Called when something was told, after all that was to be told.
    std::function<void()> rested;
  };

  explicit CommitTeller(const Deps& deps) : deps_(deps) {}

  // Entries up to `index` are told by a snapshot.
  void Loaded(LogIndex index, std::string payload);
  void Committed(LogIndex index);
  void Leading(Term term);
  void Following(Term term, std::optional<NodeId> leader);
  void Failed(const absl::Status& status);

  LogIndex told() const { return told_; }
  // Of entries told since the start.
  int64_t told_bytes() const { return told_bytes_; }
  // The term that the owner was told it leads.
  std::optional<Term> led() const { return led_; }

 private:
  struct Load {
    LogIndex index;
    std::shared_ptr<const std::string> payload;
  };
  struct Commit {
    LogIndex index;
  };
  struct Lead {
    Term term;
  };
  struct Follow {
    Term term;
    std::optional<NodeId> leader;
  };
  using News = std::variant<Load, Commit, Lead, Follow>;

  void Schedule();
  void Tell();
  // False if there is more of it.
  bool TellNews(const Load& load);
  bool TellNews(const Commit& commit);
  bool TellNews(const Lead& lead);
  bool TellNews(const Follow& follow);

  const Deps deps_;

  LogIndex told_ = raft::kNoIndex;
  int64_t told_bytes_ = 0;
  std::optional<Term> led_;
  std::deque<News> news_;
  bool scheduled_ = false;
  bool failed_ = false;
};

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_COMMIT_TELLER_H_
