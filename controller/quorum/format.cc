#include "controller/quorum/format.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/quorum/durable_log.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/log/log_directory.h"

namespace barnabas::quorum {
namespace {

constexpr char kController[] = "controller";
constexpr char kBroker[] = "broker";
// The bootstrap record lies before the first term.
constexpr Term kBeforeTheFirst{0};

Voter* Self(NodeId node, std::vector<Voter>* voters) {
  for (Voter& voter : *voters) {
    if (voter.id == node) return &voter;
  }
  return nullptr;
}

absl::Status AlreadyFormatted(const FormatOptions& options) {
  return MakeError(
      ErrorCode::kNothingToChange,
      absl::StrCat(options.directory, " is formatted already, as node ",
                   options.node_id.value(), " of cluster ",
                   options.cluster_id.ToString()),
      "start the node, or choose another directory");
}

// Where the name of `path` is kept.
std::string ParentOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

struct Started {
  log::Identity identity;
  // An identity was there before this call.
  bool found = false;
};

// Writes the identity, or takes up the one of an interrupted call.
absl::StatusOr<Started> StartFormat(const FormatOptions& options,
                                    const std::string& role,
                                    std::optional<Uuid> directory_id) {
  RETURN_IF_ERROR(options.files->CreateDirectory(options.directory));
  // Else a power cut could take the whole directory back.
  RETURN_IF_ERROR(options.files->SyncDirectory(ParentOf(options.directory)));
  absl::StatusOr<log::Identity> found =
      log::ReadIdentity(options.files, options.directory);
  if (found.ok()) {
    RETURN_IF_ERROR(log::RequireIdentity(*found, options.node_id, role,
                                         options.cluster_id));
    if (directory_id.has_value() && *directory_id != found->directory_id) {
      return MakeError(ErrorCode::kWrongIdentity,
                       absl::StrCat(options.directory, " has directory id ",
                                    found->directory_id.ToString(), ", not ",
                                    directory_id->ToString()),
                       "choose another directory");
    }
    return Started{*found, true};
  }
  if (CodeOf(found.status()) != ErrorCode::kNotFormatted) {
    return found.status();
  }
  log::Identity identity;
  identity.cluster_id = options.cluster_id;
  identity.node_id = options.node_id;
  identity.role = role;
  identity.directory_id = directory_id.value_or(
      Uuid::FromRandom(options.seed_high, options.seed_low));
  RETURN_IF_ERROR(
      log::WriteIdentity(options.files, options.directory, identity));
  return Started{identity, false};
}

// True if the record was written, false if it was there.
absl::StatusOr<bool> WriteBootstrap(const FormatOptions& options,
                                    const std::vector<Voter>& voters) {
  log::LogDirectory::Options open;
  open.files = options.files;
  open.clock = options.clock;
  open.path = options.directory;
  open.node_id = options.node_id;
  open.role = kController;
  open.cluster_id = options.cluster_id;
  ASSIGN_OR_RETURN(std::unique_ptr<log::LogDirectory> directory,
                   log::LogDirectory::Open(open));
  ASSIGN_OR_RETURN(std::unique_ptr<DurableLog> log,
                   DurableLog::Open(directory.get()));
  bool written = false;
  if (log->end() == LogIndex(0)) {
    RETURN_IF_ERROR(log->Append(BootstrapEntry(options.cluster_id, voters),
                                kBeforeTheFirst, options.clock->WallMs())
                        .status());
    written = true;
  } else {
    RETURN_IF_ERROR(ReadBootstrap(*log, options.directory).status());
  }
  RETURN_IF_ERROR(log->Close());
  return written;
}

}  // namespace

absl::StatusOr<log::Identity> FormatController(const FormatOptions& options,
                                               std::vector<Voter> voters) {
  std::optional<Uuid> directory_id = options.directory_id;
  Voter* self = Self(options.node_id, &voters);
  if (!voters.empty() && self == nullptr) {
    return MakeError(ErrorCode::kInvalidRequest,
                     absl::StrCat("controller ", options.node_id.value(),
                                  " is not among the first voters"),
                     "name it among them, or name none for a controller that "
                     "joins later");
  }
  if (self != nullptr && !directory_id.has_value() &&
      !self->directory.IsNil()) {
    directory_id = self->directory;
  }
  if (self != nullptr && directory_id.has_value()) {
    self->directory = *directory_id;
  }
  if (self != nullptr && self->directory.IsNil()) {
    // Checked as if it had one, before anything is written.
    self->directory = Uuid::FromRandom(options.seed_high, options.seed_low);
  }
  if (!voters.empty()) RETURN_IF_ERROR(CheckVoters(voters));
  ASSIGN_OR_RETURN(const Started started,
                   StartFormat(options, kController, directory_id));
  if (voters.empty()) {
    if (started.found) return AlreadyFormatted(options);
    return started.identity;
  }
  self->directory = started.identity.directory_id;
  ASSIGN_OR_RETURN(const bool written, WriteBootstrap(options, voters));
  if (started.found && !written) return AlreadyFormatted(options);
  return started.identity;
}

absl::StatusOr<log::Identity> FormatBroker(const FormatOptions& options) {
  ASSIGN_OR_RETURN(const Started started,
                   StartFormat(options, kBroker, options.directory_id));
  if (started.found) return AlreadyFormatted(options);
  return started.identity;
}

}  // namespace barnabas::quorum
