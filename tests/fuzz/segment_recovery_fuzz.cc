// A partition's directory in which anything may stand: opened, read, written
// to, closed and opened again. The input edits the files of a sound log.

#include <glog/logging.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proto/types/error.h"
#include "storage/log/inspect.h"
#include "storage/log/partition_log.h"
#include "storage/log/verify.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/storage/log/log_fixture.h"
#include "tests/support/batches.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fault_files.h"

namespace barnabas::fuzz {
namespace {

using support::FaultFiles;
using FileMap = std::map<std::string, std::string>;

constexpr int kBatches = 14;
constexpr size_t kEditsMax = 12;

// Several segments, epochs and producers; the last batches are not durable.
FileMap SoundLog() {
  FaultFiles files;
  const support::FakeClock clock;
  const auto log = log::PartitionLog::Open(log::OptionsOn(&files, &clock));
  for (int i = 0; i < kBatches; ++i) {
    record::BatchProducer producer;
    producer.id = ProducerId(i % 3);
    producer.epoch = ProducerEpoch(0);
    producer.base_sequence = i / 3 * 3;
    const auto appended = log::AppendTo(
        log->get(), support::SimpleBatch(3, 1000 + i, producer), i / 5);
    if (!appended.ok()) Die("the sound log is written");
    if (i % 4 == 2) log::Flush(log->get()).IgnoreError();
  }
  return files.disk().Everything();
}

void Edit(FuzzInput* input, FileMap* files) {
  auto file = files->begin();
  std::advance(file, input->Below(files->size()));
  std::string& bytes = file->second;
  if (file->first.ends_with("/")) return;
  const size_t at = input->Below(bytes.size() + 1);
  switch (input->Below(5)) {
    case 0:
      bytes.resize(at);
      break;
    case 1:
      bytes.insert(at, input->Text(600));
      break;
    case 2:
      bytes.erase(at, input->Below(200));
      break;
    case 3:
      bytes = std::string(input->Text(5000));
      break;
    default: {
      const std::string_view put = input->Text(64);
      bytes.replace(at, std::min(put.size(), bytes.size() - at), put);
    }
  }
}

void Fill(const FileMap& contents, FaultFiles* files) {
  for (const auto& [path, bytes] : contents) {
    if (path.ends_with("/")) {
      files->CreateDirectory(path).IgnoreError();
      continue;
    }
    const auto file = files->Open(path, env::OpenMode::kCreate);
    const std::string_view parts[] = {bytes};
    if (!file.ok() || !(*file)->WriteAt(0, parts).ok() ||
        !(*file)->Sync().ok()) {
      Die("a file is written");
    }
  }
}

bool MayRefuse(const absl::Status& status) {
  return CodeOf(status) == ErrorCode::kCorruptLog ||
         CodeOf(status) == ErrorCode::kCorruptRecord;
}

void Use(log::PartitionLog* log) {
  const log::PartitionLog::Facts facts = log->facts();
  if (facts.log_start > facts.log_end || facts.durable_end != facts.log_end) {
    Die("an opened log is durable to its end");
  }
  log::ReadAll(*log).status().IgnoreError();
  log->FindTime(1004).status().IgnoreError();
  log->FindTime(log::LargestTime{}).status().IgnoreError();
  const LeaderEpoch epoch(std::max(0, facts.last_epoch.value()));
  const auto appended =
      log::AppendTo(log, support::SimpleBatch(2), epoch.value());
  if (!appended.ok()) Die(appended.status().ToString());
  if (!log::Flush(log).ok()) Die("an opened log can be flushed");
  if (!log->Close().ok()) Die("an opened log can be closed");
}

void Try(const FileMap& contents) {
  FaultFiles files;
  Fill(contents, &files);
  const FileMap before = files.disk().Everything();
  log::VerifyLog(&files, "log").status().IgnoreError();
  const support::FakeClock clock;
  Offset end;
  {
    const auto log = log::PartitionLog::Open(log::OptionsOn(&files, &clock));
    if (!log.ok()) {
      if (!MayRefuse(log.status())) Die(log.status().ToString());
      if (files.disk().Everything() != before) {
        Die("a refused log is left as it was");
      }
      return;
    }
    Use(log->get());
    end = (*log)->facts().log_end;
  }
  auto again = log::OptionsOn(&files, &clock);
  again.clean = true;
  const auto log = log::PartitionLog::Open(again);
  if (!log.ok()) Die("closed, not opened: " + log.status().ToString());
  if ((*log)->facts().log_end != end) Die("what was closed is what is opened");
}

}  // namespace
}  // namespace barnabas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto* const sound =
      new barnabas::fuzz::FileMap(barnabas::fuzz::SoundLog());
  FLAGS_minloglevel = google::GLOG_FATAL;
  barnabas::fuzz::FuzzInput input(data, size);
  barnabas::fuzz::FileMap contents = *sound;
  for (size_t i = 0; i < barnabas::fuzz::kEditsMax && !input.Empty(); ++i) {
    barnabas::fuzz::Edit(&input, &contents);
  }
  barnabas::fuzz::Try(contents);
  return 0;
}
