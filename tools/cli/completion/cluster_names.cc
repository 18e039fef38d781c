#include "tools/cli/completion/cluster_names.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "barnabas/v1/config.pb.h"
#include "barnabas/v1/setting.pb.h"
#include "client/admin/admin.h"
#include "tools/cli/config/config_scope.h"
#include "tools/cli/context/context_store.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/rpc/method_table.h"

namespace barnabas::cli {
namespace {

// Longer than a Tab may take, shorter than anyone waits.
constexpr absl::Duration kBudget = absl::Milliseconds(500);
constexpr int kTopicsMax = 1000;

bool IsNamePart(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
}

class FromCluster final : public NameSource {
 public:
  FromCluster(const World* world, GlobalFlags* flags, const Command* root)
      : world_(*world), flags_(*flags), root_(*root) {}

  std::vector<Offer> Topics(const std::string& prefix) override {
    if (!IsNamePart(prefix) || !Dial()) return {};
    v1::ListTopicsRequest request;
    request.set_pattern(
        absl::StrCat(absl::StrReplaceAll(prefix, {{".", "\\."}}), ".*"));
    request.set_page_size(kTopicsMax);
    const auto reply = admin_->ListTopics(request);
    std::vector<Offer> offers;
    if (!reply.ok()) return offers;
    for (const v1::TopicSummary& topic : reply->topics()) {
      offers.push_back({topic.name(),
                        absl::StrCat(topic.partitions(), topic.partitions() == 1
                                                             ? " partition"
                                                             : " partitions")});
    }
    return offers;
  }

  std::vector<Offer> Brokers() override {
    if (!Dial()) return {};
    const auto reply = admin_->DescribeCluster();
    std::vector<Offer> offers;
    if (!reply.ok()) return offers;
    for (const v1::BrokerInfo& broker : reply->brokers()) {
      offers.push_back({absl::StrCat(broker.id()), ""});
    }
    return offers;
  }

  std::vector<Offer> Contexts() override {
    const auto contexts = LoadContexts(ContextsPath(world_.environment));
    std::vector<Offer> offers;
    if (!contexts.ok()) return offers;
    for (const auto& [name, context] : contexts->named) {
      offers.push_back({name, context.description});
    }
    return offers;
  }

  std::vector<Offer> Keys(const std::string& scope) override {
    std::vector<Offer> offers;
    if (scope == "topic") {
      const auto* type = v1::TopicConfig::descriptor();
      for (int i = 0; i < type->field_count(); ++i) {
        const v1::Setting& setting =
            type->field(i)->options().GetExtension(v1::setting);
        offers.push_back({setting.key(), setting.doc()});
      }
      return offers;
    }
    v1::DescribeConfigRequest request;
    const auto parsed = ParseScope(scope);
    if (!parsed.ok() || !Dial()) return offers;
    *request.mutable_scope() = *parsed;
    const auto reply = admin_->DescribeConfig(request);
    if (!reply.ok()) return offers;
    for (const v1::DescribedSetting& setting : reply->settings()) {
      offers.push_back({setting.key(), setting.doc()});
    }
    return offers;
  }

  std::vector<Offer> Methods() override {
    std::vector<Offer> offers;
    for (const auto* method : AllMethods()) {
      offers.push_back({ShortName(*method), KindOf(*method)});
    }
    return offers;
  }

 private:
  bool Dial() {
    if (admin_ != nullptr) return true;
    flags_.timeout = kBudget;
    flags_.talk = {};
    Session session(&world_, &flags_, &root_);
    auto admin = Connect(session);
    if (admin.ok()) admin_ = *std::move(admin);
    return admin_ != nullptr;
  }

  const World& world_;
  GlobalFlags& flags_;
  const Command& root_;
  std::shared_ptr<client::Admin> admin_;
};

}  // namespace

std::unique_ptr<NameSource> NamesFromCluster(const World* world,
                                             GlobalFlags* flags,
                                             const Command* root) {
  return std::make_unique<FromCluster>(world, flags, root);
}

}  // namespace barnabas::cli
