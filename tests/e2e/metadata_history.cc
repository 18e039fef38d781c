// Callers of the metadata API whose every call is written down.
//
//   metadata_history SEED KEYS CALLER_ENDPOINT...
//
// One caller for each endpoint: one call after the other, on topics picked
// among KEYS, until standard input ends; calls that are under way then are
// finished. A call makes the topic, deletes it, sets its
// retention, or reads that. Prints a line for each:
//   KEY CALLER INVOKED_NS RETURNED_NS OPERATION ARGUMENT RESULT
// on one clock. ARGUMENT is "-" but for `set`. RESULT is what the caller
// learned: ok, exists, absent, the value read ("default" if it was not set),
// or unknown, which means that it may or may not have happened; calls that
// surely changed nothing and tell nothing are left out.
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "barnabas/v1/config_admin.grpc.pb.h"
#include "barnabas/v1/topic_admin.grpc.pb.h"
#include "client/rpc/channel_pool.h"
#include "client/rpc/unary_call.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "storage/env/system_clock.h"

namespace barnabas {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(8);
constexpr absl::Duration kPause = absl::Milliseconds(10);
constexpr char kSetting[] = "retention.ms";
constexpr int64_t kFirstValue = 1'000'000;

enum class Operation { kCreate, kDelete, kSet, kRead };

const char* NameOf(Operation operation) {
  switch (operation) {
    case Operation::kCreate:
      return "create";
    case Operation::kDelete:
      return "delete";
    case Operation::kSet:
      return "set";
    case Operation::kRead:
      return "read";
  }
  return "";
}

// Whether it is sure that a call with this error changed nothing.
bool ChangedNothing(ErrorCode code) {
  return code == ErrorCode::kNotController ||
         code == ErrorCode::kControllerNotAvailable ||
         code == ErrorCode::kOverloaded;
}

class Caller {
 public:
  Caller(int number, uint64_t seed, int keys, const std::string& endpoint,
         const env::Clock* clock)
      : number_(number),
        keys_(keys),
        clock_(clock),
        channel_(channels_.Get(endpoint)),
        random_(seed) {}

