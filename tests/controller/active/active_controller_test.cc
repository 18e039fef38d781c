#include "controller/active/active_controller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "metadata/image/broker_state.h"
#include "metadata/image/topic_state.h"
#include "proto/types/limits.h"
#include "tests/controller/active/rig.h"
#include "tests/controller/planner/registrations.h"
#include "tests/support/matchers.h"

namespace barnabas::active {
namespace {

using support::HasErrorCode;
using ::testing::IsEmpty;

v1::CreateTopicsRequest Create(const std::string& name, int32_t partitions = 1,
                               int32_t factor = 1) {
  v1::CreateTopicsRequest request;
  request.add_topics()->set_name(name);
  request.mutable_topics(0)->set_partitions(partitions);
  request.mutable_topics(0)->set_replication_factor(factor);
  return request;
}

// A leading controller with running brokers 100, 101, ….
class ActiveControllerTest : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(rig_.Fault(), ""); }

  void LeadWith(int brokers) {
    rig_.Lead();
    rig_.Commit();
    for (int id = 100; id < 100 + brokers; ++id) Start(id);
  }

  void Start(int32_t id) {
    Register(rig_, id);
    rig_.Commit();
    Beat(rig_, id);
    rig_.Commit();
    EXPECT_TRUE(Broker(id).IsEligible());
  }

  const image::BrokerState& Broker(int32_t id) {
    return *rig_.image().FindBroker(BrokerId(id));
  }
  const image::PartitionState& Partition(std::string_view topic) {
    return rig_.image().FindTopic(topic)->partitions[0];
  }
  absl::Status EndOf(SessionId session) {
    return rig_.brokers().Get(session).end.value_or(absl::OkStatus());
  }
  // Both brokers beat for a while.
  void Live(int64_t ms, std::vector<int32_t> beating) {
    for (int64_t passed = 0; passed < ms; passed += 500) {
      rig_.Advance(500);
      for (int32_t id : beating) Beat(rig_, id);
      rig_.Commit();
    }
  }

  Rig rig_;
};

TEST_F(ActiveControllerTest, AStandbyRefusesEverythingAndFollows) {
  EXPECT_THAT(rig_.Call<v1::CreateTopicsResponse>(Create("a")),
              HasErrorCode(ErrorCode::kNotController));
  EXPECT_THAT(EndOf(Register(rig_, 100)),
              HasErrorCode(ErrorCode::kNotController));
  EXPECT_EQ(rig_.controller().role(), Role::kStandby);
  EXPECT_EQ(rig_.image().version(), LogIndex(0));
}

TEST_F(ActiveControllerTest, ItLeadsOnceItsOwnRecordIsCommitted) {
  rig_.Lead();
  EXPECT_EQ(rig_.controller().role(), Role::kTakingOver);
  EXPECT_THAT(rig_.Call<v1::CreateTopicsResponse>(Create("a")),
              HasErrorCode(ErrorCode::kControllerNotAvailable));
  EXPECT_EQ(rig_.controller().role(), Role::kLeading);
  EXPECT_EQ(rig_.image().active_controller(), NodeId(1));
  EXPECT_EQ(rig_.image().term(), Term(1));
}

TEST_F(ActiveControllerTest, AnswersComeWithTheCommitNotBefore) {
  LeadWith(1);
  const CorrelationId id = rig_.Ask(Create("a"));
  EXPECT_EQ(rig_.answers().count(id), 0u);
  EXPECT_EQ(rig_.image().FindTopic("a"), nullptr);
  EXPECT_NE(rig_.controller().latest().FindTopic("a"), nullptr);
  rig_.Commit();
  ASSERT_EQ(rig_.answers().count(id), 1u);
  const auto& response =
      std::get<v1::CreateTopicsResponse>(*rig_.answers().at(id));
  EXPECT_EQ(response.metadata_version(), rig_.image().version().value());
  EXPECT_NE(rig_.image().FindTopic("a"), nullptr);
}

TEST_F(ActiveControllerTest, PlansSeeWhatIsNotCommittedYet) {
  LeadWith(1);
  rig_.Ask(Create("a"));
  const CorrelationId second = rig_.Ask(Create("a"));
  EXPECT_EQ(rig_.answers().count(second), 0u)
      << "the refusal rests on what may yet be lost";
  rig_.Commit();
  const auto& response =
      std::get<v1::CreateTopicsResponse>(*rig_.answers().at(second));
  EXPECT_EQ(response.results(0).error().code(),
            v1::ERROR_CODE_TOPIC_ALREADY_EXISTS);
}

