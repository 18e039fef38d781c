// MessageMutator: changes a protobuf message by its fields, not by its bytes.
//
// What: sets, clears, repeats and removes fields drawn from a seed, at any
//   depth, with values at the edges of their types; texts may come from a
//   list of words that matter to the receiver.
// Units: none. Empty case: a message without fields stays as it is.
// Thread: one. Errors: none. Bounds: kElementsMax elements are added at most.
#ifndef BARNABAS_TESTS_FUZZ_MESSAGE_MUTATOR_H_
#define BARNABAS_TESTS_FUZZ_MESSAGE_MUTATOR_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "google/protobuf/message.h"

namespace barnabas::fuzz {

class MessageMutator {
 public:
  static constexpr int kElementsMax = 200;

  MessageMutator(uint64_t seed, std::vector<std::string> words)
      : random_(seed), words_(std::move(words)) {}

  // Makes one change.
  void Mutate(google::protobuf::Message* message);

 private:
  using Field = google::protobuf::FieldDescriptor;

  uint64_t Draw(uint64_t below) { return random_() % below; }
  int64_t DrawNumber();
  std::string DrawText();
  void SetSingle(google::protobuf::Message* message, const Field* field);
  void AddElement(google::protobuf::Message* message, const Field* field);
  void ChangeRepeated(google::protobuf::Message* message, const Field* field);

  std::mt19937_64 random_;
  const std::vector<std::string> words_;
};

}  // namespace barnabas::fuzz

#endif  // BARNABAS_TESTS_FUZZ_MESSAGE_MUTATOR_H_
