// Draw: numbers from a seed.
//
// What: SplitMix64, so that choices that want to be random stay a function of
//   their arguments; the same seed gives the same numbers everywhere.
// Units: none. Empty case: any seed will do, 0 too.
// Thread: one at a time. Errors: none. Not for secrets.
#ifndef BARNABAS_METADATA_COMMAND_DRAW_H_
#define BARNABAS_METADATA_COMMAND_DRAW_H_

#include <cstdint>

namespace barnabas::command {

class Draw {
 public:
  explicit Draw(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15;
    uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }

 private:
  uint64_t state_;
};

}  // namespace barnabas::command

#endif  // BARNABAS_METADATA_COMMAND_DRAW_H_
