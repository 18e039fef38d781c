#include "tests/fuzz/message_mutator.h"

#include <limits>

namespace barnabas::fuzz {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

int64_t MessageMutator::DrawNumber() {
  static constexpr int64_t kEdges[] = {0,
                                       1,
                                       -1,
                                       2,
                                       3,
                                       100,
                                       101,
                                       999,
                                       std::numeric_limits<int16_t>::max(),
                                       std::numeric_limits<int32_t>::max(),
                                       std::numeric_limits<int32_t>::min(),
                                       std::numeric_limits<int64_t>::max(),
                                       std::numeric_limits<int64_t>::min()};
  if (Draw(4) == 0) return static_cast<int64_t>(random_());
  return kEdges[Draw(std::size(kEdges))];
}

std::string MessageMutator::DrawText() {
  if (!words_.empty() && Draw(4) != 0) return words_[Draw(words_.size())];
  std::string text(Draw(Draw(20) == 0 ? 1000 : 20), '\0');
  for (char& byte : text) {
    byte = static_cast<char>(Draw(10) == 0 ? Draw(256) : 'a' + Draw(26));
  }
  return text;
}

void MessageMutator::SetSingle(Message* message, const FieldDescriptor* field) {
  const Reflection* const to = message->GetReflection();
  const int64_t number = DrawNumber();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return to->SetInt32(message, field, static_cast<int32_t>(number));
    case FieldDescriptor::CPPTYPE_INT64:
      return to->SetInt64(message, field, number);
    case FieldDescriptor::CPPTYPE_UINT32:
      return to->SetUInt32(message, field, static_cast<uint32_t>(number));
    case FieldDescriptor::CPPTYPE_UINT64:
      return to->SetUInt64(message, field, static_cast<uint64_t>(number));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return to->SetDouble(message, field, static_cast<double>(number));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return to->SetFloat(message, field, static_cast<float>(number));
    case FieldDescriptor::CPPTYPE_BOOL:
      return to->SetBool(message, field, number % 2 != 0);
    case FieldDescriptor::CPPTYPE_ENUM:
      return to->SetEnumValue(message, field, static_cast<int>(Draw(8)) - 1);
    case FieldDescriptor::CPPTYPE_STRING:
      return to->SetString(message, field, DrawText());
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Mutate(to->MutableMessage(message, field));
  }
}

void MessageMutator::AddElement(Message* message,
                                const FieldDescriptor* field) {
  const Reflection* const to = message->GetReflection();
  const int64_t number = DrawNumber();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return to->AddInt32(message, field, static_cast<int32_t>(number));
    case FieldDescriptor::CPPTYPE_INT64:
      return to->AddInt64(message, field, number);
    case FieldDescriptor::CPPTYPE_UINT32:
      return to->AddUInt32(message, field, static_cast<uint32_t>(number));
    case FieldDescriptor::CPPTYPE_UINT64:
      return to->AddUInt64(message, field, static_cast<uint64_t>(number));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return to->AddDouble(message, field, static_cast<double>(number));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return to->AddFloat(message, field, static_cast<float>(number));
    case FieldDescriptor::CPPTYPE_BOOL:
      return to->AddBool(message, field, number % 2 != 0);
    case FieldDescriptor::CPPTYPE_ENUM:
      return to->AddEnumValue(message, field, static_cast<int>(Draw(8)) - 1);
    case FieldDescriptor::CPPTYPE_STRING:
      return to->AddString(message, field, DrawText());
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Mutate(to->AddMessage(message, field));
  }
}

void MessageMutator::ChangeRepeated(Message* message,
                                    const FieldDescriptor* field) {
  const Reflection* const to = message->GetReflection();
  const int size = to->FieldSize(*message, field);
  const uint64_t kind = Draw(5);
  if (size > 0 && kind == 0) {
    to->RemoveLast(message, field);
  } else if (size > 0 && kind < 3 &&
             field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    Mutate(to->MutableRepeatedMessage(
        message, field, static_cast<int>(Draw(static_cast<uint64_t>(size)))));
  } else if (size < kElementsMax) {
    AddElement(message, field);
  }
}

void MessageMutator::Mutate(Message* message) {
  const auto* const descriptor = message->GetDescriptor();
  if (descriptor->field_count() == 0) return;
  const FieldDescriptor* const field = descriptor->field(
      static_cast<int>(Draw(static_cast<uint64_t>(descriptor->field_count()))));
  if (field->is_repeated()) {
    ChangeRepeated(message, field);
  } else if (Draw(8) == 0) {
    message->GetReflection()->ClearField(message, field);
  } else {
    SetSingle(message, field);
  }
}

}  // namespace barnabas::fuzz
