#include "tests/chaos/history_file.h"

#include <glog/logging.h>

namespace barnabas::chaos {

HistoryFile::HistoryFile(const std::string& path)
    : path_(path), file_(path, std::ios::trunc) {
  CHECK(file_.good()) << "cannot write " << path;
}

void HistoryFile::Add(const JsonLine& line) {
  const std::string text = line.ToString() + "\n";
  absl::MutexLock lock(&mutex_);
  file_ << text;
}

void HistoryFile::AddTold(int32_t producer, int64_t number, const Sent& sent,
                          const std::string& why_not) {
  const std::string text = ToldLine(producer, number, sent).ToString() + "\n";
  absl::MutexLock lock(&mutex_);
  file_ << text;
  if (sent.outcome == Outcome::kStored) {
    ++acknowledged_;
  } else if (first_failure_.empty()) {
    first_failure_ = why_not;
  }
}

int64_t HistoryFile::acknowledged() const {
  absl::MutexLock lock(&mutex_);
  return acknowledged_;
}

bool HistoryFile::AwaitAcknowledged(int64_t since, int64_t count,
                                    absl::Duration patience) const {
  absl::MutexLock lock(&mutex_);
  const auto over = [&] {
    mutex_.AssertReaderHeld();
    return acknowledged_ >= since + count || !first_failure_.empty();
  };
  return mutex_.AwaitWithTimeout(absl::Condition(&over), patience) &&
         first_failure_.empty();
}

std::string HistoryFile::first_failure() const {
  absl::MutexLock lock(&mutex_);
  return first_failure_;
}

void HistoryFile::Flush() {
  absl::MutexLock lock(&mutex_);
  file_.flush();
  CHECK(file_.good()) << "cannot write " << path_;
}

}  // namespace barnabas::chaos
