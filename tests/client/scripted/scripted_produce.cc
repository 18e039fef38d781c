#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/rpc/status_bridge.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "tests/client/scripted/scripted_services.h"

namespace barnabas::testing_client {
namespace {

using ServerStream = grpc::ServerReaderWriter<v1::ProduceStreamResponse,
                                              v1::ProduceStreamRequest>;

// One produce stream at work.
class ProduceTalk {
 public:
  ProduceTalk(const BrokerSelf& self, grpc::ServerContext* context,
              ServerStream* stream)
      : self_(self), stream_(stream) {
    live_.context = context;
    live_.heartbeat = [stream] {
      v1::ProduceStreamResponse response;
      response.mutable_heartbeat();
      stream->Write(response);
    };
    live_.go_away = [stream] {
      v1::ProduceStreamResponse response;
      response.mutable_go_away()->set_reason("scripted");
      stream->Write(response);
    };
  }

  grpc::Status Run() {
    v1::ProduceStreamRequest request;
    if (!stream_->Read(&request) || !request.has_open()) {
      return rpc::ToGrpc(MakeError(ErrorCode::kProtocolError, "no Open"));
    }
    acks_ = request.open().acks();
    SayReady();
    self_.streams->Add(&live_);
    grpc::Status status = grpc::Status::OK;
    while (status.ok() && stream_->Read(&request)) {
      if (live_.IsLeaving()) {
        status = rpc::ToGrpc(MakeError(ErrorCode::kShuttingDown, "scripted"));
      } else if (request.has_produce()) {
        status = Take(request.produce(),
                      static_cast<int64_t>(request.ByteSizeLong()));
      }
    }
    self_.streams->Remove(&live_);
    return status;
  }

 private:
  void Say(const v1::ProduceStreamResponse& response) {
    absl::MutexLock lock(&live_.writing);
    stream_->Write(response);
  }

  void SayReady() {
    v1::ProduceStreamResponse response;
    {
      absl::MutexLock lock(&self_.state->mutex);
      ++self_.state->streams_opened;
      response.mutable_ready()->set_credit_bytes(self_.state->credit_bytes);
      response.mutable_ready()->set_heartbeat_ms(self_.state->heartbeat_ms);
    }
    Say(response);
  }

  grpc::Status Take(const v1::ProduceFrame& frame, int64_t bytes) {
    if (frame.sequence() != ++sequence_) {
      return rpc::ToGrpc(
          MakeError(ErrorCode::kProtocolError, "frames out of order"));
    }
    {
      absl::MutexLock lock(&self_.state->mutex);
      self_.state->frame_bytes_max =
          std::max(self_.state->frame_bytes_max, bytes);
    }
    std::vector<v1::ProduceStreamResponse> answers;
    for (const v1::ProduceBatch& batch : frame.batches()) {
      if (!TakeBatch(batch, &answers)) {
        return grpc::Status(grpc::StatusCode::UNAVAILABLE, "torn by script");
      }
    }
    v1::ProduceStreamResponse credit;
    credit.mutable_credit()->set_bytes(bytes);
    answers.push_back(credit);
    for (const v1::ProduceStreamResponse& answer : answers) Say(answer);
    return grpc::Status::OK;
  }

  // False to tear the stream.
  bool TakeBatch(const v1::ProduceBatch& batch,
                 std::vector<v1::ProduceStreamResponse>* answers) {
    absl::MutexLock lock(&self_.state->mutex);
    ProducedBatch produced;
    ScriptedTopic* topic =
        self_.state->FindById(batch.topic().id(), &produced.topic);
    produced.partition = batch.partition();
    produced.broker = self_.broker;
    produced.count = ++self_.state->produced;
    if (topic == nullptr) {
      Refuse(produced,
             ToProto(MakeError(ErrorCode::kUnknownTopic, "no such topic")),
             answers);
      return true;
    }
    ScriptedPartition& partition =
        topic->partitions[static_cast<size_t>(batch.partition())];
    if (partition.leader != self_.broker) {
      Refuse(produced, NotLeaderError(*self_.state, partition), answers);
      return true;
    }
    const auto header = record::BatchHeader::Parse(batch.encoded());
    if (header.has_value()) produced.header = *header;
    const Fate fate =
        self_.state->fate == nullptr ? Fate() : self_.state->fate(produced);
    if (fate.kind == Fate::Kind::kTearBefore) return false;
    if (fate.kind == Fate::Kind::kRefuse) {
      Refuse(produced, ToProto(MakeError(fate.code, "scripted")), answers);
      return true;
    }
    const AppendOutcome outcome = partition.Append(batch.encoded());
    self_.state->changed.SignalAll();
    if (fate.kind == Fate::Kind::kTearAfter) return false;
    if (fate.kind == Fate::Kind::kSwallow) return true;
    if (outcome.code != ErrorCode::kUnspecified) {
      Refuse(produced, ToProto(MakeError(outcome.code, "as the rules say")),
             answers);
      return true;
    }
    if (acks_ == v1::ACKS_NONE) return true;
    Acknowledge(batch, outcome, partition.epoch, answers);
    if (fate.kind == Fate::Kind::kAcknowledgeTwice) {
      Acknowledge(batch, outcome, partition.epoch, answers);
    }
    return true;
  }

  void Refuse(const ProducedBatch& produced, const v1::Error& error,
              std::vector<v1::ProduceStreamResponse>* answers)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(self_.state->mutex) {
    v1::ProduceFailure* failure = answers->emplace_back().mutable_failure();
    failure->set_sequence(sequence_);
    failure->set_topic(produced.topic);
    if (!produced.topic.empty()) {
      failure->set_topic_id(self_.state->topics[produced.topic].id);
    }
    failure->set_partition(produced.partition);
    *failure->mutable_error() = error;
  }

  void Acknowledge(const v1::ProduceBatch& batch, const AppendOutcome& outcome,
                   int32_t epoch,
                   std::vector<v1::ProduceStreamResponse>* answers) {
    v1::PartitionAck* ack =
        answers->emplace_back().mutable_ack()->add_partitions();
    ack->set_topic_id(batch.topic().id());
    ack->set_partition(batch.partition());
    ack->set_first_sequence(sequence_);
    ack->set_last_sequence(sequence_);
    ack->set_base_offset(outcome.base_offset);
    ack->set_end_offset(outcome.end_offset);
    ack->set_leader_epoch(epoch);
    ack->set_durability(v1::DURABILITY_LEADER_DISK);
    ack->set_duplicate(outcome.duplicate);
  }

  const BrokerSelf self_;
  ServerStream* const stream_;
  LiveStream live_;
  v1::Acks acks_ = v1::ACKS_ALL;
  uint64_t sequence_ = 0;
};

}  // namespace

grpc::Status ScriptedProducer::InitProducer(
    grpc::ServerContext*, const v1::InitProducerRequest* request,
    v1::InitProducerResponse* response) {
  absl::MutexLock lock(&self_.state->mutex);
  ++self_.state->identities;
  if (request->has_producer_id()) {
    response->set_producer_id(request->producer_id());
    response->set_producer_epoch(request->producer_epoch() + 1);
  } else {
    response->set_producer_id(self_.state->next_producer++);
  }
  return grpc::Status::OK;
}

grpc::Status ScriptedProducer::ProduceStream(grpc::ServerContext* context,
                                             ServerStream* stream) {
  return ProduceTalk(self_, context, stream).Run();
}

}  // namespace barnabas::testing_client
