// InvariantWatch: a quorum that checks itself while it runs.
//
// What: after every event what one node can see of R1 to R17
//   (metadata/raft/invariants), and of every message that it acknowledges
//   nothing which its log does not hold (R9).
// Place: part of raft_quorum; on in simulation, which says whom to tell, and in
//   debug builds, where a broken invariant ends the process. Otherwise nothing
//   is done.
// Units: none. Empty case: nothing is broken.
// Thread: the loop's. Errors: told, or CHECK.
#ifndef BARNABAS_CONTROLLER_QUORUM_INVARIANT_WATCH_H_
#define BARNABAS_CONTROLLER_QUORUM_INVARIANT_WATCH_H_

#include <functional>
#include <optional>
#include <string>

#include "metadata/raft/core.h"
#include "metadata/raft/invariants.h"

namespace barnabas::quorum {

class InvariantWatch {
 public:
  // Told which invariant is broken, and how.
  using Broken = std::function<void(const std::string&)>;

  // `core` outlives the watch.
  InvariantWatch(const raft::Core* core, Broken broken);

  void AfterEvent();
  void BeforeSending(const raft::Message& message);

 private:
  bool on() const;
  void Tell(const std::string& what);

  const raft::Core* const core_;
  const Broken broken_;

  std::optional<raft::Before> before_;
};

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_INVARIANT_WATCH_H_
