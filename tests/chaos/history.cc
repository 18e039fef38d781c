#include "tests/chaos/history.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"

namespace barnabas::chaos {
namespace {

std::string_view NameOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kUnknown:
      return "unknown";
    case Outcome::kStored:
      return "stored";
    case Outcome::kFailed:
      return "failed";
  }
  return "unknown";
}

absl::Status Bad(std::string_view what) {
  return MakeError(ErrorCode::kInvalidRequest, what);
}

int32_t Small(const JsonLine& line, std::string_view name) {
  return static_cast<int32_t>(line.Number(name));
}

void TakeFacts(const std::string& op, const JsonLine& line, History* history) {
  if (op == "log") {
    history->logs[Small(line, "log")] = {
        line.Text("topic"), Small(line, "partition"), line.Truth("synced")};
  } else if (op == "producer") {
    history->producers[Small(line, "producer")] = {line.Truth("idempotent"),
                                                   line.Text("acks") == "all"};
  } else {
    history->consumers[Small(line, "consumer")] = {line.Truth("final"),
                                                   line.Truth("whole")};
  }
}

absl::Status TakeSend(const JsonLine& line, History* history) {
  std::vector<Sent>& sent = history->sent[Small(line, "producer")];
  if (line.Number("number") != static_cast<int64_t>(sent.size())) {
    return Bad("a producer's numbers rise by one");
  }
  Sent& record = sent.emplace_back();
  record.log = Small(line, "log");
  record.timestamp_ms = line.Number("time");
  record.at_ns = line.Number("at");
  return absl::OkStatus();
}

absl::Status TakeTold(const JsonLine& line, History* history) {
  std::vector<Sent>& sent = history->sent[Small(line, "producer")];
  const int64_t number = line.Number("number");
  if (number < 0 || number >= static_cast<int64_t>(sent.size())) {
    return Bad("an outcome of what was not sent");
  }
  Sent& record = sent[number];
  ++record.tellings;
  const std::string outcome = line.Text("outcome");
  record.told_ns = line.Number("at");
  if (outcome == NameOf(Outcome::kFailed)) record.outcome = Outcome::kFailed;
  if (outcome != NameOf(Outcome::kStored)) return absl::OkStatus();
  record.outcome = Outcome::kStored;
  record.offset = line.Number("offset");
  record.epoch = Small(line, "epoch");
  record.durability = Small(line, "durability");
  record.duplicate = line.Truth("duplicate");
  return absl::OkStatus();
}

absl::Status TakeReading(const std::string& op, const JsonLine& line,
                         History* history) {
  Reading reading;
  reading.consumer = Small(line, "consumer");
  reading.log = Small(line, "log");
  reading.at_ns = line.Number("at");
  if (op == "begin") {
    reading.kind = Reading::Kind::kBegin;
    reading.offset = line.Number("offset");
  } else if (op == "trouble") {
    reading.kind = Reading::Kind::kTrouble;
    reading.text = line.Text("text");
  } else {
    reading.epoch = Small(line, "epoch");
    reading.high_watermark = line.Number("high_watermark");
    const JsonLine::List offsets = line.Numbers("offsets");
    const JsonLine::List producers = line.Numbers("producers");
    const JsonLine::List numbers = line.Numbers("numbers");
    const JsonLine::List times = line.Numbers("times");
    const JsonLine::List epochs = line.Numbers("epochs");
    const size_t count = offsets.size();
    if (producers.size() != count || numbers.size() != count ||
        times.size() != count || (!epochs.empty() && epochs.size() != count)) {
      return Bad("the lists of a reading differ in length");
    }
    for (size_t i = 0; i < count; ++i) {
      reading.records.push_back(
          {offsets[i], static_cast<int32_t>(producers[i]), numbers[i], times[i],
           epochs.empty() ? -1 : static_cast<int32_t>(epochs[i])});
    }
  }
  history->readings.push_back(std::move(reading));
  return absl::OkStatus();
}

void TakeTime(const JsonLine& line, History* history) {
  TimeAnswer answer;
  answer.log = Small(line, "log");
  answer.asked_ns = line.Number("asked");
  answer.target_ms = line.Number("target");
  if (line.Number("offset") >= 0) answer.offset = line.Number("offset");
  answer.timestamp_ms = line.Number("time");
  answer.epoch = Small(line, "epoch");
  history->times.push_back(answer);
}

