// A disk that fills up: 64 MiB of ext4 on a loop device, real processes.
//
// Needs root and loop devices; where there are none the test is skipped and
// says so (`tools/test` counts skipped cases apart).

#include <glog/logging.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "barnabas/v1/config_admin.grpc.pb.h"
#include "barnabas/v1/node_admin.grpc.pb.h"
#include "barnabas/v1/topic_admin.grpc.pb.h"
#include "client/consumer/consumer.h"
#include "client/producer/producer.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "proto/types/error.h"
#include "proto/types/units.h"
#include "storage/env/posix_file.h"
#include "tests/e2e/local_cluster.h"
#include "tests/support/matchers.h"

namespace barnabas::e2e {
namespace {

using support::HasErrorCode;

constexpr absl::Duration kPatience = absl::Seconds(90);
constexpr int64_t kDiskBytes = 64 * kMiB;
constexpr size_t kValueBytes = 100 * 1000;

// A file system of its own, mounted below the test's folder.
class LoopDisk {
 public:
  explicit LoopDisk(const std::string& name)
      : folder_(absl::StrCat(testing::TempDir(), "/", name)),
        image_(absl::StrCat(testing::TempDir(), "/", name, ".image")) {}
  ~LoopDisk() {
    if (mounted_) Run({"/bin/umount", mount_point()});
  }

  std::string mount_point() const { return folder_ + "/broker"; }

  // Empty when it stands, else why it cannot.
  std::string Mount() {
    if (geteuid() != 0) return "only root may mount";
    for (const std::string& path : {folder_, mount_point()}) {
      CHECK(files_.CreateDirectory(path).ok()) << path;
    }
    auto image = files_.Open(image_, env::OpenMode::kTruncate);
    CHECK(image.ok()) << image.status();
    CHECK((*image)->Truncate(kDiskBytes).ok());
    if (Run({"/sbin/mkfs.ext4", "-q", "-F", "-m", "0", image_}) != 0) {
      return "mkfs.ext4 does not run: " + ReadText(output());
    }
    if (Run({"/bin/mount", "-o", "loop", image_, mount_point()}) != 0) {
      return "no loop device can be mounted: " + ReadText(output());
    }
    mounted_ = true;
    return "";
  }

 private:
  std::string output() const { return folder_ + "/mount.txt"; }
  int Run(const std::vector<std::string>& command) {
    NodeProcess process(command, output());
    return process.WaitForExit(kPatience).value_or(-1);
  }

  env::PosixFileSystem files_;
  const std::string folder_;
  const std::string image_;
  bool mounted_ = false;
};

// Numbered records to one partition, and what became of them.
class Sender {
 public:
  Sender(const std::string& endpoint, absl::Duration delivery_timeout) {
    client::ProducerOptions options;
    options.client.bootstrap = {endpoint};
    options.delivery_timeout = delivery_timeout;
    options.batch_size = kValueBytes;
    auto made = client::Producer::Create(options);
    CHECK(made.ok()) << made.status();
    producer_ = *std::move(made);
  }

  void Send(int64_t number) {
    std::string value = absl::StrCat(number, " ");
    // Nothing that compresses, nothing that is sparse.
    uint64_t state = static_cast<uint64_t>(number) * 2654435761u + 1;
    while (value.size() < kValueBytes) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      value.push_back(static_cast<char>(state >> 56));
    }
    client::ProducerRecord record;
    record.topic = "t";
    record.partition = 0;
    record.value = value;
    const absl::Status sent = producer_->Send(
        record, [this, number](const absl::StatusOr<client::Delivery>& d) {
          absl::MutexLock lock(&mutex_);
          if (d.ok()) {
            offsets_[number] = d->offset;
          } else if (first_failure_.ok()) {
            first_failure_ = d.status();
          }
        });
    ASSERT_OK(sent);
  }
  absl::Status Flush() { return producer_->Flush(kPatience); }

  // Number to offset of what was acknowledged.
  std::map<int64_t, int64_t> acknowledged() {
    absl::MutexLock lock(&mutex_);
    return offsets_;
  }
  absl::Status first_failure() {
    absl::MutexLock lock(&mutex_);
    return first_failure_;
  }

 private:
  std::unique_ptr<client::Producer> producer_;
  absl::Mutex mutex_;
  std::map<int64_t, int64_t> offsets_;
  absl::Status first_failure_;
};

class DiskFull : public testing::Test {
 protected:
  void Start(const std::string& name) {
    disk_ = std::make_unique<LoopDisk>(name);
    const std::string fault = disk_->Mount();
    if (!fault.empty()) GTEST_SKIP() << "NOT TESTED HERE: " << fault;
    cluster_ = std::make_unique<LocalCluster>(name);
    cluster_->Start();
    cluster_->CreateTopic("t", 1, {{"segment.bytes", "1048576"}});
  }

