// Requests of any contents, as the controller and the views take them: each is
// refused, or its plan is one that the image takes with all its invariants.
// The mutator changes messages field by field; the first byte of an input is
// the kind of request.

#include <google/protobuf/message.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "barnabas/internal/v1/controller.pb.h"
#include "barnabas/v1/config_admin.pb.h"
#include "barnabas/v1/discovery.pb.h"
#include "barnabas/v1/topic_admin.pb.h"
#include "controller/planner/broker_planner.h"
#include "controller/planner/config_planner.h"
#include "controller/planner/producer_id_planner.h"
#include "controller/planner/topic_planner.h"
#include "metadata/image/invariants.h"
#include "metadata/view/config_view.h"
#include "metadata/view/topic_view.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/message_mutator.h"
#include "tests/metadata/image/image_builder.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace barnabas::fuzz {
namespace {

using google::protobuf::Message;
using image::ImageBuilder;

constexpr int64_t kNowMs = 1704067200000;
constexpr int64_t kSessionMs = 3000;

ImageBuilder TestImage() {
  ImageBuilder builder;
  builder.Broker(100, "a").Broker(101, "b").FencedBroker(102, "c");
  builder.Topic("orders", {{100, 101}, {101, 100}}).Topic("logs", {{100}});
  return builder;
}

// The plan's records go into the image, and nothing is wrong with it then.
template <typename Planned>
void Take(const absl::StatusOr<Planned>& planned, ImageBuilder* builder) {
  if (!planned.ok() || planned->records.empty()) return;
  const image::ClusterImage before = builder->image();
  const absl::Status taken = builder->TryAppend(planned->records);
  if (!taken.ok()) Die("a plan is taken: " + taken.ToString());
  const absl::Status whole = image::CheckInvariants(builder->image());
  if (!whole.ok()) Die("a plan keeps the invariants: " + whole.ToString());
  const absl::Status step = image::CheckStep(before, builder->image());
  if (!step.ok()) Die("a plan is a step that may be: " + step.ToString());
}

struct Kind {
  std::unique_ptr<Message> (*make)();
  void (*run)(const Message& message, const planner::PlanContext& context,
              ImageBuilder* builder);
};

template <typename Request, auto Plan>
Kind Planned() {
  return {
      []() -> std::unique_ptr<Message> { return std::make_unique<Request>(); },
      [](const Message& message, const planner::PlanContext& context,
         ImageBuilder* builder) {
        Take(Plan(context, static_cast<const Request&>(message)), builder);
      }};
}

template <typename Request, auto View>
Kind Viewed() {
  return {
      []() -> std::unique_ptr<Message> { return std::make_unique<Request>(); },
      [](const Message& message, const planner::PlanContext& context,
         ImageBuilder*) {
        View(context.image, static_cast<const Request&>(message))
            .status()
            .IgnoreError();
      }};
}

auto Register(const planner::PlanContext& context,
              const internal::v1::RegisterBroker& request) {
  return planner::PlanRegistration(
      context, request, static_cast<planner::Holder>(context.seed % 3),
      kSessionMs);
}

auto Beat(const planner::PlanContext& context,
          const internal::v1::BrokerHeartbeat& request) {
  return planner::PlanHeartbeat(
      context, BrokerId(static_cast<int32_t>(100 + context.seed % 4)), request,
      context.seed % 2 == 0);
}

auto List(const image::ClusterImage& image,
          const v1::ListTopicsRequest& request) {
  return view::ListTopics(image, request,
                          [](std::string_view name) { return name < "m"; });
}

const std::vector<Kind>& Kinds() {
  static const auto* const kinds = new std::vector<Kind>{
      Planned<v1::CreateTopicsRequest, planner::PlanCreateTopics>(),
      Planned<v1::AddPartitionsRequest, planner::PlanAddPartitions>(),
      Planned<v1::DeleteTopicsRequest, planner::PlanDeleteTopics>(),
      Planned<v1::AlterTopicsRequest, planner::PlanAlterTopics>(),
      Planned<v1::AlterConfigRequest, planner::PlanAlterConfig>(),
      Planned<internal::v1::AllocateProducerIdsRequest,
              planner::PlanProducerIds>(),
      Planned<internal::v1::RegisterBroker, Register>(),
      Planned<internal::v1::BrokerHeartbeat, Beat>(),
      Viewed<v1::DescribeTopicsRequest, view::DescribeTopics>(),
      Viewed<v1::DescribeTopicRequest, view::DescribeTopic>(),
      Viewed<v1::ListTopicsRequest, List>(),
      Viewed<v1::DescribeConfigRequest, view::DescribeConfig>(),
  };
  return *kinds;
}

const std::vector<std::string>& Words() {
  static const auto* const words = new std::vector<std::string>{
      "orders",
      "logs",
      "new-topic",
      "..",
      "__internal",
      std::string(249, 'n'),
      "flush",
      "disk",
      "os",
      "retention.ms",
      "segment.bytes",
      "cleanup.policy",
      "compact",
      "delete",
      "-1",
      "0",
      "1",
      "10485760",
      "99999999999",
      "min.insync.replicas",
  };
  return *words;
}

}  // namespace
}  // namespace barnabas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace barnabas::fuzz;  // NOLINT: a fuzzer's entry has no namespace.
  FuzzInput input(data, size);
  const Kind& kind = Kinds()[input.Number<uint8_t>() % Kinds().size()];
  const uint64_t seed = input.Number<uint8_t>();
  const std::unique_ptr<google::protobuf::Message> message = kind.make();
  const std::string_view rest = input.Rest();
  if (!message->ParseFromArray(rest.data(), static_cast<int>(rest.size()))) {
    return 0;
  }
  barnabas::image::ImageBuilder builder = TestImage();
  const barnabas::planner::PlanContext context{
      builder.image(), barnabas::LogIndex(1000), kNowMs, seed};
  kind.run(*message, context, &builder);
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size,
                                          size_t max_size, unsigned int seed) {
  using namespace barnabas::fuzz;  // NOLINT: a fuzzer's entry has no namespace.
  if (size < 2 || seed % 8 == 0) return LLVMFuzzerMutate(data, size, max_size);
  const auto message = Kinds()[data[0] % Kinds().size()].make();
  message->ParsePartialFromArray(data + 2, static_cast<int>(size - 2));
  MessageMutator mutator(seed, Words());
  for (unsigned int i = 0; i <= seed / 8 % 4; ++i)
    mutator.Mutate(message.get());
  const std::string bytes = message->SerializePartialAsString();
  if (bytes.size() + 2 > max_size) return size;
  std::memcpy(data + 2, bytes.data(), bytes.size());
  if (seed % 64 == 1) data[0] = static_cast<uint8_t>(seed / 64);
  return bytes.size() + 2;
}
