#include "broker/service/log_dirs.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "proto/types/error_proto.h"

namespace barnabas::broker {
namespace {

// False where there is no such partition any more.
bool Fill(const Partition& partition, v1::PartitionSize* size) {
  size->set_topic(partition.topic());
  size->set_topic_id(partition.key().topic.ToString());
  size->set_partition(partition.key().partition.value());
  const auto log = partition.Log();
  if (!log.ok()) {
    *size->mutable_error() = ToProto(log.status());
    return CodeOf(log.status()) != ErrorCode::kUnknownTopic;
  }
  const log::PartitionLog::Facts facts = (*log)->facts();
  size->set_size_bytes(facts.size_bytes);
  size->set_segments(facts.segments);
  size->set_leader(partition.Serve(std::nullopt).ok());
  return true;
}

}  // namespace

v1::DescribeLogDirsResponse DescribeLogDirs(
    const ServiceContext& context, const v1::DescribeLogDirsRequest& request) {
  v1::DescribeLogDirsResponse response;
  response.set_node_id(context.self.value());
  v1::LogDir* dir = response.add_dirs();
  dir->set_path(context.data_dir);
  const DiskGuard::Facts disk = context.disk->facts();
  dir->set_total_bytes(disk.total_bytes);
  dir->set_free_bytes(disk.free_bytes);
  dir->set_reserve_bytes(disk.reserve_bytes);
  dir->set_full(disk.full);
  const absl::flat_hash_set<std::string> wanted(request.topics().begin(),
                                                request.topics().end());
  std::vector<std::shared_ptr<Partition>> all = context.table->All();
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    if (a->topic() != b->topic()) return a->topic() < b->topic();
    return a->key().partition < b->key().partition;
  });
  int64_t bytes = 0;
  for (const std::shared_ptr<Partition>& partition : all) {
    v1::PartitionSize size;
    if (!Fill(*partition, &size)) continue;
    bytes += size.size_bytes();
    if (!wanted.empty() && !wanted.contains(partition->topic())) continue;
    *dir->add_partitions() = std::move(size);
  }
  dir->set_partition_bytes(bytes);
  return response;
}

}  // namespace barnabas::broker