TEST_F(ActiveControllerTest, LosingLeadershipDropsWhatIsNotCommitted) {
  LeadWith(1);
  const CorrelationId id = rig_.Ask(Create("a"));
  rig_.Lose(0);
  EXPECT_THAT(rig_.answers().at(id), HasErrorCode(ErrorCode::kRequestTimedOut))
      << "the next leader may yet commit it";
  EXPECT_EQ(rig_.controller().latest().FindTopic("a"), nullptr);
  EXPECT_THAT(*rig_.brokers().Of(100).end,
              HasErrorCode(ErrorCode::kNotController));
  EXPECT_THAT(rig_.controller().liveness().lives(), IsEmpty());
}

TEST_F(ActiveControllerTest, WhatSurvivedInTheLogIsSeenByTheNextTerm) {
  LeadWith(1);
  rig_.Ask(Create("a"));
  rig_.Lose(1);
  rig_.Lead();
  rig_.Commit();
  EXPECT_EQ(rig_.controller().role(), Role::kLeading);
  EXPECT_NE(rig_.image().FindTopic("a"), nullptr);
}

internal::v1::VotersRecord TwoVoters() {
  internal::v1::VotersRecord record;
  for (int32_t id : {1, 2}) {
    internal::v1::Voter* voter = record.add_voters();
    voter->set_node_id(id);
    voter->set_directory_id(Uuid::FromRandom(id, 3).ToString());
    voter->set_host("host-" + std::to_string(id));
    voter->set_port(9293);
  }
  return record;
}

TEST_F(ActiveControllerTest, AChangeOfVotersLeavesTheClustersTime) {
  LeadWith(1);
  const int64_t time_ms = rig_.image().time_ms();
  const LogIndex version = rig_.image().version();
  rig_.Advance(1000);
  ASSERT_OK(rig_.Call<v1::AddVoterResponse>(TwoVoters()));
  EXPECT_EQ(rig_.image().voters().size(), 2u);
  EXPECT_EQ(rig_.image().version(), version.Next());
  EXPECT_EQ(rig_.image().time_ms(), time_ms) << "the quorum knows no time";
}

TEST_F(ActiveControllerTest, AStandbyNamesTheLeadersAddress) {
  LeadWith(1);
  ASSERT_OK(rig_.Call<v1::AddVoterResponse>(TwoVoters()));
  rig_.Do(LostLeadership{NodeId(2)});
  EXPECT_TRUE(rig_.controller().ready());
  const auto answer = rig_.Call<v1::CreateTopicsResponse>(Create("a"));
  EXPECT_THAT(answer, HasErrorCode(ErrorCode::kNotController));
  ASSERT_TRUE(LeaderOf(answer.status()).has_value());
  EXPECT_EQ(LeaderOf(answer.status())->endpoint, "host-2:9293");
  rig_.Do(LostLeadership{std::nullopt});
  EXPECT_FALSE(rig_.controller().ready());
}

TEST_F(ActiveControllerTest, ASnapshotTakesThePlaceOfEntries) {
  LeadWith(1);
  ASSERT_OK(rig_.Call<v1::CreateTopicsResponse>(Create("a")));
  ActiveController standby(Options{});
  const Effects effects = standby.Step(SnapshotLoaded{rig_.image()}, Instant{});
  EXPECT_OK(effects.failed);
  EXPECT_EQ(standby.committed().version(), rig_.image().version());
  EXPECT_NE(standby.latest().FindTopic("a"), nullptr);
  const LogIndex next = rig_.image().version().Next();
  EXPECT_OK(standby.Step(Committed{next, Term(1), {}}, Instant{}).failed);
  EXPECT_EQ(standby.committed().version(), next);
}

