#include "tools/cli/output/progress.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/cli/output/units.h"

namespace barnabas::cli {
namespace {

constexpr absl::Duration kRedraw = absl::Milliseconds(100);
constexpr size_t kBarColumns = 24;

}  // namespace

Progress::Progress(TextSink* sink, const Terminal& terminal, std::string what,
                   int64_t total)
    : sink_(sink),
      shown_(terminal.progress && terminal.err_is_tty),
      colour_(terminal.err_colour),
      columns_(terminal.columns),
      what_(std::move(what)),
      total_(total) {}

void Progress::Update(absl::Duration now, int64_t count) {
  if (!shown_) return;
  if (begun_ == -absl::InfiniteDuration()) begun_ = now;
  if (now - last_ < kRedraw) return;
  last_ = now;
  const double seconds = absl::ToDoubleSeconds(now - begun_);
  const double rate = seconds > 0 ? static_cast<double>(count) / seconds : 0;
  std::string line = what_;
  if (total_ > 0) {
    const double part =
        std::min(1.0, static_cast<double>(count) / static_cast<double>(total_));
    const auto full = static_cast<size_t>(part * kBarColumns);
    std::string bar;
    for (size_t i = 0; i < kBarColumns; ++i) bar += i < full ? "█" : "░";
    absl::StrAppend(&line, " ", Painted(bar, Colour::kCyan, colour_),
                    absl::StrFormat(" %3.0f%%", part * 100));
  }
  absl::StrAppend(&line, "  ", CountText(count), "  ",
                  CountText(static_cast<int64_t>(rate)), "/s");
  if (total_ > 0 && rate > 0 && count < total_) {
    absl::StrAppend(
        &line, "  ",
        AgeText(absl::Seconds(static_cast<double>(total_ - count) / rate)),
        " left");
  }
  if (DisplayWidth(line) > columns_ + 10) return;
  sink_->Write(absl::StrCat("\r\033[K", line));
  sink_->Flush().IgnoreError();
  drawn_ = true;
}

void Progress::Done() {
  if (!drawn_) return;
  drawn_ = false;
  sink_->Write("\r\033[K");
  sink_->Flush().IgnoreError();
}

}  // namespace barnabas::cli
