#include "tests/storage/crash/invariants.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "storage/log/checkpoint_file.h"
#include "storage/log/durable_point.h"
#include "storage/log/format.h"
#include "storage/log/log_directory.h"
#include "storage/log/verify.h"
#include "tests/storage/log/log_fixture.h"

namespace barnabas::crash {
namespace {

using log::PartitionLog;

constexpr int kBatchesRemembered = 5;

std::string Describe(const PartitionLog& log) {
  const PartitionLog::Facts facts = log.facts();
  return absl::StrCat(" in [", facts.log_start.value(), ", ",
                      facts.durable_end.value(), ", ", facts.log_end.value(),
                      ")");
}

Verdict Broken(std::string invariant, std::string what) {
  return Violation{std::move(invariant), std::move(what)};
}
Verdict Broken(std::string invariant, const absl::Status& status) {
  return Violation{std::move(invariant), status.ToString()};
}

}  // namespace

Verdict CheckStart(const LogModel& model, const PartitionLog& log) {
  const PartitionLog::Facts facts = log.facts();
  if (!model.MayStartAt(facts.log_start)) {
    return Broken("S2", absl::StrCat("it begins wrongly", Describe(log),
                                     ", expected ", model.start().value()));
  }
  if (model.MustBeEmptyAt(facts.log_start) &&
      facts.log_end != facts.log_start) {
    return Broken("S2", absl::StrCat("it is not empty", Describe(log)));
  }
  return std::nullopt;
}

Verdict CheckContents(const LogModel& model, const PartitionLog& log) {
  const PartitionLog::Facts facts = log.facts();
  if (facts.durable_end != facts.log_end) {
    return Broken("S1", "an opened log is not durable to its end");
  }
  if (!model.MustBeEmptyAt(facts.log_start) &&
      facts.log_end < std::max(model.floor(), facts.log_start)) {
    return Broken("S1", absl::StrCat("it ends before the durable end ",
                                     model.floor().value(), Describe(log)));
  }
  if (model.MustBeEmptyAt(facts.log_start)) return std::nullopt;
  const auto found = log::ReadAll(log);
  if (!found.ok()) return Broken("S1", found.status());
  const std::vector<const ModelBatch*> expected = model.Expected(facts);
  for (size_t i = 0; i < std::min(found->size(), expected.size()); ++i) {
    const log::StoredBatch& batch = (*found)[i];
    if (batch.bytes == expected[i]->stored) continue;
    const bool came_back = model.WasCut(batch.bytes);
    return Broken(came_back ? "S2" : "S1",
                  absl::StrCat("the batch at ", batch.base.value(),
                               came_back ? " was cut and came back"
                                         : " is not what was written",
                               Describe(log)));
  }
  if (found->size() != expected.size()) {
    std::string bases;
    for (const log::StoredBatch& batch : *found) {
      absl::StrAppend(&bases, " ", batch.base.value());
    }
    for (const ModelBatch* const batch : expected) {
      absl::StrAppend(&bases,
                      batch == expected.front() ? "; expected at " : " ",
                      batch->base().value());
    }
    return Broken("S1", absl::StrCat("batches at", bases, Describe(log)));
  }
  if (!expected.empty() && expected.back()->next() != facts.log_end) {
    return Broken("S1", absl::StrCat("a hole before the end", Describe(log)));
  }
  return std::nullopt;
}

Verdict CheckLookUps(const LogModel& model, const PartitionLog& log) {
  std::string memory;
  for (const ModelBatch* const batch : model.Expected(log.facts())) {
    const Offset from = std::max(batch->next().Plus(-1), log.facts().log_start);
    const auto read = log::ReadFrom(log, from, 1, &memory);
    if (!read.ok()) return Broken("S5", read.status());
    if (read->bytes != batch->stored) {
      return Broken("S5", absl::StrCat("offset ", from.value(), " not found",
                                       Describe(log)));
    }
  }
  return std::nullopt;
}

Verdict CheckTimes(const LogModel& model, const PartitionLog& log) {
  const std::vector<const ModelBatch*> expected = model.Expected(log.facts());
  // The linear scan: every visible record in order.
  std::vector<std::pair<int64_t, Offset>> records;
  for (const ModelBatch* const batch : expected) {
    for (size_t i = 0; i < batch->times_ms.size(); ++i) {
      const Offset offset = batch->base().Plus(static_cast<int64_t>(i));
      if (offset >= log.facts().log_start) {
        records.emplace_back(batch->times_ms[i], offset);
      }
    }
  }
  for (size_t i = 0; i < expected.size(); i += 3) {
    const int64_t wanted = expected[i]->header.max_timestamp_ms;
    const auto first = std::find_if(
        records.begin(), records.end(),
        [wanted](const auto& record) { return record.first >= wanted; });
    const auto match = log.FindTime(wanted);
    if (!match.ok()) return Broken("S5", match.status());
    if (match->has_value() != (first != records.end()) ||
        (match->has_value() && (*match)->offset != first->second)) {
      return Broken(
          "S5",
          absl::StrCat("timestamp ", wanted, " was found at ",
                       match->has_value() ? (*match)->offset.value() : -1,
                       ", not at ",
                       first != records.end() ? first->second.value() : -1,
                       Describe(log)));
    }
  }
  return std::nullopt;
}

Verdict CheckEpochs(const LogModel& model, const PartitionLog& log) {
  const std::vector<const ModelBatch*> expected = model.Expected(log.facts());
  std::map<LeaderEpoch, Offset> ends;
  for (const ModelBatch* const batch : expected) {
    ends[batch->header.leader_epoch] = batch->next();
  }
  for (const auto& [epoch, end] : ends) {
    const auto found = log.EndOfEpoch(epoch);
    if (!found.has_value() || found->first != epoch || found->second != end) {
      return Broken("P8",
                    absl::StrCat("epoch ", epoch.value(), " should end at ",
                                 end.value(), Describe(log)));
    }
  }
  const LeaderEpoch last =
      expected.empty() ? kNoLeaderEpoch : expected.back()->header.leader_epoch;
  if (log.facts().last_epoch == last) return std::nullopt;
  return Broken(
      "P8", absl::StrCat("the last epoch is ", log.facts().last_epoch.value(),
                         ", not ", last.value(), Describe(log)));
}

Verdict CheckProducers(const LogModel& model, PartitionLog* log) {
  std::map<ProducerId, std::vector<const ModelBatch*>> by_producer;
  for (const ModelBatch* const batch : model.Expected(log->facts())) {
    if (!batch->header.HasProducer()) continue;
    auto& batches = by_producer[batch->header.producer_id];
    if (!batches.empty() &&
        batches.back()->header.producer_epoch != batch->header.producer_epoch) {
      batches.clear();
    }
    batches.push_back(batch);
  }
  for (const auto& [id, batches] : by_producer) {
    const size_t first = batches.size() > kBatchesRemembered
                             ? batches.size() - kBatchesRemembered
                             : 0;
    for (size_t i = first; i < batches.size(); ++i) {
      const auto outcome = log::AppendTo(log, batches[i]->sent, 1 << 20);
      if (!outcome.ok()) return Broken("I5", outcome.status());
      if (!outcome->duplicate || outcome->base_offset != batches[i]->base()) {
        return Broken("I5",
                      absl::StrCat("of producer ", id.value(), " the batch at ",
                                   batches[i]->base().value(), " was not known",
                                   Describe(*log)));
      }
    }
  }
  return std::nullopt;
}

Verdict CheckCutIsKept(const PartitionLog& log, env::FileSystem* files) {
  const log::RecoveryReport& report = log.recovery();
  if (report.cut_bytes == 0) return std::nullopt;
  const auto kept = log::ReadSmallFile(files, report.cut_file);
  // A whole segment that was put aside may be an empty one.
  const bool may_be_empty = report.cut_file.ends_with(".log.cut");
  if (kept.ok() && kept->has_value() && (may_be_empty || !(*kept)->empty())) {
    return std::nullopt;
  }
  return Broken("S3", absl::StrCat(report.cut_bytes,
                                   " bytes were cut and not kept aside"));
}

Verdict CheckLog(const LogModel& model, PartitionLog* log, Tally* tally) {
  tally->CountCheck("S2");
  if (Verdict wrong = CheckStart(model, *log)) return wrong;
  tally->CountCheck("S1");
  if (Verdict wrong = CheckContents(model, *log)) return wrong;
  if (model.MustBeEmptyAt(log->facts().log_start)) return std::nullopt;
  tally->CountCheck("S5");
  if (Verdict wrong = CheckLookUps(model, *log)) return wrong;
  if (Verdict wrong = CheckTimes(model, *log)) return wrong;
  tally->CountCheck("P8");
  if (Verdict wrong = CheckEpochs(model, *log)) return wrong;
  tally->CountCheck("I5");
  return CheckProducers(model, log);
}

Verdict CheckLive(const LogModel& model, const PartitionLog& log,
                  Tally* tally) {
  if (log.facts().failed) return std::nullopt;
  tally->CountCheck("S5");
  if (Verdict wrong = CheckLookUps(model, log)) return wrong;
  if (Verdict wrong = CheckTimes(model, log)) return wrong;
  tally->CountCheck("P8");
  return CheckEpochs(model, log);
}

Verdict CheckIndexFiles(const TopicPartition& partition,
                        env::FileSystem* files) {
  const auto verified = log::VerifyLog(
      files, absl::StrCat(kDirectory, "/", partition.ToString()));
  if (!verified.ok()) return Broken("S5", verified.status());
  for (const log::Finding& finding : verified->findings) {
    if (!finding.file.ends_with(log::kOffsetIndexSuffix) &&
        !finding.file.ends_with(log::kTimeIndexSuffix)) {
      continue;
    }
    return Broken("S5", absl::StrCat(finding.file, " at ", finding.position,
                                     ": ", finding.what));
  }
  return std::nullopt;
}

Verdict CheckSmallFiles(const NodeModel& model, const Image& image) {
  for (const auto& [path, bytes] : image.files->disk().Everything()) {
    const size_t slash = path.rfind('/');
    const std::string folder =
        slash == std::string::npos ? std::string() : path.substr(0, slash);
    // What is on its way out, or aside, lies elsewhere than it was written.
    const bool at_home = folder == kDirectory ||
                         folder.rfind('/') == std::string(kDirectory).size();
    if (at_home && IsReplacedWhole(path)) {
      const auto installed = model.installed.find(path);
      if (installed == model.installed.end() ||
          !installed->second.contains(bytes)) {
        return Broken("S9", absl::StrCat(path, " holds a mixture"));
      }
    }
    if (at_home && path.ends_with(kPointFile)) {
      const auto point = log::DurablePointFile::Read(image.files, folder);
      if (!point.ok()) return Broken("S9", point.status());
      const auto synced = model.points.find(path);
      if (synced != model.points.end() && !image.disk_lied &&
          (*point)->round < synced->second) {
        return Broken(
            "S3", absl::StrCat(path, " went back from round ", synced->second,
                               " to ", (*point)->round));
      }
    }
  }
  return std::nullopt;
}

namespace {

log::LogDirectory::Options OptionsFor(const NodeModel& model,
                                      const Image& image) {
  log::LogDirectory::Options options;
  options.files = image.through == nullptr ? image.files : image.through;
  options.clock = image.clock;
  options.path = kDirectory;
  options.node_id = model.identity.node_id;
  options.role = model.identity.role;
  options.cluster_id = model.identity.cluster_id;
  return options;
}

// One image under examination.
class Examination {
 public:
  Examination(const NodeModel& model, const Image& image, Tally* tally)
      : model_(model), image_(image), tally_(tally) {}

