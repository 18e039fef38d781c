// ScriptedCluster: brokers in this process that do as a test tells them.
//
// What: real gRPC servers on loopback with the services that a client needs,
//   on logs in memory. Scripts refuse batches, tear streams, move leaders, stop
//   and start brokers, go away, fall silent, starve credit.
// Units: offsets, bytes, milliseconds. Empty case: no topics.
// Thread: any; one lock for everything but gRPC itself.
// Errors: none; a server that cannot listen fails the test (CHECK).
// Always true: a batch that a test reads from a log was appended once.
#ifndef BARNABAS_TESTS_CLIENT_SCRIPTED_SCRIPTED_CLUSTER_H_
#define BARNABAS_TESTS_CLIENT_SCRIPTED_SCRIPTED_CLUSTER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "barnabas/v1/discovery.pb.h"
#include "proto/types/error_code.h"
#include "tests/client/scripted/scripted_partition.h"

namespace barnabas::testing_client {

// What happens to one batch of a produce frame.
struct Fate {
  enum class Kind {
    kStore,
    // Refused with `code`; not stored.
    kRefuse,
    // The stream ends, before or after storing, without an answer.
    kTearBefore,
    kTearAfter,
    // Stored, but never answered.
    kSwallow,
    // Stored and acknowledged twice.
    kAcknowledgeTwice,
  };
  Kind kind = Kind::kStore;
  ErrorCode code = ErrorCode::kUnspecified;
};

struct ProducedBatch {
  std::string topic;
  int32_t partition = 0;
  int broker = 0;
  // Batches produced so far in the whole cluster, this one included.
  int64_t count = 0;
  record::BatchHeader header;
};

struct ScriptedTopic {
  std::string id;
  std::vector<ScriptedPartition> partitions;
};

// What all brokers share.
struct ScriptedState {
  absl::Mutex mutex;
  // Signalled when logs, leaders or brokers change.
  absl::CondVar changed;
  std::map<std::string, ScriptedTopic> topics ABSL_GUARDED_BY(mutex);
  // Client ports by broker; 0 while stopped.
  std::vector<int> ports ABSL_GUARDED_BY(mutex);
  std::function<Fate(const ProducedBatch&)> fate ABSL_GUARDED_BY(mutex);
  int64_t produced ABSL_GUARDED_BY(mutex) = 0;
  int64_t credit_bytes ABSL_GUARDED_BY(mutex) = 16 * 1024 * 1024;
  int64_t heartbeat_ms ABSL_GUARDED_BY(mutex) = 100;
  bool silent ABSL_GUARDED_BY(mutex) = false;
  int64_t next_producer ABSL_GUARDED_BY(mutex) = 1;
  // Facts.
  int64_t streams_opened ABSL_GUARDED_BY(mutex) = 0;
  int64_t frame_bytes_max ABSL_GUARDED_BY(mutex) = 0;
  int64_t identities ABSL_GUARDED_BY(mutex) = 0;

  ScriptedTopic* FindById(const std::string& id, std::string* name)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
};

class ScriptedBroker;

class ScriptedCluster {
 public:
  explicit ScriptedCluster(int brokers = 1);
  ~ScriptedCluster();

  std::string Endpoint(int broker) const;

  // Leaders by turns.
  void AddTopic(const std::string& name, int partitions);
  void DeleteTopic(const std::string& name);
  void MoveLeader(const std::string& topic, int32_t partition, int broker);
  // Cuts all connections; Start listens on the same port again.
  void Stop(int broker);
  void Start(int broker);
  // Announces the end of all streams, which end at the client's next sign.
  void GoAway(int broker);

  void SetFate(std::function<Fate(const ProducedBatch&)> fate);
  // Runs with everything locked; for what has no method of its own.
  void Change(const std::function<void(ScriptedState*)>& change);

  std::vector<std::string> Values(const std::string& topic, int32_t partition);

 private:
  const std::shared_ptr<ScriptedState> state_;
  std::vector<std::unique_ptr<ScriptedBroker>> brokers_;
  std::vector<int> ports_;
};

}  // namespace barnabas::testing_client

#endif  // BARNABAS_TESTS_CLIENT_SCRIPTED_SCRIPTED_CLUSTER_H_
