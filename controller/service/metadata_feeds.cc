#include "controller/service/metadata_feeds.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/rpc/status_bridge.h"
#include "controller/service/stream_writer.h"
#include "metadata/image/snapshot_bytes.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"

namespace barnabas::controller {
namespace {

using Response = internal::v1::FollowMetadataResponse;

// Followers dial another controller after five of these without a word.
constexpr absl::Duration kTick = absl::Milliseconds(250);
// Ticks that a controller without a leader goes on serving: an election.
constexpr int kLeaderlessMax = 12;

absl::Status Stopping() {
  return MakeError(ErrorCode::kShuttingDown, "this controller is stopping",
                   "follow another controller");
}

absl::Status Astray() {
  return MakeError(ErrorCode::kControllerNotAvailable,
                   "this controller knows no active controller, so what it "
                   "has may be old",
                   "follow another controller");
}

absl::StatusOr<Response> ReadChunk(const quorum::MetadataQuorum& quorum,
                                   LogIndex from) {
  ASSIGN_OR_RETURN(const std::vector<quorum::QuorumEntry> entries,
                   quorum.Read(from, MetadataFeeds::kChunkBytes));
  Response response;
  for (const quorum::QuorumEntry& entry : entries) {
    internal::v1::CommittedEntry* each = response.add_entries();
    each->set_offset(entry.offset.value());
    each->set_term(entry.term.value());
    if (!each->mutable_entry()->ParseFromString(entry.value)) {
      return MakeError(ErrorCode::kCorruptLog,
                       absl::StrCat("metadata entry ", entry.offset.value(),
                                    " is not a message"));
    }
  }
  response.set_committed_end(quorum.committed_end().value());
  return response;
}

}  // namespace

class MetadataFeeds::Feed final : public Reactor,
                                  public std::enable_shared_from_this<Feed> {
 public:
  Feed(MetadataFeeds* owner, internal::v1::FollowMetadataRequest request)
      : owner_(owner),
        request_(std::move(request)),
        writer_(this),
        next_(request_.begin()) {}

  void Begin() {
    self_ = shared_from_this();
    Post([this] { Admit(); });
  }

  void OnWriteDone(bool ok) override {
    writer_.OnWriteDone(ok);
    Post([this] { Written(); });
  }
  void OnCancel() override { writer_.Finish(grpc::Status::CANCELLED); }
  void OnDone() override {
    Post([this] { owner_->feeds_.erase(shared_from_this()); });
    // May destroy this.
    const std::shared_ptr<Feed> self = std::move(self_);
  }

  // On the loop.
  void Wake() {
    if (busy_ || next_ >= owner_->deps_.quorum->committed_end()) return;
    busy_ = true;
    reading_ = true;
    auto work = [self = shared_from_this(), this] {
      auto chunk = std::make_shared<absl::StatusOr<Response>>(NextChunk());
      Post([this, chunk] { ChunkRead(*std::move(*chunk)); }, chunk->status());
    };
    // Woken again by the next commit or tick.
    if (owner_->deps_.workers->Run(std::move(work))) return;
    busy_ = false;
    reading_ = false;
  }

  void Tick() {
    if (!busy_) Wake();
    // A large snapshot takes its time: the follower must not take it for
    // silence. Slow writing is the follower's own.
    if (writer_.queued() > 0 || (busy_ && !reading_)) return;
    ++signs_;
    Response response;
    response.set_committed_end(owner_->deps_.quorum->committed_end().value());
    writer_.Write(std::move(response));
  }

  void End(const absl::Status& status) { writer_.Finish(rpc::ToGrpc(status)); }

 private:
  // Runs `work` on the loop, or ends the stream with what went wrong.
  template <typename Work>
  void Post(Work work, const absl::Status& status = absl::OkStatus()) {
    owner_->deps_.loop->PostAlways(
        [self = shared_from_this(), this, work, status] {
          if (!status.ok()) return End(status);
          work();
        });
  }

  void Admit() {
    const absl::Status status = owner_->Check(request_);
    if (!status.ok()) return End(status);
    owner_->feeds_.insert(shared_from_this());
    // At once, so that the follower knows that it was let in.
    Tick();
  }

  // On a worker.
  absl::StatusOr<Response> NextChunk() {
    const Deps& deps = owner_->deps_;
    if (snapshot_.empty() && next_ < deps.quorum->log_start()) {
      const image::ClusterImage image = deps.driver->image();
      snapshot_ = image::SnapshotBytes(image);
      snapshot_sent_ = 0;
      snapshot_version_ = image.version();
    }
    if (snapshot_.empty()) return ReadChunk(*deps.quorum, next_);
    Response response;
    response.mutable_snapshot()->set_piece(
        snapshot_.substr(snapshot_sent_, kChunkBytes));
    snapshot_sent_ += response.snapshot().piece().size();
    response.mutable_snapshot()->set_last(snapshot_sent_ == snapshot_.size());
    response.set_committed_end(deps.quorum->committed_end().value());
    return response;
  }

  void ChunkRead(Response chunk) {
    reading_ = false;
    next_ = next_.Plus(chunk.entries_size());
    if (chunk.snapshot().last()) {
      next_ = snapshot_version_.Next();
      snapshot_.clear();
    }
    writer_.Write(std::move(chunk));
  }

  void Written() {
    // Written in order: signs of life that were begun before a chunk.
    if (signs_ > 0) {
      --signs_;
    } else {
      busy_ = false;
    }
    Wake();
  }

  MetadataFeeds* const owner_;
  const internal::v1::FollowMetadataRequest request_;
  StreamWriter<Reactor, Response> writer_;
  // Until gRPC is done.
  std::shared_ptr<Feed> self_;

  // Of the loop: next offset to send, and whether a chunk is under way (then
  // they are the worker's).
  LogIndex next_;
  // Where the log does not reach back: what is being sent in its stead.
  std::string snapshot_;
  size_t snapshot_sent_ = 0;
  LogIndex snapshot_version_;
  bool busy_ = false;
  // The worker has not read its chunk yet.
  bool reading_ = false;
  // Signs of life that are being written.
  int signs_ = 0;
};

MetadataFeeds::MetadataFeeds(const Deps& deps) : deps_(deps) {}

void MetadataFeeds::Start() {
  deps_.driver->Subscribe([this](const CommittedStep&) { WakeAll(); });
  deps_.loop->After(kTick, [this] { Tick(); });
}

void MetadataFeeds::Stop() {
  stopped_ = true;
  EndAll(Stopping());
}

void MetadataFeeds::EndAll(const absl::Status& status) {
  for (const std::shared_ptr<Feed>& feed : feeds_) feed->End(status);
}

MetadataFeeds::Reactor* MetadataFeeds::Open(
    const internal::v1::FollowMetadataRequest& request) {
  auto feed = std::make_shared<Feed>(this, request);
  feed->Begin();
  return feed.get();
}

absl::Status MetadataFeeds::Check(
    const internal::v1::FollowMetadataRequest& request) const {
  if (stopped_) return Stopping();
  if (feeds_.size() >= static_cast<size_t>(kFeedsMax)) {
    return MakeError(ErrorCode::kOverloaded,
                     absl::StrCat(kFeedsMax, " followers are served already"),
                     "see which nodes dial without end");
  }
  const image::ClusterImage image = deps_.driver->image();
  if (image.version() < LogIndex(0)) {
    return MakeError(ErrorCode::kControllerNotAvailable,
                     "this controller is still replaying its log", "try again");
  }
  if (request.cluster_id() != image.cluster_id().ToString()) {
    return MakeError(
        ErrorCode::kInconsistentClusterId,
        absl::StrCat("this is cluster ", image.cluster_id().ToString(),
                     ", not ", request.cluster_id()),
        "correct cluster.id or cluster.controllers in the node "
        "file");
  }
  const int64_t end = deps_.quorum->committed_end().value();
  if (request.begin() > end && !deps_.driver->leading()) {
    return MakeError(ErrorCode::kControllerNotAvailable,
                     absl::StrCat("this controller has not heard yet that "
                                  "metadata offset ",
                                  request.begin() - 1, " is committed"),
                     "follow another controller, or try again");
  }
  if (request.begin() < 0 || request.begin() > end) {
    return WithOffsetRange(
        MakeError(
            ErrorCode::kOffsetOutOfRange,
            absl::StrCat("the metadata log ends at offset ", end, ", but node ",
                         request.node_id(), " asks for ", request.begin()),
            "the log was cut or restored; restart that node"),
        {Offset(0), Offset(end)});
  }
  return absl::OkStatus();
}

void MetadataFeeds::WakeAll() {
  for (const std::shared_ptr<Feed>& feed : feeds_) feed->Wake();
}

void MetadataFeeds::Tick() {
  if (stopped_) return;
  leaderless_ = deps_.driver->ready() ? 0 : leaderless_ + 1;
  if (leaderless_ > kLeaderlessMax) EndAll(Astray());
  for (const std::shared_ptr<Feed>& feed : feeds_) feed->Tick();
  deps_.loop->After(kTick, [this] { Tick(); });
}

}  // namespace barnabas::controller
