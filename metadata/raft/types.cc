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

std::ostream& operator<<(std::ostream& out, CampaignCause cause) {
  switch (cause) {
    case CampaignCause::kTimeout:
      return out << "no leader has been heard";
    case CampaignCause::kLeaderGone:
      return out << "the leader's process is gone";
    case CampaignCause::kTransfer:
      return out << "the leader hands over";
  }
  return out;
}

}  // namespace barnabas::raft