absl::Status TakeLine(const JsonLine& line, History* history) {
  const std::string op = line.Text("op");
  if (op == "log" || op == "producer" || op == "consumer") {
    TakeFacts(op, line, history);
  } else if (op == "send") {
    return TakeSend(line, history);
  } else if (op == "told") {
    return TakeTold(line, history);
  } else if (op == "begin" || op == "read" || op == "trouble") {
    return TakeReading(op, line, history);
  } else if (op == "time") {
    TakeTime(line, history);
  } else if (op == "end") {
    history->ends[Small(line, "log")] = {line.Number("start"),
                                         line.Number("end")};
  } else if (op == "cut") {
    history->cuts[Small(line, "log")].push_back(Small(line, "epoch"));
  } else {
    return Bad(absl::StrCat("no event is called ", op));
  }
  return absl::OkStatus();
}

}  // namespace

JsonLine LogLine(int32_t log, const LogFacts& facts) {
  return JsonLine()
      .Set("op", "log")
      .Set("log", log)
      .Set("topic", facts.topic)
      .Set("partition", facts.partition)
      .SetTruth("synced", facts.synced);
}

JsonLine ProducerLine(int32_t producer, const ProducerFacts& facts) {
  return JsonLine()
      .Set("op", "producer")
      .Set("producer", producer)
      .SetTruth("idempotent", facts.idempotent)
      .Set("acks", facts.acks_all ? "all" : "leader");
}

JsonLine ConsumerLine(int32_t consumer, const ConsumerFacts& facts) {
  return JsonLine()
      .Set("op", "consumer")
      .Set("consumer", consumer)
      .SetTruth("final", facts.is_final)
      .SetTruth("whole", facts.whole);
}

JsonLine SendLine(int32_t producer, int64_t number, const Sent& sent) {
  return JsonLine()
      .Set("op", "send")
      .Set("producer", producer)
      .Set("number", number)
      .Set("log", sent.log)
      .Set("time", sent.timestamp_ms)
      .Set("at", sent.at_ns);
}

JsonLine ToldLine(int32_t producer, int64_t number, const Sent& sent) {
  JsonLine line;
  line.Set("op", "told")
      .Set("producer", producer)
      .Set("number", number)
      .Set("at", sent.told_ns)
      .Set("outcome", NameOf(sent.outcome));
  if (sent.outcome != Outcome::kStored) return line;
  return line.Set("offset", sent.offset)
      .Set("epoch", sent.epoch)
      .Set("durability", sent.durability)
      .SetTruth("duplicate", sent.duplicate);
}

JsonLine ReadingLine(const Reading& reading) {
  JsonLine line;
  line.Set("consumer", reading.consumer)
      .Set("log", reading.log)
      .Set("at", reading.at_ns);
  switch (reading.kind) {
    case Reading::Kind::kBegin:
      return line.Set("op", "begin").Set("offset", reading.offset);
    case Reading::Kind::kTrouble:
      return line.Set("op", "trouble").Set("text", reading.text);
    case Reading::Kind::kRecords:
      break;
  }
  JsonLine::List offsets, producers, numbers, times, epochs;
  for (const ReadRecord& record : reading.records) {
    offsets.push_back(record.offset);
    producers.push_back(record.producer);
    numbers.push_back(record.number);
    times.push_back(record.timestamp_ms);
    if (record.epoch >= 0) epochs.push_back(record.epoch);
  }
  return line.Set("op", "read")
      .Set("epoch", reading.epoch)
      .Set("high_watermark", reading.high_watermark)
      .Set("offsets", std::move(offsets))
      .Set("producers", std::move(producers))
      .Set("numbers", std::move(numbers))
      .Set("times", std::move(times))
      .Set("epochs", std::move(epochs));
}

JsonLine TimeLine(const TimeAnswer& answer) {
  JsonLine line;
  line.Set("op", "time")
      .Set("log", answer.log)
      .Set("asked", answer.asked_ns)
      .Set("target", answer.target_ms);
  if (!answer.offset.has_value()) return line;
  return line.Set("offset", *answer.offset)
      .Set("time", answer.timestamp_ms)
      .Set("epoch", answer.epoch);
}

JsonLine EndLine(int32_t log, int64_t start, int64_t end) {
  return JsonLine()
      .Set("op", "end")
      .Set("log", log)
      .Set("start", start)
      .Set("end", end);
}

JsonLine CutLine(int32_t log, int32_t epoch) {
  return JsonLine().Set("op", "cut").Set("log", log).Set("epoch", epoch);
}

absl::StatusOr<History> ReadHistory(std::istream* lines) {
  History history;
  std::string text;
  for (int64_t number = 1; std::getline(*lines, text); ++number) {
    absl::StatusOr<JsonLine> line = JsonLine::Parse(text);
    absl::Status status = line.status();
    if (status.ok()) status = TakeLine(*line, &history);
    if (!status.ok()) {
      return MakeError(CodeOf(status),
                       absl::StrCat("line ", number, ": ", status.message()));
    }
  }
  return history;
}

}  // namespace barnabas::chaos
