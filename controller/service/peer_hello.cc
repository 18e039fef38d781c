#include "controller/service/peer_hello.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "controller/quorum/message_codec.h"
#include "metadata/image/features.h"
#include "proto/types/error.h"
#include "proto/types/version.h"

namespace barnabas::controller {
namespace {

constexpr int32_t kProtocolVersion = 1;

std::string TextOf(const raft::ReplicaKey& key) {
  return absl::StrCat("controller ", key.id.value(), " on directory ",
                      key.directory.ToString());
}

}  // namespace

internal::v1::PeerFrame HelloTo(const PeerIdentity& self,
                                const raft::ReplicaKey& peer) {
  internal::v1::PeerFrame frame;
  internal::v1::PeerHello* hello = frame.mutable_hello();
  hello->set_protocol_version(kProtocolVersion);
  hello->set_cluster_id(self.cluster_id.ToString());
  *hello->mutable_from() = quorum::ToProto(self.key);
  *hello->mutable_to() = quorum::ToProto(peer);
  hello->set_version(kVersion);
  image::WriteRanges(image::UnderstoodFeatures(), *hello->mutable_features());
  return frame;
}

absl::StatusOr<raft::ReplicaKey> CheckHello(
    const PeerIdentity& self, const internal::v1::PeerHello& hello) {
  if (hello.protocol_version() != kProtocolVersion) {
    return MakeError(
        ErrorCode::kUnsupportedFeature,
        absl::StrCat("a controller speaks version ", hello.protocol_version(),
                     " of the quorum's protocol, this one version ",
                     kProtocolVersion),
        "run the same version on all controllers");
  }
  if (hello.cluster_id() != self.cluster_id.ToString()) {
    return MakeError(
        ErrorCode::kInconsistentClusterId,
        absl::StrCat("this controller is of cluster ",
                     self.cluster_id.ToString(), ", not ", hello.cluster_id()),
        "correct cluster.controllers in the node file");
  }
  const std::optional<raft::ReplicaKey> from = quorum::FromProto(hello.from());
  const std::optional<raft::ReplicaKey> to = quorum::FromProto(hello.to());
  if (!from.has_value() || !to.has_value()) {
    return MakeError(ErrorCode::kProtocolError,
                     "a controller's hello does not say who it is");
  }
  if (*to != self.key) {
    return MakeError(
        ErrorCode::kWrongIdentity,
        absl::StrCat("this is ", TextOf(self.key), ", not ", TextOf(*to)),
        "two controllers share an address, or a directory was made anew: "
        "barnabas quorum describe");
  }
  return *from;
}

}  // namespace barnabas::controller
