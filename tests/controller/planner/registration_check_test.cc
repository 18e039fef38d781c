#include "controller/planner/registration_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/controller/planner/registrations.h"
#include "tests/metadata/image/image_builder.h"
#include "tests/support/matchers.h"

namespace barnabas::planner {
namespace {

using image::ImageBuilder;
using image::TestId;
using internal::v1::RegisterBroker;
using support::HasErrorCode;

TEST(RegistrationCheck, AWholeRegistrationIsTaken) {
  EXPECT_OK(CheckRegistration(ImageBuilder().image(), Registration(100, 1)));
}

TEST(RegistrationCheck, AnOldBrokerIsTakenWhileTheClusterIsOld) {
  RegisterBroker from = Registration(100, 1);
  from.clear_features();
  EXPECT_OK(CheckRegistration(ImageBuilder(/*level=*/1).image(), from));
}

TEST(RegistrationCheck, AnotherClusterIsToldSo) {
  RegisterBroker from = Registration(100, 1);
  from.set_cluster_id(TestId(5).ToString());
  EXPECT_THAT(CheckRegistration(ImageBuilder().image(), from),
              HasErrorCode(ErrorCode::kInconsistentClusterId));
}

TEST(RegistrationCheck, ContradictionsAreRefused) {
  const std::vector<
      std::pair<std::string, std::function<void(RegisterBroker&)>>>
      cases = {
          {"a controller's id", [](auto& from) { from.set_broker_id(1); }},
          {"id 0", [](auto& from) { from.set_broker_id(0); }},
          {"no incarnation", [](auto& from) { from.set_incarnation_id("x"); }},
          {"no directory", [](auto& from) { from.clear_directory_id(); }},
          {"another broker's directory",
           [](auto& from) {
             from.set_directory_id(TestId(1000 + 101).ToString());
           }},
          {"no client endpoint",
           [](auto& from) {
             from.mutable_endpoints(0)->set_listener("other");
           }},
          {"an endpoint twice",
           [](auto& from) { *from.add_endpoints() = from.endpoints(0); }},
          {"port 0",
           [](auto& from) { from.mutable_endpoints(0)->set_port(0); }},
          {"no host",
           [](auto& from) { from.mutable_endpoints(0)->clear_host(); }},
          {"an endless rack",
           [](auto& from) { from.set_rack(std::string(300, 'r')); }},
          {"too old for the cluster's level",
           [](auto& from) { from.clear_features(); }},
          {"too new for it",
           [](auto& from) { from.mutable_features(0)->set_min_level(9); }},
          {"endless features",
           [](auto& from) {
             for (int i = 0; i < 99; ++i) from.add_features();
           }},
      };
  const image::ClusterImage image = ImageBuilder().Broker(101).image();
  for (const auto& [name, spoil] : cases) {
    RegisterBroker from = Registration(100, 1);
    spoil(from);
    EXPECT_THAT(CheckRegistration(image, from),
                HasErrorCode(ErrorCode::kInvalidRegistration))
        << name;
  }
}

}  // namespace
}  // namespace barnabas::planner
