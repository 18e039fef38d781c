#include "storage/env/http_server.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <event2/thread.h>
#include <glog/logging.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <list>
#include <mutex>
#include <thread>
#include <utility>

#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/env/net/socket_address.h"
#include "storage/env/system_clock.h"

namespace barnabas::env {
namespace {

constexpr timeval kSweep = {0, 200 * 1000};
// The socket listens already (OpenListeningSocket).
constexpr int kListensAlready = 0;

// libevent's objects for one server, freed from below.
class EventHttpServer final : public HttpServer {
 public:
  EventHttpServer(const Options& options, int listening);
  ~EventHttpServer() override;

  int32_t port() const override { return port_; }

 private:
  // A connection as long as it lives: evhttp owns it, and one more reference
  // kept here tells when evhttp has let go of it.
  struct Connection {
    bufferevent* event = nullptr;
    absl::Duration since;
  };

  static bufferevent* OnConnection(event_base* base, void* self);
  static void OnRequest(evhttp_request* request, void* self);
  static void OnSweep(evutil_socket_t, short, void* self);  // NOLINT
  static void OnStop(evutil_socket_t, short, void* self);   // NOLINT
  static void OnAcceptFault(evconnlistener* listener, void* self);

  void Answer(evhttp_request* request);
  void Sweep();

  const Options options_;
  const int32_t port_;

