// The descriptors that an acceptor watches.
#include "storage/env/net/connection_table.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace barnabas::env {
namespace {

bool IsOpen(int descriptor) { return fcntl(descriptor, F_GETFD) >= 0; }

class ConnectionTableTest : public ::testing::Test {
 protected:
  // One end of a pair; the other one is kept in `far_`.
  int Connect() {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    far_.push_back(ends[1]);
    return ends[0];
  }
  void TearDown() override {
    for (const int descriptor : far_) close(descriptor);
  }

  std::vector<int> far_;
  ConnectionTable table_;
};

TEST_F(ConnectionTableTest, KnowsWhoWaits) {
  const int first = Connect();
  table_.AddWaiting(2, first, absl::Seconds(10));
  table_.AddWaiting(3, Connect(), absl::Seconds(20));
  EXPECT_EQ(table_.open(), 2);
  EXPECT_EQ(table_.waiting(), 2);
  EXPECT_EQ(table_.Waiting(2), first);
  EXPECT_EQ(table_.Waiting(9), -1);
  EXPECT_EQ(table_.WaitingSince(absl::Seconds(15)), std::vector<uint64_t>{2});
}

TEST_F(ConnectionTableTest, HandsOverAndKeepsADuplicate) {
  const int descriptor = Connect();
  table_.AddWaiting(2, descriptor, absl::Seconds(10));
  const int duplicate = dup(descriptor);
  table_.HandOver(2, duplicate, "1.2.3.4:5");
  EXPECT_EQ(table_.waiting(), 0);
  EXPECT_EQ(table_.Waiting(2), -1);
  const std::vector<OpenConnection> open = table_.HandedOver(absl::Seconds(25));
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open[0].peer, "1.2.3.4:5");
  EXPECT_EQ(open[0].age, absl::Seconds(15));
  table_.Remove(2);
  EXPECT_FALSE(IsOpen(duplicate));
  EXPECT_TRUE(IsOpen(descriptor)) << "it belongs to whoever took it";
  close(descriptor);
  EXPECT_EQ(table_.open(), 0);
}

TEST_F(ConnectionTableTest, ShutsFromBelow) {
  table_.AddWaiting(2, Connect(), absl::Seconds(10));
  EXPECT_TRUE(table_.Shut(2));
  char byte = 0;
  EXPECT_EQ(recv(far_[0], &byte, 1, 0), 0) << "the other end sees it";
  EXPECT_FALSE(table_.Shut(3));
}

TEST_F(ConnectionTableTest, ClosesWhatItOwnsWhenItGoes) {
  const int waiting = Connect();
  const int handed = Connect();
  {
    ConnectionTable table;
    table.AddWaiting(2, waiting, absl::Seconds(1));
    table.AddWaiting(3, Connect(), absl::Seconds(1));
    table.RemoveWaiting();
    EXPECT_FALSE(IsOpen(waiting));
    EXPECT_EQ(table.open(), 0);
    table.AddWaiting(4, handed, absl::Seconds(1));
  }
  EXPECT_FALSE(IsOpen(handed));
}

TEST_F(ConnectionTableTest, TellsOnceWhoWasActiveAndWhoEnded) {
  table_.AddWaiting(2, Connect(), absl::Seconds(10));
  table_.AddWaiting(3, Connect(), absl::Seconds(10));
  const int waiting = table_.Waiting(2);
  const int duplicate = dup(waiting);
  EXPECT_FALSE(table_.stirred());
  table_.HandOver(2, duplicate, "1.2.3.4:5");
  EXPECT_TRUE(table_.stirred()) << "it is told of at once";
  EXPECT_EQ(table_.TakeActive().size(), 1u);
  EXPECT_FALSE(table_.stirred());
  table_.MarkActive(2);
  table_.MarkActive(2);
  table_.MarkActive(7);
  EXPECT_TRUE(table_.stirred());
  const std::vector<ConnectionTable::Active> active = table_.TakeActive();
  ASSERT_EQ(active.size(), 1u);
  EXPECT_EQ(active[0].id, 2u);
  EXPECT_EQ(active[0].descriptor, duplicate);
  EXPECT_EQ(active[0].peer, "1.2.3.4:5");
  EXPECT_FALSE(table_.stirred());
  table_.MarkActive(2);
  table_.Remove(2);
  // It was never handed over, so nobody watched it.
  table_.Remove(3);
  EXPECT_TRUE(table_.TakeActive().empty());
  EXPECT_EQ(table_.TakeEnded(), std::vector<uint64_t>{2});
  EXPECT_FALSE(table_.stirred());
  close(waiting);
}

TEST_F(ConnectionTableTest, StaysActiveWhileItReceives) {
  const int descriptor = Connect();
  table_.AddWaiting(2, descriptor, absl::Seconds(10));
  table_.HandOver(2, dup(descriptor), "1.2.3.4:5");
  EXPECT_EQ(table_.TakeActive().size(), 1u);
  EXPECT_TRUE(table_.StaysActive(2, 100));
  EXPECT_TRUE(table_.StaysActive(2, 150)) << "told once all the same";
  EXPECT_TRUE(table_.stirred());
  EXPECT_EQ(table_.TakeActive().size(), 1u);
  EXPECT_FALSE(table_.StaysActive(2, 150)) << "nothing came";
  EXPECT_FALSE(table_.stirred());
  EXPECT_FALSE(table_.StaysActive(3, 150)) << "nobody knows it";
  close(descriptor);
}

TEST_F(ConnectionTableTest, IgnoresUnknownNumbers) {
  table_.Remove(7);
  table_.HandOver(7, -1, "x");
  EXPECT_EQ(table_.open(), 0);
}

}  // namespace
}  // namespace barnabas::env
