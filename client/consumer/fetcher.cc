#include "client/consumer/fetcher.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/rpc/backoff.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"

namespace barnabas::client {
namespace {

v1::Position ToProto(const StartAt& start) {
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

// A broker that knows less than we do will learn; the metadata decides.
bool MetadataMayCure(ErrorCode code) {
  switch (AttributesOf(code).retry) {
    case RetryClass::kSamePlace:
      return code != ErrorCode::kCorruptRecord;
    case RetryClass::kAfterRefresh:
    case RetryClass::kAfterDelay:
      return true;
    case RetryClass::kUnspecified:
    case RetryClass::kNever:
    case RetryClass::kAfterReinit:
      return code == ErrorCode::kUnknownSession;
  }
  return false;
}

absl::Status NoSuchPartition(const ConsumerPartition& partition,
                             size_t partitions) {
  return MakeError(
      ErrorCode::kUnknownPartition,
      absl::StrCat("topic \"", partition.topic, "\" has no partition ",
                   partition.partition, "; it has ", partitions),
      absl::StrCat("barnabas topic describe ", partition.topic));
}

}  // namespace

Fetcher::Fetcher(const Deps& deps) : deps_(deps) {
  link_deps_ =
      FetchLinkDeps{deps.options, deps.channels, deps.loop, deps.seed, this};
  ClusterView::Deps view;
  view.options = deps.options.client;
  view.channels = deps.channels;
  view.loop = deps.loop;
  view.seed = deps.seed;
  view.on_round = [this] { PlaceAll(); };
  view_ = std::make_unique<ClusterView>(std::move(view));
}

Fetcher::~Fetcher() {
  for (auto& [partition, wanted] : wanted_) deps_.loop->Cancel(wanted.timer);
}

void Fetcher::Begin(const ConsumerPartition& partition, uint64_t epoch,
                    StartAt from) {
  Stop(partition);
  Wanted wanted;
  wanted.epoch = epoch;
  wanted.from = from;
  auto [entry, fresh] = wanted_.insert_or_assign(partition, wanted);
  view_->Watch(partition.topic);
  Place(&*entry);
}

void Fetcher::Stop(const ConsumerPartition& partition) {
  const auto found = wanted_.find(partition);
  if (found == wanted_.end()) return;
  Detach(&*found);
  deps_.loop->Cancel(found->second.timer);
  wanted_.erase(found);
}

void Fetcher::StopAll() {
  while (!wanted_.empty()) Stop(wanted_.begin()->first);
}

void Fetcher::Detach(Entry* entry) {
  Wanted& wanted = entry->second;
  if (wanted.link == nullptr) return;
  wanted.link->Drop(wanted.session);
  sessions_.erase({wanted.link, wanted.session});
  wanted.link = nullptr;
}

FetchLink* Fetcher::LinkTo(const std::string& endpoint) {
  std::unique_ptr<FetchLink>& link = links_[endpoint];
  if (link == nullptr) {
    link = std::make_unique<FetchLink>(&link_deps_, endpoint);
    // The bound is shared by all streams.
    const int64_t share =
        deps_.options.prefetch_bytes / static_cast<int64_t>(links_.size());
    for (auto& [name, each] : links_) {
      if (each != nullptr) each->SetTarget(share);
    }
  }
  return link.get();
}

void Fetcher::PlaceAll() {
  for (Entry& entry : wanted_) {
    const Wanted& wanted = entry.second;
    if (wanted.link != nullptr || wanted.timer != 0 || wanted.stopped) continue;
    Place(&entry);
  }
}

void Fetcher::Place(Entry* entry) {
  const ConsumerPartition& partition = entry->first;
  Wanted& wanted = entry->second;
  const KnownTopic* topic = view_->table().Find(partition.topic);
  // The next round of metadata comes back here.
  if (topic == nullptr) return view_->Refresh();
  if (!topic->status.ok()) {
    if (CodeOf(topic->status) != ErrorCode::kUnknownTopic) {
      return RetryLater(entry);
    }
    return TellTrouble(entry, topic->status);
  }
  if (partition.partition < 0 ||
      static_cast<size_t>(partition.partition) >= topic->partitions.size()) {
    return TellTrouble(entry,
                       NoSuchPartition(partition, topic->partitions.size()));
  }
  const std::string* endpoint =
      view_->table().EndpointOf(partition.topic, partition.partition);
  if (endpoint == nullptr) return RetryLater(entry);
  v1::AddSession add;
  add.mutable_topic()->set_name(partition.topic);
  add.set_partition(partition.partition);
  *add.mutable_from() = ToProto(
      wanted.placed ? StartAt::Offset(wanted.next_offset) : wanted.from);
  wanted.link = LinkTo(*endpoint);
  wanted.session = wanted.link->Add(std::move(add));
  sessions_[{wanted.link, wanted.session}] = partition;
}

void Fetcher::RetryLater(Entry* entry) {
  Wanted& wanted = entry->second;
  if (wanted.timer != 0) return;
  const rpc::BackoffRange range{deps_.options.client.backoff_first,
                                deps_.options.client.backoff_max};
  view_->Refresh();
  wanted.timer = deps_.loop->After(
      rpc::BackoffDelay(range, wanted.failures++, deps_.seed), [this, entry] {
        entry->second.timer = 0;
        if (entry->second.link == nullptr) Place(entry);
      });
}

Fetcher::Entry* Fetcher::FindSession(FetchLink* link, uint32_t session) {
  const auto found = sessions_.find({link, session});
  if (found == sessions_.end()) return nullptr;
  const auto entry = wanted_.find(found->second);
  return entry == wanted_.end() ? nullptr : &*entry;
}

void Fetcher::OnLinkAdded(FetchLink* link, const v1::SessionAdded& added) {
  Entry* entry = FindSession(link, added.session());
  if (entry == nullptr) return;
  Wanted& wanted = entry->second;
  wanted.failures = 0;
  wanted.placed = true;
  wanted.next_offset = added.next_offset();
  deps_.inbox->OnPlaced(entry->first, wanted.epoch, added.next_offset(),
                        added.high_watermark());
}

void Fetcher::OnLinkFetched(FetchLink* link,
                            rpc::Received<rpc::FetchResponseView> frame) {
  const v1::FetchFrame& fetch = frame.view.message.fetch();
  const int64_t bytes = fetch.credit_bytes();
  Entry* entry = FindSession(link, fetch.session());
  if (entry == nullptr) return link->Release(bytes);
  entry->second.next_offset = fetch.next_offset();
  auto chunk =
      std::make_shared<FetchedChunk>(std::move(frame), deps_.options.check_crc);
  if (!deps_.inbox->OnFetched(entry->first, entry->second.epoch,
                              link->endpoint(), std::move(chunk))) {
    link->Release(bytes);
  }
}

void Fetcher::OnLinkFailure(FetchLink* link,
                            const v1::SessionFailure& failure) {
  Entry* entry = FindSession(link, failure.session());
  if (entry == nullptr) return;
  const absl::Status why = FromProto(failure.error());
  Detach(entry);
  if (MetadataMayCure(CodeOf(why))) return RetryLater(entry);
  TellTrouble(entry, why);
}

void Fetcher::TellTrouble(Entry* entry, const absl::Status& why) {
  entry->second.stopped = true;
  deps_.inbox->OnTrouble(entry->first, entry->second.epoch, why);
}

void Fetcher::OnLinkClosed(FetchLink* link, const absl::Status& status) {
  for (Entry& entry : wanted_) {
    if (entry.second.link != link) continue;
    sessions_.erase({link, entry.second.session});
    entry.second.link = nullptr;
    RetryLater(&entry);
  }
}

void Fetcher::ReleaseBytes() {
  for (const auto& [endpoint, bytes] : deps_.inbox->TakeReleased()) {
    const auto link = links_.find(endpoint);
    if (link != links_.end()) link->second->Release(bytes);
  }
}

}  // namespace barnabas::client
