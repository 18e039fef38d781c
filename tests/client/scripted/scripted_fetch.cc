#include <algorithm>
#include <map>
#include <thread>
#include <utility>

#include "client/rpc/status_bridge.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "tests/client/scripted/scripted_services.h"

namespace barnabas::testing_client {
namespace {

using ServerStream =
    grpc::ServerReaderWriter<v1::FetchStreamResponse, v1::FetchStreamRequest>;

// One fetch stream at work: a thread reads, another writes frames.
class FetchTalk {
 public:
  FetchTalk(const BrokerSelf& self, grpc::ServerContext* context,
            ServerStream* stream)
      : self_(self), stream_(stream) {
    live_.context = context;
    live_.heartbeat = [stream] {
      v1::FetchStreamResponse response;
      response.mutable_heartbeat();
      stream->Write(response);
    };
    live_.go_away = [stream] {
      v1::FetchStreamResponse response;
      response.mutable_go_away()->set_reason("scripted");
      stream->Write(response);
    };
  }

  grpc::Status Run() {
    v1::FetchStreamRequest request;
    if (!stream_->Read(&request) || !request.has_open()) {
      return rpc::ToGrpc(MakeError(ErrorCode::kProtocolError, "no Open"));
    }
    frame_bytes_ = std::max<int64_t>(1, request.open().frame_bytes_max());
    v1::FetchStreamResponse ready;
    {
      absl::MutexLock lock(&self_.state->mutex);
      credit_ = request.open().credit_bytes();
      ++self_.state->streams_opened;
      ready.mutable_ready()->set_heartbeat_ms(self_.state->heartbeat_ms);
    }
    Say(ready);
    self_.streams->Add(&live_);
    std::thread pump([this] { Pump(); });
    bool leaving = false;
    while (!leaving && stream_->Read(&request)) {
      leaving = live_.IsLeaving();
      if (!leaving) Take(request);
    }
    {
      absl::MutexLock lock(&self_.state->mutex);
      over_ = true;
      self_.state->changed.SignalAll();
    }
    pump.join();
    self_.streams->Remove(&live_);
    if (!leaving) return grpc::Status::OK;
    return rpc::ToGrpc(MakeError(ErrorCode::kShuttingDown, "scripted"));
  }

 private:
  struct Session {
    std::string topic;
    int32_t partition = 0;
    int64_t next = 0;
    bool failed = false;
  };

  void Say(const v1::FetchStreamResponse& response) {
    absl::MutexLock lock(&live_.writing);
    stream_->Write(response);
  }

  void Take(const v1::FetchStreamRequest& request) {
    std::vector<v1::FetchStreamResponse> answers;
    {
      absl::MutexLock lock(&self_.state->mutex);
      if (request.has_credit()) credit_ += request.credit().bytes();
      if (request.has_add()) Add(request.add(), &answers.emplace_back());
      if (request.has_change()) sessions_.erase(request.change().session());
      // The pump must not run ahead of the answer.
      for (const v1::FetchStreamResponse& answer : answers) Say(answer);
      self_.state->changed.SignalAll();
    }
  }

  void Add(const v1::AddSession& add, v1::FetchStreamResponse* answer)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(self_.state->mutex) {
    const auto fail = [&](const v1::Error& error) {
      answer->mutable_failure()->set_session(add.session());
      *answer->mutable_failure()->mutable_error() = error;
    };
    Session session;
    const ScriptedTopic* topic =
        self_.state->FindById(add.topic().id(), &session.topic);
    if (topic == nullptr) {
      return fail(ToProto(MakeError(ErrorCode::kUnknownTopic, "unknown")));
    }
    const ScriptedPartition& partition =
        topic->partitions[static_cast<size_t>(add.partition())];
    if (partition.leader != self_.broker) {
      return fail(NotLeaderError(*self_.state, partition));
    }
    session.partition = add.partition();
    switch (add.begin().at_case()) {
      case v1::Position::kEnd:
        session.next = partition.log_end();
        break;
      case v1::Position::kOffset:
        session.next = add.begin().offset();
        break;
      case v1::Position::kLast:
        session.next = std::max(partition.log_start(),
                                partition.log_end() - add.begin().last());
        break;
      default:
        session.next = partition.log_start();
    }
    if (session.next < partition.log_start() ||
        session.next > partition.log_end()) {
      return fail(ToProto(WithOffsetRange(
          MakeError(ErrorCode::kOffsetOutOfRange, "out of range"),
          {Offset(partition.log_start()), Offset(partition.log_end())})));
    }
    answer->mutable_added()->set_session(add.session());
    answer->mutable_added()->set_next_offset(session.next);
    answer->mutable_added()->set_high_watermark(partition.log_end());
    sessions_[add.session()] = session;
  }

