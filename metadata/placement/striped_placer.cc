#include "metadata/placement/striped_placer.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "metadata/command/draw.h"
#include "proto/types/error.h"
#include "proto/types/text.h"

namespace barnabas::placement {
namespace {

// A broker while a topic is being placed.
struct Slot {
  BrokerId id;
  size_t rack = 0;
  bool live = true;
  // Replicas that it got so far.
  int64_t load = 0;
};

// Brokers so that neighbours differ in rack as long as possible; live ones
// first. Sorted before, so that the order of candidates does not matter.
std::vector<Slot> Interleave(const std::vector<Candidate>& candidates) {
  std::map<std::string, std::vector<Candidate>> racks;
  for (const Candidate& candidate : candidates) {
    racks[candidate.rack].push_back(candidate);
  }
  for (auto& [name, members] : racks) {
    std::sort(members.begin(), members.end(),
              [](const Candidate& a, const Candidate& b) {
                return std::tuple(!a.live, a.id) < std::tuple(!b.live, b.id);
              });
  }
  std::vector<Slot> slots;
  for (size_t round = 0; slots.size() < candidates.size(); ++round) {
    size_t rack = 0;
    for (const auto& [name, members] : racks) {
      if (round < members.size()) {
        slots.push_back(Slot{members[round].id, rack, members[round].live, 0});
      }
      ++rack;
    }
  }
  std::stable_partition(slots.begin(), slots.end(),
                        [](const Slot& slot) { return slot.live; });
  return slots;
}

// One placement in the making.
class Stripes {
 public:
  Stripes(std::vector<Slot> slots, command::Draw draw)
      : slots_(std::move(slots)),
        live_(std::count_if(slots_.begin(), slots_.end(),
                            [](const Slot& slot) { return slot.live; })),
        start_(draw.Next() % live_),
        shift_(draw.Next() % slots_.size()) {}

  std::vector<BrokerId> Next(int32_t factor) {
    const size_t leader = (start_ + placed_) % live_;
    std::vector<size_t> chosen = {leader};
    ++slots_[leader].load;
    while (chosen.size() < static_cast<size_t>(factor)) {
      const size_t follower = NextFollower(chosen);
      ++slots_[follower].load;
      chosen.push_back(follower);
    }
    ++placed_;
    // After every broker has led once, the same leader gets other followers.
    if (placed_ % live_ == 0) ++shift_;
    std::vector<BrokerId> brokers;
    for (size_t index : chosen) brokers.push_back(slots_[index].id);
    return brokers;
  }

 private:
  size_t NextFollower(const std::vector<size_t>& chosen) const {
    using Rank = std::tuple<int64_t, bool, int64_t, size_t>;
    size_t best = slots_.size();
    Rank best_rank;
    for (size_t i = 0; i < slots_.size(); ++i) {
      if (std::find(chosen.begin(), chosen.end(), i) != chosen.end()) continue;
      const auto same_rack = std::count_if(
          chosen.begin(), chosen.end(),
          [&](size_t other) { return slots_[other].rack == slots_[i].rack; });
      const size_t turn =
          (i + 2 * slots_.size() - chosen[0] - shift_ % slots_.size()) %
          slots_.size();
      const Rank rank(same_rack, !slots_[i].live, slots_[i].load, turn);
      if (best == slots_.size() || rank < best_rank) {
        best = i;
        best_rank = rank;
      }
    }
    return best;
  }

  std::vector<Slot> slots_;
  const size_t live_;
  const size_t start_;
  size_t shift_;
  size_t placed_ = 0;
};

}  // namespace

absl::StatusOr<Assignment> StripedPlacer::Place(
    const PlacementRequest& request) const {
  const std::vector<Candidate>& candidates = request.candidates;
  if (std::none_of(candidates.begin(), candidates.end(),
                   [](const Candidate& one) { return one.live; })) {
    return MakeError(ErrorCode::kBrokerNotAvailable, "no live broker",
                     "barnabas broker list");
  }
  if (request.factor < 1 ||
      static_cast<size_t>(request.factor) > candidates.size()) {
    return MakeError(ErrorCode::kInvalidReplicationFactor,
                     AsStd(absl::StrCat("replication factor ", request.factor,
                                        " > ", candidates.size(), " brokers")),
                     "barnabas broker list");
  }
  Stripes stripes(Interleave(candidates), command::Draw(request.seed));
  Assignment assignment;
  for (int32_t i = 0; i < request.partitions; ++i) {
    assignment.push_back(stripes.Next(request.factor));
  }
  return assignment;
}

}  // namespace barnabas::placement
