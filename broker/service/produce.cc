#include "broker/service/produce.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "broker/replication/produced_batch.h"
#include "client/rpc/status_bridge.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "proto/types/limits.h"

namespace barnabas::broker {
namespace {

constexpr int64_t kTimeoutDefaultMs = 30 * kSecondMs;
constexpr int64_t kTimeoutMaxMs = 10 * kMinuteMs;

class ProduceCall : public grpc::ServerUnaryReactor,
                    public ProduceSink,
                    public std::enable_shared_from_this<ProduceCall> {
 public:
  ProduceCall(const ServiceContext* context, grpc::CallbackServerContext* call,
              v1::ProduceResponse* response)
      : context_(context),
        held_(context->held->Open(call->peer())),
        loop_(context->reading->At(reinterpret_cast<uintptr_t>(this) >> 6)),
        response_(response) {}

  void Begin(const v1::ProduceRequest& request) {
    self_ = shared_from_this();
    const int32_t count = request.batches_size();
    if (count == 0 || count > kBatchesPerFrameMax) {
      Finish(rpc::ToGrpc(
          MakeError(ErrorCode::kInvalidRequest,
                    absl::StrCat("a request with ", count, " batches, 1 to ",
                                 kBatchesPerFrameMax, " are taken"),
                    "send as many batches as allowed")));
      return;
    }
    // The batches' bytes stay with this copy until the log has them.
    request_ = std::make_shared<v1::ProduceRequest>(request);
    held_->Add(2 * static_cast<int64_t>(request.ByteSizeLong()));
    if (request_->acks() == v1::ACKS_UNSPECIFIED) {
      request_->set_acks(v1::ACKS_ALL);
    }
    {
      absl::MutexLock lock(&mutex_);
      results_.resize(count);
      answered_.resize(count);
      left_ = count;
    }
    std::vector<RoutedBatch> routed;
    for (int32_t i = 0; i < count; ++i) TakeBatch(i, &routed);
    const int64_t timeout_ms =
        request.has_timeout_ms()
            ? std::clamp<int64_t>(request.timeout_ms(), 1, kTimeoutMaxMs)
            : kTimeoutDefaultMs;
    PostBatches(std::move(routed));
    loop_->After(absl::Milliseconds(timeout_ms),
                 [weak = weak_from_this(), timeout_ms] {
                   const std::shared_ptr<ProduceCall> self = weak.lock();
                   if (self != nullptr) self->TimeOut(timeout_ms);
                 });
    AnswersEnd();
  }

  void Answer(uint64_t ticket,
              const absl::StatusOr<ProduceReceipt>& receipt) override {
    absl::MutexLock lock(&mutex_);
    if (left_ == 0 || answered_[ticket]) return;
    answered_[ticket] = true;
    --left_;
    v1::ProduceResult& result = results_[ticket];
    if (!receipt.ok()) {
      *result.mutable_error() = ToProto(receipt.status());
      return;
    }
    result.set_base_offset(receipt->base_offset.value());
    result.set_last_offset(receipt->end_offset.value() - 1);
    result.set_leader_epoch(receipt->leader_epoch.value());
    if (receipt->append_time_ms.has_value()) {
      result.set_append_time_ms(*receipt->append_time_ms);
    }
    result.set_durability(receipt->durability);
    result.set_duplicate(receipt->duplicate);
  }

  void AnswersEnd() override {
    {
      absl::MutexLock lock(&mutex_);
      if (left_ > 0 || finished_) return;
      finished_ = true;
      for (v1::ProduceResult& result : results_) {
        *response_->add_results() = std::move(result);
      }
    }
    Finish(grpc::Status::OK);
  }

  void OnDone() override {
    const std::shared_ptr<ProduceCall> self = std::move(self_);
  }

 private:
  void TakeBatch(int32_t index, std::vector<RoutedBatch>* routed) {
    v1::ProduceBatch* batch = request_->mutable_batches(index);
    IncomingBatch incoming;
    incoming.envelope = batch;
    incoming.keeper = request_;
    if (batch->has_encoded() && !batch->encoded().empty()) {
      incoming.encoded.push_back(batch->encoded());
    }
    Destination destination;
    absl::StatusOr<RoutedBatch> result =
        context_->intake->Route(std::move(incoming), &destination);
    {
      absl::MutexLock lock(&mutex_);
      results_[index].set_topic(destination.topic);
      results_[index].set_partition(destination.partition);
    }
    if (!result.ok()) {
      Answer(index, result.status());
      return;
    }
    result->batch.sink = shared_from_this();
    result->batch.ticket = index;
    result->batch.acks = request_->acks();
    routed->push_back(*std::move(result));
  }

  void TimeOut(int64_t timeout_ms) {
    const absl::Status late = MakeError(
        ErrorCode::kRequestTimedOut,
        absl::StrCat("not acknowledged within ", timeout_ms,
                     " ms; it may still be stored"),
        "send again with the same producer id and sequence to be safe");
    size_t count = 0;
    {
      absl::MutexLock lock(&mutex_);
      if (finished_) return;
      count = results_.size();
    }
    for (size_t i = 0; i < count; ++i) Answer(i, late);
    AnswersEnd();
  }

  const ServiceContext* const context_;
  const std::unique_ptr<rpc::HeldBytes::Share> held_;
  env::EventLoop* const loop_;
  v1::ProduceResponse* const response_;

  std::shared_ptr<ProduceCall> self_;
  std::shared_ptr<v1::ProduceRequest> request_;

  absl::Mutex mutex_;
  std::vector<v1::ProduceResult> results_ ABSL_GUARDED_BY(mutex_);
  std::vector<bool> answered_ ABSL_GUARDED_BY(mutex_);
  int32_t left_ ABSL_GUARDED_BY(mutex_) = 0;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

grpc::ServerUnaryReactor* StartProduce(const ServiceContext* context,
                                       grpc::CallbackServerContext* call,
                                       const v1::ProduceRequest* request,
                                       v1::ProduceResponse* response) {
  auto made = std::make_shared<ProduceCall>(context, call, response);
  made->Begin(*request);
  return made.get();
}

}  // namespace barnabas::broker
