#include "metadata/raft/types.h"

namespace barnabas::raft {

std::ostream& operator<<(std::ostream& out, Role role) {
  switch (role) {
    case Role::kFollower:
      return out << "follower";
    case Role::kPreCandidate:
      return out << "pre-candidate";
    case Role::kCandidate:
      return out << "candidate";
    case Role::kLeader:
      return out << "leader";
  }
  return out;
}

}  // namespace barnabas::raft