  Verdict Run();

 private:
  Verdict CheckFormat();
  Verdict CheckMarker();
  Verdict CheckWhereabouts();
  Verdict OpenLogs();
  Verdict CheckCleanStop();
  Verdict LiveOn();
  Verdict CheckNothingIsWrong(const TopicPartition& partition);
  Verdict Reopen(const std::map<TopicPartition, LogModel>& after);
  Verdict OpenDirectory();
  Verdict OpenOne(const TopicPartition& partition);

  const NodeModel& model_;
  const Image& image_;
  Tally* const tally_;
  std::unique_ptr<log::LogDirectory> directory_;
  std::map<TopicPartition, std::unique_ptr<PartitionLog>> logs_;
};

Verdict Examination::Run() {
  tally_->CountCheck("S9");
  if (Verdict wrong = CheckSmallFiles(model_, image_)) return wrong;
  if (!model_.formatted) return CheckFormat();
  tally_->CountCheck("S11");
  if (Verdict wrong = CheckOwner(model_, image_)) return wrong;
  tally_->CountCheck("S8");
  if (Verdict wrong = OpenDirectory()) return wrong;
  tally_->CountCheck("S10");
  if (Verdict wrong = CheckMarker()) return wrong;
  tally_->CountCheck("C6");
  if (Verdict wrong = CheckWhereabouts()) return wrong;
  if (Verdict wrong = OpenLogs()) return wrong;
  if (Verdict wrong = CheckCleanStop()) return wrong;
  return image_.live_on ? LiveOn() : std::nullopt;
}

Verdict Examination::CheckFormat() {
  const auto found = log::ReadIdentity(image_.files, kDirectory);
  if (found.ok()) {
    if (*found == model_.identity) return std::nullopt;
    return Broken("S9", "a half-written identity was believed");
  }
  if (CodeOf(found.status()) != ErrorCode::kNotFormatted) {
    return Broken("S9", found.status());
  }
  const absl::Status again =
      log::WriteIdentity(image_.files, kDirectory, model_.identity);
  if (!again.ok()) return Broken("S8", again);
  return std::nullopt;
}

Verdict Examination::OpenDirectory() {
  auto directory = log::LogDirectory::Open(OptionsFor(model_, image_));
  if (!directory.ok()) return Broken("S8", directory.status());
  directory_ = *std::move(directory);
  return std::nullopt;
}

Verdict Examination::CheckMarker() {
  const std::optional<BrokerEpoch> found = directory_->clean_stop_epoch();
  if (found.has_value() && found != model_.clean_stop) {
    return Broken("S10", "a marker says that the stop was clean");
  }
  if (image_.files->Exists(absl::StrCat(kDirectory, "/clean-stop"))) {
    return Broken("S10", "the marker outlives the opening");
  }
  return std::nullopt;
}

Verdict Examination::CheckWhereabouts() {
  if (!image_.files->Exists(kStranger)) {
    return Broken("C6", "a file that is not ours was removed");
  }
  for (const auto& [partition, where] : model_.where) {
    const std::string name = partition.ToString();
    const bool present =
        image_.files->IsDirectory(absl::StrCat(kDirectory, "/", name));
    if (present && !where.may_be_present) {
      return Broken("S2", absl::StrCat(name, " came back"));
    }
    if (present) continue;
    const bool aside = image_.files->IsDirectory(
        absl::StrCat(kDirectory, "/set-aside/", name));
    if (where.is_set_aside ? !aside : !where.may_be_absent) {
      return Broken(where.is_set_aside ? "C6" : "S1",
                    absl::StrCat(name, " is missing"));
    }
  }
  return std::nullopt;
}

Verdict Examination::OpenOne(const TopicPartition& partition) {
  auto log = directory_->OpenLog(partition, "topic", model_.config);
  if (!log.ok()) return Broken("S8", log.status());
  logs_[partition] = *std::move(log);
  return std::nullopt;
}

Verdict Examination::OpenLogs() {
  for (const TopicPartition& partition : directory_->Present()) {
    const auto model = model_.logs.find(partition);
    if (model == model_.logs.end()) {
      return Broken("S2", partition.ToString() + " was never made");
    }
    if (Verdict wrong = OpenOne(partition)) return wrong;
    PartitionLog* const log = logs_[partition].get();
    if (Verdict wrong = CheckLog(model->second, log, tally_)) return wrong;
    tally_->CountCheck("S3");
    if (Verdict wrong = CheckCutIsKept(*log, image_.files)) return wrong;
  }
  return std::nullopt;
}

// A marker promises that nothing is missing and nothing need be scanned.
Verdict Examination::CheckCleanStop() {
  if (!directory_->clean_stop_epoch().has_value()) return std::nullopt;
  for (const auto& [partition, log] : logs_) {
    if (!log->recovery().clean) {
      return Broken("S10", partition.ToString() + " had to be recovered");
    }
    if (log->facts().log_end != model_.logs.at(partition).end()) {
      return Broken("S10", partition.ToString() + " is not whole");
    }
  }
  return std::nullopt;
}

Verdict Examination::LiveOn() {
  std::map<TopicPartition, LogModel> after;
  for (const auto& [partition, log] : logs_) {
    LogModel& model = after[partition] = model_.logs.at(partition);
    model.Adopt(log->facts());
    const std::string sent = support::SimpleBatch(3, 2000);
    // Later than any that the workload came to.
    const LeaderEpoch epoch(1 << 20);
    const std::string stored =
        support::Stored(sent, log->facts().log_end, epoch);
    model.Appending(
        {support::HeaderOf(stored), stored, sent, {2000, 2001, 2002}});
    const auto outcome = log::AppendTo(log.get(), sent, epoch.value());
    if (!outcome.ok()) return Broken("S8", outcome.status());
    const absl::Status closed = log->Close();
    if (!closed.ok()) return Broken("S8", closed);
    model.Done(log->facts());
  }
  for (const auto& [partition, model] : after) {
    if (Verdict wrong = CheckNothingIsWrong(partition)) return wrong;
  }
  const absl::Status marked = directory_->MarkCleanStop(BrokerEpoch(77));
  if (!marked.ok()) return Broken("S8", marked);
  return Reopen(after);
}

// What was recovered and closed is as if nothing had happened.
Verdict Examination::CheckNothingIsWrong(const TopicPartition& partition) {
  const auto verified = log::VerifyLog(
      image_.files, absl::StrCat(kDirectory, "/", partition.ToString()));
  if (!verified.ok()) return Broken("S5", verified.status());
  for (const log::Finding& finding : verified->findings) {
    if (image_.disk_lied && finding.kind == log::FindingKind::kRebuildable) {
      continue;
    }
    return Broken("S5", absl::StrCat(finding.file, " at ", finding.position,
                                     ": ", finding.what));
  }
  return std::nullopt;
}

Verdict Examination::Reopen(const std::map<TopicPartition, LogModel>& after) {
  logs_.clear();
  directory_.reset();
  if (Verdict wrong = OpenDirectory()) return wrong;
  if (directory_->clean_stop_epoch() != BrokerEpoch(77)) {
    return Broken("S10", "a clean stop is not known");
  }
  for (const auto& [partition, model] : after) {
    if (Verdict wrong = OpenOne(partition)) return wrong;
    PartitionLog* const log = logs_[partition].get();
    if (!log->recovery().clean || log->facts().log_end != model.end()) {
      return Broken("S10", partition.ToString() + " was not closed whole");
    }
    if (Verdict wrong = CheckLog(model, log, tally_)) return wrong;
  }
  return std::nullopt;
}

}  // namespace

Verdict CheckOwner(const NodeModel& model, const Image& image) {
  const uint64_t before = HashOf(image.files->disk());
  Image same = image;
  same.through = nullptr;
  log::LogDirectory::Options other = OptionsFor(model, same);
  other.node_id = NodeId(other.node_id.value() + 1);
  log::LogDirectory::Options elsewhere = OptionsFor(model, same);
  elsewhere.cluster_id = Uuid::FromRandom(7, 7);
  for (const auto& options : {other, elsewhere}) {
    const auto opened = log::LogDirectory::Open(options);
    if (CodeOf(opened.status()) != ErrorCode::kWrongIdentity) {
      return Broken("S11", absl::StrCat("another's directory was not refused: ",
                                        opened.status().ToString()));
    }
  }
  if (HashOf(image.files->disk()) == before) return std::nullopt;
  return Broken("S11", "a refused start changed the disk");
}

Verdict CheckImage(const NodeModel& model, const Image& image, Tally* tally) {
  return Examination(model, image, tally).Run();
}

}  // namespace barnabas::crash
