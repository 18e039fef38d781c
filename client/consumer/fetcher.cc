#include "client/consumer/fetcher.h"

#include <glog/logging.h>

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/rpc/backoff.h"
#include "proto/types/error_proto.h"
#include "proto/types/limits.h"

namespace barnabas::client {
namespace {

v1::Position PositionOf(StartAt start) {
  v1::Position position;
  switch (start.kind) {
    case StartAt::Kind::kStart:
      position.set_start(true);
      break;
    case StartAt::Kind::kEnd:
      position.set_end(true);
      break;
    case StartAt::Kind::kOffset:
      position.set_offset(start.value);
      break;
    case StartAt::Kind::kTimestamp:
      position.set_timestamp_ms(start.value);
      break;
    case StartAt::Kind::kLast:
      position.set_last(start.value);
      break;
  }
  return position;
}

bool IsUnknown(ErrorCode code) {
  return code == ErrorCode::kUnknownTopic ||
         code == ErrorCode::kUnknownPartition;
}

// Whether the same session may be begun again without asking the caller.
bool MayRetry(ErrorCode code) {
  // A damaged batch does not heal by being read at once again.
  return IsRetriable(code) && code != ErrorCode::kCorruptRecord &&
         code != ErrorCode::kInconsistentTopicId;
}

}  // namespace

Fetcher::Fetcher(Deps deps)
    : deps_(std::move(deps)),
      link_deps_{deps_.options, deps_.channels, deps_.loop,
                 deps_.seed,    deps_.inbox,    this},
      view_({deps_.options.client, deps_.channels, deps_.loop, deps_.seed,
             [this] { OnViewRound(); }}) {}

Fetcher::~Fetcher() = default;

void Fetcher::OnViewRound() {
  if (deps_.on_contact != nullptr) deps_.on_contact(view_.last_status());
  for (auto& [partition, track] : tracks_) Consider(&track);
}

void Fetcher::Begin(const ConsumerPartition& partition, uint64_t token,
                    StartAt from) {
  Track& track = tracks_[partition];
  DropSession(&track);
  track = Track();
  track.partition = partition;
  track.token = token;
  track.start = PositionOf(from);
  track.next_offset = std::make_shared<std::atomic<int64_t>>(-1);
  view_.Watch(partition.topic);
  Consider(&track);
}

void Fetcher::End(const ConsumerPartition& partition) {
  const auto found = tracks_.find(partition);
  if (found == tracks_.end()) return;
  DropSession(&found->second);
  tracks_.erase(found);
  const auto same_topic = [&partition](const auto& entry) {
    return entry.first.topic == partition.topic;
  };
  if (std::none_of(tracks_.begin(), tracks_.end(), same_topic)) {
    view_.Unwatch(partition.topic);
  }
}

void Fetcher::Stop() {
  stopped_ = true;
  for (auto& [endpoint, link] : links_) link->Close();
}

void Fetcher::DropSession(Track* track) {
  if (track->link == nullptr) return;
  sessions_.erase({track->link, track->session});
  track->link->Drop(track->session);
  track->link = nullptr;
  track->session = 0;
}

bool Fetcher::IsThere(Track* track) {
  const KnownTopic* topic = view_.table().Find(track->partition.topic);
  if (topic == nullptr) return false;
  absl::Status status = topic->status;
  if (status.ok() && static_cast<size_t>(track->partition.partition) >=
                         topic->partitions.size()) {
    status = MakeError(
        ErrorCode::kUnknownPartition,
        absl::StrCat("topic ", topic->name, " has ", topic->partitions.size(),
                     " partitions, ", track->partition.partition,
                     " is not among them"));
  }
  if (!IsUnknown(CodeOf(status))) {
    track->unknown_since.reset();
    return true;
  }
  // A new topic is not known everywhere at once.
  if (!track->unknown_since.has_value()) track->unknown_since = Now();
  if (Now() - *track->unknown_since >= kUnknownGrace &&
      !std::exchange(track->unknown_told, true)) {
    Tell(*track, status);
  }
  return false;
}

void Fetcher::Consider(Track* track) {
  if (stopped_ || track->stopped || track->link != nullptr) return;
  if (Now() < track->not_before) return;
  const std::string* endpoint =
      IsThere(track) ? view_.table().EndpointOf(track->partition.topic,
                                                track->partition.partition)
                     : nullptr;
  // The rounds of the view come back to every track.
  if (endpoint == nullptr) return view_.Refresh();
  const KnownTopic* topic = view_.table().Find(track->partition.topic);
  if (!track->topic_id.empty() && track->topic_id != topic->id) {
    track->stopped = true;
    return Tell(*track, MakeError(ErrorCode::kInconsistentTopicId,
                                  absl::StrCat("topic ", topic->name,
                                               " was deleted and made anew"),
                                  "seek to where reading shall begin"));
  }
  track->topic_id = topic->id;
  std::unique_ptr<FetchLink>& link = links_[*endpoint];
  if (link == nullptr) {
    link = std::make_unique<FetchLink>(&link_deps_, *endpoint);
  }
  v1::AddSession add;
  add.mutable_topic()->set_name(track->partition.topic);
  add.mutable_topic()->set_id(track->topic_id);
  add.set_partition(track->partition.partition);
  const int64_t next = track->next_offset->load();
  if (next >= 0) {
    add.mutable_begin()->set_offset(next);
  } else {
    *add.mutable_begin() = track->start;
  }
  track->link = link.get();
  track->session = link->Add(
      std::move(add), {track->partition, track->token, track->next_offset},
      CreditShare());
  sessions_[{track->link, track->session}] = track;
}

int64_t Fetcher::CreditShare() const {
  std::set<std::string> endpoints;
  for (const auto& [partition, track] : tracks_) {
    const std::string* endpoint =
        view_.table().EndpointOf(partition.topic, partition.partition);
    if (endpoint != nullptr) endpoints.insert(*endpoint);
  }
  const auto links =
      static_cast<int64_t>(std::max<size_t>(1, endpoints.size()));
  return std::clamp(deps_.options.prefetch_bytes / links, int64_t{1},
                    kFetchCreditBytesMax);
}

Fetcher::Track* Fetcher::Find(FetchLink* link, uint32_t session) {
  const auto found = sessions_.find({link, session});
  return found == sessions_.end() ? nullptr : found->second;
}

void Fetcher::Tell(const Track& track, const absl::Status& trouble) {
  FetchEvent event;
  event.partition = track.partition;
  event.token = track.token;
  event.trouble = trouble;
  deps_.inbox->Put(std::move(event));
}

void Fetcher::OnFetchAdded(FetchLink* link, const v1::SessionAdded& added) {
  Track* track = Find(link, added.session());
  if (track == nullptr) return;
  track->failures = 0;
  track->unknown_told = false;
}

void Fetcher::OnFetchFailure(FetchLink* link,
                             const v1::SessionFailure& failure) {
  Track* track = Find(link, failure.session());
  if (track == nullptr) return;
  const absl::Status status = FromProto(failure.error());
  DropSession(track);
  if (!MayRetry(CodeOf(status))) {
    track->stopped = true;
    return Tell(*track, status);
  }
  const std::optional<LeaderHint> hint = LeaderOf(status);
  if (hint.has_value()) {
    view_.mutable_table()->ApplyHint(track->partition.topic,
                                     track->partition.partition, *hint);
  }
  const rpc::BackoffRange range{deps_.options.client.backoff_first,
                                deps_.options.client.backoff_max};
  const absl::Duration wait =
      std::max(rpc::BackoffDelay(range, track->failures++, deps_.seed),
               absl::Milliseconds(RetryAfterOf(status).value_or(0)));
  track->not_before = Now() + wait;
  deps_.loop->After(wait, [this, partition = track->partition] {
    const auto found = tracks_.find(partition);
    if (found != tracks_.end()) Consider(&found->second);
  });
  view_.Refresh();
}

void Fetcher::OnFetchClosed(FetchLink* link, const absl::Status& status) {
  if (stopped_) return;
  VLOG(1) << "stream from broker " << link->endpoint() << " ended: " << status;
  std::vector<Track*> lost;
  for (auto& [partition, track] : tracks_) {
    if (track.link != link) continue;
    sessions_.erase({link, track.session});
    track.link = nullptr;
    track.session = 0;
    lost.push_back(&track);
  }
  // Leaders may have moved: ask before trying the same broker again.
  view_.Refresh();
  const bool hopeless = !status.ok() && !IsRetriable(CodeOf(status));
  for (Track* track : lost) {
    if (!hopeless) continue;
    track->stopped = true;
    Tell(*track, status);
  }
}

}  // namespace barnabas::client