  SystemClock clock_;
  event_base* const base_;
  evhttp* const http_;
  evconnlistener* listener_ = nullptr;
  event* sweep_ = nullptr;
  event* stop_ = nullptr;
  std::list<Connection> connections_;
  std::thread thread_;
};

EventHttpServer::EventHttpServer(const Options& options, int listening)
    : options_(options),
      port_(LocalAddress(listening).port()),
      base_(event_base_new()),
      http_(evhttp_new(base_)) {
  CHECK(base_ != nullptr && http_ != nullptr) << "libevent has no memory";
  evhttp_set_max_headers_size(http_, options_.header_bytes_max);
  evhttp_set_max_body_size(http_, options_.body_bytes_max);
  const timeval idle = absl::ToTimeval(options_.idle_timeout);
  evhttp_set_timeout_tv(http_, &idle);
  evhttp_set_allowed_methods(http_, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
  evhttp_set_gencb(http_, OnRequest, this);
  evhttp_set_bevcb(http_, OnConnection, this);
  listener_ = evconnlistener_new(base_, nullptr, nullptr,
                                 LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC,
                                 kListensAlready, listening);
  CHECK(listener_ != nullptr) << "libevent refuses a listening socket";
  evconnlistener_set_error_cb(listener_, OnAcceptFault);
  CHECK(evhttp_bind_listener(http_, listener_) != nullptr);
  sweep_ = event_new(base_, -1, EV_PERSIST, OnSweep, this);
  event_add(sweep_, &kSweep);
  stop_ = event_new(base_, -1, 0, OnStop, this);
  thread_ = std::thread([this] { event_base_dispatch(base_); });
  pthread_setname_np(thread_.native_handle(), "http");
}

EventHttpServer::~EventHttpServer() {
  event_active(stop_, EV_TIMEOUT, 0);
  thread_.join();
  evhttp_free(http_);
  for (const Connection& connection : connections_) {
    bufferevent_decref(connection.event);
  }
  event_free(sweep_);
  event_free(stop_);
  event_base_free(base_);
}

bufferevent* EventHttpServer::OnConnection(event_base* base, void* self) {
  auto* server = static_cast<EventHttpServer*>(self);
  bufferevent* event = bufferevent_socket_new(base, -1, 0);
  if (event == nullptr) return nullptr;
  bufferevent_incref(event);
  server->connections_.push_back(Connection{event, server->clock_.Monotonic()});
  if (static_cast<int32_t>(server->connections_.size()) >=
      server->options_.connections_max) {
    // The rest wait in the kernel's queue until a sweep finds room.
    evconnlistener_disable(server->listener_);
  }
  return event;
}

void EventHttpServer::OnRequest(evhttp_request* request, void* self) {
  static_cast<EventHttpServer*>(self)->Answer(request);
}

void EventHttpServer::OnSweep(evutil_socket_t, short, void* self) {  // NOLINT
  static_cast<EventHttpServer*>(self)->Sweep();
}

void EventHttpServer::OnStop(evutil_socket_t, short, void* self) {  // NOLINT
  event_base_loopbreak(static_cast<EventHttpServer*>(self)->base_);
}

// Out of descriptors: rest until the next sweep, since a socket that is
// always ready would turn this thread in circles.
void EventHttpServer::OnAcceptFault(evconnlistener* listener, void*) {
  evconnlistener_disable(listener);
}

void EventHttpServer::Answer(evhttp_request* request) {
  const char* path =
      evhttp_uri_get_path(evhttp_request_get_evhttp_uri(request));
  const auto route = options_.routes.find(path == nullptr ? "" : path);
  HttpReply reply;
  if (route == options_.routes.end()) {
    reply.status = HTTP_NOTFOUND;
    reply.body = "not found; try";
    for (const auto& [known, unused] : options_.routes) {
      reply.body += " " + known;
    }
    reply.body += "\n";
  } else {
    reply = route->second();
  }
  evkeyvalq* headers = evhttp_request_get_output_headers(request);
  evhttp_add_header(headers, "Content-Type", reply.content_type.c_str());
  evhttp_add_header(headers, "Connection", "close");
  evhttp_add_header(headers, "Cache-Control", "no-store");
  evbuffer* body = evbuffer_new();
  if (evhttp_request_get_command(request) == EVHTTP_REQ_HEAD) {
    // evhttp would send what it is given.
    evhttp_add_header(headers, "Content-Length",
                      std::to_string(reply.body.size()).c_str());
  } else {
    evbuffer_add(body, reply.body.data(), reply.body.size());
  }
  evhttp_send_reply(request, reply.status, nullptr, body);
  evbuffer_free(body);
}

void EventHttpServer::Sweep() {
  const absl::Duration now = clock_.Monotonic();
  for (auto it = connections_.begin(); it != connections_.end();) {
    bufferevent_data_cb read = nullptr;
    bufferevent_data_cb write = nullptr;
    bufferevent_event_cb event = nullptr;
    bufferevent_getcb(it->event, &read, &write, &event, nullptr);
    if (read == nullptr && write == nullptr && event == nullptr) {
      // evhttp has freed it.
      bufferevent_decref(it->event);
      it = connections_.erase(it);
      continue;
    }
    if (now - it->since > options_.connection_age_max) {
      // evhttp's own timeout starts anew with every byte.
      shutdown(bufferevent_getfd(it->event), SHUT_RDWR);
    }
    ++it;
  }
  if (static_cast<int32_t>(connections_.size()) < options_.connections_max) {
    evconnlistener_enable(listener_);
  }
}

HttpRoute Probe(std::function<std::string()> fault) {
  return [fault = std::move(fault)] {
    HttpReply reply;
    const std::string why = fault ? fault() : "";
    reply.status = why.empty() ? 200 : 503;
    reply.body = (why.empty() ? "ok" : why) + "\n";
    return reply;
  };
}

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(
    const Options& options) {
  static std::once_flag once;
  std::call_once(once, [] { evthread_use_pthreads(); });
  ASSIGN_OR_RETURN(const int listening,
                   OpenListeningSocket(options.host, options.port));
  return std::make_unique<EventHttpServer>(options, listening);
}

std::map<std::string, HttpRoute> ProbeRoutes(const NodeProbes& probes) {
  std::map<std::string, HttpRoute> routes;
  routes["/livez"] = Probe(probes.live);
  routes["/readyz"] = Probe(probes.ready);
  routes["/startupz"] = Probe(probes.started);
  routes["/metrics"] = [metrics = probes.metrics] {
    HttpReply reply;
    reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
    if (metrics) reply.body = metrics();
    return reply;
  };
  return routes;
}

}  // namespace barnabas::env
