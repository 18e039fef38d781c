// What tests/bench/quorum measures with: a client of the metadata API that
// times every call.
//
//   quorum_client watch TOPIC PERIOD_MS ENDPOINT...
//     begins a change of a setting every PERIOD_MS, whatever became of those
//     before, at one endpoint after the other, until standard input ends;
//     prints "BEGIN_NS END_NS RESULT" for each, in Unix time
//   quorum_client create ENDPOINT PREFIX COUNT DIRECTORY
//     creates topics one after the other; beside each of them an fdatasync of
//     4 KiB in DIRECTORY and a call that changes nothing
//   quorum_client flood ENDPOINT TOPIC IN_FLIGHT SECONDS
//     keeps so many changes under way
//
// The last two print one line of JSON.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "barnabas/v1/config_admin.grpc.pb.h"
#include "barnabas/v1/discovery.grpc.pb.h"
#include "barnabas/v1/topic_admin.grpc.pb.h"
#include "client/rpc/channel_pool.h"
#include "client/rpc/unary_call.h"
#include "proto/types/error.h"
#include "storage/env/posix_file.h"
#include "storage/env/system_clock.h"

namespace barnabas {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(10);

const env::SystemClock& Clock() {
  static const auto* const clock = new env::SystemClock();
  return *clock;
}

// Wall time, so that another process can compare.
int64_t Now() { return absl::ToUnixNanos(Clock().Wall()); }

double Ms(int64_t ns) { return static_cast<double>(ns) / 1e6; }

// `values` in nanoseconds; the share that lies below the answer, in ms.
double Percentile(std::vector<int64_t> values, double share) {
  std::sort(values.begin(), values.end());
  const double place = share * static_cast<double>(values.size() - 1);
  return Ms(values[static_cast<size_t>(place + 0.5)]);
}

v1::AlterConfigRequest Change(const std::string& topic, int64_t number) {
  v1::AlterConfigRequest request;
  v1::AlterConfig* const change = request.add_changes();
  change->mutable_scope()->set_kind(v1::SCOPE_KIND_TOPIC);
  change->mutable_scope()->set_name(topic);
  v1::SettingValue* const setting = change->add_settings();
  setting->set_key("retention.ms");
  setting->set_value(absl::StrCat(100'000'000 + number));
  return request;
}

absl::Status StatusOf(const absl::StatusOr<v1::AlterConfigResponse>& answer) {
  if (!answer.ok()) return answer.status();
  if (answer->results_size() == 0 || !answer->results(0).has_error()) {
    return absl::OkStatus();
  }
  return absl::InternalError(answer->results(0).error().message());
}

using ChangeDone =
    absl::AnyInvocable<void(absl::StatusOr<v1::AlterConfigResponse>)>;

void BeginChange(const std::shared_ptr<grpc::Channel>& channel,
                 const std::string& topic, int64_t number, ChangeDone done) {
  rpc::CallUnary<v1::AlterConfigResponse>(
      {.timeout = kTimeout}, Change(topic, number),
      [channel](auto... call) {
        v1::ConfigAdmin::NewStub(channel)->async()->AlterConfig(call...);
      },
      std::move(done));
}

// Counts what is under way, and what came of it.
class Tally {
 public:
  void Begin() {
    absl::MutexLock lock(&mutex_);
    ++open_;
  }
  void End(bool ok) {
    absl::MutexLock lock(&mutex_);
    --open_;
    (ok ? done_ : failed_) += 1;
  }
  void AwaitNone() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(
        +[](int64_t* open) { return *open == 0; }, &open_));
  }
  int64_t done() const {
    absl::MutexLock lock(&mutex_);
    return done_;
  }
  int64_t failed() const {
    absl::MutexLock lock(&mutex_);
    return failed_;
  }

 private:
  mutable absl::Mutex mutex_;
  int64_t open_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t done_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t failed_ ABSL_GUARDED_BY(mutex_) = 0;
};

int Watch(const std::vector<std::string>& words) {
  const std::string topic = words[0];
  const absl::Duration period = absl::Milliseconds(std::stol(words[1]));
  const std::vector<std::string> endpoints(words.begin() + 2, words.end());
  rpc::ChannelPool channels("quorum-bench");
  Tally tally;
  absl::Mutex printing;
  absl::Notification over;
  std::thread reader([&over] {
    std::string line;
    while (std::getline(std::cin, line)) {
    }
    over.Notify();
  });
  for (int64_t number = 0; !over.WaitForNotificationWithTimeout(period);
       ++number) {
    tally.Begin();
    const size_t place = static_cast<size_t>(number) % endpoints.size();
    BeginChange(channels.Get(endpoints[place]), topic, number,
                [&tally, &printing, begin = Now()](const auto& answer) {
                  const int64_t end = Now();
                  const absl::Status status = StatusOf(answer);
                  {
                    absl::MutexLock lock(&printing);
                    std::cout << begin << " " << end << " "
                              << (status.ok() ? "ok" : status.ToString())
                              << std::endl;
                  }
                  tally.End(status.ok());
                });
  }
  tally.AwaitNone();
  reader.join();
  return EXIT_SUCCESS;
}

v1::CreateTopicsRequest Topics(const std::string& prefix, int first, int count,
                               int partitions) {
  v1::CreateTopicsRequest request;
  for (int i = first; i < first + count; ++i) {
    v1::CreateTopic* const topic = request.add_topics();
    topic->set_name(absl::StrCat(prefix, "-", i));
    topic->set_partitions(partitions);
    topic->set_replication_factor(1);
  }
  return request;
}

