// NodeModel: what a data directory may hold after a power cut.
//
// What: the directory around the logs: which partitions may or must be there,
//   whether the clean marker may be, what small files ever held.
// Units: none. Empty case: a directory that is not formatted yet.
// Thread: a plain value. Errors: none.
#ifndef BARNABAS_TESTS_STORAGE_CRASH_NODE_MODEL_H_
#define BARNABAS_TESTS_STORAGE_CRASH_NODE_MODEL_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "proto/types/ids.h"
#include "proto/types/topic_partition.h"
#include "storage/log/identity.h"
#include "storage/log/log_config.h"
#include "tests/storage/crash/log_model.h"

namespace barnabas::crash {

inline constexpr char kDirectory[] = "data";
// Nobody of ours made it.
inline constexpr char kStranger[] = "data/notes";

// Where a partition's directory may be found.
struct Whereabouts {
  bool may_be_present = false;
  bool may_be_absent = true;
  // Moved aside, if it is absent.
  bool is_set_aside = false;
};

struct NodeModel {
  log::Identity identity;
  // The identity is durable.
  bool formatted = false;
  log::LogConfig config;
  // Gone ones as well.
  std::map<TopicPartition, LogModel> logs;
  std::map<TopicPartition, Whereabouts> where;
  // The marker of a clean stop may be there; it must bear this epoch.
  std::optional<BrokerEpoch> clean_stop;
  // By path, what small files held since they are replaced in one step.
  std::map<std::string, std::set<std::string>> installed;
  // By path, the round of the last durable point whose sync came to its end.
  std::map<std::string, int64_t> points;
  // Rises with everything above; equal images under one version are one.
  uint64_t version = 0;
};

// Names of the files that are only ever replaced.
bool IsReplacedWhole(const std::string& path);

// How paths of durable points end, and the round that such a file's contents
// tell; nullopt when they tell none.
inline constexpr char kPointFile[] = "/durable-point";
std::optional<int64_t> RoundOfPoint(const std::string& contents);

}  // namespace barnabas::crash

#endif  // BARNABAS_TESTS_STORAGE_CRASH_NODE_MODEL_H_
