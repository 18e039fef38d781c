// Session: what a running command may use of the world.
//
// What: flags, output, talk, clock, environment, and the way to the cluster.
//   Tests give their own.
// Units: absl::Duration. Empty case: a session without a cluster serves all
//   commands that need none.
// Thread: one at a time, but for Say, which any thread may call.
// Errors: those of what is used.
// Always true: data goes to out(), everything else to err().
#ifndef BARNABAS_TOOLS_CLI_FRAME_SESSION_H_
#define BARNABAS_TOOLS_CLI_FRAME_SESSION_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "storage/env/clock.h"
#include "tools/cli/frame/command.h"
#include "tools/cli/frame/global_flags.h"
#include "tools/cli/frame/interrupt.h"
#include "tools/cli/output/document.h"
#include "tools/cli/output/terminal.h"
#include "tools/cli/output/text_sink.h"

namespace barnabas::client {
class Admin;
class NodeClient;
class RawClient;
struct ClientOptions;
}  // namespace barnabas::client

namespace barnabas::cli {

// How a command reaches the cluster; tests replace them.
struct Dialing {
  std::function<absl::StatusOr<std::shared_ptr<client::Admin>>(
      const client::ClientOptions&)>
      admin;
  std::function<absl::StatusOr<std::shared_ptr<client::NodeClient>>(
      const client::ClientOptions&, const std::string&)>
      node;
  std::function<absl::StatusOr<std::shared_ptr<client::RawClient>>(
      const client::ClientOptions&)>
      raw;
};

struct World {
  TextSink* out = nullptr;
  TextSink* err = nullptr;
  Terminal terminal;
  const env::Clock* clock = nullptr;
  Interrupt* interrupt = nullptr;
  // A variable of the environment, nullopt when it is not set.
  std::function<std::optional<std::string>(const std::string&)> environment;
  // Asks a person on the terminal; what they typed.
  std::function<std::string(const std::string&)> ask;
  Dialing dialing;
};

class Session {
 public:
  // All outlive the session.
  Session(const World* world, const GlobalFlags* flags, const Command* root);

  const GlobalFlags& flags() const { return flags_; }
  const World& world() const { return world_; }
  const Command& root() const { return root_; }
  Interrupt& interrupt() const { return *world_.interrupt; }
  const env::Clock& clock() const { return *world_.clock; }
  TextSink& out() const { return *world_.out; }

  // Uses `form` instead of the global flag's.
  void UseForm(FormOptions form) { form_ = std::move(form); }
  // Shows a result in the form that -o asks for.
  absl::Status Print(const Document& document);
  // A line on stderr, unless -q. Colour and newline are the callee's.
  void Say(std::string_view line);
  // A line on stderr when -v was given at least `level` times.
  void SayAt(int level, std::string_view line);

  // Refuses (exit 2) unless --yes was given or a person agrees.
  absl::Status Confirm(const std::string& question);

  // The id that this command's writes carry, made on first use.
  const std::string& RequestId();
  // Empty unless RequestId was called.
  const std::string& used_request_id() const { return request_id_; }

 private:
  const World& world_;
  const GlobalFlags& flags_;
  const Command& root_;
  // Instead of the flag's.
  std::optional<FormOptions> form_;
  absl::Mutex say_;
  std::string request_id_;
  // With --watch: what was shown last.
  std::string shown_;
};

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_FRAME_SESSION_H_