absl::Status Make(const std::shared_ptr<grpc::Channel>& channel,
                  const v1::CreateTopicsRequest& request) {
  const auto answer = rpc::CallAndWait<v1::CreateTopicsResponse>(
      {.timeout = kTimeout}, request, [&channel](auto... call) {
        return v1::TopicAdmin::NewStub(channel)->CreateTopics(call...);
      });
  if (!answer.ok()) return answer.status();
  for (const v1::TopicResult& result : answer->results()) {
    if (result.has_error()) {
      return absl::InternalError(result.error().message());
    }
  }
  return absl::OkStatus();
}

// Time of appending and syncing a page, as a log does it.
class DiskProbe {
 public:
  explicit DiskProbe(const std::string& directory)
      : path_(directory + "/probe"), page_(4096, 'x') {
    auto file = files_.Open(path_, env::OpenMode::kTruncate);
    if (file.ok()) file_ = *std::move(file);
  }
  ~DiskProbe() { files_.RemoveFile(path_).IgnoreError(); }

  bool ok() const { return file_ != nullptr; }
  int64_t Once() {
    const int64_t begin = Now();
    const std::array<std::string_view, 1> parts = {page_};
    if (!file_->WriteAt(end_, parts).ok() || !file_->Sync().ok()) return 0;
    end_ += static_cast<int64_t>(page_.size());
    return Now() - begin;
  }

 private:
  env::PosixFileSystem files_;
  const std::string path_;
  const std::string page_;
  std::unique_ptr<env::File> file_;
  int64_t end_ = 0;
};

int64_t RoundTrip(const std::shared_ptr<grpc::Channel>& channel) {
  const int64_t begin = Now();
  const auto answer = rpc::CallAndWait<v1::GetServerInfoResponse>(
      {.timeout = kTimeout}, v1::GetServerInfoRequest(),
      [&channel](auto... call) {
        return v1::Discovery::NewStub(channel)->GetServerInfo(call...);
      });
  return answer.ok() ? Now() - begin : 0;
}

int Create(const std::vector<std::string>& words) {
  rpc::ChannelPool channels("quorum-bench");
  const auto channel = channels.Get(words[0]);
  const int count = std::stoi(words[2]);
  DiskProbe disk(words[3]);
  std::vector<int64_t> creates;
  std::vector<int64_t> floors;
  for (int i = 0; i < count && disk.ok(); ++i) {
    floors.push_back(disk.Once() + RoundTrip(channel));
    const int64_t begin = Now();
    const absl::Status made = Make(channel, Topics(words[1], i, 1, 1));
    if (!made.ok()) {
      std::cerr << made << "\n";
      return EXIT_FAILURE;
    }
    creates.push_back(Now() - begin);
  }
  if (creates.empty()) return EXIT_FAILURE;
  std::cout << "{\"p50\": " << Percentile(creates, 0.5)
            << ", \"p99\": " << Percentile(creates, 0.99)
            << ", \"floor\": " << Percentile(floors, 0.5) << "}" << std::endl;
  return EXIT_SUCCESS;
}

// Each change that ends begins the next one.
class Flood {
 public:
  Flood(std::shared_ptr<grpc::Channel> channel, std::string topic)
      : channel_(std::move(channel)), topic_(std::move(topic)) {}

  void Begin() {
    tally_.Begin();
    BeginChange(channel_, topic_, next_++, [this](const auto& answer) {
      const bool ok = StatusOf(answer).ok();
      if (!over_) Begin();
      tally_.End(ok);
    });
  }
  int64_t done() const { return tally_.done(); }
  int64_t failed() const { return tally_.failed(); }
  void End() {
    over_ = true;
    tally_.AwaitNone();
  }

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const std::string topic_;
  Tally tally_;
  std::atomic<int64_t> next_ = 0;
  std::atomic<bool> over_ = false;
};

int RunFlood(const std::vector<std::string>& words) {
  rpc::ChannelPool channels("quorum-bench");
  Flood flood(channels.Get(words[0]), words[1]);
  const int in_flight = std::stoi(words[2]);
  const absl::Duration time = absl::Seconds(std::stol(words[3]));
  for (int i = 0; i < in_flight; ++i) flood.Begin();
  absl::Notification never;
  // The first second warms up.
  never.WaitForNotificationWithTimeout(absl::Seconds(1));
  const int64_t begin = Now();
  const int64_t before = flood.done();
  never.WaitForNotificationWithTimeout(time);
  const int64_t done = flood.done() - before;
  const double seconds = Ms(Now() - begin) / 1000;
  flood.End();
  std::cout << "{\"rate\": " << static_cast<double>(done) / seconds
            << ", \"failed\": " << flood.failed() << "}" << std::endl;
  return EXIT_SUCCESS;
}

int Run(const std::vector<std::string>& words) {
  const std::string verb = words.empty() ? "" : words[0];
  const std::vector<std::string> rest(words.begin() + (words.empty() ? 0 : 1),
                                      words.end());
  if (verb == "watch" && rest.size() >= 3) return Watch(rest);
  if (verb == "create" && rest.size() == 4) return Create(rest);
  if (verb == "flood" && rest.size() == 4) return RunFlood(rest);
  std::cerr << "see the head of tests/bench/quorum_client.cc\n";
  return 2;
}

}  // namespace
}  // namespace barnabas

int main(int argc, char** argv) {
  return barnabas::Run(std::vector<std::string>(argv + 1, argv + argc));
}
