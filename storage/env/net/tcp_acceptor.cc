#include "storage/env/net/tcp_acceptor.h"

#include <fcntl.h>
#include <glog/logging.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <thread>
#include <utility>

#include "proto/types/status_macros.h"
#include "storage/env/net/connection_table.h"
#include "storage/env/net/socket_address.h"
#include "storage/env/system_clock.h"

namespace barnabas::env {
namespace {

// Numbers that epoll gives back; connections count from kFirstConnection.
constexpr uint64_t kWake = 0;
constexpr uint64_t kListen = 1;
constexpr uint64_t kFirstConnection = 2;
// How long accepting rests when not even the spare descriptor helps.
constexpr int kPauseMs = 10;
// How often waiting connections are looked through.
constexpr int kSweepMs = 250;
// Callers taken at once before others are looked after.
constexpr int kAcceptsPerRound = 64;
// Descriptors left for segments, RocksDB and outgoing calls.
constexpr int64_t kDescriptorsKept = 512;

int OpenSpare() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

bool OutOfDescriptors(int fault) { return fault == EMFILE || fault == ENFILE; }

// What the opening bytes of a caller say.
enum class Opening { kRight, kTooFew, kHttp1, kOther, kGone };

bool LooksLikeHttp1(std::string_view bytes) {
  for (std::string_view method : {"GET ", "POST ", "HEAD ", "PUT ", "DELETE ",
                                  "OPTIONS ", "PATCH ", "CONNECT ", "TRACE "}) {
    if (bytes.substr(0, method.size()) == method) return true;
  }
  return false;
}

Opening PeekOpening(int descriptor, std::string_view preface) {
  std::array<char, 64> buffer;
  const size_t wanted = std::min(buffer.size(), preface.size());
  const ssize_t got =
      recv(descriptor, buffer.data(), wanted, MSG_PEEK | MSG_DONTWAIT);
  if (got == 0) return Opening::kGone;
  if (got < 0) {
    return errno == EAGAIN || errno == EINTR ? Opening::kTooFew
                                             : Opening::kGone;
  }
  const std::string_view bytes(buffer.data(), static_cast<size_t>(got));
  if (bytes == preface.substr(0, bytes.size())) {
    return bytes.size() == wanted ? Opening::kRight : Opening::kTooFew;
  }
  return LooksLikeHttp1(bytes) ? Opening::kHttp1 : Opening::kOther;
}

// Says `text` and reads what came, since a close with unread bytes is a reset
// that may eat the answer.
void Answer(int descriptor, const std::string& text) {
  send(descriptor, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  shutdown(descriptor, SHUT_WR);
  std::array<char, 16384> buffer;
  [[maybe_unused]] const ssize_t ignored =
      recv(descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT);
}

class EpollAcceptor final : public TcpAcceptor {
 public:
  EpollAcceptor(const Options& options, int listening);
  ~EpollAcceptor() override;

  void Start(Take take, Watch watch) override;
  void StopAccepting() override;
  int32_t port() const override { return port_; }
  AcceptorFacts facts() const override;
  std::vector<OpenConnection> Connections() const override;
  bool Shut(uint64_t connection) override;

 private:
  // Counted by the acceptor's thread, read by any.
  struct Counters {
    std::atomic<int64_t> accepted = 0;
    std::atomic<int64_t> over_limit = 0;
    std::atomic<int64_t> out_of_descriptors = 0;
    std::atomic<int64_t> wrong_preface = 0;
    std::atomic<int64_t> preface_timeouts = 0;
  };
  // What the owner wants to be told.
  struct Owner {
    Take take;
    Watch watch;
    // The watch asked for another round.
    bool wants_round = false;
  };

  void Run();
  void Wake();
  void Serve(const epoll_event& event);
  void AcceptSome();
  void ShedOne();
  void Admit(int descriptor);
  void Look(uint64_t id, uint32_t events);
  void Hand(uint64_t id, int descriptor);
  int WaitMs() const;
  void Round(absl::Duration now);
  void DropLateCallers();
  void CloseListening();

  const Options options_;
  const int32_t port_;

  SystemClock clock_;
  ConnectionTable connections_;
  Counters counters_;
  Owner owner_;

  // Descriptors: epoll, the wake-up event, the listening socket and the
  // spare one. The last two belong to the thread.
  const int epoll_;
  const int wake_;
  int listening_;
  int spare_;
  bool shedding_ = false;
  uint64_t next_id_ = kFirstConnection;
  std::atomic<bool> stop_accepting_ = false;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

EpollAcceptor::EpollAcceptor(const Options& options, int listening)
    : options_(options),
      port_(LocalAddress(listening).port()),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      listening_(listening),
      spare_(OpenSpare()) {
  epoll_event wake{};
  wake.events = EPOLLIN;
  wake.data.u64 = kWake;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &wake);
  epoll_event listen{};
  listen.events = EPOLLIN;
  listen.data.u64 = kListen;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, listening_, &listen);
}

EpollAcceptor::~EpollAcceptor() {
  stop_ = true;
  Wake();
  if (thread_.joinable()) thread_.join();
  if (listening_ >= 0) close(listening_);
  if (spare_ >= 0) close(spare_);
  close(wake_);
  close(epoll_);
}

void EpollAcceptor::Start(Take take, Watch watch) {
  CHECK(!thread_.joinable()) << "an acceptor starts once";
  owner_.take = std::move(take);
  owner_.watch = std::move(watch);
  thread_ = std::thread([this] { Run(); });
  pthread_setname_np(thread_.native_handle(),
                     ("accept " + options_.name).substr(0, 15).c_str());
}

void EpollAcceptor::StopAccepting() {
  stop_accepting_ = true;
  Wake();
}

void EpollAcceptor::Wake() {
  const uint64_t one = 1;
  // A full counter means that a wake-up is already on its way.
  [[maybe_unused]] const ssize_t ignored = ::write(wake_, &one, sizeof(one));
}

AcceptorFacts EpollAcceptor::facts() const {
  AcceptorFacts facts;
  facts.open = connections_.open();
  facts.waiting = connections_.waiting();
  facts.accepted = counters_.accepted;
  facts.over_limit = counters_.over_limit;
  facts.out_of_descriptors = counters_.out_of_descriptors;
  facts.wrong_preface = counters_.wrong_preface;
  facts.preface_timeouts = counters_.preface_timeouts;
  return facts;
}

std::vector<OpenConnection> EpollAcceptor::Connections() const {
  return connections_.HandedOver(clock_.Monotonic());
}

bool EpollAcceptor::Shut(uint64_t connection) {
  return connections_.Shut(connection);
}

void EpollAcceptor::Run() {
  std::array<epoll_event, 64> events;
  absl::Duration swept = clock_.Monotonic();
  absl::Duration watched = swept;
  while (!stop_) {
    const int count = epoll_wait(epoll_, events.data(),
                                 static_cast<int>(events.size()), WaitMs());
    for (int i = 0; i < count; ++i) Serve(events[i]);
    if (stop_accepting_) CloseListening();
    const absl::Duration now = clock_.Monotonic();
    if (now - watched >= options_.watch_period) {
      watched = now;
      Round(now);
    }
    if (now - swept < absl::Milliseconds(kSweepMs)) continue;
    swept = now;
    DropLateCallers();
  }
}

int EpollAcceptor::WaitMs() const {
  if (owner_.wants_round || connections_.stirred()) {
    return static_cast<int>(absl::ToInt64Milliseconds(options_.watch_period));
  }
  return connections_.waiting() > 0 ? kSweepMs : -1;
}

void EpollAcceptor::Round(absl::Duration now) {
  if (!owner_.wants_round && !connections_.stirred()) return;
  TrafficRound round;
  round.now = now;
  round.ended = connections_.TakeEnded();
  for (ConnectionTable::Active& active : connections_.TakeActive()) {
    tcp_info facts{};
    socklen_t size = sizeof(facts);
    if (getsockopt(active.descriptor, IPPROTO_TCP, TCP_INFO, &facts, &size) ==
        0) {
      const auto received = static_cast<int64_t>(facts.tcpi_bytes_received);
      int unread = 0;
      ioctl(active.descriptor, FIONREAD, &unread);
      round.active.push_back({active.id, std::move(active.peer), received,
                              unread,
                              static_cast<int64_t>(facts.tcpi_bytes_sent)});
      // Looked at again in the next round: epoll says nothing of what the
      // owner reads before this thread wakes up.
      if (connections_.StaysActive(active.id, received)) continue;
    }
    epoll_event event{};
    event.events = EPOLLIN | EPOLLONESHOT;
    event.data.u64 = active.id;
    epoll_ctl(epoll_, EPOLL_CTL_MOD, active.descriptor, &event);
  }
  owner_.wants_round = owner_.watch(round);
}

void EpollAcceptor::Serve(const epoll_event& event) {
  if (event.data.u64 == kWake) {
    uint64_t ignored = 0;
    [[maybe_unused]] const ssize_t size =
        ::read(wake_, &ignored, sizeof(ignored));
  } else if (event.data.u64 == kListen) {
    AcceptSome();
  } else {
    Look(event.data.u64, event.events);
  }
}

void EpollAcceptor::AcceptSome() {
  for (int i = 0; i < kAcceptsPerRound && listening_ >= 0; ++i) {
    const int descriptor =
        accept4(listening_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
      if (shedding_) {
        shedding_ = false;
        LOG(INFO) << "Listener " << options_.name << " takes callers again.";
      }
      Admit(descriptor);
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return;
    if (OutOfDescriptors(errno)) {
      ShedOne();
    } else if (errno != EINTR && errno != ECONNABORTED) {
      // ENOBUFS, ENOMEM and network faults pass; spinning would not help.
      poll(nullptr, 0, kPauseMs);
      return;
    }
  }
}

// Without the spare one the caller would stay in the kernel's queue, and this
// thread would turn in circles on a socket that is always ready.
void EpollAcceptor::ShedOne() {
  if (!shedding_) {
    shedding_ = true;
    LOG(ERROR) << "Listener " << options_.name
               << " is out of file descriptors and turns callers away; raise "
                  "LimitNOFILE.";
  }
  if (spare_ < 0) {
    spare_ = OpenSpare();
    if (spare_ < 0) poll(nullptr, 0, kPauseMs);
    return;
  }
  close(spare_);
  const int descriptor =
      accept4(listening_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (descriptor >= 0) {
    ++counters_.out_of_descriptors;
    close(descriptor);
  }
  spare_ = OpenSpare();
}

void EpollAcceptor::Admit(int descriptor) {
  if (connections_.open() >= options_.connections_max) {
    ++counters_.over_limit;
    close(descriptor);
    return;
  }
  ++counters_.accepted;
  const int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  const uint64_t id = next_id_++;
  connections_.AddWaiting(id, descriptor, clock_.Monotonic());
  // There is nothing to look at, and a look at no bytes sees an end.
  if (options_.preface.empty()) return Hand(id, descriptor);
  epoll_event event{};
  // Edge-triggered: a caller that sends one byte of its preface must not wake
  // this thread until it sends the next.
  event.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
  event.data.u64 = id;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0) {
    connections_.Remove(id);
  }
}

void EpollAcceptor::Look(uint64_t id, uint32_t events) {
  const int descriptor = connections_.Waiting(id);
  if (descriptor < 0) {
    // A duplicate. Both directions shut: the owner is done with it.
    if ((events & (EPOLLHUP | EPOLLERR)) != 0) {
      connections_.Remove(id);
    } else {
      connections_.MarkActive(id);
    }
    return;
  }
  switch (PeekOpening(descriptor, options_.preface)) {
    case Opening::kRight:
      Hand(id, descriptor);
      return;
    case Opening::kTooFew:
      return;
    case Opening::kHttp1:
      ++counters_.wrong_preface;
      Answer(descriptor, options_.http1_answer);
      break;
    case Opening::kOther:
      ++counters_.wrong_preface;
      break;
    case Opening::kGone:
      break;
  }
  connections_.Remove(id);
}

void EpollAcceptor::Hand(uint64_t id, int descriptor) {
  const int duplicate = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (duplicate < 0) {
    ++counters_.out_of_descriptors;
    connections_.Remove(id);
    return;
  }
  const std::string peer = PeerAddress(descriptor).ToString();
  epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
  connections_.HandOver(id, duplicate, peer);
  epoll_event event{};
  // The end of both directions is always told; that something came, once a
  // round, so that a busy connection does not wake this thread all the time.
  event.events = EPOLLIN | EPOLLONESHOT;
  event.data.u64 = id;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, duplicate, &event);
  owner_.take(descriptor);
}

void EpollAcceptor::DropLateCallers() {
  if (connections_.waiting() == 0) return;
  const absl::Duration since = clock_.Monotonic() - options_.preface_timeout;
  for (uint64_t id : connections_.WaitingSince(since)) {
    ++counters_.preface_timeouts;
    connections_.Remove(id);
  }
}

void EpollAcceptor::CloseListening() {
  if (listening_ < 0) return;
  close(listening_);
  listening_ = -1;
  connections_.RemoveWaiting();
}

}  // namespace

absl::StatusOr<std::unique_ptr<TcpAcceptor>> TcpAcceptor::Bind(
    const Options& options) {
  ASSIGN_OR_RETURN(const int listening,
                   OpenListeningSocket(options.host, options.port));
  Options bounded = options;
  // Each connection takes two descriptors, its own and the duplicate.
  const int64_t limit = RaiseDescriptorLimit();
  if (limit > 2 * kDescriptorsKept) {
    bounded.connections_max = static_cast<int32_t>(std::min<int64_t>(
        bounded.connections_max, (limit - kDescriptorsKept) / 2));
  }
  return std::make_unique<EpollAcceptor>(bounded, listening);
}

int64_t RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  if (limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
  }
  return static_cast<int64_t>(std::min<rlim_t>(limit.rlim_cur, 1LL << 40));
}

}  // namespace barnabas::env
