#include "client/serving/entrances.h"

#include <grpcpp/security/server_credentials.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace barnabas::rpc {
namespace {

// A descriptor on its way; shut if it does not arrive.
class Caller {
 public:
  Caller(int descriptor, std::atomic<int32_t>* callers)
      : descriptor_(descriptor), callers_(callers) {
    ++*callers_;
  }
  Caller(Caller&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)),
        callers_(std::exchange(other.callers_, nullptr)) {}
  Caller& operator=(Caller&&) = delete;
  ~Caller() {
    if (descriptor_ >= 0) {
      // Others hold a duplicate, so closing alone would end nothing.
      shutdown(descriptor_, SHUT_RDWR);
      close(descriptor_);
    }
    if (callers_ != nullptr) --*callers_;
  }

  int Release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
  std::atomic<int32_t>* callers_;
};

}  // namespace

Entrances::Entrances(const std::string& name, grpc::ServerBuilder* builder) {
  int number = 0;
  for (Entrance& entrance : entrances_) {
    entrance.acceptor = builder->experimental().AddExternalConnectionAcceptor(
        grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
        grpc::InsecureServerCredentials());
    entrance.loop =
        std::make_unique<env::ThreadEventLoop>(env::ThreadEventLoop::Options{
            .clock = &clock_,
            .name = absl::StrCat(name, " door ", number++),
            .tasks_max = kWaitingMax});
  }
}

void Entrances::Bring(int descriptor) {
  Entrance* entrance =
      &*std::min_element(entrances_.begin(), entrances_.end(),
                         [](const Entrance& a, const Entrance& b) {
                           return a.callers.load() < b.callers.load();
                         });
  [[maybe_unused]] const bool taken = entrance->loop->Post(
      [entrance, caller = Caller(descriptor, &entrance->callers)]() mutable {
        Acceptor::NewConnectionParameters parameters;
        parameters.fd = caller.Release();
        entrance->acceptor->HandleNewConnection(&parameters);
      });
}

}  // namespace barnabas::rpc
