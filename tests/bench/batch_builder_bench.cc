// What a record of 100 bytes costs: building, checksum, checking, reading.
//
// Each round handles one batch of kRecords records; "per_record" is the time
// of a round divided by them. Run optimised:
//   bazel run --config=opt //tests/bench:batch_builder_bench

#include <benchmark/benchmark.h>

#include <cstdint>
#include <optional>
#include <string>

#include "storage/env/allocator.h"
#include "storage/record/batch_builder.h"
#include "storage/record/batch_check.h"
#include "storage/record/batch_reader.h"
#include "storage/record/crc32c.h"

namespace barnabas::record {
namespace {

constexpr int kRecords = 5000;
constexpr int64_t kTimestampMs = 1700000000000;

void CountRecords(benchmark::State& state) {
  const double records =
      static_cast<double>(state.iterations()) * double{kRecords};
  state.counters["per_record"] = benchmark::Counter(
      records, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void Fill(std::string_view value, bool with_key, BatchBuilder* builder) {
  const std::optional<std::string_view> key =
      with_key ? std::optional<std::string_view>("key-00000000") : std::nullopt;
  for (int i = 0; i < kRecords; ++i) {
    builder->Append(kTimestampMs + i / 100, key, value);
  }
}

std::string Batch(size_t value_bytes, Codec codec = Codec::kNone) {
  std::string value(value_bytes, '\0');
  for (size_t i = 0; i < value.size(); ++i) {
    value[i] = static_cast<char>('a' + i * i % 26);
  }
  BatchBuilder builder(codec);
  Fill(value, /*with_key=*/false, &builder);
  return builder.Finish();
}

void BM_Append(benchmark::State& state) {
  const std::string value(static_cast<size_t>(state.range(0)), 'v');
  BatchBuilder builder;
  for (auto _ : state) {
    Fill(value, /*with_key=*/false, &builder);
    benchmark::DoNotOptimize(builder.EstimateBytes());
    builder.Reset();
  }
  CountRecords(state);
}
BENCHMARK(BM_Append)->Arg(100)->Arg(1024);

void BM_AppendKeyed(benchmark::State& state) {
  const std::string value(static_cast<size_t>(state.range(0)), 'v');
  BatchBuilder builder;
  for (auto _ : state) {
    Fill(value, /*with_key=*/true, &builder);
    benchmark::DoNotOptimize(builder.EstimateBytes());
    builder.Reset();
  }
  CountRecords(state);
}
BENCHMARK(BM_AppendKeyed)->Arg(88);

// Append, header and checksum, and giving the bytes away.
void BM_BuildBatch(benchmark::State& state) {
  const std::string value(static_cast<size_t>(state.range(0)), 'v');
  BatchBuilder builder;
  for (auto _ : state) {
    Fill(value, /*with_key=*/false, &builder);
    benchmark::DoNotOptimize(builder.Finish());
  }
  CountRecords(state);
}
BENCHMARK(BM_BuildBatch)->Arg(100)->Arg(1024);

void BM_BuildCompressed(benchmark::State& state) {
  const std::string value(100, 'v');
  BatchBuilder builder(static_cast<Codec>(state.range(0)));
  for (auto _ : state) {
    Fill(value, /*with_key=*/false, &builder);
    benchmark::DoNotOptimize(builder.Finish());
  }
  CountRecords(state);
}
BENCHMARK(BM_BuildCompressed)->DenseRange(1, 4);

void BM_Crc(benchmark::State& state) {
  const std::string batch = Batch(static_cast<size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(Crc32c(batch));
  state.SetBytesProcessed(static_cast<int64_t>(batch.size()) *
                          state.iterations());
  CountRecords(state);
}
BENCHMARK(BM_Crc)->Arg(100)->Arg(1024);

// What a broker does with a batch that arrives.
void BM_CheckBatch(benchmark::State& state) {
  const std::string batch = Batch(static_cast<size_t>(state.range(0)));
  const std::string_view slice = batch;
  for (auto _ : state) {
    benchmark::DoNotOptimize(CheckBatch(absl::MakeConstSpan(&slice, 1)).ok());
  }
  CountRecords(state);
}
BENCHMARK(BM_CheckBatch)->Arg(100)->Arg(1024);

// What a consumer does with a batch that arrives.
void BM_Read(benchmark::State& state) {
  const std::string batch = Batch(100, static_cast<Codec>(state.range(0)));
  RecordReader reader;
  RecordView record;
  for (auto _ : state) {
    BatchReader batches(batch);
    const BatchView view = **batches.Next();
    if (!reader.Open(view, /*check_crc=*/true).ok()) {
      state.SkipWithError("damaged");
    }
    size_t bytes = 0;
    while (*reader.Next(&record)) bytes += record.value->size();
    benchmark::DoNotOptimize(bytes);
  }
  CountRecords(state);
}
BENCHMARK(BM_Read)->DenseRange(0, 4);

}  // namespace
}  // namespace barnabas::record

int main(int argc, char** argv) {
  // As the programs do; without it each batch is paid for in page faults.
  barnabas::env::TuneAllocator();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