  void TearDown() override {
    cluster_.reset();
    disk_.reset();
  }

  // Sends until something is refused for good; the next number.
  int64_t FillUp(Sender* sender, int64_t number) {
    while (sender->first_failure().ok() && number < 2000) {
      sender->Send(number++);
      sender->Flush().IgnoreError();
    }
    return number;
  }

  bool IsServing(const std::string& service) {
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    grpc::health::v1::HealthCheckResponse response;
    const grpc::Status status =
        grpc::health::v1::Health::NewStub(cluster_->Dial())
            ->Check(Context().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.status() == grpc::health::v1::HealthCheckResponse::SERVING;
  }

  v1::LogDir Dir() {
    v1::DescribeLogDirsResponse response;
    const grpc::Status status =
        v1::NodeAdmin::NewStub(cluster_->Dial())
            ->DescribeLogDirs(Context().get(), {}, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.dirs_size() > 0 ? response.dirs(0) : v1::LogDir();
  }

  void SetReserve(const std::string& bytes) {
    v1::AlterConfigRequest request;
    v1::AlterConfig* change = request.add_changes();
    change->mutable_scope()->set_kind(v1::SCOPE_KIND_BROKER);
    change->mutable_scope()->set_name("100");
    v1::SettingValue* setting = change->add_settings();
    setting->set_key("disk.reserve.bytes");
    setting->set_value(bytes);
    v1::AlterConfigResponse response;
    const grpc::Status status =
        v1::ConfigAdmin::NewStub(cluster_->Dial())
            ->AlterConfig(Context().get(), request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    ASSERT_FALSE(response.results(0).has_error())
        << response.ShortDebugString();
  }

  // Makes room by letting all below `offset` go.
  void TrimTo(int64_t offset) {
    v1::TrimTopicRequest request;
    request.mutable_topic()->set_name("t");
    request.mutable_to()->set_offset(offset);
    v1::TrimTopicResponse response;
    const grpc::Status status =
        v1::TopicAdmin::NewStub(cluster_->Dial())
            ->TrimTopic(Context().get(), request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    ASSERT_FALSE(response.partitions(0).has_error())
        << response.ShortDebugString();
  }

  // What can be read from `from` on: offset to number; offsets must follow
  // each other.
  std::map<int64_t, int64_t> ReadAll(int64_t from) {
    std::map<int64_t, int64_t> found;
    client::ConsumerOptions options;
    options.client.bootstrap = {cluster_->client_endpoint()};
    auto made = client::Consumer::Create(options);
    CHECK(made.ok()) << made.status();
    const client::ConsumerPartition partition{"t", 0};
    EXPECT_OK((*made)->Assign({&partition, 1}, client::StartAt::Offset(from)));
    int64_t next = from;
    bool at_end = false;
    while (!at_end) {
      const auto polled = (*made)->Poll(kPatience);
      EXPECT_OK(polled);
      if (!polled.ok()) break;
      if (polled->Empty() && polled->at_end.empty()) break;
      for (const client::PartitionTrouble& trouble : polled->troubles) {
        ADD_FAILURE() << trouble.status;
        return found;
      }
      for (const auto& batch : polled->batches) {
        for (const record::RecordView& record : batch->records()) {
          EXPECT_EQ(record.offset.value(), next) << "a hole";
          next = record.offset.value() + 1;
          int64_t number = -1;
          const std::string text(*record.value);
          EXPECT_TRUE(
              absl::SimpleAtoi(text.substr(0, text.find(' ')), &number));
          found[record.offset.value()] = number;
        }
      }
      at_end = !polled->at_end.empty();
    }
    EXPECT_TRUE(at_end);
    return found;
  }

  // All that was acknowledged from offset `from` on is there, once.
  void ExpectAllThere(const std::map<int64_t, int64_t>& acknowledged,
                      int64_t from) {
    const std::map<int64_t, int64_t> found = ReadAll(from);
    std::map<int64_t, int> times;
    for (const auto& [offset, number] : found) ++times[number];
    for (const auto& [number, offset] : acknowledged) {
      if (offset < from) continue;
      const auto at = found.find(offset);
      ASSERT_TRUE(at != found.end()) << "lost: " << number;
      EXPECT_EQ(at->second, number);
      EXPECT_EQ(times[number], 1) << "doubled: " << number;
    }
  }

  void Restart() {
    cluster_->broker()->Kill();
    cluster_->StartBroker();
    cluster_->WaitForBroker();
  }

  std::unique_ptr<LoopDisk> disk_;
  std::unique_ptr<LocalCluster> cluster_;
};

TEST_F(DiskFull, ProduceIsRefusedEarlyReadsGoOnAndFreedSpaceLetsItGoOn) {
  Start("disk_full");
  if (IsSkipped()) return;
  Sender impatient(cluster_->client_endpoint(), absl::Seconds(5));
  const int64_t next = FillUp(&impatient, 0);
  ASSERT_THAT(impatient.first_failure(), HasErrorCode(ErrorCode::kDiskFull));
  const std::map<int64_t, int64_t> before = impatient.acknowledged();
  ASSERT_GT(before.size(), 100u);
  const v1::LogDir full = Dir();
  EXPECT_TRUE(full.full()) << full.ShortDebugString();
  EXPECT_GT(full.free_bytes(), 0) << "the reserve is kept";
  EXPECT_GT(full.reserve_bytes(), kMiB);
  EXPECT_FALSE(IsServing("barnabas.v1.Producer"));
  EXPECT_TRUE(IsServing("readiness")) << "reads go on";
  EXPECT_TRUE(IsServing("barnabas.v1.Consumer"));
  ExpectAllThere(before, 0);
  // Metadata work goes on, too.
  cluster_->CreateTopic("another", 1);
  // One that is patient waits and is served once there is room.
  Sender patient(cluster_->client_endpoint(), absl::Minutes(2));
  for (int64_t i = 0; i < 20; ++i) patient.Send(next + i);
  const int64_t half = static_cast<int64_t>(before.size()) / 2;
  TrimTo(half);
  EXPECT_OK(patient.Flush());
  const std::map<int64_t, int64_t> after = patient.acknowledged();
  EXPECT_EQ(after.size(), 20u);
  EXPECT_TRUE(IsServing("barnabas.v1.Producer"));
  EXPECT_FALSE(Dir().full());
  ExpectAllThere(before, half);
  ExpectAllThere(after, half);
  Restart();
  ExpectAllThere(before, half);
  ExpectAllThere(after, half);
  std::cout << "refused after " << before.size() << " records with "
            << full.free_bytes() << " of " << full.total_bytes()
            << " bytes free, " << full.reserve_bytes() << " in reserve; "
            << after.size() << " went on after the trim\n";
}

TEST_F(DiskFull, ADiskThatIsReallyFullLeavesTheLogUsable) {
  Start("disk_really_full");
  if (IsSkipped()) return;
  // Something else takes room, and gives it back later.
  env::PosixFileSystem files;
  const std::string balloon = disk_->mount_point() + "/balloon";
  {
    auto file = files.Open(balloon, env::OpenMode::kTruncate);
    ASSERT_OK(file);
    ASSERT_OK((*file)->Allocate(20 * kMiB));
    ASSERT_OK((*file)->Truncate(20 * kMiB));
  }
  // No early refusal: the writes themselves find no room (S7).
  SetReserve("0");
  Sender impatient(cluster_->client_endpoint(), absl::Seconds(5));
  const int64_t next = FillUp(&impatient, 0);
  ASSERT_THAT(impatient.first_failure(), HasErrorCode(ErrorCode::kDiskFull));
  const std::map<int64_t, int64_t> before = impatient.acknowledged();
  ASSERT_GT(before.size(), 100u);
  EXPECT_LT(Dir().free_bytes(), 2 * static_cast<int64_t>(kValueBytes));
  ExpectAllThere(before, 0);
  Sender patient(cluster_->client_endpoint(), absl::Minutes(2));
  for (int64_t i = 0; i < 20; ++i) patient.Send(next + i);
  ASSERT_OK(files.RemoveFile(balloon));
  EXPECT_OK(patient.Flush()) << ReadText(cluster_->broker_output());
  const std::map<int64_t, int64_t> after = patient.acknowledged();
  EXPECT_EQ(after.size(), 20u);
  ExpectAllThere(before, 0);
  ExpectAllThere(after, 0);
  Restart();
  ExpectAllThere(before, 0);
  ExpectAllThere(after, 0);
  std::cout << "no room after " << before.size() << " records; " << after.size()
            << " went on once there was room\n";
}

}  // namespace
}  // namespace barnabas::e2e