TEST_F(ActiveControllerTest, EveryKindOfRequestIsPlanned) {
  LeadWith(1);
  ASSERT_OK(rig_.Call<v1::CreateTopicsResponse>(Create("a")));
  v1::AlterTopicsRequest alter;
  alter.add_topics()->set_name("a");
  v1::SettingValue* setting = alter.mutable_topics(0)->add_settings();
  setting->set_key("flush");
  setting->set_value("os");
  ASSERT_OK(rig_.Call<v1::AlterTopicsResponse>(alter));
  v1::AddPartitionsRequest add;
  add.add_topics()->set_name("a");
  add.mutable_topics(0)->set_total(3);
  ASSERT_OK(rig_.Call<v1::AddPartitionsResponse>(add));
  EXPECT_EQ(rig_.image().totals().partitions, 3);
  v1::AlterConfigRequest config;
  config.add_changes()->mutable_scope()->set_kind(v1::SCOPE_KIND_CLUSTER);
  *config.mutable_changes(0)->add_settings() = *setting;
  ASSERT_OK(rig_.Call<v1::AlterConfigResponse>(config));
  internal::v1::AllocateProducerIdsRequest ids;
  ids.set_broker_id(100);
  ids.set_broker_epoch(Broker(100).epoch.value());
  for (int64_t block = 0; block < 2; ++block) {
    ASSERT_OK_AND_ASSIGN(
        const auto response,
        rig_.Call<internal::v1::AllocateProducerIdsResponse>(ids));
    EXPECT_EQ(response.first(), block * kProducerIdBlock);
  }
  v1::DeleteTopicsRequest drop;
  drop.add_topics()->mutable_topic()->set_name("a");
  ASSERT_OK(rig_.Call<v1::DeleteTopicsResponse>(drop));
  EXPECT_EQ(rig_.image().totals().topics, 0);
  EXPECT_THAT(rig_.Call<v1::DeleteTopicsResponse>(v1::DeleteTopicsRequest()),
              HasErrorCode(ErrorCode::kInvalidRequest));
}

TEST_F(ActiveControllerTest, TooMuchUncommittedIsRefusedForNow) {
  LeadWith(1);
  for (int i = 0; i < 8; ++i) rig_.Ask(Create("t" + std::to_string(i)));
  const CorrelationId refused = rig_.Ask(Create("more"));
  ASSERT_EQ(rig_.answers().count(refused), 1u);
  EXPECT_THAT(rig_.answers().at(refused), HasErrorCode(ErrorCode::kOverloaded));
  EXPECT_GT(RetryAfterOf(rig_.answers().at(refused).status()).value_or(0), 0);
  Beat(rig_, 100);
  rig_.Commit();
  ASSERT_OK(rig_.Call<v1::CreateTopicsResponse>(Create("more")));
}

TEST_F(ActiveControllerTest, TopicsMadeAnewNeverGetAnOldId) {
  LeadWith(1);
  ASSERT_OK_AND_ASSIGN(const auto first,
                       rig_.Call<v1::CreateTopicsResponse>(Create("a")));
  v1::DeleteTopicsRequest drop;
  drop.add_topics()->mutable_topic()->set_name("a");
  ASSERT_OK(rig_.Call<v1::DeleteTopicsResponse>(drop));
  ASSERT_OK_AND_ASSIGN(const auto second,
                       rig_.Call<v1::CreateTopicsResponse>(Create("a")));
  EXPECT_NE(first.results(0).id(), second.results(0).id());
}

TEST_F(ActiveControllerTest, ABrokerIsRegisteredThenRuns) {
  rig_.Lead();
  rig_.Commit();
  const SessionId session = Register(rig_, 100);
  EXPECT_FALSE(rig_.brokers().Get(session).epoch.has_value());
  rig_.Commit();
  EXPECT_EQ(rig_.brokers().Get(session).epoch, Broker(100).epoch.value());
  EXPECT_TRUE(Broker(100).fenced);
  Beat(rig_, 100);
  EXPECT_TRUE(Broker(100).fenced) << "not before the commit";
  rig_.Commit();
  EXPECT_FALSE(Broker(100).fenced);
  EXPECT_FALSE(rig_.brokers().Get(session).reply->fenced());
  EXPECT_EQ(rig_.controller().liveness().Find(BrokerId(100))->disk_used_bytes,
            100);
}

TEST_F(ActiveControllerTest, ASilentBrokerIsFencedAfterItsSession) {
  LeadWith(2);
  ASSERT_OK(rig_.Call<v1::CreateTopicsResponse>(Create("a", 1, 2)));
  const BrokerId leader = Partition("a").leader;
  const int32_t other = leader == BrokerId(100) ? 101 : 100;
  Live(2500, {other});
  EXPECT_FALSE(rig_.image().FindBroker(leader)->fenced);
  Live(1000, {other});
  EXPECT_TRUE(rig_.image().FindBroker(leader)->fenced);
  EXPECT_EQ(Partition("a").leader, BrokerId(other));
  EXPECT_THAT(*rig_.brokers().Of(leader.value()).end,
              HasErrorCode(ErrorCode::kSessionExpired));
  EXPECT_FALSE(Broker(other).fenced);
}

