// FetchCredit: bytes that a consumer has used up and the broker may send again.
//
// What: belongs to one fetch stream. Poll returns bytes on its thread; they
//   gather, so that not every frame costs a message back.
// Units: bytes. Empty case: nothing returned, nothing sent.
// Thread: Return any; Detach the loop.
// Errors: none; what is returned after the stream ended is forgotten.
// Always true: never more than `step` bytes are held back.
#ifndef BARNABAS_CLIENT_CONSUMER_FETCH_CREDIT_H_
#define BARNABAS_CLIENT_CONSUMER_FETCH_CREDIT_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "storage/env/event_loop.h"

namespace barnabas::client {

class FetchCredit : public std::enable_shared_from_this<FetchCredit> {
 public:
  // `send` is called on the loop until Detach.
  FetchCredit(std::shared_ptr<env::EventLoop> loop, int64_t step,
              std::function<void(int64_t)> send)
      : loop_(std::move(loop)), step_(step), send_(std::move(send)) {}

  void Return(int64_t bytes) {
    if (returned_.fetch_add(bytes) + bytes < step_) return;
    const int64_t all = returned_.exchange(0);
    if (all <= 0) return;
    loop_->PostAlways([self = shared_from_this(), all] {
      if (self->send_ != nullptr) self->send_(all);
    });
  }

  void Detach() { send_ = nullptr; }

 private:
  const std::shared_ptr<env::EventLoop> loop_;
  const int64_t step_;
  std::atomic<int64_t> returned_ = 0;
  // Of the loop.
  std::function<void(int64_t)> send_;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_CONSUMER_FETCH_CREDIT_H_
