#include "client/admin/raw_client.h"

#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>

#include <utility>
#include <vector>

#include "proto/types/error.h"

namespace barnabas::client {
namespace {

// How soon `stopped` is noticed.
constexpr int64_t kLookMs = 100;

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

absl::StatusOr<std::string> BytesOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) {
    return MakeError(ErrorCode::kInternal, "a message could not be read");
  }
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

// One attempt, step by step on a queue of its own.
class Exchange {
 public:
  Exchange(const std::shared_ptr<grpc::Channel>& channel,
           grpc::ClientContext* context, const std::string& path,
           absl::FunctionRef<bool()> stopped)
      : context_(*context),
        stopped_(stopped),
        stub_(channel),
        call_(stub_.PrepareCall(context, path, &queue_)) {}
  ~Exchange() {
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) continue;
  }

  // `taken` is what `take` said; gRPC's status comes back.
  grpc::Status Run(const std::string& request,
                   absl::FunctionRef<absl::Status(const std::string&)> take,
                   absl::Status* taken) {
    call_->StartCall(nullptr);
    bool going = Await();
    if (going) {
      call_->Write(BufferOf(request), nullptr);
      going = Await();
    }
    if (going) {
      call_->WritesDone(nullptr);
      going = Await();
    }
    while (going) {
      grpc::ByteBuffer message;
      call_->Read(&message, nullptr);
      going = Await();
      if (!going || !taken->ok()) continue;
      const absl::StatusOr<std::string> bytes = BytesOf(message);
      *taken = bytes.ok() ? take(*bytes) : bytes.status();
      if (!taken->ok()) context_.TryCancel();
    }
    grpc::Status status;
    call_->Finish(&status, nullptr);
    Await();
    return status;
  }

 private:
  // Waits for the step under way.
  bool Await() {
    void* tag = nullptr;
    bool ok = false;
    bool cancelled = false;
    while (true) {
      const auto next = queue_.AsyncNext(
          &tag, &ok, gpr_time_from_millis(kLookMs, GPR_TIMESPAN));
      if (next != grpc::CompletionQueue::TIMEOUT) return ok;
      if (cancelled || !stopped_()) continue;
      context_.TryCancel();
      cancelled = true;
    }
  }

  grpc::ClientContext& context_;
  const absl::FunctionRef<bool()> stopped_;
  grpc::CompletionQueue queue_;
  grpc::GenericStub stub_;
  const std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

class AnyNode final : public RawClient {
 public:
  explicit AnyNode(const ClientOptions& options)
      : caller_(options, options.bootstrap) {}

  absl::Status Call(CallKind kind, const std::string& path,
                    const std::string& request,
                    absl::FunctionRef<absl::Status(const std::string&)> take,
                    absl::FunctionRef<bool()> stopped) override {
    absl::Status taken;
    const absl::Status status =
        caller_.Call(kind, [&](const std::shared_ptr<grpc::Channel>& channel,
                               grpc::ClientContext* context) {
          return Exchange(channel, context, path, stopped)
              .Run(request, take, &taken);
        });
    if (!taken.ok()) return taken;
    if (stopped()) return absl::CancelledError("stopped");
    return status;
  }

 private:
  NodeCaller caller_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RawClient>> RawClient::Create(
    const ClientOptions& options) {
  if (options.request_timeout <= absl::ZeroDuration()) {
    return MakeError(ErrorCode::kInvalidRequest,
                     "request_timeout must be above zero");
  }
  return std::make_unique<AnyNode>(options);
}

}  // namespace barnabas::client
