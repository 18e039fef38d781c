#include "tools/cli/ceiling/ceiling_server.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "tools/cli/ceiling/ceiling_fetch.h"
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
  Service(env::File* file, bool sync) : file_(file), sync_(sync) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    if (context->method() == kCeilingProduce) {
      return NewCeilingProduce(file_, sync_);
    }
    if (context->method() == kCeilingFetch) return NewCeilingFetch(file_);
    return new Refusal;
  }

 private:
  env::File* const file_;
  const bool sync_;
};

class Server final : public CeilingServer {
 public:
  Server(env::FileSystem* files, std::string path,
         std::unique_ptr<env::File> file, bool sync)
      : files_(files),
        path_(std::move(path)),
        file_(std::move(file)),
        service_(file_.get(), sync) {
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
    // A file left behind by a failed removal is told of by its name.
    const absl::Status ignored = files_->RemoveFile(path_);
  }

  bool listening() const { return server_ != nullptr && port_ != 0; }
  int port() const override { return port_; }

 private:
  env::FileSystem* const files_;
  const std::string path_;
  const std::unique_ptr<env::File> file_;
  Service service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<CeilingServer>> CeilingServer::Start(
    const Options& options) {
  // Of its own for each process, fresh: no page of it is in memory yet.
  std::string path =
      absl::StrCat(options.directory, "/barnabas-ceiling-", getpid(), ".log");
  ASSIGN_OR_RETURN(std::unique_ptr<env::File> file,
                   options.files->Open(path, env::OpenMode::kTruncate));
  auto server = std::make_unique<Server>(options.files, std::move(path),
                                         std::move(file), options.sync);
  if (!server->listening()) {
    return MakeError(ErrorCode::kAddressInUse,
                     "no port of 127.0.0.1 could be listened on",
                     "look at the limits of open files and ports");
  }
  return server;
}

}  // namespace barnabas::cli
