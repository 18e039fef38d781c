#include "tools/cli/ceiling/ceiling_server.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <utility>

#include "proto/types/error.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "tools/cli/ceiling/ceiling_fetch.h"
#include "tools/cli/ceiling/ceiling_files.h"
#include "tools/cli/ceiling/ceiling_produce.h"
#include "tools/cli/ceiling/ceiling_wire.h"

namespace barnabas::cli {
namespace {

class Refusal : public grpc::ServerGenericBidiReactor {
 public:
  Refusal() {
    Finish(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "no such stream"));
  }
  void OnDone() override { delete this; }
};

class Service : public grpc::CallbackGenericService {
 public:
  Service(const CeilingFiles* files, bool sync) : files_(files), sync_(sync) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    if (context->method() == kCeilingProduce) {
      return NewCeilingProduce(files_, sync_);
    }
    if (context->method() == kCeilingFetch) return NewCeilingFetch(files_);
    return new Refusal;
  }

 private:
  const CeilingFiles* const files_;
  const bool sync_;
};

class Server final : public CeilingServer {
 public:
  Server(std::unique_ptr<CeilingFiles> files, bool sync)
      : files_(std::move(files)), service_(files_.get(), sync) {
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(static_cast<int>(kMessageBytesMax));
    builder.SetMaxSendMessageSize(static_cast<int>(kMessageBytesMax));
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterCallbackGenericService(&service_);
    server_ = builder.BuildAndStart();
  }

  ~Server() override {
    if (server_ != nullptr) {
      server_->Shutdown(std::chrono::system_clock::time_point::min());
      server_->Wait();
    }
  }

  bool listening() const { return server_ != nullptr && port_ != 0; }
  int port() const override { return port_; }

 private:
  const std::unique_ptr<CeilingFiles> files_;
  Service service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<CeilingServer>> CeilingServer::Start(
    const Options& options) {
  ASSIGN_OR_RETURN(
      std::unique_ptr<CeilingFiles> files,
      CeilingFiles::Open(options.files, options.directory, options.file_count));
  auto server = std::make_unique<Server>(std::move(files), options.sync);
  if (!server->listening()) {
    return MakeError(ErrorCode::kAddressInUse,
                     "no port of 127.0.0.1 could be listened on",
                     "look at the limits of open files and ports");
  }
  return server;
}

}  // namespace barnabas::cli
