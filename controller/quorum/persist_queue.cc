#include "controller/quorum/persist_queue.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "controller/quorum/hard_state_file.h"
#include "proto/types/error.h"
#include "proto/types/seeded_bug.h"
#include "proto/types/status_macros.h"
#include "storage/log/checkpoint_file.h"

namespace barnabas::quorum {
namespace {

// When the workers' queue is full.
constexpr absl::Duration kFlushRetry = absl::Milliseconds(1);

// Whether a message says that its sender holds the entry at `index`.
bool Acknowledges(const raft::Message& message, LogIndex index) {
  if (const auto* append = std::get_if<raft::AppendReply>(&message.body)) {
    return append->accepted && append->match >= index;
  }
  if (const auto* piece = std::get_if<raft::SnapshotReply>(&message.body)) {
    return piece->installed && piece->id.index >= index;
  }
  return false;
}

// Takes the place of `older` if it says all that that one says: what is
// acknowledged is everything up to an entry. With many entries in one sync a
// leader hears one answer instead of one for each.
bool Replaces(const raft::Message& newer, raft::Message* older) {
  const auto* after = std::get_if<raft::AppendReply>(&newer.body);
  auto* before = std::get_if<raft::AppendReply>(&older->body);
  if (after == nullptr || before == nullptr || newer.to != older->to ||
      newer.term != older->term || !after->accepted || !before->accepted) {
    return false;
  }
  before->match = std::max(before->match, after->match);
  before->round = std::max(before->round, after->round);
  return true;
}

}  // namespace

void PersistQueue::Add(raft::Effects& effects) {
  if (failed_) return;
  const bool writes = effects.NeedsPersisting();
  if (!writes && effects.after_durable.empty()) return;
  if (!effects.entries.empty()) DropReplaced(effects.entries.front().index);
  Item item;
  item.persist_id = effects.persist_id;
  item.hard = effects.hard_state;
  item.entries.assign(effects.entries.begin(), effects.entries.end());
  item.messages = std::move(effects.after_durable);
  item.written = item.entries.empty();
  if (SEEDED_BUG(kSendsBeforeSync)) {
    deps_.events->OnReleased(std::move(item.messages));
  }
  items_.push_back(std::move(item));
  Pump();
}

void PersistQueue::DropReplaced(LogIndex begin) {
  if (SEEDED_BUG(kKeepsReplacedAcknowledgements)) return;
  for (Item& item : items_) {
    std::erase_if(item.messages, [begin](const raft::Message& message) {
      return Acknowledges(message, begin);
    });
  }
}

LogIndex PersistQueue::written() const {
  LogIndex end = deps_.log->last().Next();
  for (const Item& item : items_) {
    if (!item.written) end = std::min(end, item.entries.front().index);
  }
  return end.Plus(-1);
}

void PersistQueue::Pump() {
  if (failed_ || waiting_ || yielding_) return;
  WriteItems();
  if (!failed_ && round_ == nullptr) StartRound();
}

bool PersistQueue::WriteItems() {
  for (Item& item : items_) {
    if (item.written) continue;
    const bool replaces = item.entries.front().index <= deps_.log->last();
    if (replaces && round_ != nullptr) return false;
    const absl::Status status = WriteItem(&item);
    if (CodeOf(status) == ErrorCode::kDiskFull) {
      WaitForRoom(status);
      return false;
    }
    if (!status.ok()) {
      Fail(status);
      return false;
    }
    item.written = true;
  }
  return true;
}

absl::Status PersistQueue::WriteItem(Item* item) {
  const int64_t now_ms = deps_.loop->clock().WallMs();
  if (item->entries.front().index <= deps_.log->last()) {
    RETURN_IF_ERROR(deps_.log->Cut(item->entries.front().index));
  }
  // What was written before the disk was full is not written again.
  while (!item->entries.empty()) {
    RETURN_IF_ERROR(deps_.log->Append(item->entries.front(), now_ms));
    item->entries.pop_front();
  }
  return absl::OkStatus();
}

void PersistQueue::StartRound() {
  auto round = std::make_shared<Round>();
  bool any = false;
  for (const Item& item : items_) {
    if (!item.written) break;
    any = true;
    round->persist_id = item.persist_id;
    if (item.hard.has_value()) round->hard = item.hard;
  }
  if (!any) return;
  round->job = deps_.log->disk()->StartFlush();
  round_ = round;
  if (round->job == nullptr && !round->hard.has_value()) {
    round->ran = true;
    return deps_.loop->PostAlways([this] { FinishRound(); });
  }
  auto work = [this, round] {
    RunRound(round.get());
    deps_.loop->PostAlways([this] { FinishRound(); });
  };
  if (deps_.workers->Run(std::move(work))) return;
  deps_.loop->After(kFlushRetry, [this] {
    // On the loop itself: slow, but a queue of workers that stays full must
    // not stop the cluster.
    RunRound(round_.get());
    FinishRound();
  });
}

void PersistQueue::RunRound(Round* round) {
  const env::Clock& clock = deps_.loop->clock();
  const absl::Duration begin = clock.Monotonic();
  // First, so that no entry is ever durable in a term that is not.
  if (round->hard.has_value() && !SEEDED_BUG(kForgetsVote)) {
    round->hard_result =
        WriteHardState(deps_.files, deps_.directory, *round->hard);
  }
  if (round->job != nullptr) round->result = round->job->Run();
  if (SEEDED_BUG(kBelievesFailedSync)) round->result = absl::OkStatus();
  if (deps_.sync_time != nullptr) {
    deps_.sync_time->Record(
        absl::ToInt64Nanoseconds(clock.Monotonic() - begin));
  }
  round->ran = true;
}

void PersistQueue::FinishRound() {
  const std::shared_ptr<Round> round = std::exchange(round_, nullptr);
  if (round == nullptr || failed_) return;
  if (round->job != nullptr) {
    deps_.log->disk()->FinishFlush(*round->job, round->result);
    if (!round->result.ok()) return Fail(round->result);
  }
  if (!round->hard_result.ok()) {
    if (!log::WillPass(round->hard_result)) return Fail(round->hard_result);
    // Nothing of this round is released; the next one writes it again.
    return WaitForRoom(round->hard_result);
  }
  // No next sync begins until those who wait for its end have had their turn.
  yielding_ = !between_.empty();
  Release(round->persist_id);
  while (!between_.empty() && round_ == nullptr && !failed_) {
    absl::AnyInvocable<void()> work = std::move(between_.front());
    between_.pop_front();
    work();
  }
  yielding_ = false;
  Pump();
}

void PersistQueue::BetweenSyncs(absl::AnyInvocable<void()> work) {
  if (failed_) return;
  if (round_ == nullptr) return work();
  between_.push_back(std::move(work));
}

void PersistQueue::Release(uint64_t persist_id) {
  std::vector<raft::Message> messages;
  while (!items_.empty() && items_.front().written &&
         items_.front().persist_id <= persist_id) {
    Item item = std::move(items_.front());
    items_.pop_front();
    for (raft::Message& message : item.messages) {
      if (!messages.empty() && Replaces(message, &messages.back())) continue;
      messages.push_back(std::move(message));
    }
  }
  if (!messages.empty()) deps_.events->OnReleased(std::move(messages));
  if (persist_id <= durable_id_) return;
  durable_id_ = persist_id;
  deps_.events->OnPersisted(persist_id);
}

void PersistQueue::WaitForRoom(const absl::Status& status) {
  waiting_ = true;
  if (!std::exchange(full_, true)) deps_.events->OnDiskFull(status);
  deps_.loop->After(kRoomRetry, [this] {
    waiting_ = false;
    Pump();
    if (waiting_ || failed_) return;
    full_ = false;
    deps_.events->OnRoom();
  });
}

void PersistQueue::Fail(const absl::Status& status) {
  if (failed_) return;
  failed_ = true;
  items_.clear();
  deps_.events->OnPersistFailed(status);
}

void PersistQueue::Close() {
  const std::shared_ptr<Round> round = std::exchange(round_, nullptr);
  if (round == nullptr || round->job == nullptr) return;
  const absl::Status result =
      round->ran ? round->result
                 : MakeError(ErrorCode::kShuttingDown, "not synced");
  deps_.log->disk()->FinishFlush(*round->job, result);
}

}  // namespace barnabas::quorum
