#include "tests/storage/crash/run.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/types/text.h"

namespace barnabas::crash {

using support::FaultFiles;
using support::FileAction;
using support::MemoryDisk;

namespace {

// Past the fault plan: whoever looks on must not meet its faults.
void NoteInstalled(const FaultFiles& files, const std::string& path,
                   NodeModel* model) {
  const MemoryDisk::NodePtr node = files.disk().Find(path);
  if (node == nullptr) return;
  model->installed[path].insert(node->bytes);
  ++model->version;
}

// What a synced file of durable points promises from now on.
void NotePoint(const FaultFiles& files, const std::string& path,
               NodeModel* model) {
  const MemoryDisk::NodePtr node = files.disk().Find(path);
  if (node == nullptr) return;
  if (const std::optional<int64_t> round = RoundOfPoint(node->durable)) {
    model->points[path] = *round;
  }
  ++model->version;
}

}  // namespace

std::string Failure::ToString() const {
  return absl::StrCat(violation.invariant, ": ", violation.what, " [image ",
                      image, ", ", AsAbsl(NameOf(kind)), ", after operation ",
                      operation, " of steps \"", steps, "\", seed ", seed, "]");
}

Run::Run(const RunOptions& options, Tally* tally)
    : options_(options),
      tally_(tally),
      watched_(&files_,
               [this](FileAction action, const std::string& path) {
                 OnOperation(action, path);
               }),
      workload_(&watched_, options.seed, &model_),
      random_(options.seed ^ 0xc07) {}

void Run::Format() {
  if (failure_.has_value()) return;
  const absl::Status status = workload_.Format();
  if (!status.ok()) Fail(ImageKind::kKilled, {"S8", status.ToString()});
}

void Run::RunSteps() {
  const absl::Status status = TrySteps();
  if (!status.ok()) Fail(ImageKind::kKilled, {"S8", status.ToString()});
}

absl::Status Run::TrySteps() {
  if (failure_.has_value()) return absl::OkStatus();
  if (!std::exchange(opened_, true)) {
    const absl::Status opened = workload_.Open();
    if (!opened.ok()) return opened;
  }
  while (steps_done_ < options_.steps.size() && !failure_.has_value()) {
    const absl::Status status = workload_.Step(options_.steps[steps_done_++]);
    if (!status.ok()) return status;
    if (options_.look_on) LookOn();
  }
  return absl::OkStatus();
}

void Run::LookOn() {
  const bool cutting = std::exchange(cutting_, false);
  for (const auto& [partition, driver] : workload_.drivers()) {
    Verdict wrong =
        CheckLive(model_.logs.at(partition), *driver->log(), tally_);
    if (!wrong.has_value()) wrong = CheckIndexFiles(partition, &files_);
    if (wrong.has_value()) Fail(ImageKind::kKilled, *wrong);
  }
  cutting_ = cutting;
}

bool Run::LastStepWasALogs() const {
  return steps_done_ > 0 && std::string_view("aAsfegtTmbk")
                                    .find(options_.steps[steps_done_ - 1]) !=
                                std::string_view::npos;
}

void Run::Fail(ImageKind kind, Violation violation) {
  if (failure_.has_value()) return;
  failure_ =
      Failure{std::move(violation), kind,
              options_.seed,        options_.steps.substr(0, steps_done_),
              operations_,          images_};
}

void Run::OnOperation(FileAction action, const std::string& path) {
  if (failure_.has_value()) return;
  ++operations_;
  if (action == FileAction::kRename && IsReplacedWhole(path)) {
    NoteInstalled(files_, path, &model_);
  }
  if (path.ends_with(kPointFile)) {
    // A replaced one begins anew.
    if (action == FileAction::kRename) model_.points.erase(path);
    if (action == FileAction::kSync) NotePoint(files_, path, &model_);
  }
  if (cutting_) CutNow(std::nullopt);
}

void Run::CutNow(std::optional<ImageKind> kind) {
  if (failure_.has_value()) return;
  std::vector<Cut> cuts = CutsOf(files_.disk(), random_());
  const size_t wanted = options_.images_per_operation;
  if (wanted != 0 && cuts.size() > wanted) cuts = Draw(std::move(cuts), wanted);
  for (const Cut& cut : cuts) {
    if (failure_.has_value()) return;
    CheckOne(kind.value_or(cut.kind), cut.make());
  }
}

// Each kind as likely as the others, however many there are of it.
std::vector<Cut> Run::Draw(std::vector<Cut> cuts, size_t wanted) {
  std::map<ImageKind, std::vector<Cut>> by_kind;
  std::shuffle(cuts.begin(), cuts.end(), random_);
  for (Cut& cut : cuts) by_kind[cut.kind].push_back(std::move(cut));
  std::vector<Cut> drawn;
  while (drawn.size() < wanted && !by_kind.empty()) {
    auto kind = by_kind.begin();
    std::advance(kind, random_() % by_kind.size());
    drawn.push_back(std::move(kind->second.back()));
    kind->second.pop_back();
    if (kind->second.empty()) by_kind.erase(kind);
  }
  return drawn;
}

void Run::CheckOne(ImageKind kind, std::unique_ptr<MemoryDisk> disk) {
  if (checked_.version != model_.version) {
    checked_ = Checked{{}, model_.version};
  }
  if (!checked_.hashes.insert(HashOf(*disk)).second) {
    tally_->CountRepeated();
    return;
  }
  ++images_;
  tally_->CountImage(kind);
  const uint64_t drawn = random_();
  if (model_.formatted && options_.second_cut_of != 0 &&
      drawn % options_.second_cut_of == 0) {
    CutRecovery(std::move(disk));
    return;
  }
  FaultFiles image(std::move(disk));
  const bool live_on =
      options_.live_on_of != 0 && drawn % options_.live_on_of == 1;
  const Verdict wrong = CheckImage(
      model_, Image{&image, &workload_.clock(), nullptr, live_on, disk_lied_},
      tally_);
  if (wrong.has_value()) Fail(kind, *wrong);
}

// What recovery installs is new to the model; all else stays as it was.
void Run::CutRecovery(std::unique_ptr<MemoryDisk> disk) {
  FaultFiles image(std::move(disk));
  NodeModel model = model_;
  support::WatchedFiles watched(
      &image, [&](FileAction action, const std::string& path) {
        if (action == FileAction::kRename && IsReplacedWhole(path)) {
          NoteInstalled(image, path, &model);
        }
        std::vector<Cut> cuts = CutsOf(image.disk(), random_());
        std::shuffle(cuts.begin(), cuts.end(), random_);
        cuts.resize(std::min<size_t>(cuts.size(), 3));
        for (const Cut& cut : cuts) {
          if (failure_.has_value()) return;
          ++images_;
          tally_->CountImage(ImageKind::kSecondCut);
          FaultFiles second(cut.make());
          const Verdict wrong =
              CheckImage(model, Image{&second, &workload_.clock()}, tally_);
          if (wrong.has_value()) Fail(ImageKind::kSecondCut, *wrong);
        }
      });
  const Verdict wrong = CheckImage(
      model, Image{&image, &workload_.clock(), &watched, false}, tally_);
  if (wrong.has_value()) Fail(ImageKind::kSecondCut, *wrong);
}

}  // namespace barnabas::crash
