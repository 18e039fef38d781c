// Frames of both data streams, in any number, any order and any slices: what
// is cut out of them equals what protobuf's own parser finds, and their
// batches are checked as the broker checks them.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "barnabas/v1/consumer.pb.h"
#include "barnabas/v1/producer.pb.h"
#include "client/rpc/frame_layout.h"
#include "storage/record/batch_check.h"
#include "tests/fuzz/fuzz_input.h"

namespace barnabas::fuzz {
namespace {

constexpr size_t kFramesMax = 16;
constexpr size_t kFrameBytesMax = 20000;

// The same bytes, cut into slices anywhere.
std::vector<std::string_view> Slices(std::string_view bytes, uint64_t seed) {
  std::vector<std::string_view> slices;
  while (!bytes.empty()) {
    seed = seed * 6364136223846793005 + 1442695040888963407;
    const size_t size = 1 + (seed >> 33) % (seed % 3 == 0 ? 7 : 900);
    slices.push_back(bytes.substr(0, size));
    bytes.remove_prefix(slices.back().size());
  }
  return slices;
}

std::string Joined(const rpc::Pieces& pieces) {
  std::string whole;
  for (const std::string_view piece : pieces) whole.append(piece);
  return whole;
}

void TryProduce(std::string_view bytes, uint64_t seed) {
  const std::vector<std::string_view> slices = Slices(bytes, seed);
  rpc::ProduceRequestView view;
  const absl::Status status = rpc::ParseProduceRequest(slices, &view);
  v1::ProduceStreamRequest whole;
  const bool parsed =
      whole.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  if (!status.ok()) return;
  if (!parsed) Die("a produce request is one to protobuf as well");
  if (whole.frame_case() != view.message.frame_case()) {
    Die("a produce request is of the kind that protobuf finds");
  }
  if (!view.IsProduce()) return;
  if (whole.produce().batches_size() != static_cast<int>(view.batches.size())) {
    Die("a produce frame has as many batches");
  }
  for (size_t i = 0; i < view.batches.size(); ++i) {
    const rpc::ProduceBatchView& batch = view.batches[i];
    const auto& due = whole.produce().batches(static_cast<int>(i));
    const std::string encoded = Joined(batch.encoded);
    if (static_cast<int64_t>(encoded.size()) != batch.encoded_bytes) {
      Die("pieces are as long as they say");
    }
    v1::ProduceBatch got = batch.envelope;
    if (got.payload_case() == v1::ProduceBatch::kEncoded) {
      got.set_encoded(encoded);
    }
    if (got.SerializeAsString() != due.SerializeAsString()) {
      Die("envelope and payload are what protobuf finds");
    }
    record::CheckBatch(batch.encoded).status().IgnoreError();
  }
}

void TryFetch(std::string_view bytes, uint64_t seed) {
  const std::vector<std::string_view> slices = Slices(bytes, seed);
  rpc::FetchResponseView view;
  const absl::Status status = rpc::ParseFetchResponse(slices, &view);
  v1::FetchStreamResponse whole;
  const bool parsed =
      whole.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  if (!status.ok()) return;
  if (!parsed) Die("a fetch response is one to protobuf as well");
  if (whole.frame_case() != view.message.frame_case()) {
    Die("a fetch response is of the kind that protobuf finds");
  }
  if (!view.IsFetch()) return;
  const std::string encoded = Joined(view.encoded);
  v1::FetchStreamResponse got = view.message;
  if (!encoded.empty()) got.mutable_fetch()->set_encoded(encoded);
  if (got.fetch().encoded() != whole.fetch().encoded()) {
    Die("a fetch frame's payload is what protobuf finds");
  }
}

// What we write, protobuf and we read alike.
void TryLayout(FuzzInput* input) {
  std::vector<rpc::ProduceBatchPlan> plans;
  std::vector<std::string> payloads;
  for (size_t i = input->Below(4); i > 0; --i) {
    rpc::ProduceBatchPlan& plan = plans.emplace_back();
    plan.envelope.set_partition(input->Number<int32_t>());
    payloads.emplace_back(1 + input->Below(300), 'p');
    plan.encoded_bytes = static_cast<int64_t>(payloads.back().size());
  }
  const std::vector<std::string> texts =
      rpc::LayOutProduceRequest(input->Number<uint64_t>(), v1::ACKS_ALL, plans);
  std::string bytes;
  for (size_t i = 0; i < texts.size(); ++i) {
    bytes += texts[i];
    if (i < payloads.size()) bytes += payloads[i];
  }
  v1::ProduceStreamRequest whole;
  if (!whole.ParseFromString(bytes) ||
      whole.produce().batches_size() != static_cast<int>(plans.size())) {
    Die("what is laid out is a produce request");
  }
  TryProduce(bytes, input->Number<uint32_t>());
}

}  // namespace
}  // namespace barnabas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  barnabas::fuzz::FuzzInput input(data, size);
  for (size_t i = 0; i < barnabas::fuzz::kFramesMax && !input.Empty(); ++i) {
    const size_t kind = input.Below(5);
    const uint64_t seed = input.Number<uint32_t>();
    if (kind == 4) {
      barnabas::fuzz::TryLayout(&input);
      continue;
    }
    const std::string_view frame = input.Text(barnabas::fuzz::kFrameBytesMax);
    if (kind % 2 == 0) {
      barnabas::fuzz::TryProduce(frame, seed);
    } else {
      barnabas::fuzz::TryFetch(frame, seed);
    }
  }
  return 0;
}
