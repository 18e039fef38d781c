#include "controller/quorum/quorum_reads.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/seeded_bug.h"

namespace barnabas::quorum {

void QuorumReads::Begin(MetadataQuorum::ReadDone done) {
  if (waiting_.size() >= kReadsMax) {
    return Answer(std::move(done),
                  MakeError(ErrorCode::kOverloaded,
                            absl::StrCat(kReadsMax,
                                         " reads wait for a majority of the "
                                         "controllers"),
                            "try again later"));
  }
  if (SEEDED_BUG(kReadsWithoutQuorum)) {
    return Answer(std::move(done), core_->replica().commit);
  }
  const uint64_t read = next_++;
  const absl::Status begun = core_->Read(read);
  if (!begun.ok()) return Answer(std::move(done), begun);
  waiting_.emplace(read, std::move(done));
}

void QuorumReads::Settle(const std::vector<raft::ReadOutcome>& outcomes) {
  for (const raft::ReadOutcome& outcome : outcomes) {
    const auto found = waiting_.find(outcome.read);
    if (found == waiting_.end()) continue;
    MetadataQuorum::ReadDone done = std::move(found->second);
    waiting_.erase(found);
    if (outcome.confirmed) {
      Answer(std::move(done), outcome.index);
    } else {
      Answer(std::move(done),
             MakeError(ErrorCode::kNotController,
                       "this controller ceased to lead before a majority "
                       "confirmed that it does",
                       "ask again: barnabas cluster info"));
    }
  }
}

void QuorumReads::Fail(const absl::Status& status) {
  auto waiting = std::exchange(waiting_, {});
  for (auto& [read, done] : waiting) Answer(std::move(done), status);
}

void QuorumReads::Answer(MetadataQuorum::ReadDone done,
                         absl::StatusOr<LogIndex> answer) {
  // Shared: tasks must be copyable where the loop's type asks for it.
  auto shared = std::make_shared<MetadataQuorum::ReadDone>(std::move(done));
  loop_->PostAlways(
      [shared, answer = std::move(answer)] { (*shared)(answer); });
}

}  // namespace barnabas::quorum