TEST_F(ActiveControllerTest, TheSessionTimeoutIsASettingOfTheCluster) {
  LeadWith(1);
  v1::AlterConfigRequest config;
  config.add_changes()->mutable_scope()->set_kind(v1::SCOPE_KIND_CLUSTER);
  v1::SettingValue* setting = config.mutable_changes(0)->add_settings();
  setting->set_key("broker.session.timeout.ms");
  setting->set_value("10s");
  ASSERT_OK(rig_.Call<v1::AlterConfigResponse>(config));
  rig_.Advance(9000);
  rig_.Commit();
  EXPECT_FALSE(Broker(100).fenced);
  rig_.Advance(1000);
  rig_.Commit();
  EXPECT_TRUE(Broker(100).fenced);
}

TEST_F(ActiveControllerTest, TimeThatTheDriverLostFencesNobody) {
  LeadWith(2);
  rig_.Stall(60'000);
  Beat(rig_, 100);
  rig_.Commit();
  EXPECT_FALSE(Broker(101).fenced) << "its heartbeat still waits to be read";
  Beat(rig_, 101);
  Live(5000, {100, 101});
  EXPECT_FALSE(Broker(100).fenced);
  EXPECT_FALSE(Broker(101).fenced);
}

TEST_F(ActiveControllerTest, EvidenceBeatsTheTimeout) {
  LeadWith(2);
  ASSERT_OK(rig_.Call<v1::CreateTopicsResponse>(Create("a", 1, 2)));
  const SessionId session = Register(rig_, 100, false);
  rig_.Commit();
  Close(rig_, session, Evidence::kStreamEnded);
  rig_.Commit();
  EXPECT_FALSE(Broker(100).fenced) << "perhaps only the connection broke";
  Close(rig_, session, Evidence::kProcessGone);
  rig_.Commit();
  EXPECT_TRUE(Broker(100).fenced);
  EXPECT_EQ(Partition("a").leader, BrokerId(101));
}

TEST_F(ActiveControllerTest, EvidenceAboutAnEarlierSessionTouchesNobody) {
  LeadWith(1);
  const SessionId old = Register(rig_, 100, false);
  Register(rig_, 100, false);
  rig_.Commit();
  Close(rig_, old, Evidence::kProcessGone);
  rig_.Commit();
  EXPECT_FALSE(Broker(100).fenced);
}

TEST_F(ActiveControllerTest, ALiveTwinIsRefused) {
  LeadWith(1);
  const auto epoch = Broker(100).epoch;
  const SessionId twin = Register(rig_, 100);
  EXPECT_THAT(EndOf(twin),
              HasErrorCode(ErrorCode::kDuplicateBrokerRegistration));
  Close(rig_, twin, Evidence::kStreamEnded);
  rig_.Commit();
  EXPECT_EQ(Broker(100).epoch, epoch);
  EXPECT_FALSE(Broker(100).fenced);
}

TEST_F(ActiveControllerTest, ARestartedBrokerIsTakenInAtOnce) {
  LeadWith(1);
  ASSERT_OK(rig_.Call<v1::CreateTopicsResponse>(Create("a")));
  const auto epoch = Broker(100).epoch;
  const SessionId session = Register(rig_, 100, false);
  Close(rig_, session, Evidence::kStreamEnded);
  Start(100);
  EXPECT_GT(Broker(100).epoch, epoch);
  EXPECT_EQ(Partition("a").leader, BrokerId(100));
  EXPECT_EQ(Partition("a").leader_epoch, LeaderEpoch(2));
}

TEST_F(ActiveControllerTest, ANewStreamOfTheSameLifeReplacesTheOldOne) {
  LeadWith(1);
  const auto epoch = Broker(100).epoch;
  const SessionId first = Register(rig_, 100, false);
  const SessionId second = Register(rig_, 100, false);
  EXPECT_THAT(EndOf(first), HasErrorCode(ErrorCode::kSessionExpired));
  EXPECT_OK(EndOf(second));
  EXPECT_EQ(rig_.brokers().Get(second).epoch, epoch.value());
  EXPECT_FALSE(Broker(100).fenced);
}

TEST_F(ActiveControllerTest, AFencedBrokerMayComeBackInTheSameLife) {
  LeadWith(1);
  rig_.Advance(3000);
  rig_.Commit();
  ASSERT_TRUE(Broker(100).fenced);
  const auto epoch = Broker(100).epoch;
  Register(rig_, 100, false);
  Beat(rig_, 100);
  rig_.Commit();
  EXPECT_FALSE(Broker(100).fenced);
  EXPECT_EQ(Broker(100).epoch, epoch);
}

TEST_F(ActiveControllerTest, SessionsKeepToTheirGrammar) {
  LeadWith(1);
  rig_.Do(SessionHeartbeat{SessionId(9999), {}});
  EXPECT_THAT(EndOf(SessionId(9999)), HasErrorCode(ErrorCode::kUnknownSession));
  const SessionId session = Register(rig_, 100, false);
  rig_.Do(SessionRegister{session, planner::Registration(100, 5)});
  EXPECT_THAT(EndOf(session), HasErrorCode(ErrorCode::kProtocolError));
  const SessionId other = Register(rig_, 100, false);
  internal::v1::BrokerHeartbeat stale;
  rig_.Do(SessionHeartbeat{other, stale});
  EXPECT_THAT(EndOf(other), HasErrorCode(ErrorCode::kStaleBrokerEpoch));
}

TEST_F(ActiveControllerTest, ANewLeaderGivesEveryRunningBrokerAFullSession) {
  LeadWith(2);
  rig_.Advance(2900);
  rig_.Lose(0);
  rig_.Lead();
  rig_.Commit();
  rig_.Advance(2900);
  rig_.Commit();
  EXPECT_FALSE(Broker(100).fenced);
  Register(rig_, 100, false);
  rig_.Advance(200);
  rig_.Commit();
  EXPECT_FALSE(Broker(100).fenced);
  EXPECT_TRUE(Broker(101).fenced);
}

TEST_F(ActiveControllerTest, AStoppingBrokerWaitsUntilOthersSawIt) {
  LeadWith(2);
  ASSERT_OK(rig_.Call<v1::CreateTopicsResponse>(Create("a", 4, 2)));
  Beat(rig_, 100, false, true);
  rig_.Commit();
  EXPECT_TRUE(Broker(100).stopping);
  Beat(rig_, 100, false, true);
  rig_.Commit();
  EXPECT_FALSE(rig_.brokers().Of(100).reply->may_stop());
  Beat(rig_, 101);
  Beat(rig_, 100, false, true);
  EXPECT_FALSE(rig_.brokers().Of(100).reply->may_stop()) << "not committed";
  rig_.Commit();
  EXPECT_TRUE(rig_.brokers().Of(100).reply->may_stop());
  EXPECT_TRUE(Broker(100).fenced);
}

TEST_F(ActiveControllerTest, AStopGoesOnUnderTheNextLeader) {
  LeadWith(2);
  Beat(rig_, 100, false, true);
  rig_.Commit();
  rig_.Lose(0);
  rig_.Lead();
  rig_.Commit();
  for (int32_t id : {100, 101}) Register(rig_, id, false);
  Beat(rig_, 100, false, true);
  Beat(rig_, 101);
  Beat(rig_, 100, false, true);
  rig_.Commit();
  EXPECT_TRUE(rig_.brokers().Of(100).reply->may_stop());
}

TEST_F(ActiveControllerTest, ALargeFenceIsCutIntoEntriesThatEachHold) {
  LeadWith(2);
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK(rig_.Call<v1::CreateTopicsResponse>(
        Create("t" + std::to_string(i), 20, 2)));
  }
  Beat(rig_, 101);
  const SessionId session = Register(rig_, 100, false);
  const Effects effects =
      rig_.Do(SessionClosed{session, Evidence::kProcessGone});
  ASSERT_EQ(effects.appends.size(), 2u);
  for (const Append& append : effects.appends) {
    EXPECT_LE(append.entry.ByteSizeLong(), static_cast<size_t>(kEntryBytes));
  }
  rig_.Commit(1);
  EXPECT_FALSE(Broker(100).fenced);
  rig_.Commit(1);
  EXPECT_TRUE(Broker(100).fenced);
}

TEST_F(ActiveControllerTest, ADriverThatIsAlwaysLateFencesInTheEnd) {
  LeadWith(1);
  for (int i = 0; i < 20; ++i) {
    rig_.Stall(3500);
    rig_.Do(Tick{});
    rig_.Commit();
  }
  EXPECT_TRUE(Broker(100).fenced);
}

TEST_F(ActiveControllerTest, AnEntryThatCannotBeReplayedStopsTheProcess) {
  ActiveController controller{Options()};
  const Effects effects =
      controller.Step(Committed{LogIndex(5), Term(1), {}}, Instant());
  EXPECT_THAT(effects.failed, HasErrorCode(ErrorCode::kCorruptLog));
}

}  // namespace
}  // namespace barnabas::active
