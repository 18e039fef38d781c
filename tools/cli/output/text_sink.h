// TextSink: where bytes go: standard output, standard error, or a test.
//
// Units: bytes. Empty case: writing nothing does nothing.
// Thread: one at a time per sink.
// Errors: a closed pipe ends the process quietly (whoever read had enough);
//   any other write error is remembered, `Flush` tells it: STORAGE_ERROR.
#ifndef BARNABAS_TOOLS_CLI_OUTPUT_TEXT_SINK_H_
#define BARNABAS_TOOLS_CLI_OUTPUT_TEXT_SINK_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace barnabas::cli {

class TextSink {
 public:
  virtual ~TextSink() = default;
  virtual void Write(std::string_view text) = 0;
  virtual absl::Status Flush() = 0;
};

// Buffers up to 64 KiB before it writes to `descriptor`.
std::unique_ptr<TextSink> SinkTo(int descriptor);

// For tests.
class StringSink final : public TextSink {
 public:
  void Write(std::string_view text) override { text_.append(text); }
  absl::Status Flush() override { return absl::OkStatus(); }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_OUTPUT_TEXT_SINK_H_
