#include "client/rpc/frame_layout.h"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "proto/types/error.h"
#include "proto/types/limits.h"

namespace barnabas::rpc {
namespace {

using google::protobuf::util::MessageDifferencer;
using Random = std::mt19937;

size_t Below(Random* random, size_t bound) { return (*random)() % bound; }

std::string RandomBytes(Random* random, size_t bound) {
  std::string bytes(Below(random, bound), '\0');
  for (char& byte : bytes) byte = static_cast<char>((*random)());
  return bytes;
}

// Cut at random, so that envelopes and payloads straddle.
std::vector<std::string_view> Cut(Random* random, std::string_view text) {
  std::vector<std::string_view> slices;
  while (!text.empty()) {
    const size_t size = Below(random, std::min<size_t>(text.size(), 40)) + 1;
    slices.push_back(text.substr(0, size));
    text.remove_prefix(size);
    if (Below(random, 4) == 0) slices.push_back({});
  }
  return slices;
}

std::string Join(const Pieces& pieces) {
  std::string text;
  for (const std::string_view piece : pieces) {
    EXPECT_FALSE(piece.empty());
    text.append(piece);
  }
  return text;
}

void FillRecords(Random* random, v1::RecordBatch* records) {
  for (size_t i = Below(random, 3); i > 0; --i) {
    records->add_records()->set_value(RandomBytes(random, 20));
  }
}

v1::ProduceStreamRequest RandomRequest(Random* random) {
  v1::ProduceStreamRequest request;
  switch (Below(random, 8)) {
    case 0:
      request.mutable_open()->set_client_name("some client");
      return request;
    case 1:
      request.mutable_heartbeat()->set_time_ms(7);
      return request;
    case 2:
      request.mutable_close();
      return request;
    default:
      break;
  }
  v1::ProduceFrame* frame = request.mutable_produce();
  frame->set_sequence((*random)());
  frame->set_acks(static_cast<v1::Acks>(Below(random, 5)));
  for (size_t i = Below(random, 4); i > 0; --i) {
    v1::ProduceBatch* batch = frame->add_batches();
    if (Below(random, 2) == 0) batch->mutable_topic()->set_name("orders");
    if (Below(random, 2) == 0) {
      batch->mutable_topic()->set_id("AAAAAAAAAAAAAAAAAAAAAA");
    }
    if (Below(random, 2) == 0) batch->set_partition(3);
    if (Below(random, 2) == 0) batch->set_leader_epoch(-1);
    if (Below(random, 3) == 0) batch->mutable_producer()->set_producer_id(9);
    const size_t payload = Below(random, 4);
    if (payload == 0) FillRecords(random, batch->mutable_structured());
    if (payload >= 2) batch->set_encoded(RandomBytes(random, 300));
  }
  return request;
}

v1::FetchStreamResponse RandomResponse(Random* random) {
  v1::FetchStreamResponse response;
  if (Below(random, 5) == 0) {
    response.mutable_failure()->mutable_error()->set_message("gone");
    return response;
  }
  v1::FetchFrame* frame = response.mutable_fetch();
  frame->set_session(static_cast<uint32_t>(Below(random, 5)));
  frame->set_high_watermark((*random)());
  frame->set_next_offset((*random)());
  const size_t payload = Below(random, 4);
  if (payload == 0) FillRecords(random, frame->mutable_structured());
  if (payload >= 2) frame->set_encoded(RandomBytes(random, 500));
  return response;
}

// Appends `message`'s fields once more, or changes bytes: still protobuf, or
// not; both are fine as long as the two parsers agree.
void Mutate(Random* random, std::string* bytes) {
  switch (Below(random, 5)) {
    case 0:
      for (size_t i = Below(random, 4); i > 0 && !bytes->empty(); --i) {
        (*bytes)[Below(random, bytes->size())] = static_cast<char>((*random)());
      }
      return;
    case 1:
      bytes->resize(Below(random, bytes->size() + 1));
      return;
    case 2:
      bytes->append(*bytes);
      return;
    case 3: {
      const std::string part =
          bytes->substr(0, Below(random, bytes->size() + 1));
      bytes->insert(Below(random, bytes->size() + 1), part);
      return;
    }
    default:
      return;
  }
}

// What the view says, as one ordinary message.
v1::ProduceStreamRequest Whole(const ProduceRequestView& view) {
  v1::ProduceStreamRequest whole = view.message;
  for (const ProduceBatchView& batch : view.batches) {
    v1::ProduceBatch* added = whole.mutable_produce()->add_batches();
    *added = batch.envelope;
    const bool encoded =
        batch.envelope.payload_case() == v1::ProduceBatch::kEncoded;
    if (encoded) added->set_encoded(Join(batch.encoded));
    EXPECT_EQ(batch.encoded_bytes,
              static_cast<int64_t>(Join(batch.encoded).size()));
    EXPECT_TRUE(encoded || batch.encoded.empty());
  }
  return whole;
}

v1::FetchStreamResponse Whole(const FetchResponseView& view) {
  v1::FetchStreamResponse whole = view.message;
  EXPECT_EQ(view.encoded_bytes,
            static_cast<int64_t>(Join(view.encoded).size()));
  if (view.message.fetch().payload_case() == v1::FetchFrame::kEncoded) {
    whole.mutable_fetch()->set_encoded(Join(view.encoded));
  } else {
    EXPECT_TRUE(view.encoded.empty());
  }
  return whole;
}

template <typename Message, typename View>
void ExpectAgreement(Random* random, const std::string& bytes,
                     absl::Status (*parse)(absl::Span<const std::string_view>,
                                           View*),
                     const std::string& where) {
  Message expected;
  const bool valid = expected.ParseFromString(bytes);
  View view;
  const absl::Status status = parse(Cut(random, bytes), &view);
  ASSERT_EQ(status.ok(), valid) << where << status;
  if (!valid) {
    EXPECT_EQ(CodeOf(status), ErrorCode::kProtocolError) << where;
    return;
  }
  EXPECT_TRUE(MessageDifferencer::Equals(Whole(view), expected))
      << where << expected.DebugString();
}

TEST(FrameLayoutTest, RequestsAreReadAsProtobufReadsThem) {
  for (uint32_t seed = 0; seed < 4000; ++seed) {
    Random random(seed);
    std::string bytes = RandomRequest(&random).SerializeAsString();
    if (seed % 2 == 1) Mutate(&random, &bytes);
    ExpectAgreement<v1::ProduceStreamRequest>(
        &random, bytes, &ParseProduceRequest, "seed " + std::to_string(seed));
  }
}

TEST(FrameLayoutTest, ResponsesAreReadAsProtobufReadsThem) {
  for (uint32_t seed = 0; seed < 4000; ++seed) {
    Random random(seed);
    std::string bytes = RandomResponse(&random).SerializeAsString();
    if (seed % 2 == 1) Mutate(&random, &bytes);
    ExpectAgreement<v1::FetchStreamResponse>(
        &random, bytes, &ParseFetchResponse, "seed " + std::to_string(seed));
  }
}

TEST(FrameLayoutTest, RandomBytesNeverHarm) {
  for (uint32_t seed = 0; seed < 2000; ++seed) {
    Random random(seed);
    std::string bytes = RandomBytes(&random, 60);
    if (!bytes.empty()) bytes[0] = '\x7a';
    ExpectAgreement<v1::ProduceStreamRequest>(
        &random, bytes, &ParseProduceRequest, "seed " + std::to_string(seed));
    ExpectAgreement<v1::FetchStreamResponse>(
        &random, bytes, &ParseFetchResponse, "seed " + std::to_string(seed));
  }
}

TEST(FrameLayoutTest, PayloadsAreViewsOfTheBytesReceived) {
  v1::ProduceStreamRequest request;
  v1::ProduceBatch* batch = request.mutable_produce()->add_batches();
  batch->mutable_topic()->set_id("AAAAAAAAAAAAAAAAAAAAAA");
  batch->set_encoded(std::string(1000, 'p'));
  const std::string bytes = request.SerializeAsString();
  const std::string_view slices[] = {std::string_view(bytes)};
  ProduceRequestView view;
  ASSERT_TRUE(ParseProduceRequest(slices, &view).ok());
  ASSERT_EQ(view.batches.size(), 1u);
  ASSERT_EQ(view.batches[0].encoded.size(), 1u);
  EXPECT_EQ(view.batches[0].encoded[0].data(),
            bytes.data() + bytes.size() - 1000);
}

TEST(FrameLayoutTest, PayloadsBeforeOtherFieldsAreStillRead) {
  // encoded, then partition, then sequence: legal, if odd.
  const std::string batch = std::string("\x7a\x03xyz") + "\x10\x05";
  const std::string frame = std::string("\x7a") +
                            static_cast<char>(batch.size()) + batch +
                            "\x08\x09";
  const std::string bytes =
      std::string("\x7a") + static_cast<char>(frame.size()) + frame;
  const std::string_view slices[] = {std::string_view(bytes)};
  ProduceRequestView view;
  ASSERT_TRUE(ParseProduceRequest(slices, &view).ok());
  EXPECT_EQ(view.message.produce().sequence(), 9u);
  ASSERT_EQ(view.batches.size(), 1u);
  EXPECT_EQ(view.batches[0].envelope.partition(), 5);
  EXPECT_EQ(Join(view.batches[0].encoded), "xyz");
}

TEST(FrameLayoutTest, TooManyBatchesAreRefused) {
  v1::ProduceStreamRequest request;
  for (int i = 0; i < kBatchesPerFrameMax; ++i) {
    request.mutable_produce()->add_batches()->set_encoded("x");
  }
  for (const bool beyond : {false, true}) {
    if (beyond) request.mutable_produce()->add_batches()->set_encoded("x");
    const std::string bytes = request.SerializeAsString();
    const std::string_view slices[] = {std::string_view(bytes)};
    ProduceRequestView view;
    const absl::Status status = ParseProduceRequest(slices, &view);
    EXPECT_EQ(CodeOf(status),
              beyond ? ErrorCode::kInvalidRequest : ErrorCode::kUnspecified);
  }
}

TEST(FrameLayoutTest, LaidOutRequestsAreProtobufsOwnBytes) {
  for (uint32_t seed = 0; seed < 500; ++seed) {
    Random random(seed);
    v1::ProduceStreamRequest expected;
    v1::ProduceFrame* frame = expected.mutable_produce();
    frame->set_sequence(random());
    frame->set_acks(static_cast<v1::Acks>(Below(&random, 4)));
    std::vector<ProduceBatchPlan> plans(Below(&random, 4));
    std::vector<std::string> payloads;
    for (ProduceBatchPlan& plan : plans) {
      plan.envelope.mutable_topic()->set_id(
          RandomBytes(&random, 2).empty() ? "AAAAAAAAAAAAAAAAAAAAAA" : "");
      plan.envelope.set_partition(static_cast<int32_t>(random() % 1000));
      payloads.push_back(RandomBytes(&random, seed % 7 == 0 ? 20000 : 300));
      plan.encoded_bytes = static_cast<int64_t>(payloads.back().size());
      *frame->add_batches() = plan.envelope;
      frame->mutable_batches()->rbegin()->set_encoded(payloads.back());
    }
    std::string bytes;
    const auto texts =
        LayOutProduceRequest(frame->sequence(), frame->acks(), plans);
    for (size_t i = 0; i < texts.size(); ++i) {
      bytes += texts[i];
      if (i < payloads.size()) bytes += payloads[i];
    }
    EXPECT_EQ(bytes, expected.SerializeAsString()) << "seed " << seed;
  }
}

TEST(FrameLayoutTest, LaidOutResponsesAreProtobufsOwnBytes) {
  for (const size_t size : {0, 1, 127, 128, 100000}) {
    v1::FetchStreamResponse expected;
    v1::FetchFrame* frame = expected.mutable_fetch();
    frame->set_session(3);
    frame->set_next_offset(1234567);
    const std::string text =
        LayOutFetchResponse(*frame, static_cast<int64_t>(size));
    const std::string payload(size, 'z');
    frame->set_encoded(payload);
    EXPECT_EQ(text + payload, expected.SerializeAsString());
  }
}

}  // namespace
}  // namespace barnabas::rpc
