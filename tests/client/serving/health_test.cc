// One board for everybody who asks how the node is.
#include "client/serving/health.h"

#include <grpcpp/health_check_service_interface.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace barnabas::rpc {
namespace {

class RecordingHealth final : public grpc::HealthCheckServiceInterface {
 public:
  void SetServingStatus(const std::string& name, bool serving) override {
    states[name] = serving;
  }
  void SetServingStatus(bool) override {}

  std::map<std::string, bool> states;
};

TEST(HealthBoardTest, BeginsLiveAndNotReady) {
  HealthBoard board;
  EXPECT_TRUE(board.IsServing("liveness"));
  EXPECT_FALSE(board.IsServing("readiness"));
  EXPECT_FALSE(board.IsServing(""));
  EXPECT_FALSE(board.IsServing("anything"));
  EXPECT_EQ(board.LiveFault(), "");
  EXPECT_EQ(board.ReadyFault(), "starting");
  EXPECT_EQ(board.StartFault(), "starting");
}

TEST(HealthBoardTest, TellsEveryListenerOldAndNew) {
  HealthBoard board;
  RecordingHealth first;
  board.Attach(&first);
  board.SetService("a.B", true);
  board.SetReady(true);
  RecordingHealth second;
  board.Attach(&second);
  EXPECT_EQ(first.states, second.states);
  EXPECT_TRUE(first.states["a.B"]);
  EXPECT_TRUE(first.states[""]);
  board.Detach(&first);
  board.SetReady(false, "fenced");
  EXPECT_TRUE(first.states[""]);
  EXPECT_FALSE(second.states[""]);
  EXPECT_EQ(board.ReadyFault(), "fenced");
}

TEST(HealthBoardTest, AHeldServiceDoesNotServeWhileTheNodeIsReady) {
  HealthBoard board;
  board.SetService("a.B", true);
  board.SetReady(true);
  board.HoldService("a.B", true);
  EXPECT_FALSE(board.IsServing("a.B"));
  EXPECT_TRUE(board.IsServing("readiness"));
  // Fenced and let in again meanwhile: it is held all the same.
  board.SetService("a.B", false);
  board.SetService("a.B", true);
  EXPECT_FALSE(board.IsServing("a.B"));
  board.HoldService("a.B", false);
  EXPECT_TRUE(board.IsServing("a.B"));
  board.SetService("a.B", false);
  board.HoldService("a.B", false);
  EXPECT_FALSE(board.IsServing("a.B")) << "letting go serves nothing by itself";
}

TEST(HealthBoardTest, KnowsReasons) {
  HealthBoard board;
  board.SetLive(false, "the loop is stuck");
  EXPECT_EQ(board.LiveFault(), "the loop is stuck");
  EXPECT_FALSE(board.IsServing("liveness"));
  board.SetLive(true);
  EXPECT_EQ(board.LiveFault(), "");
  board.SetStarted();
  EXPECT_EQ(board.StartFault(), "");
}

TEST(HealthBoardTest, ServesNothingAfterADrainButLiveness) {
  HealthBoard board;
  RecordingHealth health;
  board.Attach(&health);
  board.SetService("a.B", true);
  board.SetReady(true);
  board.Drain();
  board.SetService("a.B", true);
  board.SetReady(true);
  EXPECT_FALSE(health.states["a.B"]);
  EXPECT_FALSE(health.states["readiness"]);
  EXPECT_TRUE(health.states["liveness"]);
  EXPECT_EQ(board.ReadyFault(), "stopping");
}

}  // namespace
}  // namespace barnabas::rpc
