// Which controller to call next.
#include "broker/cluster/controller_choice.h"

#include <gtest/gtest.h>

#include <string>

#include "proto/types/error.h"

namespace barnabas::broker {
namespace {

absl::Status Gone() {
  return MakeError(ErrorCode::kControllerNotAvailable, "gone");
}

TEST(ControllerChoiceTest, GoesRoundTheList) {
  ControllerChoice choice({"a:1", "b:2", "c:3"});
  for (const char* next : {"b:2", "c:3", "a:1", "b:2"}) {
    choice.Failed(choice.Current(), Gone());
    EXPECT_EQ(choice.Current(), next);
  }
}

TEST(ControllerChoiceTest, JumpsWhereAHintPoints) {
  ControllerChoice choice({"a:1", "b:2"});
  LeaderHint hint;
  hint.endpoint = "z:9";
  choice.Failed("a:1",
                WithLeader(MakeError(ErrorCode::kNotController, "no"), hint));
  EXPECT_EQ(choice.Current(), "z:9");
  choice.Failed("z:9", Gone());
  EXPECT_EQ(choice.Current(), "b:2") << "and back to the list";
}

TEST(ControllerChoiceTest, IsNotFooledByAHintAtTheOneThatFailed) {
  ControllerChoice choice({"a:1", "b:2"});
  LeaderHint hint;
  hint.endpoint = "a:1";
  choice.Failed("a:1",
                WithLeader(MakeError(ErrorCode::kNotController, "no"), hint));
  EXPECT_EQ(choice.Current(), "b:2");
}

TEST(ControllerChoiceTest, SeveralCallersMoveItOnce) {
  ControllerChoice choice({"a:1", "b:2", "c:3"});
  choice.Failed("a:1", Gone());
  choice.Failed("a:1", Gone());
  choice.Failed("a:1", Gone());
  EXPECT_EQ(choice.Current(), "b:2");
}

TEST(ControllerChoiceTest, KnowsWhenALeaderWasReplaced) {
  ControllerChoice choice({"a:1", "b:2"});
  choice.Led("a:1");
  const int64_t seen = choice.leaders_seen();
  choice.Failed("a:1", Gone());
  choice.Led("a:1");
  EXPECT_FALSE(choice.Replaced("a:1", seen)) << "it only seemed gone";
  choice.Led("b:2");
  EXPECT_TRUE(choice.Replaced("a:1", seen));
  EXPECT_FALSE(choice.Replaced("b:2", seen));
  EXPECT_EQ(choice.Current(), "b:2");
}

TEST(ControllerChoiceTest, DoesNotGoBackAtOnceToTheOneThatFailed) {
  ControllerChoice choice({"a:1", "b:2", "c:3"});
  choice.Led("b:2");
  choice.Failed("b:2", Gone());
  EXPECT_EQ(choice.Current(), "c:3") << "its turn in the list would be next";
}

TEST(ControllerChoiceTest, StaysWithTheOnlyOne) {
  ControllerChoice choice({"a:1"});
  choice.Failed("a:1", Gone());
  EXPECT_EQ(choice.Current(), "a:1");
}

}  // namespace
}  // namespace barnabas::broker
