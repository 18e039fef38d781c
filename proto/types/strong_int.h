// StrongInt: an integer that does not mix with other integers.
//
// What: a value type around `Rep` that is explicit in and out, ordered and
//   hashable. Two StrongInts with different tags never convert.
// Units: those of the tag; see ids.h and offsets.h.
// Empty case: a default-constructed value is 0.
// Thread: a plain value.
// Errors: none; overflow is the caller's to prevent.
#ifndef BARNABAS_PROTO_TYPES_STRONG_INT_H_
#define BARNABAS_PROTO_TYPES_STRONG_INT_H_

#include <compare>
#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <utility>

namespace barnabas {

template <typename Tag, typename Rep>
class StrongInt {
 public:
  using RepType = Rep;

  constexpr StrongInt() = default;
  constexpr explicit StrongInt(Rep value) : value_(value) {}

  constexpr Rep value() const { return value_; }

  constexpr auto operator<=>(const StrongInt&) const = default;

  // The value `count` further on; negative goes back.
  constexpr StrongInt Plus(Rep count) const {
    return StrongInt(static_cast<Rep>(value_ + count));
  }
  constexpr StrongInt Next() const { return Plus(1); }

  std::string ToString() const { return std::to_string(value_); }

 private:
  Rep value_ = 0;
};

template <typename H, typename Tag, typename Rep>
H AbslHashValue(H state, const StrongInt<Tag, Rep>& self) {
  return H::combine(std::move(state), self.value());
}

template <typename Tag, typename Rep>
std::ostream& operator<<(std::ostream& out, const StrongInt<Tag, Rep>& self) {
  return out << self.ToString();
}

// How many steps lead from `begin` to `end`; negative if `end` comes first.
template <typename Tag, typename Rep>
constexpr Rep Distance(StrongInt<Tag, Rep> begin, StrongInt<Tag, Rep> end) {
  return end.value() - begin.value();
}

}  // namespace barnabas

template <typename Tag, typename Rep>
struct std::hash<barnabas::StrongInt<Tag, Rep>> {
  size_t operator()(const barnabas::StrongInt<Tag, Rep>& self) const {
    return std::hash<Rep>()(self.value());
  }
};

#endif  // BARNABAS_PROTO_TYPES_STRONG_INT_H_