  void Pump() {
    while (true) {
      v1::FetchStreamResponse response;
      {
        absl::MutexLock lock(&self_.state->mutex);
        while (!over_ && !NextFrame(&response)) {
          self_.state->changed.Wait(&self_.state->mutex);
        }
        if (over_) return;
      }
      Say(response);
    }
  }

  // A frame, or the failure of a session whose leader moved.
  bool NextFrame(v1::FetchStreamResponse* response)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(self_.state->mutex) {
    for (auto& [id, session] : sessions_) {
      const auto found = self_.state->topics.find(session.topic);
      if (session.failed || found == self_.state->topics.end()) continue;
      const ScriptedPartition& partition =
          found->second.partitions[static_cast<size_t>(session.partition)];
      if (partition.leader != self_.broker) {
        session.failed = true;
        response->mutable_failure()->set_session(id);
        *response->mutable_failure()->mutable_error() =
            NotLeaderError(*self_.state, partition);
        return true;
      }
      if (credit_ <= 0) continue;
      if (FillFrame(partition, &session, response->mutable_fetch())) {
        response->mutable_fetch()->set_session(id);
        credit_ -= response->fetch().credit_bytes();
        return true;
      }
    }
    response->Clear();
    return false;
  }

  bool FillFrame(const ScriptedPartition& partition, Session* session,
                 v1::FetchFrame* frame) {
    std::string bytes;
    for (const StoredBatch& batch : partition.batches()) {
      if (batch.end_offset <= session->next) continue;
      const auto total =
          static_cast<int64_t>(bytes.size() + batch.bytes.size());
      if (!bytes.empty() && total > frame_bytes_) break;
      bytes += batch.bytes;
      session->next = batch.end_offset;
    }
    if (bytes.empty()) return false;
    frame->set_high_watermark(partition.log_end());
    frame->set_leader_epoch(partition.epoch);
    frame->set_next_offset(session->next);
    frame->set_credit_bytes(static_cast<int64_t>(bytes.size()));
    frame->set_encoded(std::move(bytes));
    return true;
  }

  const BrokerSelf self_;
  ServerStream* const stream_;
  LiveStream live_;
  int64_t frame_bytes_ = 0;
  // Guarded by the state's mutex.
  std::map<uint32_t, Session> sessions_;
  int64_t credit_ = 0;
  bool over_ = false;
};

}  // namespace

grpc::Status ScriptedConsumer::FetchStream(grpc::ServerContext* context,
                                           ServerStream* stream) {
  return FetchTalk(self_, context, stream).Run();
}

grpc::Status ScriptedConsumer::ListOffsets(
    grpc::ServerContext*, const v1::ListOffsetsRequest* request,
    v1::ListOffsetsResponse* response) {
  absl::MutexLock lock(&self_.state->mutex);
  const auto found = self_.state->topics.find(request->topic().name());
  if (found == self_.state->topics.end()) {
    return rpc::ToGrpc(MakeError(ErrorCode::kUnknownTopic, "unknown topic"));
  }
  const auto& partitions = found->second.partitions;
  std::vector<int32_t> wanted(request->partitions().begin(),
                              request->partitions().end());
  for (size_t i = 0;
       wanted.size() < partitions.size() && request->partitions().empty();
       ++i) {
    wanted.push_back(static_cast<int32_t>(i));
  }
  for (const int32_t index : wanted) {
    const ScriptedPartition& partition = partitions[static_cast<size_t>(index)];
    v1::PartitionOffsets* offsets = response->add_partitions();
    offsets->set_partition(index);
    if (partition.leader != self_.broker) {
      *offsets->mutable_error() = NotLeaderError(*self_.state, partition);
    } else {
      offsets->set_log_end(partition.log_end());
    }
  }
  return grpc::Status::OK;
}

}  // namespace barnabas::testing_client
