#include "tests/sim/sim_callers.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"

namespace barnabas::sim {
namespace {

using Answer = absl::StatusOr<active::AdminResponse>;

std::string NameOf(int64_t topic) { return absl::StrCat("t", topic); }

}  // namespace

void SimCallers::Create(ControllerNode* node,
                        std::function<void(bool made)> made) {
  const std::string name = NameOf(++topics_);
  v1::CreateTopicsRequest request;
  request.add_topics()->set_name(name);
  request.mutable_topics(0)->set_partitions(1);
  // Whoever waits for it wants it whatever brokers there are.
  const int64_t factor = made ? 1 : 1 + topics_ % 3;
  request.mutable_topics(0)->set_replication_factor(
      static_cast<int32_t>(factor));
  node->driver().Submit(std::move(request), [checker = checker_, name,
                                             made = std::move(made)](
                                                const Answer& answer) {
    bool done = false;
    if (answer.ok()) {
      const auto& response = std::get<v1::CreateTopicsResponse>(*answer);
      done = !response.results(0).has_error();
      if (done) checker->OnTopicMade(name);
      checker->OnAnswered(LogIndex(response.metadata_version()));
    }
    if (!answer.ok() && CodeOf(answer.status()) == ErrorCode::kNotController) {
      checker->OnTopicRefused(name);
    }
    if (made) made(done);
  });
}

void SimCallers::Delete(ControllerNode* node, int64_t topic) {
  v1::DeleteTopicsRequest request;
  request.add_topics()->mutable_topic()->set_name(NameOf(topic));
  checker_->OnTopicRemoval(NameOf(topic));
  node->driver().Submit(
      std::move(request), [checker = checker_](const Answer& answer) {
        if (!answer.ok()) return;
        checker->OnAnswered(LogIndex(
            std::get<v1::DeleteTopicsResponse>(*answer).metadata_version()));
      });
}

void SimCallers::Alter(ControllerNode* node, int64_t topic, int64_t value) {
  v1::AlterConfigRequest request;
  v1::AlterConfig* const change = request.add_changes();
  change->mutable_scope()->set_kind(v1::SCOPE_KIND_TOPIC);
  change->mutable_scope()->set_name(NameOf(topic));
  v1::SettingValue* const setting = change->add_settings();
  setting->set_key("retention.ms");
  setting->set_value(absl::StrCat(value));
  node->driver().Submit(
      std::move(request), [checker = checker_](const Answer& answer) {
        if (!answer.ok()) return;
        checker->OnAnswered(LogIndex(
            std::get<v1::AlterConfigResponse>(*answer).metadata_version()));
      });
}

void SimCallers::Read(ControllerNode* node) {
  controller::ActiveDriver* const driver = &node->driver();
  driver->ReadCurrent(
      [checker = checker_, driver,
       begun = checker_->answered()](const absl::Status& current) {
        if (current.ok()) checker->OnRead(begun, driver->image().version());
      });
}

}  // namespace barnabas::sim