  void Run(const std::atomic<bool>& over, absl::Mutex* printing) {
    while (!over) {
      const std::string key = absl::StrCat("k", random_() % keys_);
      constexpr Operation kChoices[] = {Operation::kCreate, Operation::kDelete,
                                        Operation::kSet,    Operation::kSet,
                                        Operation::kRead,   Operation::kRead};
      const Operation operation = kChoices[random_() % std::size(kChoices)];
      const int64_t value =
          kFirstValue + number_ * int64_t{100'000} + ++written_;
      const int64_t invoked = absl::ToInt64Nanoseconds(clock_->Monotonic());
      const std::string result = Call(operation, key, value);
      const int64_t returned = absl::ToInt64Nanoseconds(clock_->Monotonic());
      // Many short histories tell more than one that floods the machine.
      absl::Notification never;
      never.WaitForNotificationWithTimeout(kPause);
      if (result.empty()) continue;
      absl::MutexLock lock(printing);
      std::cout << key << " " << number_ << " " << invoked << " " << returned
                << " " << NameOf(operation) << " "
                << (operation == Operation::kSet ? absl::StrCat(value) : "-")
                << " " << result << std::endl;
    }
  }

 private:
  std::string Call(Operation operation, const std::string& key, int64_t value) {
    switch (operation) {
      case Operation::kCreate:
        return Create(key);
      case Operation::kDelete:
        return Delete(key);
      case Operation::kSet:
        return Set(key, value);
      case Operation::kRead:
        return Read(key);
    }
    return "";
  }

  // Of a change that failed.
  static std::string Told(const absl::Status& status) {
    const ErrorCode code = CodeOf(status);
    if (code == ErrorCode::kTopicAlreadyExists) return "exists";
    if (code == ErrorCode::kUnknownTopic) return "absent";
    return ChangedNothing(code) ? "" : "unknown";
  }

  std::string Create(const std::string& key) {
    v1::CreateTopicsRequest request;
    request.add_topics()->set_name(key);
    request.mutable_topics(0)->set_partitions(1);
    request.mutable_topics(0)->set_replication_factor(1);
    const auto answer = rpc::CallAndWait<v1::CreateTopicsResponse>(
        {.timeout = kTimeout}, request, [this](auto... call) {
          return v1::TopicAdmin::NewStub(channel_)->CreateTopics(call...);
        });
    if (!answer.ok()) return Told(answer.status());
    const v1::TopicResult& result = answer->results(0);
    return result.has_error() ? Told(FromProto(result.error())) : "ok";
  }

  std::string Delete(const std::string& key) {
    v1::DeleteTopicsRequest request;
    request.add_topics()->mutable_topic()->set_name(key);
    const auto answer = rpc::CallAndWait<v1::DeleteTopicsResponse>(
        {.timeout = kTimeout}, request, [this](auto... call) {
          return v1::TopicAdmin::NewStub(channel_)->DeleteTopics(call...);
        });
    if (!answer.ok()) return Told(answer.status());
    const v1::TopicResult& result = answer->results(0);
    return result.has_error() ? Told(FromProto(result.error())) : "ok";
  }

  std::string Set(const std::string& key, int64_t value) {
    v1::AlterConfigRequest request;
    v1::AlterConfig* const change = request.add_changes();
    change->mutable_scope()->set_kind(v1::SCOPE_KIND_TOPIC);
    change->mutable_scope()->set_name(key);
    v1::SettingValue* const setting = change->add_settings();
    setting->set_key(kSetting);
    setting->set_value(absl::StrCat(value));
    const auto answer = rpc::CallAndWait<v1::AlterConfigResponse>(
        {.timeout = kTimeout}, request, [this](auto... call) {
          return v1::ConfigAdmin::NewStub(channel_)->AlterConfig(call...);
        });
    if (!answer.ok()) return Told(answer.status());
    const v1::AlterConfigResult& result = answer->results(0);
    return result.has_error() ? Told(FromProto(result.error())) : "ok";
  }

  std::string Read(const std::string& key) {
    v1::DescribeConfigRequest request;
    request.mutable_scope()->set_kind(v1::SCOPE_KIND_TOPIC);
    request.mutable_scope()->set_name(key);
    request.add_keys(kSetting);
    const auto answer = rpc::CallAndWait<v1::DescribeConfigResponse>(
        {.timeout = kTimeout}, request, [this](auto... call) {
          return v1::ConfigAdmin::NewStub(channel_)->DescribeConfig(call...);
        });
    if (!answer.ok()) {
      // A read that failed tells nothing, but for one.
      return CodeOf(answer.status()) == ErrorCode::kUnknownTopic ? "absent"
                                                                 : "";
    }
    if (answer->settings_size() != 1) return "";
    const v1::DescribedSetting& setting = answer->settings(0);
    return setting.origin() == v1::ORIGIN_TOPIC ? setting.value() : "default";
  }

  const int number_;
  const int keys_;
  const env::Clock* const clock_;
  rpc::ChannelPool channels_{"metadata-history"};
  const std::shared_ptr<grpc::Channel> channel_;
  std::mt19937_64 random_;
  int64_t written_ = 0;
};

int Run(const std::vector<std::string>& words) {
  const uint64_t seed = std::stoull(words[0]);
  const int keys = std::stoi(words[1]);
  const env::SystemClock clock;
  absl::Mutex printing;
  std::atomic<bool> over = false;
  std::vector<std::unique_ptr<Caller>> callers;
  for (size_t i = 2; i < words.size(); ++i) {
    callers.push_back(std::make_unique<Caller>(
        static_cast<int>(i) - 1, seed * 1000 + i, keys, words[i], &clock));
  }
  std::vector<std::thread> threads;
  for (const auto& caller : callers) {
    threads.emplace_back(
        [&caller, &over, &printing] { caller->Run(over, &printing); });
  }
  std::string line;
  while (std::getline(std::cin, line)) {
  }
  over = true;
  for (std::thread& thread : threads) thread.join();
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace barnabas

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "metadata_history SEED KEYS CALLER_ENDPOINT...\n";
    return 2;
  }
  return barnabas::Run(std::vector<std::string>(argv + 1, argv + argc));
}
