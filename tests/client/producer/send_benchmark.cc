// What Send costs the calling thread, apart from the network: CPU time of the
// caller only. Run by hand, optimised:
//   bazel run -c opt //tests/client/producer:send_benchmark
#include <benchmark/benchmark.h>

#include <string>

#include "client/producer/producer.h"
#include "storage/env/allocator.h"
#include "storage/env/lock_checks.h"
#include "tests/client/scripted/scripted_cluster.h"

namespace barnabas::client {
namespace {

void Run(benchmark::State& state, bool with_callback, bool with_key) {
  testing_client::ScriptedCluster cluster;
  cluster.AddTopic("orders", 4);
  ProducerOptions options;
  options.client.bootstrap = {cluster.Endpoint(0)};
  options.acks = Acks::kNone;
  options.buffer_memory = 512 * 1024 * 1024;
  const auto producer = *Producer::Create(options);
  // Logs in memory would grow without end.
  cluster.SetFate([](const testing_client::ProducedBatch&) {
    return testing_client::Fate{testing_client::Fate::Kind::kRefuse,
                                ErrorCode::kInvalidRecord};
  });
  const std::string value(100, 'v');
  ProducerRecord record;
  record.topic = "orders";
  record.value = value;
  if (with_key) record.key = "some key";
  for (auto _ : state) {
    if (with_callback) {
      producer->Send(record, [](const absl::StatusOr<Delivery>&) {})
          .IgnoreError();
    } else {
      producer->Send(record).IgnoreError();
    }
  }
  state.SetItemsProcessed(state.iterations());
  producer->Flush(absl::Minutes(1)).IgnoreError();
}

void SendPlain(benchmark::State& state) { Run(state, false, false); }
void SendKeyed(benchmark::State& state) { Run(state, false, true); }
void SendCallback(benchmark::State& state) { Run(state, true, false); }

BENCHMARK(SendPlain);
BENCHMARK(SendKeyed);
BENCHMARK(SendCallback);

}  // namespace
}  // namespace barnabas::client

int main(int argc, char** argv) {
  barnabas::env::TuneAllocator();
  barnabas::env::StopLockChecks();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
