#include "broker/membership.h"

#include <glog/logging.h>

#include <algorithm>
#include <utility>

#include "metadata/config/address.h"
#include "metadata/image/broker_state.h"
#include "proto/types/ids.h"
#include "proto/types/version.h"

namespace barnabas::broker {
namespace {

std::vector<std::string> EndpointsOf(const v1::BrokerNodeConfig& config) {
  std::vector<std::string> endpoints;
  for (const std::string& entry : config.cluster().controllers()) {
    const auto address = config::ParseControllerAddress(entry);
    if (address.has_value()) {
      endpoints.push_back(address->address.ToString());
    }
  }
  return endpoints;
}

}  // namespace

Membership::Membership(const v1::BrokerNodeConfig& config,
                       const Uuid& incarnation, Deps deps)
    : config_(config),
      incarnation_(incarnation),
      deps_(std::move(deps)),
      channels_("barnabas-broker"),
      controllers_(EndpointsOf(config)) {
  const std::shared_ptr<env::EventLoop> loop = deps_.threads->membership();
  follower_ = MetadataFollower::Make(
      {.cluster_id = deps_.directory->identity().cluster_id,
       .node = NodeId(config_.node().id()),
       .seed = deps_.seed,
       .on_refused = [this](const absl::Status& why) { OnRefused(why); }},
      {.loop = loop, .channels = &channels_, .controllers = &controllers_});
  applied_ = std::make_unique<AppliedMetadata>(follower_.get(), deps_.table,
                                               loop.get());
  ids_ = ProducerIdBlock::Make(
      {.broker = BrokerId(config_.node().id()),
       .seed = deps_.seed + 1,
       .epoch = [this] { return epoch(); }},
      {.loop = loop, .channels = &channels_, .controllers = &controllers_});
  forwarder_ = AdminForwarder::Make({.loop = loop,
                                     .channels = &channels_,
                                     .controllers = &controllers_,
                                     .follower = applied_.get()});
}

void Membership::Start(std::vector<image::BrokerEndpoint> endpoints) {
  link_ = ControllerLink::Make(
      {.cluster_id = deps_.directory->identity().cluster_id,
       .broker = BrokerId(config_.node().id()),
       .incarnation = incarnation_,
       .directory = deps_.directory->identity().directory_id,
       .rack = config_.node().rack(),
       .endpoints = std::move(endpoints),
       .version = kVersion,
       .previous_epoch = deps_.directory->clean_stop_epoch(),
       .seed = deps_.seed + 2},
      {.loop = deps_.threads->membership(),
       .channels = &channels_,
       .controllers = &controllers_,
       .events = this});
  deps_.threads->RunOnMembership([this] {
    Follow();
    follower_->Start();
    link_->Start();
  });
}

void Membership::Follow() {
  follower_->Subscribe([this](const image::ImageChanges& changes,
                              const image::ClusterImage& image) {
    deps_.board->Followed(image, changes);
    catch_up_.OnImage(image);
    Obey();
  });
}

void Membership::Obey() {
  const std::optional<image::ClusterImage> image = catch_up_.Take();
  if (!image.has_value()) return;
  const LogIndex version = image->version();
  const image::BrokerState* const self =
      image->FindBroker(BrokerId(config_.node().id()));
  const bool admitted = self != nullptr && !self->fenced;
  deps_.table->Apply(*image, [this, version, admitted] {
    deps_.board->Applied(version);
    deps_.threads->membership()->PostAlways(
        [this, version, admitted] { Applied(version, admitted); });
  });
}

void Membership::Applied(LogIndex version, bool admitted) {
  if (version >= applied_version_) admission_.by_image = admitted;
  ServeOrNot();
  const BrokerBeat before = NextBeat();
  applied_version_ = std::max(applied_version_, version);
  if (before.want_fence != NextBeat().want_fence) link_->BeatNow();
}

BrokerBeat Membership::NextBeat() {
  BrokerBeat beat;
  beat.applied = applied_version_;
  const std::optional<BrokerEpoch> registered = epoch();
  // The registration is an entry of the metadata log: whoever has applied it
  // has applied everything before it.
  beat.want_fence =
      !registered.has_value() || applied_version_.value() < registered->value();
  beat.want_stop = departure_.wanted;
  const absl::StatusOr<env::FileSystem::Space> space = deps_.directory->Space();
  if (space.ok()) {
    beat.disk_free_bytes = space->free_bytes;
    beat.disk_used_bytes = space->total_bytes - space->free_bytes;
  }
  return beat;
}

void Membership::OnRegistered(BrokerEpoch epoch) {
  LOG(INFO) << "Registered with epoch " << epoch << "; metadata is applied up "
            << "to version " << applied_version_;
  catch_up_.OnRegistered(epoch);
  Obey();
}

void Membership::OnReply(const BeatReply& reply) {
  if (reply.may_stop && departure_.allowed) {
    std::exchange(departure_.allowed, nullptr)();
  }
  admission_.by_reply = !reply.fenced;
  ServeOrNot();
}

// The answer to a beat may come before the entry that it tells of: what this
// broker leads again by that entry it must lead when it says that it is ready.
void Membership::ServeOrNot() {
  const bool serving = admission_.by_reply && admission_.by_image;
  if (serving == admission_.serving) return;
  admission_.serving = serving;
  LOG(INFO) << (serving ? "The controller lets this broker serve"
                        : "The controller has fenced this broker");
  for (const std::string& service : deps_.services) {
    deps_.health->SetService(service, serving);
  }
  deps_.health->SetReady(serving, "fenced by the controller");
  if (serving) deps_.health->SetStarted();
}

void Membership::OnDisconnected(const absl::Status& status) {
  // What is led here is served on with the last image (README 24).
  LOG(WARNING) << "The session with the controller broke: " << status;
}

void Membership::OnRefused(const absl::Status& status) {
  deps_.on_refused(status);
}

std::optional<BrokerEpoch> Membership::epoch() const {
  return link_ == nullptr ? last_epoch_ : link_->epoch();
}

void Membership::Stop(absl::Duration patience) {
  if (link_ != nullptr && epoch().has_value() && patience > absl::Seconds(0)) {
    auto let_go = std::make_shared<absl::Notification>();
    deps_.threads->RunOnMembership([this, let_go] {
      departure_.wanted = true;
      departure_.allowed = [let_go] { let_go->Notify(); };
      link_->BeatNow();
    });
    if (!let_go->WaitForNotificationWithTimeout(patience)) {
      LOG(WARNING) << "The controller did not let go of this broker within "
                   << patience << "; it leaves all the same";
    }
  }
  deps_.threads->RunOnMembership([this] {
    departure_.allowed = nullptr;
    last_epoch_ = epoch();
    if (link_ != nullptr) link_->Stop();
    ids_->Stop();
    follower_->Stop();
    link_.reset();
    forwarder_.reset();
    ids_.reset();
    follower_.reset();
  });
}

}  // namespace barnabas::broker
