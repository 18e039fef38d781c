#include "client/rpc/frame_layout.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"

namespace barnabas::rpc {
namespace {

// The number that every hot field has: the frame in its message, a batch in
// its frame, the payload in its batch.
constexpr uint32_t kHotField = 15;
// The structured rivals of `encoded` in their oneofs.
constexpr uint32_t kProduceStructured = 5;
constexpr uint32_t kFetchStructured = 8;

// What was found of a message that ends in a payload.
struct Cut {
  std::string rest;
  Pieces encoded;
  int64_t encoded_bytes = 0;
  bool has_encoded = false;
};

// Copies the field just read by `cursor`, which began at `begin`.
void AppendField(SliceCursor begin, const SliceCursor& cursor,
                 const WireField& field, std::string* text) {
  begin.Append(begin.left() - cursor.left() + field.value_bytes, text);
}

// Parts payload and rest. False when the layout is unusual: the caller then
// asks the ordinary parser, which also decides about damage.
bool TryCut(SliceCursor cursor, uint32_t rival, Cut* cut) {
  bool has_rival = false;
  while (!cursor.AtEnd()) {
    const SliceCursor begin = cursor;
    WireField field;
    if (!cursor.ReadField(&field)) return false;
    if (field.number == kHotField && field.wire_type == kWireBytes) {
      if (has_rival) return false;
      cut->encoded.clear();
      cursor.Take(field.value_bytes, &cut->encoded);
      cut->encoded_bytes = static_cast<int64_t>(field.value_bytes);
      cut->has_encoded = true;
      continue;
    }
    has_rival |= field.number == rival;
    if (has_rival && cut->has_encoded) return false;
    AppendField(begin, cursor, field, &cut->rest);
    cursor.Split(field.value_bytes);
  }
  return true;
}

// The only field of the message, if that is the hot one.
bool TryHotFrame(SliceCursor cursor, SliceCursor* frame) {
  WireField field;
  if (!cursor.ReadField(&field)) return false;
  if (field.number != kHotField || field.wire_type != kWireBytes) return false;
  *frame = cursor.Split(field.value_bytes);
  return cursor.AtEnd();
}

absl::Status TooManyBatches(size_t count) {
  return MakeError(
      ErrorCode::kInvalidRequest,
      absl::StrCat("a produce frame holds ", count, " batches, at most ",
                   kBatchesPerFrameMax, " are allowed"),
      "send the rest in another frame");
}

absl::Status NoMessage(const char* name) {
  return MakeError(
      ErrorCode::kProtocolError,
      absl::StrCat("the bytes received are not a barnabas.v1.", name),
      "use stubs generated from the published protos");
}

void Take(std::string_view bytes, Pieces* pieces) {
  pieces->clear();
  if (!bytes.empty()) pieces->push_back(bytes);
}

// The whole message in one piece, for the ordinary parser.
std::string Flatten(absl::Span<const std::string_view> slices) {
  SliceCursor cursor(slices);
  std::string flat;
  flat.reserve(cursor.left());
  cursor.Append(cursor.left(), &flat);
  return flat;
}

// False when the layout is unusual.
bool TryProduceFrame(SliceCursor cursor, ProduceRequestView* view) {
  std::string rest;
  while (!cursor.AtEnd()) {
    const SliceCursor begin = cursor;
    WireField field;
    if (!cursor.ReadField(&field)) return false;
    if (field.number != kHotField || field.wire_type != kWireBytes) {
      AppendField(begin, cursor, field, &rest);
      cursor.Split(field.value_bytes);
      continue;
    }
    if (view->batches.size() == kBatchesPerFrameMax) return false;
    Cut cut;
    if (!TryCut(cursor.Split(field.value_bytes), kProduceStructured, &cut)) {
      return false;
    }
    ProduceBatchView& batch = view->batches.emplace_back();
    if (!batch.envelope.ParseFromString(cut.rest)) return false;
    if (cut.has_encoded) batch.envelope.mutable_encoded();
    batch.encoded = std::move(cut.encoded);
    batch.encoded_bytes = cut.encoded_bytes;
  }
  return view->message.mutable_produce()->ParseFromString(rest);
}

bool TryFetchFrame(SliceCursor cursor, FetchResponseView* view) {
  Cut cut;
  if (!TryCut(cursor, kFetchStructured, &cut)) return false;
  v1::FetchFrame* fetch = view->message.mutable_fetch();
  if (!fetch->ParseFromString(cut.rest)) return false;
  if (cut.has_encoded) fetch->mutable_encoded();
  view->encoded = std::move(cut.encoded);
  view->encoded_bytes = cut.encoded_bytes;
  return true;
}

void WriteVarint(uint64_t value, std::string* text) {
  while (value >= 0x80) {
    text->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  text->push_back(static_cast<char>(value));
}

size_t VarintBytes(uint64_t value) {
  size_t bytes = 1;
  for (; value >= 0x80; value >>= 7) ++bytes;
  return bytes;
}

// Tag and length of a hot field.
void WriteHotPrefix(uint64_t bytes, std::string* text) {
  text->push_back(static_cast<char>(kHotField << 3 | kWireBytes));
  WriteVarint(bytes, text);
}

// A hot field of `bytes` with its prefix.
uint64_t WithPrefix(uint64_t bytes) { return 1 + VarintBytes(bytes) + bytes; }

}  // namespace

absl::Status ParseProduceRequest(absl::Span<const std::string_view> slices,
                                 ProduceRequestView* view) {
  SliceCursor frame(slices);
  if (TryHotFrame(frame, &frame) && TryProduceFrame(frame, view)) {
    return absl::OkStatus();
  }
  view->message.Clear();
  view->batches.clear();
  if (!view->message.ParseFromString(Flatten(slices))) {
    return NoMessage("ProduceStreamRequest");
  }
  if (!view->IsProduce()) return absl::OkStatus();
  auto* batches = view->message.mutable_produce()->mutable_batches();
  if (batches->size() > kBatchesPerFrameMax) {
    return TooManyBatches(static_cast<size_t>(batches->size()));
  }
  // Reserved, so that pieces into the envelopes stay where they are.
  view->batches.reserve(static_cast<size_t>(batches->size()));
  for (v1::ProduceBatch& batch : *batches) {
    ProduceBatchView& taken = view->batches.emplace_back();
    taken.envelope.Swap(&batch);
    Take(taken.envelope.encoded(), &taken.encoded);
    taken.encoded_bytes = static_cast<int64_t>(taken.envelope.encoded().size());
  }
  batches->Clear();
  return absl::OkStatus();
}

absl::Status ParseFetchResponse(absl::Span<const std::string_view> slices,
                                FetchResponseView* view) {
  SliceCursor frame(slices);
  if (TryHotFrame(frame, &frame) && TryFetchFrame(frame, view)) {
    return absl::OkStatus();
  }
  view->message.Clear();
  view->encoded.clear();
  if (!view->message.ParseFromString(Flatten(slices))) {
    return NoMessage("FetchStreamResponse");
  }
  const std::string& encoded = view->message.fetch().encoded();
  Take(encoded, &view->encoded);
  view->encoded_bytes = static_cast<int64_t>(encoded.size());
  return absl::OkStatus();
}

std::vector<std::string> LayOutProduceRequest(
    uint64_t sequence, v1::Acks acks,
    absl::Span<const ProduceBatchPlan> plans) {
  v1::ProduceFrame header;
  header.set_sequence(sequence);
  header.set_acks(acks);
  uint64_t frame_bytes = header.ByteSizeLong();
  std::vector<uint64_t> batch_bytes;
  batch_bytes.reserve(plans.size());
  for (const ProduceBatchPlan& plan : plans) {
    const uint64_t payload = static_cast<uint64_t>(plan.encoded_bytes);
    batch_bytes.push_back(plan.envelope.ByteSizeLong() + WithPrefix(payload));
    frame_bytes += WithPrefix(batch_bytes.back());
  }
  std::vector<std::string> texts(std::max<size_t>(plans.size(), 1));
  WriteHotPrefix(frame_bytes, &texts[0]);
  header.AppendToString(&texts[0]);
  for (size_t i = 0; i < plans.size(); ++i) {
    WriteHotPrefix(batch_bytes[i], &texts[i]);
    plans[i].envelope.AppendToString(&texts[i]);
    WriteHotPrefix(static_cast<uint64_t>(plans[i].encoded_bytes), &texts[i]);
  }
  return texts;
}

std::string LayOutFetchResponse(const v1::FetchFrame& envelope,
                                int64_t encoded_bytes) {
  const uint64_t payload = static_cast<uint64_t>(encoded_bytes);
  std::string text;
  WriteHotPrefix(envelope.ByteSizeLong() + WithPrefix(payload), &text);
  envelope.AppendToString(&text);
  WriteHotPrefix(payload, &text);
  return text;
}

}  // namespace barnabas::rpc
