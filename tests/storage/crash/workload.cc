#include "tests/storage/crash/workload.h"

#include <glog/logging.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/types/status_macros.h"
#include "proto/types/units.h"

namespace barnabas::crash {
namespace {

constexpr uint64_t kLogsMax = 3;

log::LogDirectory::Options OptionsOf(const NodeModel& model,
                                     env::FileSystem* files,
                                     const env::Clock* clock) {
  log::LogDirectory::Options options;
  options.files = files;
  options.clock = clock;
  options.path = kDirectory;
  options.node_id = model.identity.node_id;
  options.role = model.identity.role;
  options.cluster_id = model.identity.cluster_id;
  return options;
}

}  // namespace

Workload::Workload(env::FileSystem* files, uint64_t seed, NodeModel* model)
    : files_(files), model_(model), random_(seed) {
  model_->identity.cluster_id = Uuid::FromRandom(seed, 1);
  model_->identity.directory_id = Uuid::FromRandom(seed, 2);
  model_->identity.node_id = NodeId(100);
  model_->identity.role = "broker";
  // So small that a few batches roll.
  model_->config.segment_bytes = 2000;
  model_->config.index_interval_bytes = 300;
  model_->config.segment_ms = kHourMs;
}

absl::Status Workload::Format() {
  RETURN_IF_ERROR(log::WriteIdentity(files_, kDirectory, model_->identity));
  RETURN_IF_ERROR(files_->SyncDirectory("."));
  ASSIGN_OR_RETURN(const std::unique_ptr<env::File> stranger,
                   files_->Open(kStranger, env::OpenMode::kCreateNew));
  RETURN_IF_ERROR(files_->SyncDirectory(kDirectory));
  model_->formatted = true;
  ++model_->version;
  return absl::OkStatus();
}

absl::Status Workload::OpenDirectory() {
  ASSIGN_OR_RETURN(
      directory_, log::LogDirectory::Open(OptionsOf(*model_, files_, &clock_)));
  // Gone for good, before anything is written.
  model_->clean_stop.reset();
  ++model_->version;
  return absl::OkStatus();
}

absl::Status Workload::Open() {
  RETURN_IF_ERROR(OpenDirectory());
  RETURN_IF_ERROR(NewPartition());
  return NewPartition();
}

absl::Status Workload::OpenLog(const TopicPartition& partition, bool is_new) {
  LogModel& model = model_->logs[partition];
  Whereabouts& where = model_->where[partition];
  where.may_be_present = true;
  ++model_->version;
  ASSIGN_OR_RETURN(std::unique_ptr<log::PartitionLog> log,
                   directory_->OpenLog(partition, "topic", model_->config));
  where.may_be_absent = false;
  model.Done(log->facts());
  ++model_->version;
  if (is_new) {
    drivers_[partition] = std::make_unique<LogDriver>(&model, &random_);
  }
  drivers_[partition]->Attach(std::move(log));
  return absl::OkStatus();
}

absl::Status Workload::NewPartition() {
  if (drivers_.size() >= kLogsMax) return absl::OkStatus();
  const uint64_t topic = ++topics_;
  return OpenLog({Uuid::FromRandom(topic, 9), PartitionIndex(0)},
                 /*is_new=*/true);
}

absl::Status Workload::StopAndStart() {
  for (const auto& [partition, driver] : drivers_) {
    RETURN_IF_ERROR(driver->Close());
  }
  const BrokerEpoch epoch(++broker_epoch_);
  model_->clean_stop = epoch;
  ++model_->version;
  RETURN_IF_ERROR(directory_->MarkCleanStop(epoch));
  Abandon();
  RETURN_IF_ERROR(OpenDirectory());
  CHECK(directory_->clean_stop_epoch() == epoch) << "S10: the stop was clean";
  for (auto& [partition, driver] : drivers_) {
    RETURN_IF_ERROR(OpenLog(partition, /*is_new=*/false));
    CHECK(driver->log()->recovery().clean) << "S10: " << partition;
  }
  return absl::OkStatus();
}

absl::Status Workload::Remove(bool set_aside) {
  if (drivers_.size() < 2) return absl::OkStatus();
  auto chosen = drivers_.begin();
  std::advance(chosen, random_() % drivers_.size());
  const TopicPartition partition = chosen->first;
  RETURN_IF_ERROR(chosen->second->Close());
  drivers_.erase(chosen);
  Whereabouts& where = model_->where[partition];
  where.may_be_absent = true;
  where.is_set_aside = set_aside;
  ++model_->version;
  if (set_aside) {
    RETURN_IF_ERROR(directory_->SetAside(partition).status());
  } else {
    RETURN_IF_ERROR(directory_->Delete(partition));
  }
  where.may_be_present = false;
  ++model_->version;
  return absl::OkStatus();
}

void Workload::Abandon() {
  for (const auto& [partition, driver] : drivers_) driver->Drop();
  directory_.reset();
}

absl::Status Workload::Restart() {
  Abandon();
  RETURN_IF_ERROR(OpenDirectory());
  for (auto entry = drivers_.begin(); entry != drivers_.end();) {
    const TopicPartition partition = entry->first;
    const Whereabouts& where = model_->where[partition];
    const auto present = directory_->Present();
    const bool there =
        std::find(present.begin(), present.end(), partition) != present.end();
    if (!there && where.may_be_absent) {
      entry = drivers_.erase(entry);
      continue;
    }
    ASSIGN_OR_RETURN(std::unique_ptr<log::PartitionLog> log,
                     directory_->OpenLog(partition, "topic", model_->config));
    model_->where[partition].may_be_absent = false;
    model_->logs[partition].Adopt(log->facts());
    entry->second->Attach(std::move(log));
    ++entry;
  }
  ++model_->version;
  return drivers_.empty() ? NewPartition() : absl::OkStatus();
}

LogDriver* Workload::DrawDriver() {
  auto chosen = drivers_.begin();
  std::advance(chosen, random_() % drivers_.size());
  return chosen->second.get();
}

absl::Status Workload::Step(char step) {
  ++model_->version;
  LogDriver* const driver = DrawDriver();
  switch (step) {
    case 'a':
      return driver->Append();
    case 'A':
      return driver->AppendLarge();
    case 'e':
      driver->NextEpoch();
      return absl::OkStatus();
    case 's':
      driver->StartFlush();
      return absl::OkStatus();
    case 'f':
      return driver->RunFlush();
    case 'g':
      clock_.Advance(absl::Minutes(25));
      return absl::OkStatus();
    case 't':
      return driver->Truncate(8);
    case 'T':
      return driver->Truncate(60);
    case 'm':
      return driver->MoveStart();
    case 'b':
      return driver->BeginBeyondEnd();
    case 'k':
      return driver->Retain();
    case 'w':
      return StopAndStart();
    case 'n':
      return NewPartition();
    case 'd':
      return Remove(/*set_aside=*/false);
    case 'u':
      return Remove(/*set_aside=*/true);
    default:
      LOG(FATAL) << "there is no step '" << step << "'";
  }
}

std::string Workload::DrawSteps(uint64_t seed, int count) {
  static constexpr std::string_view kWeights =
      "aaaaaaaaaaaaaaaaaaaaaaAAAAAAAAAAAAffffffffffffffffsssstttTTmmmkkbwweeg"
      "gnndu";
  std::mt19937_64 random(seed ^ 0x5eed);
  std::string steps;
  for (int i = 0; i < count; ++i) {
    steps += kWeights[random() % kWeights.size()];
  }
  return steps;
}

}  // namespace barnabas::crash
