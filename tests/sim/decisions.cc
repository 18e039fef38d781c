#include "tests/sim/decisions.h"

#include <glog/logging.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace barnabas::sim {
namespace {

// A step of splitmix64.
uint64_t Mix(uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9ULL;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebULL;
  return bits ^ (bits >> 31);
}

}  // namespace

std::string Decision::Text() const {
  std::string text =
      absl::StrFormat("%10.3f s  %s", absl::ToDoubleSeconds(at), verb);
  if (first >= 0) absl::StrAppend(&text, " ", first);
  if (second >= 0) absl::StrAppend(&text, " ", second);
  return text;
}

void Decisions::BeginStep(absl::Duration now) {
  ++step_;
  ordinal_ = 0;
  now_ = now;
  state_ = Mix(options_.seed * 0x9e3779b97f4a7c15ULL) +
           static_cast<uint64_t>(step_) * 0xd1342543de82ef95ULL;
}

uint64_t Decisions::Next() {
  state_ += 0x9e3779b97f4a7c15ULL;
  return Mix(state_);
}

bool Decisions::Chance(double probability) {
  return static_cast<double>(Next() >> 11) * 0x1.0p-53 < probability;
}

int64_t Decisions::Draw(int64_t low, int64_t high) {
  return low + static_cast<int64_t>(Next() % static_cast<uint64_t>(high - low));
}

bool Decisions::Take(const char* verb, int64_t first, int64_t second) {
  CHECK(ordinal_ < kPerStepMax) << "a step of too many decisions";
  const int64_t id = step_ * kPerStepMax + ordinal_++;
  if (options_.only.has_value() && !options_.only->contains(id)) return false;
  taken_.push_back(Decision{id, now_, verb, first, second});
  return true;
}

}  // namespace barnabas::sim
