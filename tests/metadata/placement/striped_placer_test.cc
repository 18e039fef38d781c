#include "metadata/placement/striped_placer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/support/matchers.h"

namespace barnabas::placement {
namespace {

using support::HasErrorCode;

PlacementRequest Request(const std::vector<std::string>& racks,
                         int32_t partitions, int32_t factor, uint64_t seed) {
  PlacementRequest request;
  int32_t id = 100;
  for (const std::string& rack : racks) {
    request.candidates.push_back({BrokerId(id++), rack, true});
  }
  request.partitions = partitions;
  request.factor = factor;
  request.seed = seed;
  return request;
}

const std::string& RackOf(const PlacementRequest& request, BrokerId id) {
  return std::find_if(request.candidates.begin(), request.candidates.end(),
                      [&](const Candidate& one) { return one.id == id; })
      ->rack;
}

// How far the most and the least used differ.
template <typename Map>
int Spread(const Map& counts) {
  int least = counts.begin()->second;
  int most = least;
  for (const auto& [key, count] : counts) {
    least = std::min(least, count);
    most = std::max(most, count);
  }
  return most - least;
}

TEST(StripedPlacer, OneBrokerGetsAll) {
  ASSERT_OK_AND_ASSIGN(const Assignment assignment,
                       StripedPlacer().Place(Request({""}, 3, 1, 7)));
  EXPECT_EQ(assignment, Assignment(3, {BrokerId(100)}));
}

TEST(StripedPlacer, TooFewOrNoBrokersAreRefused) {
  EXPECT_THAT(StripedPlacer().Place(Request({"", ""}, 1, 3, 1)),
              HasErrorCode(ErrorCode::kInvalidReplicationFactor));
  EXPECT_THAT(StripedPlacer().Place(Request({}, 1, 1, 1)),
              HasErrorCode(ErrorCode::kBrokerNotAvailable));
  PlacementRequest fenced = Request({""}, 1, 1, 1);
  fenced.candidates[0].live = false;
  EXPECT_THAT(StripedPlacer().Place(fenced),
              HasErrorCode(ErrorCode::kBrokerNotAvailable));
}

TEST(StripedPlacer, TheOrderOfCandidatesDoesNotMatter) {
  PlacementRequest request = Request({"a", "b", "a", "c"}, 9, 2, 5);
  ASSERT_OK_AND_ASSIGN(const Assignment first, StripedPlacer().Place(request));
  std::reverse(request.candidates.begin(), request.candidates.end());
  ASSERT_OK_AND_ASSIGN(const Assignment second, StripedPlacer().Place(request));
  EXPECT_EQ(first, second);
}

TEST(StripedPlacer, DifferentSeedsBeginElsewhere) {
  std::set<BrokerId> first;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    ASSERT_OK_AND_ASSIGN(
        const Assignment assignment,
        StripedPlacer().Place(Request({"", "", ""}, 1, 1, seed)));
    first.insert(assignment[0][0]);
  }
  EXPECT_EQ(first.size(), 3u);
}

TEST(StripedPlacer, OneRackIsPlainStriping) {
  ASSERT_OK_AND_ASSIGN(
      const Assignment assignment,
      StripedPlacer().Place(Request({"", "", "", ""}, 40, 3, 2)));
  std::map<BrokerId, int> leaders;
  std::map<BrokerId, int> replicas;
  for (const auto& list : assignment) {
    ++leaders[list[0]];
    for (BrokerId id : list) ++replicas[id];
  }
  EXPECT_EQ(Spread(leaders), 0);
  EXPECT_LE(Spread(replicas), 1);
}

TEST(StripedPlacer, AFencedBrokerFollowsButNeverLeads) {
  PlacementRequest request = Request({"a", "b"}, 10, 2, 3);
  request.candidates[1].live = false;
  ASSERT_OK_AND_ASSIGN(const Assignment assignment,
                       StripedPlacer().Place(request));
  for (const auto& list : assignment) {
    EXPECT_EQ(list, (std::vector<BrokerId>{BrokerId(100), BrokerId(101)}));
  }
}

TEST(StripedPlacer, RandomClustersKeepEveryRule) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    std::vector<std::string> racks(1 + random() % 12);
    const uint64_t rack_count = 1 + random() % 5;
    for (std::string& rack : racks) {
      rack = std::string(1, static_cast<char>('a' + random() % rack_count));
    }
    const auto factor =
        static_cast<int32_t>(1 + random() % std::min<size_t>(racks.size(), 5));
    const auto partitions = static_cast<int32_t>(1 + random() % 60);
    const PlacementRequest request = Request(racks, partitions, factor, seed);
    ASSERT_OK_AND_ASSIGN(const Assignment assignment,
                         StripedPlacer().Place(request));
    ASSERT_EQ(assignment.size(), static_cast<size_t>(partitions));
    const std::set<std::string> all(racks.begin(), racks.end());
    std::map<BrokerId, int> leaders;
    for (const Candidate& one : request.candidates) leaders[one.id] = 0;
    for (const auto& list : assignment) {
      ++leaders[list[0]];
      EXPECT_EQ(std::set<BrokerId>(list.begin(), list.end()).size(),
                static_cast<size_t>(factor));
      std::set<std::string> used;
      for (BrokerId id : list) used.insert(RackOf(request, id));
      EXPECT_EQ(used.size(), std::min(all.size(), list.size()));
    }
    EXPECT_LE(Spread(leaders), 1);
  }
}

}  // namespace
}  // namespace barnabas::placement
