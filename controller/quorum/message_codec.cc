#include "controller/quorum/message_codec.h"

#include <string>
#include <utility>
#include <variant>

#include "controller/quorum/entry_codec.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/uuid.h"

namespace barnabas::quorum {
namespace {

using internal::v1::RaftMessage;

void Write(const raft::EntryId& id, internal::v1::EntryId* out) {
  out->set_term(id.term.value());
  out->set_index(id.index.value());
}

raft::EntryId Read(const internal::v1::EntryId& id) {
  return raft::EntryId{Term(id.term()), LogIndex(id.index())};
}

void WriteBody(const raft::VoteRequest& body, RaftMessage* out) {
  internal::v1::VoteRequest* to = out->mutable_vote_request();
  to->set_pre_vote(body.pre_vote);
  to->set_transfer(body.transfer);
  Write(body.last, to->mutable_last());
}

void WriteBody(const raft::VoteReply& body, RaftMessage* out) {
  internal::v1::VoteReply* to = out->mutable_vote_reply();
  to->set_pre_vote(body.pre_vote);
  to->set_asked(body.asked.value());
  to->set_granted(body.granted);
}

void WriteBody(const raft::AppendRequest& body, RaftMessage* out) {
  internal::v1::AppendRequest* to = out->mutable_append_request();
  Write(body.previous, to->mutable_previous());
  for (const raft::Entry& entry : body.entries) {
    internal::v1::RaftEntry* each = to->add_entries();
    each->set_term(entry.term.value());
    each->set_value(*ValueOf(entry));
  }
  to->set_commit(body.commit.value());
  to->set_round(body.round);
}

void WriteBody(const raft::AppendReply& body, RaftMessage* out) {
  internal::v1::AppendReply* to = out->mutable_append_reply();
  to->set_accepted(body.accepted);
  to->set_match(body.match.value());
  Write(body.hint, to->mutable_hint());
  to->set_round(body.round);
}

void WriteBody(const raft::SnapshotChunk& body, RaftMessage* out) {
  internal::v1::SnapshotChunk* to = out->mutable_snapshot_chunk();
  Write(body.id, to->mutable_id());
  to->set_position(body.position);
  to->set_piece(body.bytes);
  to->set_last(body.last);
}

void WriteBody(const raft::SnapshotReply& body, RaftMessage* out) {
  internal::v1::SnapshotReply* to = out->mutable_snapshot_reply();
  Write(body.id, to->mutable_id());
  to->set_next_position(body.next_position);
  to->set_installed(body.installed);
}

void WriteBody(const raft::TransferRequest&, RaftMessage* out) {
  out->mutable_transfer_request();
}

absl::StatusOr<raft::AppendRequest> ReadAppend(
    const internal::v1::AppendRequest& body) {
  raft::AppendRequest out;
  out.previous = Read(body.previous());
  LogIndex index = out.previous.index;
  for (const internal::v1::RaftEntry& each : body.entries()) {
    index = index.Next();
    ASSIGN_OR_RETURN(
        raft::Entry entry,
        EntryOf(QuorumEntry{index, Term(each.term()), each.value()}));
    out.entries.push_back(std::move(entry));
  }
  out.commit = LogIndex(body.commit());
  out.round = body.round();
  return out;
}

}  // namespace

RaftMessage ToProto(const raft::Message& message) {
  RaftMessage out;
  out.set_term(message.term.value());
  std::visit([&out](const auto& body) { WriteBody(body, &out); }, message.body);
  return out;
}

absl::StatusOr<raft::Message> FromProto(const RaftMessage& proto,
                                        const raft::ReplicaKey& from,
                                        const raft::ReplicaKey& to) {
  raft::Message out{from, to, Term(proto.term()), {}};
  switch (proto.body_case()) {
    case RaftMessage::kVoteRequest:
      out.body = raft::VoteRequest{proto.vote_request().pre_vote(),
                                   proto.vote_request().transfer(),
                                   Read(proto.vote_request().last())};
      return out;
    case RaftMessage::kVoteReply:
      out.body = raft::VoteReply{proto.vote_reply().pre_vote(),
                                 Term(proto.vote_reply().asked()),
                                 proto.vote_reply().granted()};
      return out;
    case RaftMessage::kAppendRequest: {
      ASSIGN_OR_RETURN(out.body, ReadAppend(proto.append_request()));
      return out;
    }
    case RaftMessage::kAppendReply:
      out.body = raft::AppendReply{proto.append_reply().accepted(),
                                   LogIndex(proto.append_reply().match()),
                                   Read(proto.append_reply().hint()),
                                   proto.append_reply().round()};
      return out;
    case RaftMessage::kSnapshotChunk:
      out.body = raft::SnapshotChunk{
          Read(proto.snapshot_chunk().id()), proto.snapshot_chunk().position(),
          proto.snapshot_chunk().piece(), proto.snapshot_chunk().last()};
      return out;
    case RaftMessage::kSnapshotReply:
      out.body = raft::SnapshotReply{Read(proto.snapshot_reply().id()),
                                     proto.snapshot_reply().next_position(),
                                     proto.snapshot_reply().installed()};
      return out;
    case RaftMessage::kTransferRequest:
      out.body = raft::TransferRequest{};
      return out;
    case RaftMessage::BODY_NOT_SET:
      break;
  }
  return MakeError(ErrorCode::kProtocolError,
                   "a message between controllers of a kind that this version "
                   "does not know",
                   "run the same version on all controllers");
}

internal::v1::ReplicaKey ToProto(const raft::ReplicaKey& key) {
  internal::v1::ReplicaKey out;
  out.set_node_id(key.id.value());
  out.set_directory_id(key.directory.ToString());
  return out;
}

std::optional<raft::ReplicaKey> FromProto(const internal::v1::ReplicaKey& key) {
  const std::optional<Uuid> directory = Uuid::Parse(key.directory_id());
  if (!directory.has_value()) return std::nullopt;
  return raft::ReplicaKey{NodeId(key.node_id()), *directory};
}

}  // namespace barnabas::quorum
