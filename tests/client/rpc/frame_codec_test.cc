#include "client/rpc/frame_codec.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "proto/types/error.h"

namespace barnabas::rpc {
namespace {

std::string Join(const Pieces& pieces) {
  std::string text;
  for (const std::string_view piece : pieces) text.append(piece);
  return text;
}

// The same bytes in slices of `size`, so short ones are inlined.
grpc::ByteBuffer Recut(const grpc::ByteBuffer& buffer, size_t size) {
  grpc::Slice flat;
  EXPECT_TRUE(buffer.DumpToSingleSlice(&flat).ok());
  std::vector<grpc::Slice> slices;
  for (size_t at = 0; at < flat.size(); at += size) {
    slices.emplace_back(flat.begin() + at, std::min(size, flat.size() - at));
  }
  return grpc::ByteBuffer(slices.data(), slices.size());
}

OutgoingBatch BatchOf(int32_t partition, std::vector<std::string> payload) {
  OutgoingBatch batch;
  batch.envelope.mutable_topic()->set_id("AAAAAAAAAAAAAAAAAAAAAA");
  batch.envelope.set_partition(partition);
  for (std::string& text : payload) {
    batch.encoded.push_back(SliceOf(std::move(text)));
  }
  return batch;
}

TEST(FrameCodecTest, RequestsComeBackAsTheyWere) {
  const std::string large(5000, 'l');
  const std::vector<OutgoingBatch> batches = {
      BatchOf(0, {large, "tail"}), BatchOf(1, {"s"}), BatchOf(2, {})};
  const grpc::ByteBuffer buffer =
      WriteProduceRequest(77, v1::ACKS_LEADER, batches);
  for (const size_t size : {1, 7, 20, 1000, 100000}) {
    auto received = ReadProduceRequest(Recut(buffer, size));
    ASSERT_TRUE(received.ok()) << received.status();
    // Views must survive a move of what owns them.
    const auto moved = *std::move(received);
    ASSERT_TRUE(moved.view.IsProduce());
    EXPECT_EQ(moved.view.message.produce().sequence(), 77u);
    EXPECT_EQ(moved.view.message.produce().acks(), v1::ACKS_LEADER);
    ASSERT_EQ(moved.view.batches.size(), 3u);
    EXPECT_EQ(Join(moved.view.batches[0].encoded), large + "tail");
    EXPECT_EQ(Join(moved.view.batches[1].encoded), "s");
    EXPECT_EQ(moved.view.batches[2].envelope.payload_case(),
              v1::ProduceBatch::kEncoded);
    EXPECT_EQ(moved.view.batches[2].encoded_bytes, 0);
    EXPECT_EQ(moved.view.batches[2].envelope.partition(), 2);
  }
}

TEST(FrameCodecTest, ResponsesComeBackAsTheyWere) {
  v1::FetchFrame envelope;
  envelope.set_session(4);
  envelope.set_next_offset(99);
  const std::vector<grpc::Slice> payload = {SliceOf(std::string(300, 'a')),
                                            SliceOf("b")};
  const grpc::ByteBuffer buffer = WriteFetchResponse(envelope, payload);
  for (const size_t size : {1, 13, 10000}) {
    const auto received = ReadFetchResponse(Recut(buffer, size));
    ASSERT_TRUE(received.ok()) << received.status();
    ASSERT_TRUE(received->view.IsFetch());
    EXPECT_EQ(received->view.message.fetch().next_offset(), 99);
    EXPECT_EQ(Join(received->view.encoded), std::string(300, 'a') + "b");
    EXPECT_EQ(received->view.encoded_bytes, 301);
  }
}

TEST(FrameCodecTest, PayloadsOfWritersAreNotCopied) {
  const grpc::Slice payload = SliceOf(std::string(4000, 'p'));
  v1::FetchFrame envelope;
  const grpc::ByteBuffer buffer = WriteFetchResponse(envelope, {payload});
  const auto received = ReadFetchResponse(buffer);
  ASSERT_TRUE(received.ok());
  ASSERT_EQ(received->view.encoded.size(), 1u);
  EXPECT_EQ(static_cast<const void*>(received->view.encoded[0].data()),
            static_cast<const void*>(payload.begin()));
}

TEST(FrameCodecTest, OrdinaryMessagesGoThroughTheOrdinaryParser) {
  v1::ProduceStreamRequest open;
  open.mutable_open()->set_client_name(std::string(100, 'c'));
  const grpc::ByteBuffer buffer = WriteMessage(open);
  const auto received = ReadProduceRequest(buffer);
  ASSERT_TRUE(received.ok());
  EXPECT_FALSE(received->view.IsProduce());
  EXPECT_EQ(received->view.message.open().client_name().size(), 100u);
  v1::ProduceStreamRequest again;
  ASSERT_TRUE(ReadMessage(Recut(buffer, 9), &again).ok());
  EXPECT_EQ(again.SerializeAsString(), open.SerializeAsString());
}

TEST(FrameCodecTest, AnEmptyBufferIsAMessageOfNoKind) {
  const auto received = ReadProduceRequest(grpc::ByteBuffer());
  ASSERT_TRUE(received.ok());
  EXPECT_EQ(received->view.message.frame_case(),
            v1::ProduceStreamRequest::FRAME_NOT_SET);
}

TEST(FrameCodecTest, DamageIsAProtocolError) {
  const grpc::Slice slice = SliceOf("\x7a\x20 too short");
  const grpc::ByteBuffer buffer(&slice, 1);
  EXPECT_EQ(CodeOf(ReadProduceRequest(buffer).status()),
            ErrorCode::kProtocolError);
  EXPECT_EQ(CodeOf(ReadFetchResponse(buffer).status()),
            ErrorCode::kProtocolError);
  v1::ProduceStreamRequest message;
  EXPECT_EQ(CodeOf(ReadMessage(buffer, &message)), ErrorCode::kProtocolError);
}

}  // namespace
}  // namespace barnabas::rpc
