#include "storage/env/idle_trim.h"

#include <utility>

namespace barnabas::env {

IdleTrim::IdleTrim(Options options) : options_(std::move(options)) {}

void IdleTrim::Start() {
  options_.loop->After(options_.interval, [this] {
    Look();
    Start();
  });
}

void IdleTrim::Look() {
  const int64_t events = options_.events();
  const bool quiet = events - seen_ < options_.quiet_below;
  seen_ = events;
  if (!quiet) {
    was_busy_ = true;
  } else if (was_busy_) {
    was_busy_ = false;
    options_.trim();
  }
}

}  // namespace barnabas::env
