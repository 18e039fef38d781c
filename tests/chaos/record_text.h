// RecordText: values that say whose they are, and that they are whole.
//
// What: the value of record `number` of `producer`: a text of some length that
//   only these two numbers give, so that a single wrong byte shows.
// Units: bytes. Empty case: none; every record has a value.
// Thread: pure functions. Errors: a text that no record has is nullopt.
#ifndef BARNABAS_TESTS_CHAOS_RECORD_TEXT_H_
#define BARNABAS_TESTS_CHAOS_RECORD_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace barnabas::chaos {

// Spreads the bits of `value` (SplitMix64's finish): a stream of choices from
// one seed.
uint64_t Mix(uint64_t value);

std::string RecordText(int32_t producer, int64_t number);

// (producer, number).
std::optional<std::pair<int32_t, int64_t>> ParseRecordText(
    std::string_view text);

}  // namespace barnabas::chaos

#endif  // BARNABAS_TESTS_CHAOS_RECORD_TEXT_H_
