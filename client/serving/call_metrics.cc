#include "client/serving/call_metrics.h"

#include <glog/logging.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/support/interceptor.h>
#include <grpcpp/support/server_interceptor.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "grpc/health/v1/health.pb.h"

namespace barnabas::rpc {
namespace {

using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::InterceptorBatchMethods;

constexpr char kOther[] = "_other";

// As gRPC spells them.
constexpr std::array<const char*, 17> kCodeNames = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
};

// Lives as long as its call.
class CallCounter final : public grpc::experimental::Interceptor {
 public:
  explicit CallCounter(CallSeries* series) : record_(series) {}

  void Intercept(InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(
            InterceptionHookPoints::PRE_SEND_STATUS)) {
      record_.set_code(methods->GetSendStatus().error_code());
    }
    methods->Proceed();
  }

 private:
  CallRecord record_;
};

}  // namespace

CallSeries::CallSeries(env::Registry* registry, const env::Clock* clock,
                       std::string service, std::string method)
    : registry_(registry),
      clock_(clock),
      service_(std::move(service)),
      method_(std::move(method)),
      handling_(registry->AddHistogram(
          "barnabas_grpc_server_handling_seconds",
          "From the begin of a call to its end; of a stream, its life.",
          env::Scale::Seconds(),
          {{"service", service_}, {"method", method_}})) {}

void CallSeries::Record(grpc::StatusCode code, absl::Duration took) {
  handling_->Record(absl::ToInt64Nanoseconds(took));
  const size_t index = code >= 0 && static_cast<size_t>(code) < kCodes
                           ? static_cast<size_t>(code)
                           : static_cast<size_t>(grpc::StatusCode::UNKNOWN);
  env::Counter* counter = handled_[index].load(std::memory_order_acquire);
  if (counter == nullptr) {
    // Asked twice, the registry gives the same one.
    counter = registry_->AddCounter("barnabas_grpc_server_handled_total",
                                    "Calls that ended, by status.",
                                    {{"service", service_},
                                     {"method", method_},
                                     {"code", kCodeNames[index]}});
    handled_[index].store(counter, std::memory_order_release);
  }
  counter->Increment();
}

class CallMetrics::Factory final
    : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit Factory(CallMetrics* metrics) : metrics_(metrics) {}

  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* info) override {
    const auto found = metrics_->methods_.find(info->method());
    if (found == metrics_->methods_.end()) {
      return new CallCounter(&metrics_->other_);
    }
    if (found->second.owned) return nullptr;
    return new CallCounter(found->second.series.get());
  }

 private:
  CallMetrics* const metrics_;
};

CallMetrics::CallMetrics(const std::vector<std::string>& services,
                         env::Registry* registry, const env::Clock* clock)
    : other_(registry, clock, kOther, kOther) {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  std::vector<std::string> names = services;
  // Every listener of ours serves it.
  names.push_back(grpc::health::v1::HealthCheckRequest::descriptor()
                      ->file()
                      ->service(0)
                      ->full_name());
  for (const std::string& name : names) {
    const auto* service = pool->FindServiceByName(name);
    CHECK(service != nullptr) << name << " is not linked";
    for (int i = 0; i < service->method_count(); ++i) {
      const std::string& method = service->method(i)->name();
      methods_[absl::StrCat("/", name, "/", method)].series =
          std::make_unique<CallSeries>(registry, clock, name, method);
    }
  }
}

CallSeries* CallMetrics::Own(const std::string& path) {
  const auto found = methods_.find(path);
  CHECK(found != methods_.end()) << path << " is no method of ours";
  found->second.owned = true;
  return found->second.series.get();
}

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>
CallMetrics::Interceptors() {
  return std::make_unique<Factory>(this);
}

}  // namespace barnabas::rpc
