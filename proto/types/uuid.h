// Uuid: 128 bits that name a topic, a directory, a cluster or a process life.
//
// What: a value with Kafka's text form: 22 characters of URL-safe base64
//   without padding.
// Empty case: the default value is all zero and means "none"; its text is
//   "AAAAAAAAAAAAAAAAAAAAAA".
// Thread: a plain value.
// Errors: Parse gives nullopt for any text that is not exactly such a form.
#ifndef BARNABAS_PROTO_TYPES_UUID_H_
#define BARNABAS_PROTO_TYPES_UUID_H_

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace barnabas {

class Uuid {
 public:
  Uuid() = default;
  explicit Uuid(const std::array<uint8_t, 16>& bytes) : bytes_(bytes) {}

  // A version 4 id made of 128 random bits given as two halves. Texts that
  // begin with '-' are avoided, since commands would take them for flags.
  static Uuid FromRandom(uint64_t high, uint64_t low);

  // The id whose text is `text`.
  static std::optional<Uuid> Parse(std::string_view text);

  std::string ToString() const;
  const std::array<uint8_t, 16>& bytes() const { return bytes_; }
  bool IsNil() const { return bytes_ == std::array<uint8_t, 16>{}; }

  auto operator<=>(const Uuid&) const = default;

 private:
  std::array<uint8_t, 16> bytes_{};
};

template <typename H>
H AbslHashValue(H state, const Uuid& self) {
  return H::combine(std::move(state), self.bytes());
}

inline std::ostream& operator<<(std::ostream& out, const Uuid& self) {
  return out << self.ToString();
}

// Names a topic for ever; a topic made anew under an old name has another.
using TopicId = Uuid;

}  // namespace barnabas

template <>
struct std::hash<barnabas::Uuid> {
  size_t operator()(const barnabas::Uuid& id) const {
    return std::hash<std::string_view>()(std::string_view(
        reinterpret_cast<const char*>(id.bytes().data()), id.bytes().size()));
  }
};

#endif  // BARNABAS_PROTO_TYPES_UUID_H_
