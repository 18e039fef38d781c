// FuzzInput: numbers and texts taken off the front of a fuzzer's bytes.
//
// What: what a target draws from its input. Everything is a function of the
//   bytes, so a file of the corpus does the same everywhere.
// Units: bytes. Empty case: numbers are 0 and texts empty once it is used up.
// Thread: one. Errors: none; a broken promise of the code under test is Die.
#ifndef BARNABAS_TESTS_FUZZ_FUZZ_INPUT_H_
#define BARNABAS_TESTS_FUZZ_FUZZ_INPUT_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace barnabas::fuzz {

// Ends the program, as fuzzers want it.
[[noreturn]] inline void Die(std::string_view promise) {
  std::fprintf(stderr, "broken promise: %.*s\n",
               static_cast<int>(promise.size()), promise.data());
  std::abort();
}

class FuzzInput {
 public:
  FuzzInput(const uint8_t* data, size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  bool Empty() const { return rest_.empty(); }
  size_t left() const { return rest_.size(); }

  template <typename T>
  T Number() {
    uint64_t value = 0;
    for (const char byte : Take(sizeof(T))) {
      value = value << 8 | static_cast<uint8_t>(byte);
    }
    return static_cast<T>(value);
  }
  // In [0, below).
  size_t Below(size_t below) { return Number<uint32_t>() % below; }

  // Up to so many bytes; as many as its first two bytes say.
  std::string_view Text(size_t size_max) {
    return Take(std::min<size_t>(Number<uint16_t>(), size_max));
  }
  std::string_view Rest() { return Take(rest_.size()); }

 private:
  std::string_view Take(size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view rest_;
};

}  // namespace barnabas::fuzz

#endif  // BARNABAS_TESTS_FUZZ_FUZZ_INPUT_H_
