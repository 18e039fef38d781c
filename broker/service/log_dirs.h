// NodeAdmin.DescribeLogDirs: what the logs of this broker take of its disk.
//
// What: the disk as it was last measured, and every partition with a replica
//   here, led or not.
// Units: bytes. Empty case: a broker without partitions has one directory.
// Thread: any; asks no disk.
// Errors: of single partitions, in their entries.
#ifndef BARNABAS_BROKER_SERVICE_LOG_DIRS_H_
#define BARNABAS_BROKER_SERVICE_LOG_DIRS_H_

#include "barnabas/v1/node_admin.pb.h"
#include "broker/service/service_context.h"

namespace barnabas::broker {

v1::DescribeLogDirsResponse DescribeLogDirs(
    const ServiceContext& context, const v1::DescribeLogDirsRequest& request);

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_LOG_DIRS_H_
