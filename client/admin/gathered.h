// Gathered: answers of several brokers, put together. (pure)
//
// What: a broker tells sizes and offsets of partitions that it leads, and the
//   disk that it lies on; these say whom else to ask, and merge what they say.
// Units: bytes, offsets. Empty case: nothing is missing.
// Thread: pure functions. Errors: none; what nobody told stays absent.
#ifndef BARNABAS_CLIENT_ADMIN_GATHERED_H_
#define BARNABAS_CLIENT_ADMIN_GATHERED_H_

#include <map>
#include <set>
#include <string>

#include "barnabas/v1/discovery.pb.h"
#include "barnabas/v1/topic_admin.pb.h"

namespace barnabas::client {

// Addresses of running brokers, by id.
std::map<int32_t, std::string> RunningBrokers(
    const v1::DescribeClusterResponse& cluster);

// Running brokers whose disk the answer does not tell.
std::set<int32_t> WithoutDisk(const v1::DescribeClusterResponse& cluster);
void MergeDisks(const v1::DescribeClusterResponse& other,
                v1::DescribeClusterResponse* cluster);

// Leaders of partitions whose offsets the answer does not tell.
std::set<int32_t> LeadersToAsk(const v1::DescribeTopicResponse& topic);
void MergeOffsets(const v1::DescribeTopicResponse& other,
                  v1::DescribeTopicResponse* topic);

// Some topic has partitions whose size the answer does not tell.
bool LacksSizes(const v1::ListTopicsResponse& topics);
void MergeSizes(const v1::ListTopicsResponse& other,
                v1::ListTopicsResponse* topics);

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_ADMIN_GATHERED_H_
