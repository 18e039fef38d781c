#include "client/producer/sender.h"

#include <glog/logging.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "client/producer/expiry.h"
#include "client/rpc/backoff.h"
#include "proto/types/error_proto.h"
#include "proto/types/limits.h"

namespace barnabas::client {
namespace {

// hotpath.md: 512 KiB to 1 MiB a message is where streams are fastest.
constexpr int64_t kFrameBytes = kMiB;
// A partition whose batches end streams this often is given up.
constexpr int kPoisonedStreamsMax = 3;
// How long records gather at most while earlier ones are on their way.
constexpr absl::Duration kGatherMax = absl::Milliseconds(5);
// A topic that brokers deny for so long was deleted; one of them may lag.
constexpr absl::Duration kDeletedAfter = absl::Seconds(5);

v1::Acks AcksOf(Acks acks) {
  switch (acks) {
    case Acks::kNone:
      return v1::ACKS_NONE;
    case Acks::kLeader:
      return v1::ACKS_LEADER;
    case Acks::kAll:
      return v1::ACKS_ALL;
  }
  return v1::ACKS_ALL;
}

ClusterView::Deps ViewDeps(const Sender::Deps& deps,
                           std::function<void()> on_round) {
  return {deps.options.client, deps.channels, deps.loop, deps.seed,
          std::move(on_round)};
}

// What batches of `lane` hear when their time is over.
}  // namespace

Sender::Sender(Deps deps)
    : deps_(std::move(deps)),
      link_deps_{deps_.options.client, AcksOf(deps_.options.acks),
                 deps_.channels,       deps_.loop,
                 deps_.seed,           this},
      view_(ViewDeps(deps_, [this] { OnViewRound(); })),
      identities_({deps_.options.client, deps_.channels, deps_.loop, deps_.seed,
                   [this] { return view_.AnyEndpoint(); },
                   [this] { OnIdentityAttempt(); }}) {}

Sender::~Sender() = default;

bool Sender::Idempotent() const {
  return deps_.options.idempotence && deps_.options.acks != Acks::kNone;
}

void Sender::Start() {
  view_.Refresh();
  if (Idempotent()) identities_.Renew({});
  ArmSweep();
}

void Sender::OnViewRound() {
  std::vector<Lane*> added;
  deps_.topics->Update(view_.table(), &added);
  lanes_.insert(lanes_.end(), added.begin(), added.end());
  TellContact();
  FailDeleted();
  ConsiderStranded();
}

void Sender::FailDeleted() {
  for (Lane* lane : lanes_) {
    const KnownTopic* topic = view_.table().Find(lane->topic);
    if (topic == nullptr || CodeOf(topic->status) != ErrorCode::kUnknownTopic) {
      lane->unknown_since.reset();
    } else if (!lane->unknown_since.has_value()) {
      lane->unknown_since = Now();
    } else if (Now() - *lane->unknown_since > kDeletedAfter) {
      FailAll(lane, topic->status);
    }
  }
}

void Sender::WatchTopic(const std::string& topic) {
  view_.Watch(topic);
  const KnownTopic* known = view_.table().Find(topic);
  if (known != nullptr && (!known->status.ok() || known->partitions.empty())) {
    view_.Refresh();
  }
}

void Sender::OnIdentityAttempt() {
  TellContact();
  ConsiderStranded();
}

void Sender::TellContact() {
  if (deps_.on_contact == nullptr) return;
  if (!view_.last_status().ok()) return deps_.on_contact(view_.last_status());
  const bool lacking = Idempotent() && identities_.current().IsNone();
  if (lacking && identities_.last_status().ok()) return;
  deps_.on_contact(lacking ? identities_.last_status() : absl::OkStatus());
}

void Sender::OnQueued(Lane* lane) { Consider(lane); }

void Sender::SetUrgent(bool urgent) {
  urgent_ = urgent;
  if (!urgent) return;
  for (Lane* lane : lanes_) Consider(lane);
}

void Sender::Strand(Lane* lane) {
  lane->stranded = true;
  stranded_.insert(lane);
}

void Sender::ConsiderStranded() {
  std::set<Lane*> waiting;
  waiting.swap(stranded_);
  for (Lane* lane : waiting) lane->stranded = false;
  for (Lane* lane : waiting) Consider(lane);
}

void Sender::ConsiderAt(Lane* lane, absl::Duration moment) {
  if (lane->look_at <= moment) return;
  lane->look_at = moment;
  deps_.loop->After(moment - Now(), [this, lane, moment] {
    if (lane->look_at == moment) lane->look_at = absl::InfiniteDuration();
    Consider(lane);
  });
}

// Small frames cost as much as large ones. So while a frame waits for its
// answer records gather, if not for long: at most until it came.
absl::Duration Sender::LingerOn(const ProduceLink& link) const {
  if (urgent_) return absl::ZeroDuration();
  const absl::Duration linger = deps_.options.linger;
  return link.IsIdle() ? linger : std::max(linger, kGatherMax);
}

void Sender::Consider(Lane* lane, const ProduceLink* pumped) {
  if (stopped_ || lane->ready || lane->stranded) return;
  if (Idempotent()) {
    const ProducerIdentity& current = identities_.current();
    if (current.IsNone()) return Strand(lane);
    if (lane->window.NeedsRestart()) {
      if (lane->window.identity() == current) {
        identities_.Renew(current);
        return Strand(lane);
      }
      lane->window.Restart(current);
    }
  }
  // Otherwise an outcome will come and bring the lane here again.
  if (!lane->window.IsOpen()) return;
  if (Now() < lane->not_before) return ConsiderAt(lane, lane->not_before);
  const Route route = RouteOf(lane);
  if (route.settling) return;
  if (route.link == nullptr) {
    Strand(lane);
    // Of what never went out it is known why.
    if (lane->window.FirstRetryBytes() == 0) {
      lane->refused = NoLeader(lane->topic, lane->partition);
    }
    view_.Watch(lane->topic);
    view_.Refresh();
    return;
  }
  lane->link = route.link;
  lane->ready = true;
  lane->link->ready_lanes.push_back(lane);
  if (lane->link != pumped) Pump(lane->link);
}

Sender::Route Sender::RouteOf(Lane* lane) {
  const std::string* endpoint =
      view_.table().EndpointOf(lane->topic, lane->partition);
  if (endpoint == nullptr) return {};
  std::unique_ptr<ProduceLink>& link = links_[*endpoint];
  if (link == nullptr) {
    link = std::make_unique<ProduceLink>(&link_deps_, *endpoint);
  }
  const std::string& topic_id = view_.table().Find(lane->topic)->id;
  const bool moved = lane->link != link.get() || lane->topic_id != topic_id;
  if (moved && lane->window.IsInFlight()) return {nullptr, true};
  if (lane->topic_id != topic_id) {
    lanes_by_id_.erase({lane->topic_id, lane->partition});
    lane->topic_id = topic_id;
    lanes_by_id_[{topic_id, lane->partition}] = lane;
  }
  return {link.get(), false};
}

void Sender::Pump(ProduceLink* link) {
  if (stopped_ || link->ready_lanes.empty()) return;
  link->Open();
  for (int64_t room = link->Room(); room > 0; room = link->Room()) {
    if (!WriteFrame(link, room)) return;
  }
}

Sender::Pick Sender::PickBatch(Lane* lane, int64_t bytes_max,
                               PendingBatchPtr* batch) {
  if (lane->window.FirstRetryBytes() > 0) {
    if (lane->window.FirstRetryBytes() > bytes_max) return Pick::kNoRoom;
    *batch = lane->window.TakeRetry();
    deps_.counts->retries.fetch_add(1, std::memory_order_relaxed);
    return Pick::kTaken;
  }
  ProduceLink* const link = lane->link;
  PartitionQueue::Taken taken =
      lane->queue.TakeFirst(LingerOn(*link), bytes_max);
  if (taken.no_room) return Pick::kNoRoom;
  if (!taken.batch.has_value()) {
    if (taken.due == absl::InfiniteDuration()) return Pick::kNothing;
    ConsiderAt(lane, taken.due);
    if (!link->IsIdle() && !std::exchange(lane->gathering, true)) {
      link->gathering_lanes.push_back(lane);
    }
    return Pick::kNothing;
  }
  const record::BatchProducer stamp =
      lane->window.NextStamp(taken.batch->records(), identities_.current());
  *batch = taken.batch->Finish(stamp);
  lane->queue.GiveBack(std::move(taken.batch->builder));
  return Pick::kTaken;
}

bool Sender::WriteFrame(ProduceLink* link, int64_t room) {
  std::vector<rpc::OutgoingBatch> batches;
  std::vector<std::pair<Lane*, PendingBatchPtr>> picked;
  const absl::Duration now = Now();
  const int64_t frame_bytes = std::min(room, kFrameBytes);
  int64_t bytes = 0;
  for (size_t turns = link->ready_lanes.size();
       turns > 0 && bytes < frame_bytes &&
       picked.size() < static_cast<size_t>(kBatchesPerFrameMax);
       --turns) {
    Lane* lane = link->ready_lanes.front();
    link->ready_lanes.pop_front();
    lane->ready = false;
    if (!lane->window.IsOpen() || now < lane->not_before) {
      Consider(lane, link);
      continue;
    }
    PendingBatchPtr batch;
    const int64_t bytes_max = picked.empty() ? room : frame_bytes - bytes;
    const Pick pick = PickBatch(lane, bytes_max, &batch);
    if (pick == Pick::kNothing) continue;
    lane->ready = true;
    if (pick == Pick::kNoRoom) {
      link->ready_lanes.push_front(lane);
      break;
    }
    link->ready_lanes.push_back(lane);
    rpc::OutgoingBatch& outgoing = batches.emplace_back();
    outgoing.envelope.mutable_topic()->set_id(lane->topic_id);
    outgoing.envelope.set_partition(lane->partition);
    outgoing.encoded.push_back(
        rpc::SliceOf(std::shared_ptr<const std::string>(batch->bytes)));
    bytes += static_cast<int64_t>(batch->bytes->size());
    picked.emplace_back(lane, std::move(batch));
  }
  if (picked.empty()) return false;
  const uint64_t frame = link->Write(batches);
  std::vector<Lane*> lanes;
  for (auto& [lane, batch] : picked) {
    lane->window.OnSent(std::move(batch), frame);
    lanes.push_back(lane);
  }
  deps_.counts->batches_sent.fetch_add(static_cast<int64_t>(lanes.size()),
                                       std::memory_order_relaxed);
  if (deps_.options.acks == Acks::kNone) {
    unacknowledged_[link].emplace_back(frame, std::move(lanes));
  }
  return true;
}

Lane* Sender::FindLane(const std::string& topic_id, int32_t partition) {
  const auto found = lanes_by_id_.find({topic_id, partition});
  return found == lanes_by_id_.end() ? nullptr : found->second;
}

Lane* Sender::FindRefused(ProduceLink* link,
                          const v1::ProduceFailure& failure) {
  Lane* named = FindLane(failure.topic_id(), failure.partition());
  if (named != nullptr) return named->link == link ? named : nullptr;
  for (Lane* lane : lanes_) {
    if (lane->link == link && lane->partition == failure.partition() &&
        (failure.topic().empty() || failure.topic() == lane->topic) &&
        lane->window.IsInFlight(failure.sequence())) {
      return lane;
    }
  }
  return nullptr;
}

void Sender::OnLinkWritable(ProduceLink* link) {
  if (link->IsIdle()) {
    std::vector<Lane*> gathering;
    gathering.swap(link->gathering_lanes);
    for (Lane* lane : gathering) {
      lane->gathering = false;
      Consider(lane, link);
    }
  }
  Pump(link);
}

void Sender::OnLinkStored(ProduceLink* link, const v1::PartitionAck& ack) {
  Lane* lane = FindLane(ack.topic_id(), ack.partition());
  if (lane == nullptr || lane->link != link) return;
  lane->failures = 0;
  lane->refused = absl::OkStatus();
  Delivery delivery;
  delivery.partition = lane->partition;
  delivery.offset = ack.base_offset();
  if (ack.has_append_time_ms()) delivery.append_time_ms = ack.append_time_ms();
  delivery.leader_epoch = ack.leader_epoch();
  delivery.durability = static_cast<int32_t>(ack.durability());
  delivery.duplicate = ack.duplicate();
  std::vector<PendingBatchPtr> stored =
      lane->window.OnStored(ack.first_sequence(), ack.last_sequence());
  for (const PendingBatchPtr& batch : stored) link->Resolve(batch->frame);
  // Written when all partitions of the acknowledgement were looked at.
  Consider(lane, link);
  for (PendingBatchPtr& batch : stored) {
    const int32_t records = batch->records;
    if (!batch->hollow) Complete(std::move(batch), delivery);
    delivery.offset += records;
  }
}

void Sender::OnLinkSent(ProduceLink* link, uint64_t frame) {
  if (deps_.options.acks != Acks::kNone) return;
  auto& waiting = unacknowledged_[link];
  if (waiting.empty() || waiting.front().first != frame) return;
  const std::vector<Lane*> lanes = std::move(waiting.front().second);
  waiting.pop_front();
  for (Lane* lane : lanes) {
    Delivery delivery;
    delivery.partition = lane->partition;
    for (PendingBatchPtr& batch : lane->window.OnStored(frame, frame)) {
      link->Resolve(frame);
      if (!batch->hollow) Complete(std::move(batch), delivery);
    }
    Consider(lane);
  }
}

void Sender::OnLinkRefused(ProduceLink* link,
                           const v1::ProduceFailure& failure) {
  Lane* lane = FindRefused(link, failure);
  if (lane == nullptr) {
    LOG(WARNING) << "broker " << link->endpoint()
                 << " refused a batch of an unknown partition of "
                 << failure.topic() << ": " << failure.error().message();
    return;
  }
  const absl::Status status = FromProto(failure.error());
  PendingBatchPtr over;
  const Refusal refusal =
      lane->window.OnRefused(failure.sequence(), CodeOf(status), &over);
  if (refusal != Refusal::kUnknown) link->Resolve(failure.sequence());
  if (refusal == Refusal::kRetry) OnRetriable(lane, status);
  Consider(lane);
  if (over == nullptr) return;
  if (refusal == Refusal::kDuplicate) {
    Delivery delivery;
    delivery.partition = lane->partition;
    delivery.duplicate = true;
    Complete(std::move(over), delivery);
  } else {
    Complete(std::move(over), status);
  }
}

void Sender::OnRetriable(Lane* lane, const absl::Status& status) {
  const RetryClass retry = AttributesOf(CodeOf(status)).retry;
  // A lost sequence is renewed, not waited for; its echoes are no failures.
  if (retry == RetryClass::kAfterReinit) return;
  lane->refused = status;
  const rpc::BackoffRange range{deps_.options.client.backoff_first,
                                deps_.options.client.backoff_max};
  absl::Duration wait = rpc::BackoffDelay(range, lane->failures++, deps_.seed);
  const std::optional<LeaderHint> hint = LeaderOf(status);
  if (hint.has_value()) {
    const std::string* before =
        view_.table().EndpointOf(lane->topic, lane->partition);
    const std::string old = before == nullptr ? "" : *before;
    view_.mutable_table()->ApplyHint(lane->topic, lane->partition, *hint);
    const std::string* after =
        view_.table().EndpointOf(lane->topic, lane->partition);
    // The broker said where to go: no reason to wait.
    if (after != nullptr && *after != old) wait = absl::ZeroDuration();
  }
  wait = std::max(wait, absl::Milliseconds(RetryAfterOf(status).value_or(0)));
  lane->not_before = Now() + wait;
  if (retry == RetryClass::kAfterRefresh || retry == RetryClass::kAfterDelay) {
    view_.Watch(lane->topic);
    view_.Refresh();
  }
}

void Sender::OnLinkClosed(ProduceLink* link, const absl::Status& status) {
  if (stopped_) return;
  VLOG_IF(1, link->failures() <= 1)
      << "stream to broker " << link->endpoint() << " ended: " << status;
  view_.Refresh();
  unacknowledged_.erase(link);
  link->ready_lanes.clear();
  link->gathering_lanes.clear();
  // Batches that a broker ends streams for would do so for ever.
  const bool poisoned = !status.ok() && !IsRetriable(CodeOf(status)) &&
                        link->failures() >= kPoisonedStreamsMax;
  std::vector<Lane*> touched;
  for (Lane* lane : lanes_) {
    if (lane->link != link) continue;
    lane->ready = false;
    lane->gathering = false;
    // What was under way may be stored, whatever was refused before.
    if (lane->window.IsInFlight()) lane->refused = absl::OkStatus();
    lane->window.OnBroken();
    lane->link = nullptr;
    touched.push_back(lane);
  }
  for (Lane* lane : touched) {
    if (poisoned) FailAll(lane, status);
    Consider(lane);
  }
}

void Sender::Complete(PendingBatchPtr batch,
                      const absl::StatusOr<Delivery>& outcome) {
  deps_.memory->GiveBack(batch->reserved_bytes);
  for (RecordCallback& entry : batch->callbacks) {
    absl::StatusOr<Delivery> told = outcome;
    if (told.ok() && told->offset >= 0) told->offset += entry.index;
    entry.callback(told);
  }
  // After the callbacks, so that Flush returns when all of them ran.
  deps_.ledger->Close(batch->generation, batch->records, outcome.status());
}

void Sender::FailAll(Lane* lane, const absl::Status& why) {
  for (PendingBatchPtr& batch : lane->window.Clear()) {
    Complete(std::move(batch), why);
  }
  for (GatheredBatch& gathered : lane->queue.Expire(absl::InfiniteDuration())) {
    gathered.batch->records = gathered.records();
    Complete(std::move(gathered.batch), why);
  }
}

void Sender::ArmSweep() {
  const absl::Duration gap =
      std::clamp(deps_.options.delivery_timeout / 20, absl::Milliseconds(5),
                 absl::Milliseconds(500));
  deps_.loop->After(gap, [this] {
    if (stopped_) return;
    if (deps_.ledger->open_batches() > 0) Sweep();
    ArmSweep();
  });
}

void Sender::Sweep() {
  const absl::Duration age = deps_.options.delivery_timeout;
  const absl::Duration moment = Now() - age;
  for (Lane* lane : lanes_) {
    const bool in_flight = lane->window.IsInFlight();
    std::vector<PendingBatchPtr> expired = lane->window.Expire(moment);
    for (GatheredBatch& gathered : lane->queue.Expire(moment)) {
      gathered.batch->records = gathered.records();
      expired.push_back(std::move(gathered.batch));
    }
    if (expired.empty()) continue;
    const absl::Status why = ExpiryOf(lane->refused, in_flight, age);
    Consider(lane);
    for (PendingBatchPtr& batch : expired) {
      Complete(std::move(batch), why);
    }
  }
}

void Sender::Stop(const absl::Status& why) {
  stopped_ = true;
  for (Lane* lane : lanes_) FailAll(lane, why);
  for (auto& [endpoint, link] : links_) link->Close();
}

}  // namespace barnabas::client
